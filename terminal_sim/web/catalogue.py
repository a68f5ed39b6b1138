"""What there is to say and to do at a served bench, as the API lists it: verbs, faults, cards, flows. Menus, palette and help of the page are made from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal_sim.bench import STAY, AnyFlow, Bench, TerminalUnderTest
from terminal_sim.bench.fault import Argument
from terminal_sim.bench.faults import FAULTS
from terminal_sim.bench.terminal import How
from terminal_sim.script.line_of import parameters, said
from terminal_sim.secret import mask_pan
from terminal_sim.verbs import VERBS, Parameter, Verb
from terminal_sim.web.operations import SAID_VERBS

WAYS: Mapping[str, How] = {"insert": "insert", "tap-card": "tap", "swipe": "swipe"}
"""The verbs that present a card, with the way in that each is."""


def verb_rows() -> Iterator[dict[str, object]]:
    """Every verb: its words, its name in paths and messages, its form, its help, and its arguments."""
    names = {verb.method: name for name, verb in SAID_VERBS.items()}
    for verb in VERBS.values():
        yield {
            "verb": " ".join(verb.words),
            "name": names[verb.method],
            "form": verb.form,
            "doc": verb.doc,
            "arguments": [_argument(verb, each) for each in parameters(verb)],
        }


def _argument(verb: Verb, parameter: Parameter) -> dict[str, object]:
    return {
        "name": said(parameter),
        "kind": parameter.kind.name.lower(),
        "meaning": parameter.meaning or parameter.kind.value,
        "required": parameter.required,
        "several": parameter is verb.rest or parameter.repeated,
        "choices": list(parameter.choices),
    }


def fault_rows(terminal: TerminalUnderTest) -> Iterator[dict[str, object]]:
    """The faults that this terminal can have."""
    for fault in FAULTS:
        if not fault.missing_in(terminal):
            yield {
                "name": fault.name,
                "meaning": fault.meaning,
                "arguments": [_fault_argument(each) for each in fault.arguments],
            }


def _fault_argument(argument: Argument) -> dict[str, object]:
    """`choices` are the words that it may be, none where it is a number."""
    choices = argument.word.split("|") if "|" in argument.word else []
    return {"name": argument.word, "optional": argument.optional, "choices": choices}


def card_rows(bench: Bench) -> Iterator[dict[str, object]]:
    """The cards, with masked numbers; `purpose` is what a card is for in each language, `expected` what a sale with it comes to by each face."""
    for name in bench.card_names():
        card = bench.card(name)
        who = card.personality
        faces = dict(zip(WAYS, (card.chip, card.contactless, card.stripe), strict=True))
        yield {
            "id": name,
            "name": who.name,
            "brand": who.brand,
            "number": mask_pan(who.pan.reveal()),
            "ways": [verb for verb, face in faces.items() if face is not None],
            "purpose": {} if who.purpose is None else {"en": who.purpose.en, "fr": who.purpose.fr},
        }


def flow_rows(flows: Mapping[str, AnyFlow]) -> Iterator[dict[str, object]]:
    """The table of each flow: its states, each with its time-out and the moves out of it in the order in which they are tried."""
    for flow in flows.values():
        yield {
            "flow": flow.name,
            "initial": flow.initial,
            "states": [
                {"state": state.name, "timeout": state.timeout, "moves": list(_moves(flow, state.name))}
                for state in flow.states
            ],
        }


def _moves(flow: AnyFlow, state: str) -> Iterator[dict[str, object]]:
    for move in flow.moves:
        if state in move.sources:
            yield {
                "trigger": move.trigger.value,
                "guard": "" if move.guard is None else move.guard.__name__,
                "dest": state if move.dest is STAY else move.dest,
            }
