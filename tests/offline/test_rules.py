"""What decides whether a payment is taken offline, one rule at a time and in their order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from terminal_sim.bench import Bench
from terminal_sim.core.config import AllowedEntryModes, OutageLimits
from terminal_sim.core.message import EntryMode
from terminal_sim.core.moment import Duration
from terminal_sim.core.money import Money
from terminal_sim.core.payment import PaymentState
from tests.offline.shop import DAY, HOUR, SECOND, TEXTS, Shop, shop, stock, with_rules

CAD_10 = Money(1000, "CAD")


def why(at: Shop, amount: Money = CAD_10, entry: EntryMode = EntryMode.CHIP, brand: str = "visa") -> str:
    text = at.terminal.firmware.offline.refusal(amount, entry, brand)
    return text.id if text is not None else ""


def test_a_refusal_says_the_first_reason_that_holds() -> None:
    rules = with_rules(
        "square-terminal",
        allowed=False,
        session=OutageLimits(network=Duration(HOUR)),
        entries=AllowedEntryModes(chip=False, contactless=False),
        refused_brands=("visa",),
        limit=500,
        queue_count=1,
    )
    cures = [
        ("offline-not-allowed", {"allowed": True}),
        ("offline-session-over", {"session": OutageLimits()}),
        ("not-offline-card", {"entries": AllowedEntryModes()}),
        ("not-offline-card", {"refused_brands": ()}),
        ("offline-limit-exceeded", {"limit": 1000}),
        ("", {}),
    ]
    for reason, cure in cures:
        with shop(rules) as at:
            at.terminal.network(False)
            at.pass_time(2 * HOUR)
            assert why(at) == reason
        rules = replace(rules, offline=replace(rules.offline, **cure))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("entry", "brand", "reason"),
    [
        (EntryMode.CHIP, "visa", ""),
        (EntryMode.STRIPE, "visa", ""),
        (EntryMode.CONTACTLESS, "visa", "not-offline-contactless"),
        (EntryMode.KEYED, "visa", "not-offline-manual"),
        (EntryMode.STRIPE, "square-gift", "not-offline-gift-card"),
        (EntryMode.CHIP, "interac", ""),
    ],
)
def test_each_way_of_entry_has_its_words(entry: EntryMode, brand: str, reason: str) -> None:
    with shop("square-terminal") as at:
        at.terminal.network(False)
        assert why(at, entry=entry, brand=brand) == reason


def test_a_queue_has_room_for_a_number_of_payments() -> None:
    with shop(with_rules("square-terminal", queue_count=2)) as at:
        at.terminal.network(False)
        assert [at.charge(100) for _ in range(3)] == ["accepted-offline"] * 2 + ["offline-queue-full"]
        at.terminal.network(True)
        at.pass_time(SECOND)
        at.terminal.network(False)
        assert at.charge(100) == "accepted-offline"


def test_a_queue_has_room_for_a_sum() -> None:
    with shop(with_rules("square-terminal", queue_sum=2_500)) as at:
        at.terminal.network(False)
        told = [at.charge(amount) for amount in (2_000, 501, 500, 1)]
        assert told == ["accepted-offline", "offline-limit-exceeded", "accepted-offline", "offline-limit-exceeded"]  # fmt: skip


def test_a_saved_state_keeps_what_is_pending_and_the_key_that_opens_it() -> None:
    with shop("square-terminal") as at:
        at.terminal.network(False)
        at.charge(700)
        saved = at.bench.save()
    with Bench(texts=TEXTS) as bench:
        terminal = bench.add_terminal(stock("square-terminal"), state_from=saved)
        terminal.network(True)
        bench.advance(SECOND)
        assert [payment.state for payment in terminal.firmware.durable.payments.values()] == [
            PaymentState.COMPLETED
        ]


def test_without_permission_nothing_is_changed() -> None:
    with shop(with_rules("square-terminal", permission=False)) as at:
        for target in ("more", "settings", "checkout", "offline-payments", "allow-not"):
            at.terminal.touch(target)
        assert at.told() == "no-permission"
        assert at.kinds("offline.settings") == []


def test_a_factory_reset_brings_back_what_was_delivered() -> None:
    with shop("square-terminal") as at:
        for target in ("more", "settings", "checkout", "offline-payments", "allow-not"):
            at.terminal.touch(target)
        assert not at.terminal.firmware.offline.allowed
        at.leave("factory-reset")
        assert at.terminal.firmware.offline.allowed


def test_an_outage_that_begins_while_a_card_is_asked_for_is_an_outage() -> None:
    with shop("square-terminal") as at:
        for digit in "1000":
            at.terminal.press(digit)
        at.terminal.press("OK")
        at.terminal.network(False)
        at.terminal.insert("visa-credit")
        assert at.told() == "accepted-offline"


def test_a_link_that_breaks_after_the_request_left_is_in_doubt_and_reversed() -> None:
    with shop("square-terminal") as at:
        for digit in "1000":
            at.terminal.press(digit)
        at.terminal.press("OK")
        at.terminal.insert("visa-credit")
        at.terminal.network(False)
        at.pass_time(HOUR)
        at.terminal.network(True)
        at.pass_time(HOUR)
        assert at.fates() == [PaymentState.REVERSED]
        assert at.kinds("offline.stored") == []


def test_a_partial_approval_later_completes_what_the_issuer_gave() -> None:
    with shop("square-terminal") as at:
        at.terminal.network(False)
        at.charge(1_000)
        at.bench.host_answers(["partial:300"])
        at.terminal.network(True)
        at.pass_time(SECOND)
        (payment,) = at.durable.payments.values()
        assert (payment.state, payment.amount.minor, payment.requested) == (
            PaymentState.COMPLETED,
            300,
            1_000,
        )


def test_a_forwarded_payment_can_be_voided() -> None:
    with shop("square-terminal") as at:
        at.terminal.network(False)
        at.charge(1_000)
        at.terminal.network(True)
        at.pass_time(SECOND)
        at.terminal.touch("transactions")
        at.terminal.touch("txn-1")
        at.terminal.touch("void")
        at.pass_time(SECOND)
        assert at.fates() == [PaymentState.VOIDED, PaymentState.COMPLETED]
        assert at.bench.acquirer.ledger.totals() == {"CAD": 0}


@pytest.mark.parametrize("profile", ["s1f2", "v400m"])
def test_a_standalone_terminal_keeps_nothing_and_notes_no_outage(profile: str) -> None:
    assert not stock(profile).offline.enabled
    with shop(profile) as at:
        at.terminal.network(False)
        at.pass_time(DAY)
        at.terminal.service(False)
        assert at.kinds() == []
