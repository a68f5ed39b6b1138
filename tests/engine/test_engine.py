"""The engine: what is durable before what, commits of a fleet, alarms, late answers, and terminals that are gone."""

from __future__ import annotations

import pytest

from terminal_sim.bench import Bench, BenchMisuse
from terminal_sim.core.events import Alarm, CardSwiped, HostReplied, KeyPressed, NetworkChanged
from terminal_sim.core.message import HostReply, MessageClass
from terminal_sim.core.money import Money
from terminal_sim.emv.data import track
from tests.engine.kit import Batches, bench_of, keys, ready, watched

SECOND = 1_000_000
STRIPE = track.parse({2: ";4012888888881881=30031010000000000000?"})


def trace_of(bench: Bench, *kinds: str) -> list[str]:
    return [entry.line().split(" ", 2)[2] for entry in bench.trace.entries if entry.kind in kinds]


# Write-ahead.


def test_the_row_is_committed_before_the_request_leaves() -> None:
    bench, (till,) = bench_of(1)
    messages_at_commit: list[tuple[str, int]] = []

    def saw(batches: Batches) -> None:
        for _, rows in batches:
            messages_at_commit.extend(
                (str(row.fields.get("state")), len(bench.host_messages())) for row in rows
            )

    with bench:
        watched(bench, saw)
        ready(till)
        till.swipe("visa-stripe")
        assert messages_at_commit == [("AUTH_SENT", 0)]
        assert len(bench.host_messages()) == 1


def test_the_final_row_is_committed_before_a_copy_prints_and_a_tone_sounds() -> None:
    bench, (till,) = bench_of(1)
    told: list[tuple[str, int, int]] = []

    def saw(batches: Batches) -> None:
        for _, rows in batches:
            told.extend((str(row.fields.get("state")), len(till.receipts), till.beeps) for row in rows)

    with bench:
        ready(till)
        till.swipe("visa-stripe")
        watched(bench, saw)
        before = till.beeps
        bench.advance(SECOND)
        assert told == [("COMPLETED", 0, before)]
        assert (len(till.receipts), till.beeps) == (2, before + 1)


def test_a_reversal_is_committed_before_it_leaves() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        bench.host_answers(["timeout", "approved"])
        ready(till)
        till.swipe("visa-stripe")
        counts: list[int] = []
        watched(bench, lambda _: counts.append(len(bench.host_messages())))
        bench.advance(till.profile.timeouts.issuer)
        assert counts[0] == 1
        assert [message.kind for message in bench.host_messages()] == ["sale", "reversal"]


# Commits of a fleet.


@pytest.mark.parametrize("count", [2, 5, 20])
def test_the_rows_of_all_terminals_that_act_at_once_go_into_one_commit(count: int) -> None:
    bench, tills = bench_of(count)
    with bench:
        for till in tills:
            ready(till)
        journal = watched(bench)
        for till in tills:
            bench.engine.post(till.board, CardSwiped(STRIPE))
        bench.settle()
        assert journal.commits == [[(till.name, ("sale",)) for till in tills]]
        assert len(bench.host_messages()) == count
        journal.commits.clear()
        bench.advance(SECOND)
        assert [len(commit) for commit in journal.commits] == [count]
        assert {till.view().screen.id for till in tills} == {"approved"}


def test_two_events_of_one_terminal_are_handled_in_their_order() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        for key in ("OK", "7", "5"):
            bench.engine.post(till.board, KeyPressed(key))
        bench.settle()
        assert "0.75" in till.view().text


def test_an_unknown_commit_stops_exactly_the_terminals_that_were_in_it() -> None:
    bench, tills = bench_of(3)
    with bench:
        for till in tills[:2]:
            ready(till)
        tills[0].fault("commit-unknown")
        for till in tills[:2]:
            bench.engine.post(till.board, CardSwiped(STRIPE))
        bench.settle()
        assert [till.view().screen.id for till in tills] == ["out-of-service", "out-of-service", "home"]
        assert bench.host_messages() == []
        ready(tills[2])
        tills[2].swipe("visa-stripe")
        bench.advance(SECOND)
        assert tills[2].view().screen.id == "approved"


@pytest.mark.parametrize("is_stored", [False, True])
def test_the_next_boot_decides_what_an_unknown_commit_was(is_stored: bool) -> None:
    """Nothing left after the commit either way, so nobody was charged; what is stored is reversed, to be sure."""
    bench, (till,) = bench_of(1)
    with bench:
        ready(till)
        journal = watched(bench)
        journal.lose_answer = is_stored
        if not is_stored:
            till.fault("commit-unknown")
        till.swipe("visa-stripe")
        assert till.view().screen.id == "out-of-service"
        assert bench.host_messages() == []
        till.power_on()
        bench.advance(10 * SECOND)
        assert till.view().screen.id == "home"
        states = [str(row.fields["state"]) for row in till.journal() if row.kind == "sale"]
        assert states == (["AUTH_SENT", "REVERSAL_PENDING", "REVERSED"] if is_stored else [])
        assert sum(entry.amount for entry in bench.acquirer.entries()) == 0


def test_a_terminal_out_of_service_takes_no_keys() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        ready(till)
        till.fault("commit-unknown")
        till.swipe("visa-stripe")
        assert not till.takes("OK")
        keys(till, "OK", "CANCEL")
        bench.advance(600 * SECOND)
        assert till.view().screen.id == "out-of-service"


# Power.


def test_what_happened_before_a_power_cut_never_reaches_the_next_boot() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        ready(till)
        for event in (KeyPressed("CANCEL"), Alarm("state"), NetworkChanged(False, "wifi"), CardSwiped(None)):
            bench.engine.post(till.board, event)
        till.power_cut()
        till.power_on()
        assert till.view().screen.id == "home"
        assert till.firmware.environment.network_up
        assert len(till.firmware.stack) == 1


def test_no_alarm_of_before_a_power_cut_rings_after_it() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        ready(till)
        till.power_cut()
        assert till.board.power.alarms == {}
        till.power_on()
        keys(till, "OK", "5")
        bench.advance(till.profile.timeouts.card - SECOND)
        assert till.view().screen.id == "amount"


@pytest.mark.parametrize("effects", range(1, 9))
def test_nothing_runs_after_a_power_cut_wherever_it_falls(effects: int) -> None:
    bench, (till,) = bench_of(1)
    with bench:
        ready(till)
        till.fault("power-cut-after", str(effects))
        till.swipe("visa-stripe")
        if till.board.power.fuse:
            return
        assert till.board.power.alarms == {}
        assert till.board.readers.open == frozenset()
        assert till.board.readers.conversation is None
        assert till.view().screen.id == "off"
        sent, rows = len(bench.host_messages()), len(till.journal())
        bench.advance(3_600 * SECOND)
        assert (len(bench.host_messages()), len(till.journal())) == (sent, rows)


def test_a_cut_right_after_the_row_sends_nothing() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        ready(till)
        journal = watched(bench, lambda _: till.fault("power-cut-after", "1"))
        till.swipe("visa-stripe")
        assert len(journal.commits) == 1
        assert bench.host_messages() == []
        assert till.view().screen.id == "off"


def test_an_answer_that_comes_after_a_power_cut_reaches_nobody() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        bench.host_answers(["late:30s"])
        ready(till)
        till.swipe("visa-stripe")
        till.power_cut()
        till.power_on()
        bench.advance(60 * SECOND)
        assert till.view().screen.id == "home"
        assert [row.kind for row in till.journal() if row.kind == "unexpected"] == []
        states = [str(row.fields["state"]) for row in till.journal() if row.kind == "sale"]
        assert states == ["AUTH_SENT", "REVERSAL_PENDING", "REVERSED"]
        assert sum(entry.amount for entry in bench.acquirer.entries()) == 0


def test_a_boot_sends_each_reversal_once() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        bench.host_answers(["timeout"])
        ready(till)
        till.swipe("visa-stripe")
        till.power_cut()
        till.power_on()
        bench.advance(10 * SECOND)
        assert [(m.kind, m.mti) for m in bench.host_messages()] == [("sale", "0100"), ("reversal", "0400")]
        assert [row.kind for row in till.journal() if row.kind == "unexpected"] == []


# Alarms.


def test_an_alarm_is_replaced_by_the_next_one_of_its_name() -> None:
    """Each digit starts the time-out of the screen anew, and the old one does not ring."""
    bench, (till,) = bench_of(1)
    with bench:
        keys(till, "OK", "5")
        bench.advance(till.profile.timeouts.entry - SECOND)
        keys(till, "5")
        bench.advance(till.profile.timeouts.entry - SECOND)
        assert till.view().screen.id == "amount"
        bench.advance(SECOND)
        assert till.view().screen.id == "timed-out"


def test_an_ignored_key_starts_no_time_out_anew() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        keys(till, "OK", "5")
        bench.advance(till.profile.timeouts.entry - SECOND)
        assert not till.press("F1")
        bench.advance(SECOND)
        assert till.view().screen.id == "timed-out"


def test_a_dropped_alarm_does_not_ring() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        keys(till, "OK", "5", "CANCEL")
        assert "state" not in till.board.power.alarms
        bench.advance(600 * SECOND)
        assert till.view().screen.id == "home"
        assert "Alarm" not in " ".join(trace_of(bench, "event"))


# Answers.


def reply(till_name: str, **changes: object) -> HostReplied:
    given = {
        "message_class": MessageClass.AUTHORISATION,
        "terminal": till_name,
        "stan": 1,
        "amount": Money(1000, "CAD"),
        "response_code": "00",
    }
    return HostReplied(HostReply(**{**given, **changes}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"message_class": MessageClass.FINANCIAL},
        {"message_class": MessageClass.REVERSAL},
        {"terminal": "V4000002"},
        {"stan": 2},
        {"amount": Money(1001, "CAD")},
        {"amount": Money(1000, "USD")},
    ],
    ids=lambda change: "-".join(change),
)
def test_an_answer_that_matches_nothing_is_recorded_and_changes_nothing(change: dict[str, object]) -> None:
    bench, (till,) = bench_of(1)
    with bench:
        bench.host_answers(["timeout"])
        ready(till)
        till.swipe("visa-stripe")
        before = dict(till.firmware.durable.payments), till.view().text, len(bench.host_messages())
        bench.engine.post(till.board, reply(till.name, **change))
        bench.settle()
        assert [row.kind for row in till.journal()][-1] == "unexpected"
        assert (dict(till.firmware.durable.payments), till.view().text, len(bench.host_messages())) == before


def test_an_answer_counts_once() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        ready(till)
        till.swipe("visa-stripe")
        for _ in range(3):
            bench.engine.post(till.board, reply(till.name, auth_code="000001", host_reference="1"))
        bench.settle()
        assert till.view().screen.id == "approved"
        assert [row.kind for row in till.journal()][-2:] == ["unexpected", "unexpected"]
        assert len(till.receipts) == 2


def test_an_approval_that_comes_after_the_time_out_completes_nothing() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        bench.host_answers(["late:125s"])
        ready(till)
        till.swipe("visa-stripe")
        bench.advance(300 * SECOND)
        assert [row.kind for row in till.journal() if row.kind == "unexpected"] == ["unexpected"]
        assert [p.state.value for p in till.firmware.durable.payments.values()] == ["REVERSED"]
        assert sum(entry.amount for entry in bench.acquirer.entries()) == 0


# Faults by name.


@pytest.mark.parametrize(
    "words",
    [("power-cut-after",), ("power-cut-after", "0"), ("power-cut-after", "-1"), ("power-cut-after", "1", "2"),
     ("power-cut-after", "x"), ("tamper", "1"), ("meteor",)],
)  # fmt: skip
def test_a_fault_that_does_not_exist_is_refused_with_those_that_do(words: tuple[str, ...]) -> None:
    bench, (till,) = bench_of(1)
    with bench, pytest.raises(ValueError, match="power-cut-after"):
        till.fault(*words)


def test_time_does_not_pass_beyond_the_years_of_a_message() -> None:
    with Bench(clock="2099-12-31T23:59:00") as bench:
        till = bench.add_terminal("v400m")
        with pytest.raises(
            BenchMisuse, match=r"1min from 2099-12-31 23:59:00 the clock is past 2099: .* 2000 to 2099"
        ):
            bench.advance(60 * SECOND)
        bench.advance(60 * SECOND - 1)
        ready(till)
        till.swipe("visa-stripe")
        assert till.view().screen.id == "processing"


def test_a_time_with_a_zone_is_no_time_of_a_terminal() -> None:
    with Bench() as bench, pytest.raises(BenchMisuse, match="no zone"):
        bench.set_clock("2026-01-15T09:00:00+01:00")


def test_the_next_deadline_has_a_name_and_a_terminal() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        ready(till)
        timeout = bench.next_deadline()
        assert timeout is not None
        assert (timeout.name, timeout.terminal) == ("state", till.name)
        assert timeout.at == till.board.power.alarms["state"]


def test_an_alarm_that_was_dropped_is_no_deadline() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        ready(till)
        till.power_cut()
        assert bench.next_deadline() is None


def test_an_answer_on_its_way_is_a_deadline_called_host() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        bench.host_answers(["late:5s"])
        ready(till)
        till.swipe("visa-stripe")
        names = [held.due.name for held in bench.clock.waiting()]
        assert "host" in names
