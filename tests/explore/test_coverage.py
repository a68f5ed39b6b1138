"""Coverage of a flow: the states that were come to, and the changes of state that were taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim import profile as profiles
from terminal_sim.bench import Bench, Trace, flows
from terminal_sim.explore.coverage import Coverage, CoverageError, changes_of, fault_words
from terminal_sim.explore.coverage_summary import CoverageSummary, KindCount
from terminal_sim.explore.covered_charts import chart_of, missing_of, reasons_of
from terminal_sim.explore.denominator import Denominator
from tests.contracts.walker import Walk

SALE = flows()["sale"]


def test_a_trace_says_which_states_and_changes_a_sale_came_to() -> None:
    coverage = Coverage()
    with Bench(trace=Trace(coverage)) as bench:
        terminal = bench.add_terminal("v400m")
        for key in ("OK", "1", "OK", "CANCEL"):
            terminal.press(key)
    sale = coverage.of(SALE)
    assert sale.states >= {"amount", "present"}
    assert sale.changes >= {("amount", "present")}
    assert ("reading", "pin") in sale.missing_changes
    assert "pin" in sale.missing_states


def test_what_was_seen_and_what_is_missing_is_the_whole_table() -> None:
    coverage = Coverage()
    coverage.change("v400m", "sale", "", "amount")
    coverage.change("v400m", "sale", "amount", "done")
    sale = coverage.of(SALE)
    assert {*sale.changes, *sale.missing_changes} == set(changes_of(SALE))
    assert {*sale.states, *sale.missing_states} == {state.name for state in SALE.states}
    assert sale.changes == {("amount", "done")}


def test_a_flow_that_was_never_begun_has_nothing_seen() -> None:
    assert Coverage().of(SALE).states == frozenset()


def typed(*keys: str, profile: str = "v400m") -> Coverage:
    """What keys that are pressed on the home screen cover."""
    coverage = Coverage()
    with Bench() as bench:
        coverage.follow(bench)
        terminal = bench.add_terminal(profile)
        for key in keys:
            terminal.press(key)
    return coverage


def test_moves_and_guards_both_ways_are_seen_and_a_question_is_not() -> None:
    seen = typed("OK", "OK", "1", "OK").keys["v400m"]
    assert {"screen amount", "text en-CA present-card"} <= seen
    assert any(key.startswith("move sale amount confirm present ") for key in seen)
    asked = [key for key in seen if key.startswith("guard sale amount confirm present ")]
    assert sorted(key.rpartition(" ")[2] for key in asked) == ["no", "yes"]
    with Bench() as bench:
        coverage = Coverage()
        terminal = bench.add_terminal("v400m")
        coverage.follow(bench)
        assert terminal.takes("OK")
        assert coverage.keys == {}
        terminal.press("OK")
        assert "move home idle confirm - starts_by_key" in coverage.keys["v400m"]


def test_the_moves_of_a_flow_that_another_one_puts_on_top_are_seen() -> None:
    """A checkout begins a charge by itself, and the charge a number that is typed."""
    coverage = Coverage()
    with Bench() as bench:
        coverage.follow(bench)
        terminal = bench.add_terminal("square-stand")
        for target in ("key-1", "charge", "manual-entry", "cancel"):
            terminal.touch(target)
    seen = coverage.keys["square-stand"]
    assert "move charge present select - offers_ways" in seen
    assert "move manual-entry card-number cancel failed -" in seen


def test_a_fault_is_seen_in_the_state_in_which_it_struck() -> None:
    from terminal_sim.verbs import Tester

    coverage = Coverage()
    with Bench() as bench:
        coverage.follow(bench)
        terminal = bench.add_terminal("v400m")
        terminal.press("OK")
        Tester(bench, terminal).network("down")
    assert "fault network-down sale amount" in coverage.keys["v400m"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("network slow 5s", "network-slow"),
        ("host answers timeout timeout timeout", "host-answers-timeout"),
        ("fault wire drop 2", "fault-wire-drop"),
    ],
)
def test_a_fault_is_told_by_its_words_each_once(line: str, words: str) -> None:
    assert fault_words(line) == words


def test_coverage_is_added_subtracted_stored_and_read(tmp_path: Path) -> None:
    short, long = typed("OK"), typed("OK", "1", "OK")
    assert short.without(long).lines == []
    new = long.without(short)
    assert new.lines
    assert not set(new.lines) & set(short.lines)
    new.add(short)
    assert new.lines == long.lines
    new.write(tmp_path / "one.cov")
    long.write(tmp_path / "two.cov")
    assert (tmp_path / "one.cov").read_bytes() == (tmp_path / "two.cov").read_bytes()
    assert Coverage.read(tmp_path / "one.cov").keys == long.keys


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "its first line is not"),
        ("terminal-sim coverage 1\nv400m state\n", "2: a line has a model, a kind"),
    ],
)
def test_what_is_no_coverage_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "x.cov"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CoverageError, match=said):
        Coverage.read(file)
    with pytest.raises(CoverageError, match="No such file"):
        Coverage.read(tmp_path / "none.cov")


def test_what_a_profile_forbids_is_named_by_its_key_and_a_variant_allows_it() -> None:
    stock = profiles.load("square-terminal")
    asking = profiles.load("square-terminal", {"moto.ask_address": True})
    why = Denominator.of(stock).forbidden
    behind = [key for key, keys in why.items() if keys == "moto.ask_address"]
    assert any(key.startswith("state ") for key in behind)
    both = Denominator.of(stock, [asking])
    assert set(behind) <= both.allowed
    assert not both.allowed & both.forbidden.keys()


@pytest.mark.parametrize("seed", range(3))
def test_no_walk_covers_what_its_profile_is_said_to_forbid(seed: int) -> None:
    walk, coverage = Walk(seed), Coverage()
    with walk.drive as drive:
        coverage.follow(drive.bench)
        walk.go(60, lambda: None)
        forbidden = Denominator.of(drive.profile).forbidden
        assert not coverage.keys[drive.profile.id] & forbidden.keys()


def test_what_a_terminal_has_no_part_for_is_forbidden_by_the_key_of_the_part() -> None:
    """A terminal without a printer prints nothing, and one that asks about no copy offers none, unless a variant of it does."""
    forbidden = Denominator.of(profiles.load("square-register")).forbidden
    assert forbidden["move charge approved printed - -"] == "printer"
    assert forbidden["state charge out-of-paper"] == "printer"
    assert (
        Denominator.of(profiles.load("square-reader")).forbidden["move charge present card_swiped present -"]
        == "entries.stripe"
    )
    offered = "move sale approved confirm offer-copy something_to_offer"
    assert Denominator.of(profiles.load("v400m")).forbidden[offered] == "receipts.customer, receipts.merchant"
    asks = profiles.load("v400m", {"receipts.customer": "prompt"})
    assert offered in Denominator.of(profiles.load("v400m"), [asks]).allowed


def test_what_the_kind_of_a_flow_says_forbids_its_moves_too() -> None:
    """A refund is never taken offline."""
    refunds = profiles.load("v400m", {"refunds.unreferenced": "true", "offline.enabled": "true"})
    assert (
        Denominator.of(refunds).forbidden["move refund present card_swiped approved stripe_is_deferred"]
        == "kind refund"
    )


def test_a_chart_has_a_state_in_grey_to_which_nobody_comes_and_lists_what_is_missing() -> None:
    coverage = typed("1", "OK", profile="square-register")
    summary = CoverageSummary.of(coverage, profiles.load("square-register"))
    flow = flows()["charge"]
    assert "out-of-paper" in summary.away(flow)
    assert "present" not in summary.away(flow)
    boxes = chart_of(flow, coverage, summary).split("<g data-state=")
    (paper,) = [box for box in boxes if box.startswith('"out-of-paper"')]
    (present,) = [box for box in boxes if box.startswith('"present"')]
    assert fill_of(paper) != fill_of(present)
    assert any("charge authorising host_reply" in line for line in missing_of(flow, summary))
    assert any("printer" in line for line in reasons_of(summary))


def fill_of(box: str) -> str:
    return box.partition('fill="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("seen", "there", "told"), [(647, 650, "99"), (650, 650, "100"), (0, 7, "0"), (0, 0, "100")]
)
def test_a_hundred_percent_are_all_and_no_fewer(seen: int, there: int, told: str) -> None:
    assert KindCount("move", seen, there).told == told
