"""What a point of sale did over the vendor's interface is recorded as the lines that do it again."""

from __future__ import annotations

from pathlib import Path

from terminal_sim.bench import Trace, contents
from terminal_sim.runtime.trace import Tail, TraceEntry
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse_text
from terminal_sim.script.plan import plan
from terminal_sim.script.recorder import ScriptRecorder
from terminal_sim.script.results import ScenarioOutcome
from terminal_sim.script.run import Runner
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import Tester
from tests.pos.adyen.kit import Spoken, spoken

ENOUGH = 1_000_000
OWN = ("request", "terminal")  # fields that name the request or the terminal itself


def rows(entries: list[TraceEntry]) -> list[tuple[str, dict[str, object]]]:
    """The rows of payments that a trace tells of, but for the names that each point of sale gives its requests."""
    return [
        (entry.content.row, {name: value for name, value in entry.content.values.items() if name not in OWN})
        for entry in entries
        if isinstance(entry.content, contents.RowStored)
    ]


def a_day(shop: Spoken) -> None:
    """A payment that is given back, one that is taken back, and one that is declined."""
    tester = Tester(shop.bench, shop.terminal)
    paying = shop.pay("10.99", "P1", ticket="T-1")
    tester.insert("visa-credit")
    tester.expect_screen("Approved")
    tester.remove_card()
    shop.reverse(paying.body["POIData"]["POITransactionID"], "R1")
    tester.wait("10s")
    shop.pay("3", "P2", ticket="T-2")
    shop.abort("P2")
    tester.wait("10s")
    shop.pay("5", "P3", ticket="T-3")
    tester.insert("visa-declined")
    tester.expect_screen("Declined")
    tester.remove_card()


def test_what_a_library_did_is_done_again_by_a_script_with_the_same_rows() -> None:
    tail = Tail(ENOUGH)
    with spoken(trace=Trace(tail)) as shop:
        recorder = ScriptRecorder(shop.bench, shop.terminal)
        a_day(shop)
        script = recorder.recording()
        before = list(tail.entries)
    assert [step for step in script.steps if step.startswith("pos ")] == [
        'pos sale T-1 1099 register="Till1"',
        "pos refund T-1",
        'pos sale T-2 300 register="Till1"',
        "pos cancel T-2",
        'pos sale T-3 500 register="Till1"',
    ]
    again = Tail(ENOUGH)
    program = check(parse_text(script.keys(), Path("recorded.keys")), vocabulary(), environ={})
    (result,) = [Runner(Options(subscribers=(again,))).run(case) for case in plan(program)]
    assert result.outcome is ScenarioOutcome.HELD, result.text
    done = rows(list(again.entries))
    assert {name for name, _ in done} >= {"sale", "void"}
    assert done == rows(before)


def test_what_no_line_says_is_a_remark_of_the_script() -> None:
    with spoken(trace=Trace(Tail(ENOUGH))) as shop:
        recorder = ScriptRecorder(shop.bench, shop.terminal)
        shop.pay("5", "P1", ticket="a b")
        shop.ask("EnableService", {"TransactionAction": "AbortTransaction"}, "Till1", "E1")
        script = recorder.recording()
    assert not any("pos " in step for step in script.steps)
    assert script.remarks == (
        "0s after the beginning the point of sale asked for sale a b of 500, which no line of a script says.",
    )
    text = script.keys()
    assert f"# {script.remarks[0]}\n" in text
