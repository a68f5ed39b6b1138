"""What a point of sale did over the vendor's interface is recorded as the lines that do it again."""

from __future__ import annotations

from pathlib import Path

from terminal_sim.bench import Trace, contents
from terminal_sim.runtime.trace import Tail, TraceEntry
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse_text
from terminal_sim.script.plan import plan
from terminal_sim.script.recorder import RecordedScript, ScriptRecorder
from terminal_sim.script.results import ScenarioOutcome
from terminal_sim.script.run import Runner
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import Tester
from tests.pos.adyen.kit import SECOND, Spoken, spoken
from tests.pos.adyen.test_restrictions import restricted
from tests.pos.square.kit import shop as square_shop

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
    done = rows(replayed(script))
    assert {name for name, _ in done} >= {"sale", "void"}
    assert done == rows(before)


def replayed(script: RecordedScript) -> list[TraceEntry]:
    """What happens when the script is run."""
    tail = Tail(ENOUGH)
    program = check(parse_text(script.keys(), Path("recorded.keys")), vocabulary(), environ={})
    (result,) = [Runner(Options(subscribers=(tail,))).run(case) for case in plan(program)]
    assert result.outcome is ScenarioOutcome.HELD, result.text
    return list(tail.entries)


def asked(script: RecordedScript) -> list[str]:
    return [step for step in script.steps if step.startswith("pos ")]


def test_a_checkout_is_done_again_by_a_script_with_the_same_rows() -> None:
    tail = Tail(ENOUGH)
    with square_shop(trace=Trace(tail)) as square:
        tester, recorder = (
            Tester(square.bench, square.terminal),
            ScriptRecorder(square.bench, square.terminal),
        )
        square.checkout(1250, reference_id="T-1", team_member_id="Ana")
        tester.insert("visa-credit")
        tester.expect_screen("Approved")
        tester.remove_card()
        tester.wait("10s")
        square.checkout(300, reference_id="T-2")
        tester.press("CANCEL")
        tester.wait("10s")
        script = recorder.recording()
        before = list(tail.entries)
        name = square.terminal.name
    assert asked(script) == [
        f'pos sale T-1 1250 server="Ana" register="{name}"',
        f'pos sale T-2 300 register="{name}"',
    ]
    done = rows(replayed(script))
    assert "sale" in {kind for kind, _ in done}
    assert done == rows(before)


def test_a_declined_card_is_no_hindrance_to_another_line_for_the_same_ticket() -> None:
    with spoken(trace=Trace(Tail(ENOUGH))) as shop:
        tester, recorder = Tester(shop.bench, shop.terminal), ScriptRecorder(shop.bench, shop.terminal)
        for number, card, shown in ((1, "visa-declined", "Declined"), (2, "visa-credit", "Approved")):
            shop.pay("5", f"P{number}", ticket="T-1")
            tester.insert(card)
            tester.expect_screen(shown)
            tester.remove_card()
            tester.wait("10s")
        script = recorder.recording()
    assert asked(script) == ['pos sale T-1 500 register="Till1"'] * 2
    assert script.remarks == ()
    replayed(script)


def test_what_is_asked_for_again_though_it_is_paid_or_given_back_is_done_again_for_another_ticket() -> None:
    tail = Tail(ENOUGH)
    with spoken(trace=Trace(tail)) as shop:
        tester, recorder = Tester(shop.bench, shop.terminal), ScriptRecorder(shop.bench, shop.terminal)
        paid = []
        for number in (1, 2):
            paid.append(shop.pay("5", f"P{number}", ticket="T-1"))
            tester.insert("visa-credit")
            tester.expect_screen("Approved")
            tester.remove_card()
            tester.wait("10s")
        for number in (1, 2):
            shop.reverse(paid[1].body["POIData"]["POITransactionID"], f"R{number}")
            tester.wait("10s")
        shop.pay("5", "P3", ticket="T-1")
        shop.abort("P3")
        tester.wait("10s")
        script = recorder.recording()
        before = list(tail.entries)
    assert asked(script) == [
        'pos sale T-1 500 register="Till1"',
        'pos sale T-1-2 500 register="Till1"',
        "pos refund T-1-2",
        'pos sale T-1-3 500 register="Till1"',
        "pos cancel T-1-3",
    ]
    assert [
        remark.partition(" after the beginning the point of sale asked for ")[2] for remark in script.remarks
    ] == [
        "T-1, for which T-1-2 stands.",
        "all of T-1 to be given back, which no line of a script says.",
        "T-1, for which T-1-3 stands.",
    ]
    facts = [
        [(kind, values.get("amount"), values.get("state")) for kind, values in rows(entries)]
        for entries in (before, replayed(script))
    ]
    assert facts[1] == facts[0]


def test_a_ticket_that_is_no_word_of_the_language_has_another_one_in_the_line() -> None:
    tickets = {"17": "T-17", "a b": "T-a-b", "T.1\n": "T-T-1-", "a_b": "a_b", "x" * 60: "T-" + "x" * 34}
    with spoken(trace=Trace(Tail(ENOUGH))) as shop:
        recorder = ScriptRecorder(shop.bench, shop.terminal)
        for number, ticket in enumerate(tickets):
            shop.pay("5", f"P{number}", ticket=ticket)
            shop.abort(f"P{number}")
            shop.bench.advance(10 * SECOND)
        script = recorder.recording()
    assert [line.split()[2] for line in asked(script) if line.startswith("pos sale")] == [*tickets.values()]
    assert len(script.remarks) == 4
    replayed(script)


def test_what_no_line_says_is_a_remark_of_the_script() -> None:
    with spoken(trace=Trace(Tail(ENOUGH))) as shop:
        recorder = ScriptRecorder(shop.bench, shop.terminal)
        restricted(shop, AllowedPaymentBrand=["visa"])
        shop.ask("EnableService", {"TransactionAction": "AbortTransaction"}, "Till1", "E1")
        script = recorder.recording()
    assert not any("pos " in step for step in script.steps)
    assert script.remarks == (
        "0s after the beginning the point of sale asked for sale T-1 of 1000, which no line of a script says.",
    )
    text = script.keys()
    assert f"# {script.remarks[0]}\n" in text
