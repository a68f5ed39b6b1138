"""How payments go, flow by flow: what is asked, what is refused, what is told, what is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from terminal_drivers.base import Presence
from terminal_sim.core.payment import PaymentState
from terminal_sim.core.receipt import Centred
from terminal_sim.emv.talk.asks import Step
from terminal_sim.readers.parts import Reader
from tests.contracts.drive import Drive, full, prompting
from tests.contracts.states import WAYS
from tests.offline.shop import SECOND, shop


@pytest.fixture
def drive() -> Iterator[Drive]:
    with Drive(full("v400m")) as one:
        yield one


def shown(drive: Drive) -> set[str]:
    return {drive.screen, *(item.id for item in drive.terminal.view().items)}


def states(drive: Drive) -> list[str]:
    return [payment.state.value for payment in drive.durable.payments.values()]


def sent(drive: Drive) -> list[str]:
    return [message.kind for message in drive.bench.host_messages()]


# Amounts.


@pytest.mark.parametrize(
    ("typed", "complaint"), [("0", "amount-zero"), ("", "amount-zero"), ("10000000", "amount-too-high")]
)
@pytest.mark.parametrize("flow", ["sale", "moto", "refund"])
def test_an_amount_that_will_not_do_is_refused_with_its_reason(
    drive: Drive, flow: str, typed: str, complaint: str
) -> None:
    WAYS[flow, "amount"](drive)
    drive.type(typed)
    assert drive.at == (flow, "amount")
    assert complaint in shown(drive)


def test_the_highest_amount_is_taken_and_a_cent_more_is_not(drive: Drive) -> None:
    limit = drive.profile.limits.max_amount
    drive.open("sale")
    drive.type(str(limit + 1))
    assert drive.at == ("sale", "amount")
    for _ in str(limit + 1):
        drive.terminal.press("CLEAR")
    drive.type(str(limit))
    assert drive.at == ("sale", "present")


# Cards.


def test_a_stripe_of_a_card_with_a_chip_asks_for_the_chip(drive: Drive) -> None:
    drive.sale("swipe", "visa-credit")
    assert drive.screen == "insert-instead"
    assert sent(drive) == []
    drive.terminal.insert("visa-credit")
    drive.pass_time()
    assert "approved" in shown(drive)


def test_a_terminal_without_chip_reads_none() -> None:
    profile = full("v400m")
    with Drive(replace(profile, entries=replace(profile.entries, chip=False))) as drive:
        drive.sale("insert", "visa-credit")
        assert drive.at == ("sale", "present")
        drive.terminal.swipe("visa-credit")
        drive.pass_time()
        assert drive.screen == "approved"


def test_where_a_card_is_to_be_tapped_none_is_read_that_is_inserted() -> None:
    with shop("square-terminal") as at:
        for key in ("1", "0", "0", "0", "OK"):
            at.terminal.press(key)
        at.terminal.touch("clearpay")
        at.terminal.insert("visa-credit")
        at.pass_time(SECOND)
        assert at.told() == "clearpay-tap"
        at.terminal.tap("phone")
        at.pass_time(SECOND)
        assert at.told() == "approved"


def test_a_mute_chip_falls_back_to_its_stripe(drive: Drive) -> None:
    drive.sale("insert", "mute")
    assert drive.screen == "swipe-instead"
    drive.terminal.remove_card()
    drive.terminal.swipe("mute")
    drive.pass_time()
    assert "approved" in shown(drive)
    assert [(p.entry.value, p.fallback) for p in drive.durable.payments.values()] == [("stripe", "chip")]


def test_a_card_that_lies_in_the_slot_already_is_read(drive: Drive) -> None:
    drive.terminal.insert("visa-credit")
    drive.open("sale")
    drive.type("1000")
    drive.pass_time()
    assert "approved" in shown(drive)


@pytest.mark.parametrize("step", ["select", "gpo", "read", "genac1"])
def test_a_card_taken_away_before_the_request_costs_nothing(drive: Drive, step: str) -> None:
    drive.terminal.tear_after(step)
    drive.sale()
    drive.pass_time()
    assert drive.screen == "card-removed"
    drive.heal()
    assert drive.faults() == []
    assert sum(entry.amount for entry in drive.bench.acquirer.entries()) == 0


@pytest.mark.parametrize("step", ["select", "gpo", "genac1", "online", "genac2", "apdu 3"])
def test_the_sale_after_a_torn_card_asks_for_a_card_again(drive: Drive, step: str) -> None:
    drive.terminal.tear_after(step)
    drive.sale()
    drive.pass_time(300)
    assert drive.at_home
    assert not drive.terminal.board.readers.card_in
    drive.open("sale")
    drive.type("500")
    assert drive.at == ("sale", "present")
    drive.terminal.swipe("visa-stripe")
    drive.pass_time()
    assert "approved" in shown(drive)


class SlowNews:
    """The readers of a terminal whose line is slow to tell what happened: `late` until it is told to be in time."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._news: list[Presence] = []
        self.late = False
        self.contact = reader.contact
        self.contactless = reader.contactless
        self.stripe = reader.stripe

    def poll(self, timeout: float = 0.0) -> list[Presence]:
        self._news += self._reader.poll(timeout)
        told = [] if self.late else self._news
        self._news = self._news[len(told) :]
        return told


@pytest.mark.parametrize("step", ["select", "gpo", "genac1"])
def test_late_news_of_a_torn_card_are_no_news_to_the_next_sale(drive: Drive, step: str) -> None:
    news = drive.terminal.board.readers.reader = SlowNews(drive.terminal.board.readers.reader)

    tear = drive.terminal.board.readers.torn

    def fall_behind(slot: int, now: Step, apdu: bool) -> None:
        news.late = news.late or now.value == step
        tear(slot, now, apdu)

    drive.terminal.board.readers.torn = fall_behind
    drive.terminal.tear_after(step)
    drive.sale()
    drive.pass_time(300)
    assert drive.at_home
    drive.open("sale")
    drive.type("500")
    assert drive.at == ("sale", "present")
    news.late = False
    drive.bench.engine.poll(drive.terminal.board)
    assert drive.at == ("sale", "present")
    drive.terminal.insert("visa-credit")
    drive.pass_time()
    assert "approved" in shown(drive)


@pytest.mark.parametrize("step", ["select", "gpo", "read", "genac1", "online", "genac2", "apdu 1", "apdu 99"])
@pytest.mark.parametrize(
    ("how", "card"), [("insert", "visa-credit"), ("tap", "phone"), ("tap", "visa-credit")]
)
def test_tearing_any_card_at_any_step_ends_well(drive: Drive, step: str, how: str, card: str) -> None:
    drive.terminal.tear_after(step)
    drive.sale(how, card)
    drive.pass_time(300)
    drive.heal()
    assert drive.faults() == []


def test_an_approval_that_the_card_does_not_confirm_is_taken_back(drive: Drive) -> None:
    drive.terminal.tear_after("online")
    drive.sale()
    drive.pass_time(300)
    assert states(drive) == ["REVERSED"]
    assert sent(drive) == ["sale", "reversal"]


def test_an_answer_with_a_code_that_is_no_approval_completes_nothing(drive: Drive) -> None:
    drive.bench.host_answers(["declined:11"])
    drive.sale()
    drive.pass_time()
    assert "declined" in shown(drive)
    drive.finish()
    drive.heal()
    assert drive.faults() == []


# PIN.


def test_a_wrong_pin_says_how_many_tries_are_left(drive: Drive) -> None:
    drive.sale(card="mastercard-pin")
    drive.type("9999")
    assert "wrong-pin" in shown(drive)
    drive.type("1234")
    drive.pass_time()
    assert "approved" in shown(drive)


def test_a_pin_shows_as_stars_and_has_four_to_twelve_digits(drive: Drive) -> None:
    drive.sale(card="visa-online-pin")
    drive.do(("keys", "123"))
    assert not drive.terminal.press("OK")
    drive.do(("keys", "4567890129"))
    assert len(drive.terminal.firmware.stack[-1].typed) == 12  # type: ignore[attr-defined]
    assert "************" in drive.terminal.view().text
    assert not any(digit in drive.terminal.view().text for digit in ("123", "4567"))


def test_a_cancelled_pin_is_forgotten(drive: Drive) -> None:
    drive.sale(card="visa-online-pin")
    drive.do(("keys", "43"), ("key", "CANCEL"))
    assert drive.screen == "cancelled"
    assert sent(drive) == []


# What the acquirer says.


@pytest.mark.parametrize(
    ("answer", "told", "state", "messages"),
    [
        ("approved", "approved", "COMPLETED", ["sale"]),
        ("declined", "declined", "DECLINED", ["sale"]),
        ("declined:51", "declined", "DECLINED", ["sale"]),
        ("partial:300", "approved", "COMPLETED", ["sale"]),
        ("timeout", "declined", "REVERSED", ["sale", "reversal"]),
        ("garbage", "declined", "REVERSED", ["sale", "reversal"]),
        ("late:119s", "approved", "COMPLETED", ["sale"]),
        ("late:121s", "declined", "REVERSED", ["sale", "reversal"]),
    ],
)
def test_the_answer_decides(drive: Drive, answer: str, told: str, state: str, messages: list[str]) -> None:
    drive.bench.host_answers([answer])
    drive.sale("swipe", "visa-stripe")
    drive.pass_time(121)
    assert told in shown(drive) or drive.at_home
    drive.pass_time(10)
    assert states(drive) == [state]
    assert sent(drive) == messages
    drive.heal()
    assert drive.faults() == []


def test_without_a_connection_nothing_is_sent_and_nothing_is_in_doubt(drive: Drive) -> None:
    drive.terminal.network(False)
    drive.sale("swipe", "visa-stripe")
    drive.pass_time(6)
    assert "no-connection" in shown(drive)
    assert states(drive) == ["DECLINED"]
    drive.heal()
    assert sent(drive) == []


def test_a_partial_approval_is_told_with_its_own_amount(drive: Drive) -> None:
    drive.bench.host_answers(["partial:300"])
    drive.sale("swipe", "visa-stripe")
    drive.pass_time()
    assert "$3.00" in drive.terminal.view().text
    (one,) = drive.durable.payments.values()
    assert (one.amount.minor, one.requested) == (300, 1000)


# Reversals.


def test_a_reversal_is_sent_until_it_is_answered_with_the_same_number_and_amount(drive: Drive) -> None:
    drive.bench.host_answers(["timeout", "timeout", "timeout", "approved"])
    drive.sale("swipe", "visa-stripe")
    drive.pass_time(4_000)
    reversals = [message for message in drive.bench.host_messages() if message.kind == "reversal"]
    assert [message.mti for message in reversals] == ["0400", "0401", "0401"]
    assert len({(m.fields["stan"], m.fields["amount"], m.fields["original"]) for m in reversals}) == 1
    assert states(drive) == ["REVERSED"]


def test_the_wait_between_two_reversals_doubles_up_to_its_limit(drive: Drive) -> None:
    drive.bench.host_answers(["timeout"] * 12)
    drive.sale("swipe", "visa-stripe")
    drive.pass_time(6_000)
    times = [
        entry.at.mono // 1_000_000
        for entry in drive.bench.trace.entries
        if entry.kind == "host" and entry.fields.get("out") == "reversal"
    ]
    waits = [after - before for before, after in pairwise(times)]
    assert waits[:6] == [60, 120, 240, 480, 900, 900]


def test_a_refused_reversal_is_tried_again(drive: Drive) -> None:
    drive.bench.host_answers(["timeout", "declined:96", "approved"])
    drive.sale("swipe", "visa-stripe")
    drive.pass_time(125)
    assert states(drive) == ["REVERSAL_PENDING"]
    drive.pass_time(120)
    assert states(drive) == ["REVERSED"]


def test_a_link_that_comes_back_ends_the_wait(drive: Drive) -> None:
    drive.bench.host_answers(["timeout"])
    drive.sale("swipe", "visa-stripe")
    drive.terminal.network(False)
    drive.pass_time(1_000)
    assert states(drive) == ["REVERSAL_PENDING"]
    drive.terminal.network(True)
    drive.pass_time(1)
    assert states(drive) == ["REVERSED"]


def test_a_new_sale_goes_on_while_an_old_one_is_still_being_reversed(drive: Drive) -> None:
    drive.bench.host_answers(["timeout", "timeout"])
    drive.sale("swipe", "visa-stripe")
    drive.pass_time(140)
    assert states(drive) == ["REVERSAL_PENDING"]
    drive.sale("swipe", "visa-stripe", "500")
    drive.pass_time()
    assert states(drive) == ["REVERSAL_PENDING", "COMPLETED"]
    drive.heal()
    assert drive.faults() == []


# Paper.


def test_no_paper_changes_no_result_and_the_copies_come_when_there_is_some(drive: Drive) -> None:
    drive.terminal.paper("out")
    drive.sale("swipe", "visa-stripe")
    drive.pass_time()
    assert drive.screen == "out-of-paper"
    assert states(drive) == ["COMPLETED"]
    assert drive.terminal.receipts == []
    drive.terminal.paper("in")
    assert [printed.copy for printed in drive.terminal.receipts] == ["merchant", "customer"]
    assert drive.screen == "approved"


def test_copies_that_are_offered_print_one_by_one() -> None:
    with Drive(prompting("v400m")) as drive:
        drive.sale("swipe", "visa-stripe")
        drive.pass_time()
        assert drive.terminal.receipts == []
        for _ in range(3):
            drive.terminal.press("OK")
        assert [printed.copy for printed in drive.terminal.receipts] == ["merchant", "customer"]


def test_a_copy_that_waited_for_paper_is_not_offered_again() -> None:
    with Drive(prompting("v400m")) as drive:
        drive.sale("swipe", "visa-stripe")
        drive.pass_time()
        drive.terminal.press("OK")
        drive.terminal.paper("out")
        drive.terminal.press("OK")
        assert drive.screen == "out-of-paper"
        drive.terminal.paper("in")
        assert [printed.copy for printed in drive.terminal.receipts] == ["merchant"]
        drive.terminal.press("OK")
        assert drive.screen == "customer-receipt"
        drive.terminal.press("OK")
        assert drive.at_home
        assert [printed.copy for printed in drive.terminal.receipts] == ["merchant", "customer"]


def test_a_customer_copy_speaks_the_language_of_the_card(drive: Drive) -> None:
    drive.sale(card="visa-credit-fr")
    drive.pass_time()
    assert {printed.copy: printed.receipt.locale for printed in drive.terminal.receipts} == {
        "merchant": "en-CA",
        "customer": "fr-CA",
    }


# Telephone orders.


@pytest.mark.parametrize(
    ("field", "typed", "complaint"),
    [
        ("card-number", "4111111111111112", "number-invalid"),
        ("card-number", "411111111111111", "number-invalid"),
        ("card-number", "0000000000000000", "number-invalid"),
        ("card-number", "", "number-invalid"),
        ("expiry", "1330", "expiry-invalid"),
        ("expiry", "0030", "expiry-invalid"),
        ("expiry", "033", "expiry-invalid"),
        ("expiry", "1225", "expired-card"),
        ("cvc", "73", "cvc-invalid"),
    ],
)
def test_a_field_that_will_not_do_is_refused_with_its_reason(
    drive: Drive, field: str, typed: str, complaint: str
) -> None:
    WAYS["moto", field](drive)
    drive.type(typed)
    assert drive.at == ("moto", field)
    assert complaint in shown(drive)
    assert sent(drive) == []


def test_a_card_counts_in_the_whole_month_of_its_expiry(drive: Drive) -> None:
    WAYS["moto", "expiry"](drive)
    drive.type("0126")
    assert drive.at == ("moto", "cvc")


def test_a_card_number_is_never_shown_whole(drive: Drive) -> None:
    WAYS["moto", "card-number"](drive)
    for count, digit in enumerate("5555444433331111", 1):
        drive.terminal.press(digit)
        assert "5555444433331111"[:7] not in drive.terminal.view().text, count
    assert "555544**********" in drive.terminal.view().text


def test_the_address_is_asked_where_the_profile_says_so_and_of_cards_from_there() -> None:
    profile = full("v400m")  # knows the country of 4111 alone
    for number, asks, state in (
        ("4111111111111111", True, "postal-code"),
        ("5555444433331111", True, "authorising"),
        ("4111111111111111", False, "authorising"),
    ):
        with Drive(replace(profile, moto=replace(profile.moto, ask_address=asks))) as drive:
            drive.moto(number=number)
            assert drive.at == ("moto", state)


def test_no_code_is_asked_where_the_profile_asks_none() -> None:
    profile = full("v400m")
    with Drive(replace(profile, moto=replace(profile.moto, ask_cvc=False))) as drive:
        drive.open("moto")
        for field in ("1200", "5555444433331111", "0330"):
            drive.type(field)
        assert drive.at == ("moto", "authorising")


def test_red_at_the_address_takes_the_payment_back(drive: Drive) -> None:
    WAYS["moto", "address-result"](drive)
    drive.terminal.press("CANCEL")
    drive.pass_time(2)
    assert states(drive) == ["REVERSED"]
    assert [str(m.fields.get("reason", "")) for m in drive.bench.host_messages()] == ["", "4000"]


def test_nobody_at_the_address_accepts_it(drive: Drive) -> None:
    WAYS["moto", "address-result"](drive)
    drive.pass_time(5)
    assert states(drive) == ["COMPLETED"]


# History.


def test_a_void_goes_to_the_card_of_the_sale_once(drive: Drive) -> None:
    WAYS["history", "voiding"](drive)
    drive.pass_time()
    assert "approved" in shown(drive)
    drive.finish()
    assert states(drive) == ["VOIDED", "COMPLETED"]
    drive.pick(2)
    drive.terminal.touch("void")
    assert "already-voided" in shown(drive)
    assert sent(drive).count("void") == 1
    assert [printed.copy for printed in drive.terminal.receipts][-2:] == ["merchant", "customer"]
    assert "receipt-void" in marks(drive, -1)


def test_a_void_is_voided_by_nobody(drive: Drive) -> None:
    WAYS["history", "voiding"](drive)
    drive.finish()
    drive.pick(1)
    assert "void" not in shown(drive)


def test_a_declined_void_leaves_the_sale_and_may_be_tried_again(drive: Drive) -> None:
    WAYS["history", "failed"](drive)
    drive.finish()
    assert states(drive) == ["COMPLETED", "DECLINED"]
    drive.pick(2)
    drive.terminal.touch("void")
    drive.pass_time()
    assert "approved" in shown(drive)
    drive.heal()
    assert drive.faults() == []


def test_a_void_that_never_left_is_over(drive: Drive) -> None:
    WAYS["history", "transaction"](drive)
    drive.terminal.network(False)
    drive.terminal.touch("void")
    drive.pass_time(6)
    assert "no-connection" in shown(drive)
    drive.heal()
    assert states(drive) == ["COMPLETED", "DECLINED"]
    assert sent(drive) == ["sale"]


def test_a_void_without_an_answer_goes_on_being_sent(drive: Drive) -> None:
    WAYS["history", "transaction"](drive)
    drive.bench.host_answers(["timeout", "timeout"])
    drive.terminal.touch("void")
    drive.pass_time(600)
    assert states(drive) == ["VOIDED", "COMPLETED"]
    assert [m.mti for m in drive.bench.host_messages() if m.kind == "void"][:2] == ["0400", "0401"]


@pytest.mark.parametrize("copy", ["customer", "merchant"])
def test_a_reprint_is_the_same_paper_under_one_mark_and_tells_nobody(drive: Drive, copy: str) -> None:
    WAYS["history", "transaction"](drive)
    before = sent(drive)
    first = {printed.copy: printed for printed in drive.terminal.receipts}[copy]
    for target in ("receipts", f"{copy}-receipt", "print"):
        drive.terminal.touch(target)
    again = drive.terminal.receipts[-1]
    assert again.receipt.lines[1:] == first.receipt.lines
    assert again.text.splitlines()[1:] == first.text.splitlines()
    assert (again.copy, again.receipt.locale) == (first.copy, first.receipt.locale)
    assert sent(drive) == before
    assert [row.kind for row in drive.terminal.journal()][-1] == "reprint"


def test_a_reversed_payment_reprints_as_it_printed_first(drive: Drive) -> None:
    drive.bench.host_answers(["timeout"])
    drive.sale("swipe", "visa-stripe")
    drive.pass_time(400)
    first = {printed.copy: printed for printed in drive.terminal.receipts}["merchant"]
    assert states(drive) == ["REVERSED"]
    drive.pick(1)
    for target in ("receipts", "merchant-receipt", "print"):
        drive.terminal.touch(target)
    assert drive.terminal.receipts[-1].text.splitlines()[1:] == first.text.splitlines()


def test_after_a_print_one_cancel_comes_back_to_the_transaction(drive: Drive) -> None:
    WAYS["history", "printed"](drive)
    drive.terminal.press("CANCEL")
    assert drive.at == ("history", "transaction")


def test_a_long_history_is_scrolled_and_picked_from(drive: Drive) -> None:
    for amount in range(101, 109):
        drive.sale("swipe", "visa-stripe", str(amount))
        drive.pass_time(20)
    drive.open("history")
    assert "txn-6" in shown(drive)
    assert "txn-7" not in shown(drive)
    drive.terminal.touch("older")
    assert {"txn-7", "txn-8", "newer"} <= shown(drive)
    assert "txn-6" not in shown(drive)
    drive.terminal.touch("txn-8")
    assert "$1.01" in drive.terminal.view().text


def test_an_empty_history_says_so(drive: Drive) -> None:
    drive.open("history")
    assert "no-transactions" in shown(drive)


# Recovery.


@pytest.mark.parametrize("link", [True, False])
def test_what_is_in_doubt_is_resolved_before_the_home_screen_if_the_acquirer_is_there(
    drive: Drive, link: bool
) -> None:
    WAYS["recovery", "checking"](drive)
    assert drive.screen == "checking-last"
    drive.terminal.network(link)
    drive.pass_time(2)
    if link:
        assert drive.at_home
        assert states(drive) == ["REVERSED"]
    else:
        drive.pass_time(60)
        assert drive.at_home
        assert states(drive) == ["REVERSAL_PENDING"]
        drive.heal()
        assert states(drive) == ["REVERSED"]
    assert PaymentState.REVERSED.value in states(drive)


def marks(drive: Drive, at: int) -> list[str]:
    """The centred lines of a receipt that came out, by id."""
    lines = drive.terminal.receipts[at].receipt.lines
    return [getattr(line.text, "id", "") for line in lines if isinstance(line, Centred)]


# What an approved payment offers.


@pytest.mark.parametrize("device", ["s1f2", "v400m", "square-terminal", "square-reader"])
def test_an_approved_payment_offers_no_cancel_and_a_declined_one_does(device: str) -> None:
    for card, offers in (("visa-credit", False), ("visa-declined", True)):
        with shop(device) as at:
            if at.profile.family == "standalone":
                at.terminal.touch(at.profile.home.entries[0].id)
            for key in ("1", "0", "0", "0", "OK"):
                at.terminal.press(key)
            at.terminal.insert(card)
            at.pass_time(SECOND)
            assert at.told() == ("declined" if offers else "approved")
            ids = {item.id for item in at.terminal.view().items}
            assert ("cancel" in ids) is offers
            assert "confirm" in ids


def test_the_paper_of_an_approved_payment_is_left_by_a_key_that_cancels_nothing() -> None:
    with Drive(prompting("s1f2")) as drive:
        drive.sale("swipe", "visa-stripe")
        drive.pass_time()
        drive.terminal.press("OK")
        assert drive.at == ("sale", "offer-copy")
        assert "no-receipt" in shown(drive)
        assert "cancel" not in shown(drive)
        drive.terminal.touch("no-receipt")
        assert states(drive) == ["COMPLETED"]


def test_the_red_key_of_a_keypad_still_closes_a_result() -> None:
    with Drive(full("v400m")) as drive:
        drive.sale("swipe", "visa-stripe")
        drive.pass_time()
        assert drive.terminal.press("CANCEL")
        assert drive.at_home
        assert states(drive) == ["COMPLETED"]


def test_a_referral_is_declined_and_says_whom_to_call(drive: Drive) -> None:
    drive.bench.host_answers(["declined:01"])
    drive.sale("insert", "visa-credit")
    drive.pass_time()
    assert "declined" in shown(drive)
    assert "call-your-bank" in shown(drive)


@pytest.mark.parametrize(("code", "said"), [("55", "incorrect-pin"), ("75", "pin-tries-exceeded")])
def test_a_pin_that_the_issuer_refused_is_told_to_who_typed_it(drive: Drive, code: str, said: str) -> None:
    drive.bench.host_answers([f"declined:{code}"])
    drive.sale("insert", "visa-credit")
    drive.pass_time()
    assert {"declined", "response-code", said} <= set(shown(drive))
