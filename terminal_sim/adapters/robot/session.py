"""The terminal of a Robot Framework test: begun when a keyword first needs it, and said the words of keywords."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from robot.api.types import Secret

from terminal_sim.adapters.robot.keywords import RobotKeyword
from terminal_sim.adapters.session import TerminalSession, TerminalSetup
from terminal_sim.bench import Duration, SavedState
from terminal_sim.script.bind import VerbArgument
from terminal_sim.script.scope import Scope
from terminal_sim.script.spoken import spoken
from terminal_sim.script.tree import Form, SourcePlace, Value
from terminal_sim.script.values import judge, judge_field
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import BadScript, Parameter, Verb
from terminal_sim.verbs.pictures import Pictures
from terminal_sim.verbs.signature import NEGATION, ValueKind
from terminal_sim.verbs.states import is_file, is_name, read_state
from terminal_sim.verbs.variables import built_in

_HERE = SourcePlace(Path("robot"), 1)
_MICROSECOND = timedelta(microseconds=1)
_LOOKED_FOR = (ValueKind.SELECTOR, ValueKind.TARGET, ValueKind.HIDDEN)
_BARE = ("id:", "region:")


class RobotSession(TerminalSession):
    """The terminal of a test case. `start` names a state of `states`, or its file, from which the terminal goes on."""

    def __init__(
        self, setup: TerminalSetup, pictures: Pictures, *, start: str = "", states: Mapping[str, SavedState]
    ) -> None:
        saved = None
        if start:
            saved = read_state(start, setup.folder) if is_file(start) else _named(start, states)
        super().__init__(setup, pictures=pictures, saved=saved)
        words = vocabulary()
        self._scope = Scope(words, (self.profile,), words.cards(setup.decks), setup.decks)

    def say(self, keyword: RobotKeyword, placed: Iterable[object], named: Mapping[str, object]) -> object:
        """Does a keyword. Raises `BadScript`, and what its verb raises."""
        verb = keyword.verb
        at_places = chain(keyword.placed, repeat(verb.rest) if verb.rest is not None else ())
        arguments = [
            self._argument(parameter, value) for parameter, value in zip(at_places, placed, strict=False)
        ]
        fields: dict[str, str] = {}
        for name, value in named.items():
            parameter = keyword.named.get(name)
            if parameter is None:
                fields[name] = self._text(value)
            elif parameter.repeated and isinstance(value, list | tuple):
                arguments += [self._argument(parameter, one) for one in value]
            else:
                arguments.append(self._argument(parameter, value))
        self._check(verb, arguments, fields)
        return self._done(keyword, arguments, fields)

    def _check(self, verb: Verb, arguments: Sequence[VerbArgument], fields: Iterable[str]) -> None:
        """Raises `BadScript` for the first value that cannot be meant, as the check of a script would find it."""
        kind = next((a.value.text for a in arguments if a.parameter.kind is ValueKind.KIND), "")
        for wrong in (
            *(judge(argument, self._scope) for argument in arguments),
            *(judge_field(verb.fields, kind, name) for name in fields),
        ):
            if wrong:
                raise BadScript(wrong)

    def _done(
        self, keyword: RobotKeyword, arguments: Sequence[VerbArgument], fields: Mapping[str, str]
    ) -> object:
        verb = keyword.verb
        by_name = {*verb.introduced.values(), *verb.named.values()}
        values = [spoken(a, {}) for a in arguments if a.parameter not in by_name]
        named: dict[str, Any] = {NEGATION: True} if keyword.no else {}
        for argument in arguments:
            parameter = argument.parameter
            if parameter.repeated:
                named.setdefault(parameter.name, []).append(spoken(argument, {}))
            elif parameter in by_name:
                named[parameter.name] = spoken(argument, {})
        return getattr(self.tester, verb.method)(*values, **named, **fields)

    def variable(self, name: str) -> str:
        """`card.pin` and its like, or `passcode.admin`. Raises `BadScript` where the terminal has no such thing now."""
        known = built_in(self.terminal)
        if name not in known:
            have = ", ".join(f"${{{one}}}" for one in known)
            raise BadScript(
                f"${{{name}}} has no value here: there is {have}; those of a card once it is presented"
            )
        return known[name]

    def _argument(self, parameter: Parameter, value: object) -> VerbArgument:
        text = self._text(value)
        if parameter.kind in _LOOKED_FOR and len(text) > 2 and text[0] == text[-1] == '"':
            return VerbArgument(parameter, Value(text[1:-1], Form.STRING, _HERE))
        if (
            parameter.kind in (ValueKind.PATTERN, *_LOOKED_FOR)
            and len(text) > 2
            and text[0] == text[-1] == "/"
        ):
            return VerbArgument(parameter, Value(text[1:-1], Form.PATTERN, _HERE))
        return VerbArgument(parameter, Value(text, _form(parameter.kind, text), _HERE))

    def _text(self, value: object) -> str:
        if isinstance(value, Secret):
            self.mask.hide(str(value.value))
            return str(value.value)
        if isinstance(value, timedelta):
            return str(Duration(value // _MICROSECOND))
        return str(value)


def _form(kind: ValueKind, text: str) -> Form:
    """As a script would write the value: what it would put in quotation marks, and what not."""
    if kind is ValueKind.TEXT:
        return Form.STRING
    if kind in _LOOKED_FOR:
        return Form.WORD if text.startswith(_BARE) else Form.STRING
    return Form.STRING if kind is ValueKind.STATE and not is_name(text) else Form.WORD


def _named(state: str, states: Mapping[str, SavedState]) -> SavedState:
    if state not in states:
        have = ", ".join(states) or "none"
        raise BadScript(f"no test of this suite has saved the state {state!r} before; there is {have}")
    return states[state]
