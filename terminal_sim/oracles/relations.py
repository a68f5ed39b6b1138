"""Metamorphic relations: two sessions of the same acts, the second changed where it must not matter, and what has to be the same in both.

A relation compares what an act brought about in the one and in the other session. It knows the rows, the messages and what is shown; how the sessions are made
is the business of whoever runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from terminal_sim.oracles.occurrence import Value

Row = tuple[str, tuple[tuple[str, Value], ...]]


class ShownAct(NamedTuple):
    """What an act brought about: the id of the screen after it, its texts and its amount, the rows, the messages as (kind, trace number, amount), and the papers."""

    screen: str
    texts: tuple[str, ...] = ()
    amount: str = ""
    rows: tuple[Row, ...] = ()
    messages: tuple[tuple[str, int, int], ...] = ()
    papers: tuple[str, ...] = ()


class RelationDifference(NamedTuple):
    """What was not the same, and the line of a script that holds in the first session and not in the second.

    `counted` is a row of which the line says how many there are in the first session, None where it says so without.
    """

    detail: str
    expected: str
    counted: Row | None = None


Compare = Callable[[ShownAct, ShownAct], Iterator[RelationDifference]]


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation: its code, its sentence, and what it compares."""

    code: str
    sentence: str
    compare: Compare


def relation(code: str, sentence: str) -> Callable[[Compare], Relation]:
    """Makes a relation of a function."""
    return lambda compare: Relation(code, sentence, compare)


@relation("M-errand-1", "what is begun and given up between two customers changes nothing that follows")
def errand(plain: ShownAct, changed: ShownAct) -> Iterator[RelationDifference]:
    yield from _screens(plain, changed)
    yield from _texts(plain, changed)
    yield from _rows(plain, changed, leaving_out=())
    yield from _messages(plain, changed)
    yield from _papers(plain, changed)


_DATED = (
    "at",
    "host_reference",
    "cryptogram",
    "sealed",
)  # the acquirer's and the card's own words for the day


@relation("M-clock-1", "a wall clock that is days ahead changes no screen, no result and no message")
def clock(plain: ShownAct, changed: ShownAct) -> Iterator[RelationDifference]:
    yield from _screens(plain, changed)
    yield from _rows(plain, changed, leaving_out=_DATED)
    yield from _messages(plain, changed)


@relation(
    "M-language-1",
    "another language of the terminal changes no screen's id, no amount, no result and no message",
)
def language(plain: ShownAct, changed: ShownAct) -> Iterator[RelationDifference]:
    yield from _screens(plain, changed)
    if plain.amount != changed.amount:
        yield RelationDifference(
            f"{plain.screen} shows {changed.amount or 'no amount'} in place of {plain.amount or 'none'}",
            f"expect screen id:{plain.screen}",
        )
    yield from _rows(plain, changed, leaving_out=("language",))
    yield from _messages(plain, changed)


@relation("M-reader-1", "another reader protocol changes no screen, no row, no message and no receipt")
def reader(plain: ShownAct, changed: ShownAct) -> Iterator[RelationDifference]:
    yield from errand.compare(plain, changed)


@relation("M-again-1", "the same acts at a fresh terminal have the same outcome")
def again(plain: ShownAct, changed: ShownAct) -> Iterator[RelationDifference]:
    yield from errand.compare(plain, changed)


def _screens(plain: ShownAct, changed: ShownAct) -> Iterator[RelationDifference]:
    if plain.screen != changed.screen:
        yield RelationDifference(
            f"{changed.screen} stands there in place of {plain.screen}",
            f"expect screen id:{plain.screen} within 0s",
        )


def _texts(plain: ShownAct, changed: ShownAct) -> Iterator[RelationDifference]:
    if plain.texts == changed.texts or plain.screen != changed.screen:
        return
    missing = next((text for text in plain.texts if text not in changed.texts), "")
    more = next((text for text in changed.texts if text not in plain.texts), "")
    line = (
        f'expect screen "{_quoted(missing)}" within 0s' if missing else f'expect no screen "{_quoted(more)}"'
    )
    yield RelationDifference(
        f"{plain.screen} says {more or 'nothing'!r} in place of {missing or 'nothing'!r}", line
    )


def _rows(plain: ShownAct, changed: ShownAct, leaving_out: tuple[str, ...]) -> Iterator[RelationDifference]:
    """The first row that is missing, another, or one too many."""
    one, two = ([_without(row, leaving_out) for row in each.rows] for each in (plain, changed))
    for at in range(max(len(one), len(two))):
        first, second = (rows[at] if at < len(rows) else None for rows in (one, two))
        if first is not None and first != second:
            there = f"{second[0]} {_said(second, first)}" if second is not None else "nothing"
            detail = f"there is {there} in place of {first[0]} {_said(first, second)}"
            yield RelationDifference(detail, f"expect journal {named(first)}", first)
        elif second is not None and first != second:
            yield RelationDifference(
                f"a row {second[0]} is there, {_said(second)}", f"expect journal {named(second)}", second
            )


def _messages(plain: ShownAct, changed: ShownAct) -> Iterator[RelationDifference]:
    if plain.messages == changed.messages:
        return
    missing = next((one for one in plain.messages if one not in changed.messages), None)
    more = next((one for one in changed.messages if one not in plain.messages), None)
    if missing is not None:
        line = f"expect host {missing[0]} stan={missing[1]} amount={missing[2]} within 0s"
        yield RelationDifference(f"{missing[0]} {missing[1]} of {missing[2]} was not sent", line)
    elif more is not None:
        yield RelationDifference(
            f"{more[0]} {more[1]} of {more[2]} was sent",
            f"expect no host {more[0]} stan={more[1]} amount={more[2]}",
        )


def _papers(plain: ShownAct, changed: ShownAct) -> Iterator[RelationDifference]:
    """A line that one paper has and the other has not; of a paper that is missing, or one too many, its last line."""
    for at in range(max(len(plain.papers), len(changed.papers))):
        first, second = (
            _lines(each.papers[at]) if at < len(each.papers) else [] for each in (plain, changed)
        )
        missing = next((line for line in reversed(first) if line not in second), "")
        more = next((line for line in reversed(second) if line not in first), "")
        if missing:
            yield RelationDifference(
                f"the paper lacks {missing!r}", f'expect receipt "{_quoted(missing)}" within 0s'
            )
        elif more:
            yield RelationDifference(f"the paper says {more!r}", f'expect no receipt "{_quoted(more)}"')


def _lines(paper: str) -> list[str]:
    return [line.strip() for line in paper.splitlines() if line.strip()]


def _without(row: Row, names: tuple[str, ...]) -> Row:
    return row[0], tuple(one for one in row[1] if one[0] not in names)


def _said(row: Row, other: Row | None = None) -> str:
    """The values of a row, those alone that differ from another row's of its kind."""
    known = dict(other[1]) if other is not None and other[0] == row[0] else {}
    return ", ".join(f"{name} {value}" for name, value in row[1] if known.get(name) != value)


_TELLING = ("reference", "original", "state", "amount", "result", "stan", "response_code", "entry", "name")


def named(row: Row) -> str:
    """The kind of a row, and the values by which a script finds it."""
    values: Mapping[str, Value] = dict(row[1])
    return " ".join([row[0], *(f"{name}={values[name]}" for name in _TELLING if values.get(name, "") != "")])


def _quoted(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"")


RELATIONS = (errand, clock, language, reader, again)
