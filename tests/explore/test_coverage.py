"""Coverage of a flow: the states that were come to, and the changes of state that were taken."""

from __future__ import annotations

from terminal_sim.bench import Bench, Trace, flows
from terminal_sim.explore.coverage import Coverage, changes_of

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
    coverage.add("sale", "", "amount")
    coverage.add("sale", "amount", "done")
    sale = coverage.of(SALE)
    assert {*sale.changes, *sale.missing_changes} == set(changes_of(SALE))
    assert {*sale.states, *sale.missing_states} == {state.name for state in SALE.states}
    assert sale.changes == {("amount", "done")}


def test_a_flow_that_was_never_begun_has_nothing_seen() -> None:
    assert Coverage().of(SALE).states == frozenset()
