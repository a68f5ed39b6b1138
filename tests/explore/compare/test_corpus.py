"""What a session is kept for in a corpus, and on which day it is done."""

from __future__ import annotations

import pytest

from terminal_sim.explore.compare.corpus_gathering import GatheredSession, on_other_days
from terminal_sim.explore.compare.novelty import Novelty
from terminal_sim.explore.compare.observed import CorpusSession, ObservedKind
from terminal_sim.explore.compare.observer import FirmwareObserver
from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.ground import Ground

PAID: tuple[Act, ...] = (("tap", "start"), ("press", "1000", "OK"), ("swipe", "visa-stripe"))
MOTO: tuple[Act, ...] = (
    ("press", "8", "OK"),
    ("press", "0856", "OK"),
    ("tap", "moto"),
    ("press", "1000", "OK"),
)


def shown_by(*acts: Act) -> set[str]:
    """What is new in a session of these acts."""
    with Ground.of("v400m", {}, ()).session() as session:
        novelty = Novelty()
        session.bench.trace.subscribe(novelty)
        for act in acts:
            assert session.do(act)
        return set(novelty.taken())


@pytest.mark.parametrize(
    ("what", "item", "acts", "without"),
    [
        ("a digit more in a field", "filled card-number 17", (*MOTO, ("press", "41111111111111111")), (*MOTO, ("press", "4111111111111111"))),
        ("a digit more of an amount", "filled amount 4", (("tap", "start"), ("press", "1000")), (("tap", "start"), ("press", "100"))),
        ("a second message of a kind", "sent sale 2", (*PAID, ("wait", "1min"), *PAID), PAID),
        ("what was on record when the link came back", "cure sale COMPLETED network up", (*PAID, ("wait", "2s"), ("network", "down"), ("network", "up")), (("network", "down"), ("network", "up"))),
    ],
)  # fmt: skip
def test_a_session_is_kept_for(what: str, item: str, acts: tuple[Act, ...], without: tuple[Act, ...]) -> None:
    assert item in shown_by(*acts) - shown_by(*without), what


def test_a_session_in_which_much_time_passes_is_done_on_another_day_too() -> None:
    ground = Ground.of("v400m", {}, ())
    short, long = (GatheredSession(n, (*PAID, ("wait", length)), ()) for n, length in ((1, "2s"), (2, "1h")))
    found = [(one.clock, kept) for one, kept in on_other_days([(ground, [short, long])])]
    assert found == [("", [short, long]), ("2026-01-18T09:00:00", [long])]


def test_a_session_begins_on_the_day_that_it_has() -> None:
    with FirmwareObserver() as observer:
        for clock, day in (("", "2026-01-15"), ("2026-01-18T09:00:00", "2026-01-18")):
            acts = observer.observe(CorpusSession("", "", "v400m", "", {}, PAID, clock)).acts
            rows = [one.text for act in acts for one in act.seen if one.kind is ObservedKind.ROW]
            assert f"at: {day} 09:00:00" in "\n".join(rows)
