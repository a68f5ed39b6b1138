"""Payments of every kind, with each card for a branch of the kernel, and at each bound of their amounts and times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal_sim.bench import Duration, Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT
from terminal_sim.explore.search.errands.way import (
    CHIP,
    DONE,
    PRESENTED,
    SECOND,
    Errand,
    MenuWay,
    paid,
    profile_times,
    starts,
    ways_to,
)

DECIDING = ("visa-offline", "mastercard-offline")
"""The cards that approve a payment by themselves where the kernel's configuration lets them."""


def decides(errand: Errand) -> bool:
    """Whether a card is presented on the errand that decides by itself."""
    return any(word in DECIDING for act in errand for word in act)


def payments(profile: Profile, pins: Mapping[str, str]) -> Iterator[Errand]:
    """With each way in, with cards that ask for a PIN, decline, are mute or have two applications, and given up at each step."""
    for start in starts(profile):
        for presented in PRESENTED:
            yield paid(start, 1000, presented)
        yield paid(start, 1250)
        for card in ("mastercard-pin", "visa-online-pin", "interac-debit", "interac-debit-fr", "amex-credit"):
            pin = pins.get(card, "")
            typed: Errand = ((PRESS, pin, "OK"),) if pin else ()
            yield paid(start, 1000, ("insert", card), *typed)
            yield paid(start, 1250, ("tap-card", card), *typed)
        for card in DECIDING:
            typed = ((PRESS, pins.get(card, "1234"), "OK"),)
            yield paid(start, 1000, ("insert", card), *typed)
            unreached = paid(start, 1000, ("insert", card), *typed, (WAIT, "1min"))
            yield (("network", "down"), *unreached, ("network", "up"))
        wrong: Errand = ((PRESS, "9876", "OK"),)
        pin = pins.get("mastercard-pin", "1234")
        yield paid(start, 1000, ("insert", "mastercard-pin"), *wrong, (PRESS, pin, "OK"))
        yield paid(start, 1000, ("insert", "mastercard-pin"), *(wrong * 3))
        yield paid(start, 1000, ("insert", "mastercard-pin"), (PRESS, pin[:3], "OK"), (PRESS, "CLEAR"))
        yield paid(start, 1000, ("insert", "mastercard-pin"), (PRESS, "1234567890123", "OK"))
        for card in (
            "visa-credit-fr",
            "visa-declined",
            "mute",
            "visa-card-declines",
            "visa-insufficient",
            "visa-referral",
            "mastercard-credit",
        ):
            yield paid(start, 1000, ("insert", card))
        cancelled: Errand = ((PRESS, "CANCEL"), (PRESS, "OK"), ("remove", "card"))
        yield (*start, (PRESS, "1000", "OK"), ("insert", "interac-debit-fr"), *cancelled, *paid(start, 1250))
        chosen: Errand = ((PRESS, pins.get("interac-visa-debit", ""), "OK"),)
        for application in ("application-1", "application-2"):
            yield paid(start, 1000, ("insert", "interac-visa-debit"), (TAP, application), *chosen)
        yield paid(start, 1000, ("insert", "mute"), ("remove", "card"), ("swipe", "mute"))
        yield paid(start, 1000, ("insert", "mute"), ("remove", "card"), ("swipe", "visa-credit"))
        yield paid(start, 1000, ("swipe", "visa-credit"), CHIP)
        yield paid(
            start,
            1000,
            ("fault", "stripe-unreadable"),
            ("swipe", "visa-stripe"),
            ("swipe", "visa-credit"),
            CHIP,
        )
        yield from _by_another_way(profile, start)
        yield paid(start, 1000, ("swipe", "gift-card"))
        yield paid(start, 1000, ("tap-card", "phone-locked"), (WAIT, "2s"), ("tap-card", "visa-credit"))
        by_itself = paid(start, 1000, ("insert", "visa-card-declines"))
        yield (*by_itself, *by_itself)
        mute: Errand = (("fault", "card-mute"), ("tap-card", "visa-credit"), (WAIT, "2s"))
        yield (*start, (PRESS, "1000", "OK"), *(mute * 7), (PRESS, "OK"))
        yield paid(start, 100_000, ("tap-card", "visa-credit"))  # above what a tap pays without its holder
        yield (*start, (PRESS, "1000", "OK"), (TAP, "cancel"), (TAP, "confirm"))
        yield (*start, (PRESS, "1000", "OK"), CHIP, ("remove", "card"), (TAP, "confirm"))
        yield (*start, (PRESS, "12"), (PRESS, "CLEAR"), (PRESS, "5", "OK"), CHIP, *DONE)
        yield (*start, (PRESS, "1000", "OK"), CHIP, (PRESS, "OK"), (WAIT, "2min"))  # the card stays in
        yield (*paid(start, 1000), *paid(start, 1250))
        if profile.checkout is not None:
            yield (*start, (PRESS, "1000", "OK"), (TAP, "clearpay"), ("tap-card", "visa-credit"), *DONE)
            yield (
                *start,
                (PRESS, "1000", "OK"),
                CHIP,
                (WAIT, "2s"),
                (TAP, "digital-receipt"),
                (PRESS, "5145551234", "OK"),
                *DONE,
            )
            yield (*start, (PRESS, "1000", "OK"), CHIP, (WAIT, "2s"), (TAP, "transactions"), (TAP, "home"))


def bounds(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """The highest amount of each kind and one more, and a second longer than each time-out."""
    limits = profile.limits
    for start in starts(profile):
        yield paid(start, limits.max_amount)
        yield paid(start, limits.max_amount + 1)
        for offered in ("manual-entry", "gift-card", "clearpay") if profile.checkout is not None else ():
            for amount in (limits.moto_max_amount, limits.moto_max_amount + 1):
                yield (*start, (PRESS, str(amount), "OK"), (TAP, offered))
    for way in ways_to(ways, "moto"):
        yield (*way, (PRESS, str(limits.moto_max_amount), "OK"))
        yield (*way, (PRESS, str(limits.moto_max_amount + 1), "OK"))
    for way in ways_to(ways, "refund"):
        yield paid(way, limits.refund_max_amount)
        yield paid(way, limits.refund_max_amount + 1)
    for _, length in profile_times(profile):
        for start in starts(profile):
            yield (*start, (PRESS, "1000", "OK"), (WAIT, str(Duration(length + SECOND))))


def _by_another_way(profile: Profile, start: Errand) -> Iterator[Errand]:
    """A card that comes in by each way at each prompt for a certain one."""
    begun: Errand = (*start, (PRESS, "1000", "OK"))
    prompts: list[Errand] = [(("swipe", "visa-credit"),), (("insert", "mute"), ("remove", "card"))]
    if profile.checkout is not None and profile.checkout.clearpay:
        prompts.append(((TAP, "clearpay"),))
    for prompt in prompts:
        for presented in PRESENTED:
            yield (*begun, *prompt, presented, (WAIT, "2s"), (PRESS, "OK"), ("remove", "card"))
