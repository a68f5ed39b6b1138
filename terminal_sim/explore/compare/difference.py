"""Where two firmwares differ in one session.

Things of one kind and name stand beside each other, in their order. Of two texts only the lines count that are not alike; a text that differs by nothing
but its moment is a difference of kind `moment`. Digits stand for each other (`#`) where something else differs as well, so that one change of a wording
is one difference whatever the amounts are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from terminal_sim.explore.compare.observed import Observation, ObservedAct, ObservedKind, ObservedSession

_DIGITS = re.compile(r"[0-9]")

Lines = tuple[str, ...]
Beside = tuple[Observation | None, Observation | None]


@dataclass(frozen=True, slots=True, order=True)
class FirmwareDifference:
    """`old` are lines of the old firmware that the new one does not have, `new` the other way round, of a thing of `kind` with this `name`."""

    kind: str
    name: str
    old: Lines
    new: Lines


@dataclass(frozen=True, slots=True)
class DifferingAct:
    """The act number `at` of a session, and what differs in it; `pairs` are the things that do."""

    at: int
    differences: tuple[FirmwareDifference, ...]
    pairs: tuple[Beside, ...]


def differing_acts(old: ObservedSession, new: ObservedSession) -> Iterator[DifferingAct]:
    """The acts in which two observations of one session differ, in their order."""
    if old.error != new.error:
        wrong = FirmwareDifference("setup", "", *(tuple(one.error.splitlines()) for one in (old, new)))
        yield DifferingAct(0, (wrong,), ())
        return
    for at, (left, right) in enumerate(zip_longest(old.acts, new.acts, fillvalue=_NOTHING)):
        if left != right:
            pairs = tuple(_beside(left.seen, right.seen))
            found = (*_done(left, right), *(one for pair in pairs for one in _of(pair)))
            if found:
                yield DifferingAct(at, tuple(dict.fromkeys(found)), pairs)


_NOTHING = ObservedAct((), ())


def _done(left: ObservedAct, right: ObservedAct) -> Iterator[FirmwareDifference]:
    if left.done != right.done:
        yield FirmwareDifference("act", "", left.done or ("nothing",), right.done or ("nothing",))


def _beside(left: Sequence[Observation], right: Sequence[Observation]) -> Iterator[Beside]:
    """Things that are not alike: those of one kind and name beside each other."""
    alike = SequenceMatcher(None, [*map(_thing, left)], [*map(_thing, right)], autojunk=False)
    for kind, a, b, c, d in alike.get_opcodes():
        if kind == "equal":
            yield from (
                pair for pair in zip(left[a:b], right[c:d], strict=True) if pair[0].after != pair[1].after
            )
            continue
        waiting = [*right[c:d]]
        for one in left[a:b]:
            same = next(
                (other for other in waiting if (other.kind, other.name) == (one.kind, one.name)), None
            )
            if same is not None:
                waiting.remove(same)
            yield one, same
        yield from ((None, one) for one in waiting)


def _thing(one: Observation) -> tuple[ObservedKind, str, str]:
    return one.kind, one.name, one.text


def _of(pair: Beside) -> Iterator[FirmwareDifference]:
    old, new = pair
    there = old or new
    assert there is not None
    if old is None or new is None:
        texts = [_said(one) for one in pair]
        yield FirmwareDifference(there.kind.value, there.name, texts[0], texts[1])
    elif old.text == new.text:
        yield FirmwareDifference("moment", f"{there.kind.value} {there.name}", (_span(old),), (_span(new),))
    else:
        yield FirmwareDifference(there.kind.value, there.name, *_unlike(old.text, new.text))


def _said(one: Observation | None) -> Lines:
    """All of a thing that has nothing beside it: the digits in it differ from session to session."""
    return tuple(_plain(line) for line in (one.text or one.name).splitlines()) if one is not None else ()


def _unlike(old: str, new: str) -> tuple[Lines, Lines]:
    """The lines of two texts that are not alike."""
    left, right = old.splitlines(), new.splitlines()
    gone: list[str] = []
    come: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind != "equal":
            gone += left[a:b]
            come += right[c:d]
    plain = [tuple(map(_plain, lines)) for lines in (gone, come)]
    if plain[0] != plain[1]:
        return plain[0], plain[1]
    return tuple(map(str.rstrip, gone)), tuple(map(str.rstrip, come))


def _plain(line: str) -> str:
    return _DIGITS.sub("#", line).rstrip()


def _span(one: Observation) -> str:
    return f"{one.after} microseconds"
