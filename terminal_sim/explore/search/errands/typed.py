"""Payments without the card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal_sim.bench import Profile
from terminal_sim.explore.search.act import HOLD, PRESS, PRESS_BLINDLY, TAP, WAIT
from terminal_sim.explore.search.errands.way import (
    DONE,
    TO_A_NUMBER,
    Errand,
    MenuWay,
    starts,
    typed_card,
    ways_to,
)

TYPED = {"visa-credit": "737", "amex-credit": "7373", "mastercard-pin": "737"}
ADDRESS: Errand = ((PRESS, "90210", "OK"), (PRESS, "12", "OK"))


def number_in(begins: str) -> str:
    """A card number of sixteen digits in a range, zeros but for its beginning and its check digit (ISO/IEC 7812-1, Annex B)."""
    digits = [int(digit) for digit in begins.ljust(15, "0")]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[::2])
    return begins.ljust(15, "0") + str(-(doubled + sum(digits[1::2])) % 10)


def typed(profile: Profile, ways: list[MenuWay], numbers: Mapping[str, str]) -> Iterator[Errand]:
    """A shortcut typed twice and cleared; payments without the card, with each number, month and code that is right or nearly so."""
    for digits in profile.home.shortcuts:
        yield ((PRESS, digits * 2, "CLEAR", "CANCEL"),)
    if profile.home.menu:
        yield ((PRESS, "MENU"),)
        yield ((PRESS, "1"), (PRESS_BLINDLY, "MENU"), (TAP, profile.menus[profile.home.menu].entries[0].id))
    if profile.keypad.power_off:
        for start in starts(profile):
            for length in ("1s", "2999ms", "3s"):
                yield (*start, (HOLD, profile.keypad.power_off, "for", length), ("power", "on"))
    ahead: list[Errand] = [(*way, (PRESS, "1000", "OK")) for way in ways_to(ways, "moto")]
    if profile.checkout is not None and profile.checkout.manual_entry:
        ahead.append(((PRESS, "1000", "OK"), (TAP, "manual-entry")))
    for way in ahead:
        for card, code in TYPED.items():
            number = numbers.get(card, "")
            if number:
                yield (*way, *typed_card(number, code), *ADDRESS, *DONE)
                yield (*way, *typed_card(number, code[:-1]))
                yield (*way, *typed_card(number, code), (WAIT, "2s"), *TO_A_NUMBER)
        for begins in profile.moto.iin_countries:
            address: Errand = (*way, *typed_card(number_in(begins)), *ADDRESS)
            yield (*address, (WAIT, "10s"))
            yield (*address, (WAIT, "2s"), (PRESS, "CANCEL"))
            for listed in ways_to(ways, "history", "transactions"):
                yield (*address, (WAIT, "1min"), *listed, (TAP, "txn-1"))
        number = numbers.get("visa-credit", "")
        cut_off: Errand = (
            ("network", "down"),
            (PRESS, "737", "OK"),
            *ADDRESS,
            (WAIT, "1min"),
            ("network", "up"),
        )
        yield (*way, (PRESS, number, "OK"), (PRESS, "0330", "OK"), *cut_off)
        for month in ("0330", "1330", "0126", "1225", "0030"):
            yield (*way, (PRESS, number, "OK"), (PRESS, month, "OK"))
        # A bench begins in January, and a month of its own year is over only when it has ended.
        yield ((WAIT, "31d"), *way, (PRESS, number, "OK"), (PRESS, "0126", "OK"))
        yield (*way, (PRESS, _nearly(number), "OK"))
    if profile.checkout is not None and profile.checkout.gift_card:
        by_gift: Errand = ((PRESS, "1000", "OK"), (TAP, "gift-card"))
        number = numbers.get("gift-card", "")
        yield (*by_gift, (PRESS, number, "OK"), *DONE)
        yield (*by_gift, (PRESS, number, "OK"), (WAIT, "2s"), *TO_A_NUMBER)
        yield (*by_gift, ("network", "down"), (PRESS, number, "OK"), (WAIT, "1min"), ("network", "up"))
        for wrong in (_nearly(number), number[:-1], numbers.get("visa-credit", "")):
            yield (*by_gift, (PRESS, wrong, "OK"), (WAIT, "2s"))


def _nearly(number: str) -> str:
    """A card number with a wrong check digit."""
    return f"{number[:-1]}{(int(number[-1:] or '0') + 1) % 10}"
