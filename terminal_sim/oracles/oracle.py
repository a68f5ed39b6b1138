"""One rule: its code, its sentence, what has to happen before it is asked, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from terminal_sim.bench import contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import OFF, Occurrence

Judge = Callable[[SessionFacts, Occurrence], Iterator[str]]
"""Gives a detail for each thing that is wrong: what was there, and what should have been."""


@dataclass(frozen=True, slots=True)
class OracleAlarm:
    """The rule `code` is broken: `sentence` says which, `detail` how; `event` is the number of the last entry of the trace."""

    code: str
    sentence: str
    detail: str
    event: int

    def __str__(self) -> str:
        return f"{self.code} {self.sentence}: {self.detail}"


@dataclass(frozen=True, slots=True, eq=False)
class Oracle:
    """`after` are the contents of the trace of which one must have come for the rule to be asked; without any it is asked every time.

    `left` are the screens of which one must have stood before, and `shows` those of which one must stand now, each any where there are none;
    `menu-*` is every screen whose id begins so. `anew` says that another screen must stand than before, or with False the same one.
    A rule of what is shown alone is not asked of a terminal that is off: the power may have gone between the screen and its reason.
    `line` is the line of a script that holds what follows to the rule, "" where `verify CODE` at the end does.
    """

    code: str
    sentence: str
    judge: Judge
    after: tuple[type[contents.Content], ...] = ()
    line: str = ""
    left: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    anew: bool | None = None

    def is_about(self, before: str, now: str) -> bool:
        """Whether it is asked where the screen `now` stands after the screen `before`, by their ids."""
        if now == OFF and self.after == (contents.ScreenShown,):
            return False
        if self.anew is not None and self.anew != (now != before):
            return False
        return _is_among(before, self.left) and _is_among(now, self.shows)


def _is_among(screen: str, names: tuple[str, ...]) -> bool:
    return (
        not names
        or screen in names
        or any(one.endswith("*") and screen.startswith(one[:-1]) for one in names)
    )


def oracle(
    code: str,
    sentence: str,
    *after: type[contents.Content],
    left: tuple[str, ...] = (),
    shows: tuple[str, ...] = (),
    anew: bool | None = None,
) -> Callable[[Judge], Oracle]:
    """Makes a rule of a function."""
    return lambda judge: Oracle(code, sentence, judge, after, left=left, shows=shows, anew=anew)


@dataclass(frozen=True, slots=True, eq=False)
class AskedOracles:
    """The rules of a watch, by what has happened and by the screens before and after it: most acts are the business of few."""

    oracles: tuple[Oracle, ...]
    _by_kinds: dict[frozenset[type[contents.Content]], tuple[Oracle, ...]] = field(default_factory=dict)
    _by_screens: dict[tuple[frozenset[type[contents.Content]], str, str], tuple[Oracle, ...]] = field(
        default_factory=dict
    )

    def where(self, kinds: frozenset[type[contents.Content]], before: str, now: str) -> tuple[Oracle, ...]:
        """Those that are asked where entries of these kinds have come between these screens, in the order of the catalogue."""
        found = self._by_screens.get((kinds, before, now))
        if found is None:
            of_kinds = self._by_kinds.get(kinds)
            if of_kinds is None:
                of_kinds = tuple(
                    one for one in self.oracles if not one.after or not kinds.isdisjoint(one.after)
                )
                self._by_kinds[kinds] = of_kinds
            found = tuple(one for one in of_kinds if one.is_about(before, now))
            self._by_screens[kinds, before, now] = found
        return found


@lru_cache(maxsize=16)
def asked_of(oracles: tuple[Oracle, ...]) -> AskedOracles:
    """The same for all watches that have the same rules."""
    return AskedOracles(oracles)
