"""The catalogue of faults: each happens by its name, and what is none is refused with all that there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from enum import Enum
from functools import partial

import pytest

from terminal_drivers.transports.faults import Fault
from terminal_sim.bench import Bench, BenchMisuse, TerminalUnderTest
from terminal_sim.bench.fault import BenchFault
from terminal_sim.bench.faults import FAULTS
from terminal_sim.core.message import MessageClass
from terminal_sim.pos.api_fault import ApiFault, CertificateState, SharedKeyState
from terminal_sim.pos.square.webhooks.fault import WebhookFault
from terminal_sim.readers.card_fault import CardFault
from terminal_sim.readers.operator import HumanOperator
from terminal_sim.runtime.answer_fault import _ANOTHER
from tests.contracts.drive import TEXTS

SECOND = 1_000_000
KINDS = "|".join(fault.value for fault in Fault)
WEBHOOKS = "|".join(fault.value for fault in WebhookFault)
OF_APIS: tuple[type[Enum], ...] = (ApiFault, CertificateState, SharedKeyState)
ARGUMENTS = {
    "N": ("3",),
    "down|up": ("down", "up"),
    "closed|open": ("closed", "open"),
    KINDS: tuple(KINDS.split("|")),
    WEBHOOKS: tuple(WEBHOOKS.split("|")),
    **{"|".join(kind.value for kind in kinds): tuple(kind.value for kind in kinds) for kinds in OF_APIS},
}


def test_names_of_faults_are_unique_and_each_says_what_it_means() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert all(fault.meaning.endswith(".") for fault in FAULTS)


COMMIT = "commit-unknown [N], commit-answer-lost [N], disk-full [N], disk-read-only [N]"
ANSWER = "host-duplicate [N], host-wrong-amount [N], host-wrong-trace [N], host-wrong-type [N]"
CARD = ", ".join(f"{fault.value} [N]" for fault in CardFault)
BEFORE = f"power-cut-after N, {COMMIT}"
AFTER = f"{ANSWER}, {CARD}, wire {KINDS} [N], wire-mend, tamper"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_happens_to_a_terminal_that_can_have_it(fault: BenchFault) -> None:
    for text in [
        word for argument in fault.arguments if not argument.optional for word in ARGUMENTS[argument.word]
    ] or [""]:
        happened = 0
        for profile in ("square-reader", "v400m", "square-terminal"):
            with Bench(texts=TEXTS) as bench, ExitStack() as served:
                till = bench.add_terminal(profile)
                if fault.missing_in(till):
                    served.enter_context(bench.serve_pos())
                if not fault.missing_in(till):
                    till.fault(fault.name, *([text] if text else []))
                    happened += 1
        assert happened


@pytest.mark.parametrize(
    ("profile", "said", "told"),
    [
        (
            "v400m",
            ("tampr",),
            f"'tampr' is no fault: {BEFORE}, printer-jam, {AFTER}; did you mean 'tamper'?",
        ),
        ("v400m", ("tamper", "now"), f"'tamper now' is no fault: {BEFORE}, printer-jam, {AFTER}"),
        (
            "v400m",
            ("app", "closed"),
            f"'app closed' is no fault: v400m is no app; there are {BEFORE}, printer-jam, {AFTER}",
        ),
        (
            "square-reader",
            ("reader-link", "sideways"),
            f"'reader-link sideways' is no fault: {BEFORE}, {AFTER}, reader-link down|up, app closed|open",
        ),
        (
            "square-reader",
            ("printer-jam",),
            (
                "'printer-jam' is no fault: square-reader has no printer; "
                f"there are {BEFORE}, {AFTER}, reader-link down|up, app closed|open"
            ),
        ),
    ],
)
def test_what_is_no_fault_is_refused_with_all_that_there_are(
    profile: str, said: tuple[str, ...], told: str
) -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal(profile)
        with pytest.raises(BenchMisuse) as refused:
            till.fault(*said)
        assert str(refused.value) == told


# What a terminal makes of a fault: whatever happens, the money is right.


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench(texts=TEXTS) as bench:
        yield bench
        assert bench.violations() == []


def sale(till: TerminalUnderTest, pay: Callable[[], None]) -> None:
    """A sale of 3.00 until its card is read."""
    for key in ("OK", "3", "0", "0", "OK"):
        till.press(key)
    pay()


def states(till: TerminalUnderTest) -> list[str]:
    return [payment.state.value for payment in till.firmware.durable.payments.values()]


def charged(bench: Bench) -> int:
    return sum(entry.amount for entry in bench.acquirer.entries())


def test_a_jammed_printer_prints_the_copy_once_paper_is_put_in_anew(bench: Bench) -> None:
    till = bench.add_terminal("v400m")
    till.fault("printer-jam")
    sale(till, lambda: till.swipe("visa-stripe"))
    bench.advance(SECOND)
    assert (till.view().screen.id, till.receipts) == ("out-of-paper", [])
    assert till.conditions() == ["fault printer-jam"]
    till.paper("low")
    assert till.view().screen.id == "out-of-paper"
    till.paper("in")
    assert (till.conditions(), len(till.receipts) > 0) == ([], True)
    assert (states(till), charged(bench)) == (["COMPLETED"], 300)


def test_a_full_storage_stops_the_terminal_before_anything_leaves_it(bench: Bench) -> None:
    till = bench.add_terminal("v400m")
    till.fault("disk-full")
    assert till.conditions() == ["fault disk-full"]
    sale(till, lambda: till.swipe("visa-stripe"))
    bench.advance(SECOND)
    assert (till.view().screen.id, len(bench.host_messages())) == ("out-of-service", 0)
    (reason,) = till.conditions()
    assert reason.startswith("out of service: the storage is full")
    till.power_on()
    assert (till.conditions(), states(till), charged(bench)) == ([], [], 0)
    sale(till, lambda: till.swipe("visa-stripe"))
    bench.advance(SECOND)
    assert (states(till), charged(bench)) == (["COMPLETED"], 300)


@pytest.mark.parametrize("fault", ["disk-full", "disk-read-only", "commit-unknown", "commit-answer-lost"])
def test_a_commit_that_fails_at_any_place_of_a_sale_leaves_money_right(fault: str) -> None:
    """The first commit is the request's row, the second the final one."""
    for commit in ("1", "2", "1..2"):
        with Bench(texts=TEXTS) as bench:
            till = bench.add_terminal("v400m")
            till.fault(fault, commit)
            sale(till, partial(till.swipe, "visa-stripe"))
            bench.advance(SECOND)
            assert (till.view().screen.id, till.receipts) == ("out-of-service", [])
            till.power_on()
            bench.advance(60 * SECOND)
            assert bench.violations(resolved=True) == []
            assert charged(bench) == (300 if states(till) == ["COMPLETED"] else 0)


def test_a_full_storage_after_the_answer_reverses_the_payment_at_the_next_start(bench: Bench) -> None:
    till = bench.add_terminal("v400m")
    sale(till, lambda: till.swipe("visa-stripe"))
    till.fault("disk-full")
    bench.advance(SECOND)
    assert (till.view().screen.id, till.receipts) == ("out-of-service", [])
    till.power_on()
    bench.advance(60 * SECOND)
    assert (states(till), charged(bench)) == (["REVERSED"], 0)


def test_a_commit_whose_answer_is_lost_stops_the_terminal_and_its_rows_count_at_the_next_start(
    bench: Bench,
) -> None:
    till = bench.add_terminal("v400m")
    till.fault("commit-answer-lost")
    sale(till, lambda: till.swipe("visa-stripe"))
    bench.advance(SECOND)
    assert (till.view().screen.id, len(bench.host_messages())) == ("out-of-service", 0)
    assert [row.fields["state"] for row in till.journal() if row.kind == "sale"] == ["AUTH_SENT"]
    till.power_on()
    bench.advance(60 * SECOND)
    assert (states(till), charged(bench)) == (["REVERSED"], 0)
    assert bench.violations(resolved=True) == []


@pytest.mark.parametrize(
    "fault",
    ["printer-jam", "disk-full", "commit-answer-lost 2", "host-duplicate 3", "host-wrong-type", "card-mute"],
)
def test_a_saved_state_keeps_an_armed_fault(bench: Bench, fault: str) -> None:
    bench.add_terminal("v400m").fault(*fault.split())
    with Bench(texts=TEXTS) as other:
        assert other.add_terminal("v400m", state_from=bench.save()).conditions() == [f"fault {fault}"]


def test_an_answer_that_arrives_twice_counts_once_and_is_on_record(bench: Bench) -> None:
    till = bench.add_terminal("v400m")
    till.fault("host-duplicate")
    sale(till, lambda: till.swipe("visa-stripe"))
    bench.advance(SECOND)
    assert (till.view().screen.id, states(till), charged(bench)) == ("approved", ["COMPLETED"], 300)
    assert [row.kind for row in till.journal()].count("unexpected") == 1
    assert till.conditions() == []


@pytest.mark.parametrize("fault", ["host-wrong-amount", "host-wrong-trace", "host-wrong-type"])
def test_an_answer_to_something_else_is_unexpected_and_the_payment_is_reversed(
    bench: Bench, fault: str
) -> None:
    till = bench.add_terminal("v400m")
    till.fault(fault)
    assert till.conditions() == [f"fault {fault}"]
    sale(till, lambda: till.swipe("visa-stripe"))
    bench.advance(300 * SECOND)
    assert [row.kind for row in till.journal()].count("unexpected") == 1
    assert (states(till), charged(bench), till.conditions()) == (["REVERSED"], 0, [])


def test_a_late_answer_with_another_trace_number_is_no_answer_to_the_next_payment(bench: Bench) -> None:
    till = bench.add_terminal("v400m")
    till.fault("host-wrong-trace")
    bench.host_answers(["late:70s"])
    sale(till, lambda: till.insert("visa-credit"))
    till.remove_card()
    bench.advance(60 * SECOND)
    bench.host_answers(["timeout"])
    sale(till, lambda: till.swipe("visa-stripe"))
    bench.advance(300 * SECOND)
    assert (states(till), charged(bench)) == (["REVERSED", "REVERSED"], 0)


def test_a_stripe_that_cannot_be_read_is_swiped_again(bench: Bench) -> None:
    till = bench.add_terminal("v400m")
    till.fault("stripe-unreadable")
    assert till.conditions() == ["fault stripe-unreadable"]
    sale(till, lambda: till.swipe("visa-stripe"))
    assert (till.view().screen.id, till.conditions(), states(till)) == ("present-card", [], [])
    till.swipe("visa-stripe")
    bench.advance(SECOND)
    assert states(till) == ["COMPLETED"]


def test_the_second_answer_is_struck_where_a_fault_says_so(bench: Bench) -> None:
    till = bench.add_terminal("v400m")
    till.fault("host-wrong-amount", "2")
    assert till.conditions() == ["fault host-wrong-amount 2"]
    for state in ("COMPLETED", "REVERSED"):
        sale(till, lambda: till.swipe("visa-stripe"))
        bench.advance(300 * SECOND)
        assert states(till)[-1] == state


def test_a_range_is_drawn_by_the_seed() -> None:
    def drawn(seed: int) -> list[str]:
        with Bench(texts=TEXTS, seed=seed) as bench:
            till = bench.add_terminal("v400m")
            till.fault("power-cut-after", "1..1000")
            return till.conditions()

    found = {tuple(drawn(seed)) for seed in range(5)}
    assert len(found) == 5
    assert drawn(3) == drawn(3)
    (said,) = drawn(3)
    assert 1 <= int(said.removeprefix("fault power-cut-after ")) <= 1000


def test_an_empty_range_is_refused(bench: Bench) -> None:
    with pytest.raises(BenchMisuse, match=r"20\.\.1 has no number: write the lower one first"):
        bench.add_terminal("v400m").fault("power-cut-after", "20..1")


def test_a_fault_of_an_answer_waits_for_one_that_can_be_read(bench: Bench) -> None:
    till = bench.add_terminal("v400m")
    till.fault("host-wrong-amount")
    bench.host_answers(["garbage", "timeout"])
    sale(till, lambda: till.swipe("visa-stripe"))
    bench.advance(SECOND)
    assert "fault host-wrong-amount" in till.conditions()
    bench.advance(600 * SECOND)
    assert (states(till), charged(bench), till.conditions()) == (["REVERSED"], 0, [])


def test_a_card_whose_list_of_applications_makes_no_sense_is_asked_for_each(bench: Bench) -> None:
    """A damaged answer to SELECT of the PSE is no end (EMV Book 1, 12.3.2)."""
    till = bench.add_terminal("v400m")
    till.fault("card-garbage")
    assert till.conditions() == ["fault card-garbage"]
    sale(till, lambda: till.insert("visa-credit"))
    bench.advance(SECOND)
    assert (states(till), charged(bench), till.conditions()) == (["COMPLETED"], 300, [])


@pytest.mark.parametrize("how", ["insert", "tap"])
def test_a_card_that_answers_no_command_ends_its_payment_before_the_acquirer_hears_of_it(
    bench: Bench, how: str
) -> None:
    till = bench.add_terminal("v400m")
    till.fault("card-mute")
    sale(till, lambda: till.tap("visa-credit") if how == "tap" else till.insert("visa-credit"))
    assert (till.conditions(), len(bench.host_messages())) == ([], 0)
    bench.advance(300 * SECOND)
    assert (states(till), charged(bench)) == ([], 0)


@pytest.mark.parametrize("fault", ["card-mute", "card-garbage"])
def test_a_card_that_fails_at_its_last_cryptogram_has_its_payment_reversed(bench: Bench, fault: str) -> None:
    till = bench.add_terminal("v400m")
    sale(till, lambda: till.insert("mastercard-pin"))
    for key in ("1", "2", "3", "4", "OK"):
        till.press(key)
    assert len(bench.host_messages()) == 1
    till.fault(fault)
    bench.advance(300 * SECOND)
    assert (states(till), charged(bench), till.conditions()) == (["REVERSED"], 0, [])


@pytest.mark.parametrize("fault", [one for one in CardFault if one is not CardFault.STRIPE])
@pytest.mark.parametrize("how", ["insert", "tap"])
def test_whichever_command_a_card_fails_at_the_payment_ends_and_the_books_agree(
    fault: CardFault, how: str
) -> None:
    for command in range(1, 18, 4):
        with Bench(texts=TEXTS) as bench:
            till = bench.add_terminal("v400m")
            till.fault(fault.value, str(command))
            pay = till.tap if how == "tap" else till.insert
            sale(till, partial(pay, "visa-credit"))
            bench.advance(400 * SECOND)
            if till.card_in_slot:
                till.remove_card()
            bench.advance(60 * SECOND)
            assert till.view().screen.id == "home", command
            assert (states(till) == ["COMPLETED"]) == (charged(bench) == 300), command
            assert bench.violations(resolved=True) == [], command


def test_a_card_that_refuses_the_issuer_without_sense_still_has_the_last_word(bench: Bench) -> None:
    """EXTERNAL AUTHENTICATE fails, which the TVR says, and GENERATE AC decides (EMV Book 3, 10.9)."""
    till = bench.add_terminal("v400m")
    sale(till, lambda: till.insert("visa-credit"))
    till.fault("card-garbage")
    bench.advance(SECOND)
    assert (states(till), charged(bench), till.conditions()) == (["COMPLETED"], 300, [])


def test_a_fault_of_a_card_is_refused_where_a_person_moves_the_cards() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        till._presenting._operator = HumanOperator({}, print)
        with pytest.raises(BenchMisuse, match="'card-mute' is no fault: v400m has a real reader"):
            till.fault("card-mute")


@pytest.mark.parametrize("kind", [Fault.CHOP, Fault.FLIP, Fault.DUPLICATE, Fault.NOISE])
@pytest.mark.parametrize("frame", [1, 4, 9])
def test_a_damaged_frame_is_repeated_and_the_payment_goes_on(bench: Bench, kind: Fault, frame: int) -> None:
    till = bench.add_terminal("v400m")
    till.fault("wire", kind.value, str(frame))
    assert till.conditions() == [f"fault wire {kind.value} {frame}"]
    sale(till, lambda: till.insert("visa-credit"))
    bench.advance(SECOND)
    assert (states(till), charged(bench), till.conditions()) == (["COMPLETED"], 300, [])


@pytest.mark.parametrize("frame", [1, 4, 9])
@pytest.mark.parametrize("kind", [Fault.DROP, Fault.DELAY, Fault.HANG, Fault.UNPLUG])
def test_a_reader_that_falls_silent_ends_the_payment_and_is_back_when_it_is_mended(
    bench: Bench, kind: Fault, frame: int
) -> None:
    till = bench.add_terminal("v400m")
    till.fault("wire", kind.value, str(frame))
    sale(till, lambda: till.insert("visa-credit"))
    bench.advance(300 * SECOND)
    assert (states(till), charged(bench)) == ([], 0)
    assert till.conditions() == ([] if kind in (Fault.DROP, Fault.DELAY) else [f"fault wire {kind.value}"])
    till.fault("wire-mend")
    assert till.conditions() == []
    if till.card_in_slot:
        till.remove_card()
    bench.advance(300 * SECOND)
    sale(till, lambda: till.insert("visa-credit"))
    bench.advance(SECOND)
    assert (states(till), charged(bench)) == (["COMPLETED"], 300)


def test_a_line_that_is_cut_after_the_acquirer_has_charged_the_card_reverses_the_payment(
    bench: Bench,
) -> None:
    till = bench.add_terminal("v400m")
    sale(till, lambda: till.insert("visa-credit"))
    till.fault("wire", "unplug")
    bench.advance(300 * SECOND)
    assert (states(till), charged(bench)) == (["REVERSED"], 0)


@pytest.mark.parametrize("reader", ["virtual", "pty"])
def test_a_card_that_stayed_in_a_reader_that_was_away_is_found_again(bench: Bench, reader: str) -> None:
    till = bench.add_terminal("v400m", reader=reader)
    till.fault("wire", "unplug", "5")
    sale(till, lambda: till.insert("visa-credit"))
    assert till.view().screen.id == "reader-lost"
    till.fault("wire-mend")
    assert till.card_in_slot == "visa-credit"
    till.remove_card()
    bench.advance(300 * SECOND)
    sale(till, lambda: till.insert("visa-credit"))
    bench.advance(SECOND)
    assert (states(till), charged(bench)) == (["COMPLETED"], 300)


def test_a_bench_whose_line_has_a_fault_is_not_saved(bench: Bench) -> None:
    bench.add_terminal("v400m").fault("wire", "drop", "3")
    with pytest.raises(
        BenchMisuse, match=r"not saved: the line to its reader has a fault, drop 3: `fault wire-mend`"
    ):
        bench.save()


def test_no_line_of_another_reader_is_disturbed() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m", reader="vivotech+virtual:")
        with pytest.raises(
            BenchMisuse, match="'wire drop' is no fault: v400m has no line of virtual readers"
        ):
            till.fault("wire", "drop")


@pytest.mark.parametrize("kind", Fault)
def test_whichever_frame_a_fault_of_the_line_strikes_journal_and_acquirer_agree(kind: Fault) -> None:
    for frame in range(1, 36, 3):
        with Bench(texts=TEXTS) as bench:
            till = bench.add_terminal("v400m")
            till.fault("wire", kind.value, str(frame))
            sale(till, partial(till.insert, "visa-credit"))
            bench.advance(300 * SECOND)
            assert (states(till) == ["COMPLETED"]) == (charged(bench) == 300), frame
            assert bench.violations() == [], frame


def test_an_answer_of_every_class_can_come_with_the_type_of_another() -> None:
    """The explorer found an advice that could not."""
    assert set(_ANOTHER) == set(MessageClass)
    assert all(one is not another for one, another in _ANOTHER.items())
