"""A card is read before its amount is known, held, and charged by the payment that names it; nothing is charged before."""

from __future__ import annotations

import pytest

from terminal_sim.core.device_request import Confirmation
from terminal_sim.core.events import RequestCancelled
from terminal_sim.core.message import EntryMode
from terminal_sim.core.payment_request import (
    AcquiredCard,
    CardAcquired,
    RequestBusy,
    RequestEnded,
    RequestRefusal,
    RequestRefused,
    RequestTaken,
)
from tests.flows.asking import SECOND, AskingTill, till

MODELS = pytest.mark.parametrize("model", ["v400m", "s1f2", "square-terminal"])


def present(asking: AskingTill, entry: EntryMode) -> None:
    terminal = asking.terminal
    {
        EntryMode.CHIP: lambda: terminal.insert("visa-credit"),
        EntryMode.STRIPE: lambda: terminal.swipe("visa-stripe"),
        EntryMode.CONTACTLESS: lambda: terminal.tap("visa-credit"),
    }[entry]()


def acquired(asking: AskingTill, entry: EntryMode, total: int = 0) -> AcquiredCard:
    asking.acquire(total=total)
    present(asking, entry)
    assert isinstance(asking.last, CardAcquired), (asking.last, asking.screen)
    assert asking.screen == "card-acquired"
    assert asking.bench.host_messages() == []
    return asking.last.card


def charged(asking: AskingTill) -> list[int]:
    return [entry.amount for entry in asking.bench.acquirer.entries() if entry.amount]


def paid(asking: AskingTill) -> tuple[str, int]:
    """The entry and the amount of the payment that has just ended well."""
    asking.bench.advance(5 * SECOND)
    assert isinstance(asking.last, RequestEnded), (asking.last, asking.screen)
    assert asking.last.notice.id == "approved"
    payment = asking.last.payment
    assert payment is not None
    assert asking.bench.violations() == []
    return payment.entry.value, payment.amount.minor


@MODELS
@pytest.mark.parametrize("entry", [EntryMode.CHIP, EntryMode.STRIPE])
def test_a_card_is_read_and_then_charged_with_any_amount(model: str, entry: EntryMode) -> None:
    with till(model) as asking:
        card = acquired(asking, entry)
        assert (card.entry, card.brand) == (entry, "visa")
        assert "*" in card.pan
        asking.pay(minor=1234, card="C")
        assert paid(asking) == (entry.value, 1234)
        assert charged(asking) == [1234]


def test_a_chip_says_whose_sequence_number_it_is() -> None:
    with till() as asking:
        assert acquired(asking, EntryMode.CHIP) == AcquiredCard(
            entry=EntryMode.CHIP, pan="411111******1111", brand="visa", sequence="01"
        )


def test_without_a_total_no_card_can_be_tapped() -> None:
    with till() as asking:
        asking.acquire()
        assert "Swipe or insert card" in asking.terminal.view().text
        present(asking, EntryMode.CONTACTLESS)
        assert asking.last == RequestTaken()


def test_a_tap_is_charged_at_once_where_the_amount_is_the_total() -> None:
    with till() as asking:
        acquired(asking, EntryMode.CONTACTLESS, total=1234)
        asking.pay(minor=1234, card="C")
        assert paid(asking) == ("contactless", 1234)


def test_for_another_amount_the_card_is_tapped_once_more() -> None:
    with till() as asking:
        acquired(asking, EntryMode.CONTACTLESS, total=1234)
        asking.pay(minor=1000, card="C")
        assert (asking.last, asking.screen) == (RequestTaken(), "present-card")
        present(asking, EntryMode.CONTACTLESS)
        assert paid(asking) == ("contactless", 1000)
        assert charged(asking) == [1000]


def test_a_pin_is_asked_for_by_the_payment_alone() -> None:
    with till() as asking:
        asking.acquire()
        asking.terminal.insert("visa-online-pin")
        assert isinstance(asking.last, CardAcquired)
        asking.pay(card="C")
        assert asking.screen == "enter-pin"


def test_a_payment_that_names_no_card_that_is_held_is_refused_or_busy() -> None:
    with till() as asking:
        asking.pay(card="C")
        assert asking.last == RequestRefused(RequestRefusal.CARD)
        acquired(asking, EntryMode.CHIP)
        for name in ("", "other"):
            asking.pay(card=name)
            assert asking.answers[-1][1] == RequestBusy("C")
        asking.ask(Confirmation())
        assert asking.answers[-1][1] == RequestBusy("C")
        asking.pay(minor=0, card="C")
        assert asking.last == RequestRefused(RequestRefusal.AMOUNT)
        asking.pay(card="C")
        assert paid(asking) == ("chip", 1000)


@pytest.mark.parametrize("entry", [EntryMode.CHIP, EntryMode.STRIPE, EntryMode.CONTACTLESS])
def test_a_card_that_is_let_go_is_charged_nothing(entry: EntryMode) -> None:
    with till() as asking:
        acquired(asking, entry, total=1000)
        asking.terminal.post(RequestCancelled("C"))
        assert asking.notice == "pos-cancelled"
        asking.bench.advance(60 * SECOND)
        assert charged(asking) == []
        if entry is EntryMode.CHIP:
            asking.terminal.remove_card()
            asking.bench.advance(60 * SECOND)
        asking.pay(card="C")
        assert asking.last == RequestRefused(RequestRefusal.CARD)


@pytest.mark.parametrize(
    ("ends", "notice"),
    [
        (lambda asking: asking.terminal.press("CANCEL"), "cancelled"),
        (lambda asking: asking.bench.advance(120 * SECOND), "timed-out"),
        (lambda asking: asking.terminal.remove_card(), "card-removed"),
    ],
)
def test_a_card_is_held_until_it_leaves_or_its_time_is_over(ends: object, notice: str) -> None:
    assert callable(ends)
    with till() as asking:
        acquired(asking, EntryMode.CHIP)
        ends(asking)
        assert asking.notice == notice
        assert charged(asking) == []


def test_a_card_of_a_brand_that_is_not_taken_is_not_read() -> None:
    with till() as asking:
        asking.acquire(brands=("mastercard",))
        present(asking, EntryMode.CHIP)
        assert asking.notice == "brand-not-taken"


def test_a_held_card_of_a_brand_that_the_payment_does_not_take_is_not_charged() -> None:
    for entry in (EntryMode.CHIP, EntryMode.STRIPE, EntryMode.CONTACTLESS):
        with till() as asking:
            acquired(asking, entry, total=1000)
            asking.pay(card="C", brands=("amex",))
            assert asking.notice == "brand-not-taken"
            assert charged(asking) == []


def test_a_held_card_stands_in_a_saved_bench_and_is_gone_after_a_power_cut() -> None:
    with till() as asking:
        acquired(asking, EntryMode.CONTACTLESS, total=1000)
        saved = asking.bench.save()
        with till(state=saved) as again:
            again.pay(card="C")
            assert paid(again) == ("contactless", 1000)
        asking.terminal.power_cut()
        asking.terminal.power_on()
        asking.pay(card="C")
        assert asking.last == RequestRefused(RequestRefusal.CARD)
