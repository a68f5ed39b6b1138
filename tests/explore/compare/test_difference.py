"""What counts as a difference of two observations, and how differences are kept in a file."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.explore.compare.accepted import read_accepted, write_accepted
from terminal_sim.explore.compare.comparing import FirmwareComparison
from terminal_sim.explore.compare.difference import FirmwareDifference, differing_acts
from terminal_sim.explore.compare.observed import (
    CorpusSession,
    Observation,
    ObservedAct,
    ObservedKind,
    ObservedSession,
)

SCREEN, ROW = ObservedKind.SCREEN, ObservedKind.ROW
HOME = Observation(SCREEN, "home", 0, "Welcome")
LINES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=9)
DIFFERENCES = st.builds(
    FirmwareDifference,
    st.sampled_from([one.value for one in ObservedKind]),
    st.sampled_from(["", "home", "out sale"]),
    st.lists(LINES, max_size=3).map(tuple),
    st.lists(LINES, max_size=3).map(tuple),
)


def session(*acts: list[Observation]) -> ObservedSession:
    return ObservedSession(tuple(ObservedAct(("press OK",), tuple(seen)) for seen in acts))


@pytest.mark.parametrize(
    ("old", "new", "differences"),
    [
        (HOME, HOME, []),
        (HOME, Observation(SCREEN, "home", 0, "Good day"), [("screen", "home", ("Welcome",), ("Good day",))]),
        (HOME, Observation(SCREEN, "home", 7, "Welcome"), [("moment", "screen home", ("0 microseconds",), ("7 microseconds",))]),
        (HOME, Observation(SCREEN, "menu", 0, "Menu"), [("screen", "home", ("Welcome",), ()), ("screen", "menu", (), ("Menu",))]),
        # The amounts of another session are the same difference, and an amount that is wrong is one of its own.
        (Observation(ROW, "sale", 0, "amount: 10"), Observation(ROW, "sale", 0, "sum: 10"), [("row", "sale", ("amount: ##",), ("sum: ##",))]),
        (Observation(ROW, "sale", 0, "a: 1\namount: 10"), Observation(ROW, "sale", 0, "a: 1\namount: 11"), [("row", "sale", ("amount: 10",), ("amount: 11",))]),
    ],
)  # fmt: skip
def test_two_things_that_are_not_alike(
    old: Observation, new: Observation, differences: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]
) -> None:
    found = [one for act in differing_acts(session([old]), session([new])) for one in act.differences]
    assert found == [FirmwareDifference(*one) for one in differences]


def test_what_was_done_and_what_could_not_begin_are_differences() -> None:
    done, not_done = (ObservedSession((ObservedAct(words, ()),)) for words in (("press OK",), ()))
    assert [act.differences for act in differing_acts(done, not_done)] == [
        (FirmwareDifference("act", "", ("press OK",), ("nothing",)),)
    ]
    assert [act.differences for act in differing_acts(done, ObservedSession((), "no such option"))] == [
        (FirmwareDifference("setup", "", (), ("no such option",)),)
    ]


def test_a_session_counts_up_to_the_first_difference_that_is_not_accepted() -> None:
    there = CorpusSession("1.keys", "A", "v400m", "", {}, (("press", "OK"),) * 3)
    old = session([HOME], [HOME], [HOME])
    greeting, menu, beep = (
        Observation(SCREEN, "home", 0, "Good day"),
        Observation(SCREEN, "home", 0, "Menu"),
        Observation(SCREEN, "home", 0, "Beep"),
    )
    new = session([greeting], [menu], [beep])
    first, second, third = (
        FirmwareDifference("screen", "home", ("Welcome",), (text,)) for text in ("Good day", "Menu", "Beep")
    )
    for accepted, whole, found in (
        ([], False, [first]),
        ([first], False, [first, second]),
        ([second], False, [first]),
        ([], True, [first, second, third]),
    ):
        comparison = FirmwareComparison(accepted)
        comparison.take(there, old, new, whole=whole)
        assert list(comparison.where) == found
        assert comparison.unwanted == sorted(set(found) - set(accepted))
        assert comparison.unseen == sorted(set(accepted) - set(found))


@given(st.lists(DIFFERENCES, max_size=5))
def test_accepted_differences_are_read_as_they_were_written(differences: list[FirmwareDifference]) -> None:
    shown = [one for one in differences if one.old or one.new]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "accepted.txt"
        write_accepted(shown, file)
        written = file.read_bytes()
        assert read_accepted(file) == frozenset(shown)
        write_accepted(reversed(shown), file)
        assert file.read_bytes() == written
