"""What a session is kept for in a corpus, on which day and in which language it is done again, and what is observed of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from terminal_sim.explore.compare.corpus_gathering import done_elsewhere
from terminal_sim.explore.compare.gathered import GatheredSession
from terminal_sim.explore.compare.novelty import Novelty
from terminal_sim.explore.compare.observed import CorpusSession, ObservedKind
from terminal_sim.explore.compare.observer import FirmwareObserver
from terminal_sim.explore.compare.staying import stays
from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.archive import Archive
from terminal_sim.explore.search.ground import Ground

PASSCODE: tuple[Act, ...] = (("press", "9", "OK"),)
HISTORY: tuple[Act, ...] = (
    *PASSCODE,
    ("press", "0856", "OK"),
    ("tap", "transactions"),
    ("tap", "history"),
    ("tap", "history-transactions"),
)
PAID: tuple[Act, ...] = (("tap", "start"), ("press", "1000", "OK"), ("swipe", "visa-stripe"))
TWICE: tuple[Act, ...] = (*PAID, ("wait", "2s"), ("press", "OK"), *PAID, ("wait", "2s"), ("press", "OK"))
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
        ("a row of a list that is not the first", "touch history txn-2", (*TWICE, *HISTORY, ("tap", "txn-2")), (*TWICE, *HISTORY, ("tap", "txn-1"))),
        ("the same key once more", "again key passcode CLEAR 2", (*PASSCODE, ("press", "12", "CLEAR", "CLEAR")), (*PASSCODE, ("press", "12", "CLEAR"))),
        ("a digit more of an amount", "filled amount 4", (("tap", "start"), ("press", "1000")), (("tap", "start"), ("press", "100"))),
        ("a second message of a kind", "sent sale 2", (*PAID, ("wait", "1min"), *PAID), PAID),
        ("what was on record when the link came back", "cure sale COMPLETED network up", (*PAID, ("wait", "2s"), ("network", "down"), ("network", "up")), (("network", "down"), ("network", "up"))),
    ],
)  # fmt: skip
def test_a_session_is_kept_for(what: str, item: str, acts: tuple[Act, ...], without: tuple[Act, ...]) -> None:
    assert item in shown_by(*acts) - shown_by(*without), what


def test_each_session_is_done_again_on_another_day_and_in_another_language() -> None:
    ground = Ground.of("v400m", {}, ())
    sessions = [GatheredSession(n, (*PAID, ("wait", length)), ()) for n, length in ((1, "2s"), (2, "1h"))]
    found = [(one.clock, one.locale, kept) for one, kept in done_elsewhere([(ground, sessions)])]
    assert found == [("", "", sessions), ("2026-01-18T09:00:00", "fr-CA", sessions)]


def test_a_terminal_of_one_language_does_what_takes_long_on_another_day() -> None:
    ground = Ground.of("v400m", {}, ())
    ground = replace(ground, model=replace(ground.model, languages=("en-CA",)))
    short, long = (GatheredSession(n, (*PAID, ("wait", length)), ()) for n, length in ((1, "2s"), (2, "1h")))
    found = [(one.clock, one.locale, kept) for one, kept in done_elsewhere([(ground, [short, long])])]
    assert found == [("", "", [short, long]), ("2026-01-18T09:00:00", "", [long])]


def test_each_place_is_come_to_the_cheapest_way_and_stayed_at() -> None:
    archive = Archive()
    archive.keep((("home", "idle"),), b"[]", (), 0)
    archive.keep((("sale", "present"),), b"[1]", (*PAID[:2], ("press", "CANCEL"), *PAID[:2]), 0)
    archive.keep((("sale", "present"),), b"[2]", PAID[:2], 0)
    other = Archive()
    other.keep((("sale", "present"),), b"[1]", (("press", "OK"),), 0)
    other.keep((("sale", "amount"),), b"[1]", PAID[:1], 0)
    first, second, third = stays(Ground.of("v400m", {}, ()), [archive, other], 7)
    assert (first.number, first.acts) == (7, (("wait", "1d"),))
    assert (second.number, second.acts) == (8, (*PAID[:2], ("wait", "1d")))
    assert (third.number, third.acts) == (9, (*PAID[:1], ("wait", "1d")))
    assert any(item.startswith("change sale present failed due present-card") for item in second.items)


def test_a_session_begins_on_the_day_that_it_has() -> None:
    with FirmwareObserver() as observer:
        for clock, day in (("", "2026-01-15"), ("2026-01-18T09:00:00", "2026-01-18")):
            acts = observer.observe(CorpusSession("", "", "v400m", "", {}, PAID, clock)).acts
            rows = [one.text for act in acts for one in act.seen if one.kind is ObservedKind.ROW]
            assert f"at: {day} 09:00:00" in "\n".join(rows)


def test_what_the_point_of_sale_is_told_is_observed() -> None:
    asked: tuple[Act, ...] = (("pos", "sale", "T-1", "1000"), ("swipe", "visa-stripe"), ("wait", "2s"))
    with FirmwareObserver() as observer:
        for _ in range(2):  # a session begins without the sales of the one before
            acts = observer.observe(CorpusSession("", "", "v400m", "", {}, asked)).acts
            told = [one.text for act in acts for one in act.seen if one.kind is ObservedKind.TILL]
            assert [text for text in told if "outcome: done" in text.splitlines()]
            assert all("ticket: T-1" in text.splitlines() for text in told)


def test_what_the_card_and_the_acquirer_get_is_observed() -> None:
    chosen: tuple[Act, ...] = (
        *PAID[:2],
        ("insert", "interac-visa-debit"),
        ("tap", "application-2"),
        ("press", "4506", "OK"),
        ("wait", "2s"),
    )
    with FirmwareObserver() as observer:
        acts = observer.observe(CorpusSession("", "", "v400m", "", {}, chosen)).acts
    seen = [(one.kind, one.name, one.text) for act in acts for one in act.seen]
    assert (ObservedKind.CARD, "select", "SELECT A0000000031010") in seen
    read = next(text for kind, name, text in seen if (kind, name) == (ObservedKind.MESSAGE, "at sale"))
    assert "pan: 450644******0017" in read.splitlines()
