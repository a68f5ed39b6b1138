"""A bench that is brought back to one of its moments goes on as it did, and so does a branch from there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, BenchMisuse, Snapshot, TerminalUnderTest
from tests.bench.test_snapshot import (
    MOMENTS,
    SECOND,
    at,
    by_hand,
    finish_amount,
    keys,
    second_sale,
    type_amount,
)
from tests.contracts.drive import TEXTS, full
from tests.contracts.states import PASSING, WAYS, Place, has


def shown(bench: Bench, till: TerminalUnderTest) -> dict[str, object]:
    """All that shows of a bench: its last trace entries with their numbers, screen, receipts, journal, books, and the next draw."""
    shows = {
        "trace": [entry.json() for entry in bench.trace.entries],
        "screen": till.view().text,
        "generation": till.generation,
        "receipts": [paper.text for paper in till.receipts],
        "journal": [[row.seq, row.kind, row.number, row.mono, row.hash.hex()] for row in till.journal()],
        "books": [[entry.kind.value, entry.reference, entry.amount] for entry in bench.acquirer.entries()],
        "messages": [[message.kind, dict(message.fields)] for message in bench.host_messages()],
        "lights": till.lights,
        "beeps": till.beeps,
        "conditions": till.conditions(),
        "violations": bench.violations(),
        "next": str(bench.next_deadline()),
        "saved": bench.save().to_bytes().hex(),
    }
    return dict(json.loads(json.dumps(shows)))


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_bench_goes_back_and_goes_on_as_it_did(moment: str) -> None:
    profile, _, before, after = MOMENTS[moment]
    with Bench(seed=7, texts=TEXTS) as bench:
        till = bench.add_terminal(profile)
        before(bench, till)
        there, stood = bench.snapshot(), shown(bench, till)
        after(bench, till)
        went = shown(bench, till)
        assert went != stood
        for _ in range(2):
            bench.restore(there)
            assert shown(bench, till) == stood
            after(bench, till)
            assert shown(bench, till) == went


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_branch_from_a_moment_goes_on_as_the_bench_did(moment: str) -> None:
    profile, _, before, after = MOMENTS[moment]
    with Bench(seed=7, texts=TEXTS) as bench:
        till = bench.add_terminal(profile)
        before(bench, till)
        there, stood = bench.snapshot(), shown(bench, till)
        after(bench, till)
        went = shown(bench, till)
        with bench.branch(there) as branch:
            (further,) = branch.terminals
            assert shown(branch, further) == stood
            after(branch, further)
            assert shown(branch, further) == went
        assert shown(bench, till) == went


@pytest.mark.soak
@pytest.mark.parametrize(
    ("profile", "place"),
    [
        (profile, place)
        for profile in ("s1f2", "v400m")
        for place in WAYS
        if place not in PASSING and has(full(profile), place)
    ],
)
def test_every_state_of_every_flow_is_gone_back_to(profile: str, place: Place) -> None:
    with at(place, profile) as drive:
        bench, till = drive.bench, drive.terminal

        def run_out() -> dict[str, object]:
            bench.advance(400 * SECOND)
            if till.board.readers.card_in:
                till.remove_card()
            bench.advance(400 * SECOND)
            return shown(bench, till)

        there, stood = bench.snapshot(), shown(bench, till)
        went = run_out()
        bench.restore(there)
        assert shown(bench, till) == stood
        assert run_out() == went


def test_moments_of_one_bench_are_gone_back_to_in_any_order() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        moments: list[tuple[Snapshot, dict[str, object]]] = []
        for _ in range(4):
            second_sale(bench, till)
            moments.append((bench.snapshot(), shown(bench, till)))
        for there, stood in (*reversed(moments), *moments):
            bench.restore(there)
            assert shown(bench, till) == stood


def test_what_happens_after_a_snapshot_does_not_reach_it() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        type_amount(bench, till)
        there, stood = bench.snapshot(), shown(bench, till)
        for _ in range(3):
            bench.restore(there)
            finish_amount(bench, till)
            second_sale(bench, till)
        bench.restore(there)
        assert shown(bench, till) == stood


def test_a_swipe_that_a_lost_reader_never_reported_is_not_read_behind_an_older_moment() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        there = bench.snapshot()
        keys(till, "OK", "1000", "OK")
        till.insert("visa-credit")
        till.fault("wire", "unplug")
        till.remove_card()
        bench.advance(180 * SECOND)
        keys(till, "OK", "1000", "OK")
        till.swipe("gift-card")
        assert till.view().screen.id == "reader-lost"
        bench.restore(there)
        keys(till, "OK", "1000", "OK")
        till.swipe("visa-stripe")
        assert [row.fields["brand"] for row in till.journal() if row.kind == "sale"] == ["visa"]


def test_a_snapshot_shows_no_secret() -> None:
    with Bench(texts=TEXTS) as bench:
        second_sale(bench, bench.add_terminal("v400m"))
        assert repr(bench.snapshot()) == f"<a bench after event {bench.trace.number}>"


def test_a_bench_that_keeps_its_rows_does_not_go_back_but_has_branches(tmp_path: Path) -> None:
    with Bench(texts=TEXTS, state=tmp_path) as bench:
        till = bench.add_terminal("v400m")
        second_sale(bench, till)
        there = bench.snapshot()
        with bench.branch(there) as branch:
            second_sale(branch, branch.terminals[0])
            second_sale(bench, till)
            assert [row.hash for row in branch.terminals[0].journal()] == [row.hash for row in till.journal()]
        with pytest.raises(BenchMisuse, match="keeps what has happened"):
            bench.restore(there)


def test_a_bench_does_not_go_back_to_a_moment_with_other_terminals() -> None:
    with Bench(texts=TEXTS) as bench:
        bench.add_terminal("v400m")
        there = bench.snapshot()
        bench.add_terminal("v400m")
        with pytest.raises(BenchMisuse, match="other terminals than this bench: V4000001"):
            bench.restore(there)


def test_a_device_that_asked_its_owner_asks_again_when_the_moment_comes_again() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        type_amount(bench, till)
        till.press("OK")
        there = bench.snapshot()
        ends = []
        for _ in range(2):
            bench.restore(there)
            till.tap("phone-locked")
            bench.advance(5 * SECOND)
            ends.append(till.view().screen.id)
            till.tap("phone-locked")
            ends.append(till.view().screen.id)
        assert ends[:2] == ends[2:]
        assert ends[0] != ends[1]


def test_a_branch_has_the_terminals_of_its_moment() -> None:
    with Bench(texts=TEXTS) as bench:
        bench.add_terminal("square-terminal")
        there = bench.snapshot()
        bench.add_terminal("v400m")
        with bench.branch(there) as branch, bench.branch() as both:
            assert [one.name for one in branch.terminals] == ["SQUA0001"]
            assert [one.name for one in both.terminals] == ["SQUA0001", "V4000001"]


def test_a_moment_with_a_card_in_a_real_reader_has_no_snapshot() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        type_amount(bench, till)
        till.press("OK")
        till.insert("visa-credit")
        by_hand(till)
        with pytest.raises(BenchMisuse, match="a card is in its real reader"):
            bench.snapshot()
