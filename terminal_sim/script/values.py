"""Checks one value of a script against the kind that its verb takes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from terminal_sim.bench import Bench, BenchMisuse
from terminal_sim.bench.words import (
    HOST_FIELDS,
    JOURNAL_FIELDS,
    REPORT_FIELDS,
    SALES_FIELDS,
)
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.script.bind import VerbArgument
from terminal_sim.script.judges import ANY_VALUE, RULE_OF, listing
from terminal_sim.script.scope import Scope
from terminal_sim.script.tree import Form, Value
from terminal_sim.verbs import Tester, Verb
from terminal_sim.verbs.rows import comparable
from terminal_sim.verbs.variables import CARD_VARIABLES
from terminal_sim.verbs.waiting import BadScript

VARIABLES = ("profile", "locale", *CARD_VARIABLES)


def judge(argument: VerbArgument, scope: Scope) -> str:
    """What is wrong with a value that has no variables left; "" where nothing is."""
    parameter, value = argument.parameter, argument.value
    if parameter.choices:
        if value.form is Form.WORD and value.text in parameter.choices:
            return ""
        return (
            f"{value.text!r} is not {' or '.join(parameter.choices)}{suggest(value.text, parameter.choices)}"
        )
    rule = RULE_OF.get(parameter.kind, ANY_VALUE)
    if value.form not in rule.forms:
        return rule.written
    try:
        return rule.judge(value, scope)
    except ValueError as wrong:
        return str(wrong)


def rehearse(verb: Verb, values: Sequence[Value | None], scope: Scope) -> str:
    """What is wrong with the values of a verb that mean something only together; "" where nothing is or one is not known.

    It is done at a terminal of each profile that is off and that no scenario uses.
    """
    words = [value.text for value in values if value is not None]
    if not verb.rehearsed or len(words) < max(len(values), len(verb.values)):
        return ""
    said = " ".join((*verb.words, *words))
    if said not in scope.rehearsed:
        scope.rehearsed[said] = _rehearsed(verb, words, scope)
    return scope.rehearsed[said]


def _rehearsed(verb: Verb, words: Sequence[str], scope: Scope) -> str:
    for profile in scope.profiles:
        with Bench() as bench:
            tester = Tester(bench, bench.add_terminal(profile, power=False))
            try:
                getattr(tester, verb.method)(*words)
            except (BadScript, BenchMisuse) as wrong:
                return str(wrong)
    return ""


def judge_field(rows: str, kind: str, name: str) -> str:
    """What is wrong with naming the field `name` of such rows; "" where they have it.

    `rows` is `host`, `journal`, `report` or `pos`; `kind` is that of journal rows, "" where it is not known yet.
    """
    if rows == "journal" and not kind:
        return ""
    what, fields = {
        "host": ("a message to the host", HOST_FIELDS),
        "journal": (f"a journal row of kind {kind!r}", JOURNAL_FIELDS.get(kind, ())),
        "report": ("a row of the report", REPORT_FIELDS),
        "pos": ("a sale of the point of sale", SALES_FIELDS),
    }[rows]
    if comparable(name) in _comparable_of(fields):
        return ""
    return f"{what} has no field {name!r}{suggest(name, fields) or listing(fields)}"


@cache
def _comparable_of(fields: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(comparable, fields))
