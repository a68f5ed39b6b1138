"""What is typed, by the field and the profile: each value that the profile speaks of with its neighbours, right ones and wrong ones."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Profile
from terminal_sim.explore.search.ground import ExploredSession

TYPED = ("visa-credit", "amex-credit", "mastercard-pin", "cb-visa-fr", "gift-card")


def values(session: ExploredSession, screen: str, shown: str) -> Iterator[tuple[str, int]]:
    """What is typed into the field of a screen, with its weight."""
    profile = session.terminal.profile
    if shown == "money":
        yield from ((str(amount), 10) for amount in amounts(profile, screen))
    elif screen == "passcode":
        yield from ((code, 40) for code in dict.fromkeys(session.watch.facts.codes.values()))
        yield from (("1111", 10), ("08", 2))
    elif screen in ("new-passcode", "repeat-passcode"):
        yield from (("2580", 30), ("12", 4), ("0856", 4), ("7777", 6))
    elif screen == "card-number":
        numbers = [session.bench.card(name).personality.pan.reveal() for name in TYPED]
        yield from ((number, 12) for number in numbers)
        yield from ((f"{number[:-1]}{(int(number[-1]) + 1) % 10}", 2) for number in numbers)
        yield numbers[0][:12], 3
    elif screen == "expiry":
        now = session.bench.now.civil
        yield from (("0330", 24), (f"{now.month:02}{now.year % 100:02}", 8), ("1330", 4), ("03", 2))
        before = (now.year, now.month - 1) if now.month > 1 else (now.year - 1, 12)
        yield f"{before[1]:02}{before[0] % 100:02}", 8
    elif screen == "cvc":
        yield from (("737", 24), ("7373", 10), ("12", 4))
    elif screen == "enter-pin":
        card = session.terminal.card
        right = card.pin.reveal() if card is not None and card.pin is not None else "1234"
        yield from ((right, 30), ("9876", 8), (right[:3], 4), ("1234567890123", 3))
    elif screen == "receipt-number":
        yield from (("5145551234", 20), ("5145551", 4), ("514555", 4), ("1234567890123456", 4))
    else:
        yield from (("1", 6), ("12", 6), ("90210", 4))


def amounts(profile: Profile, screen: str) -> tuple[int, ...]:
    """The amounts that the profile speaks of, each with its neighbours, and ordinary ones."""
    limits, offline = profile.limits, profile.offline
    spoken = [limits.max_amount, limits.refund_max_amount, limits.moto_max_amount]
    if offline.enabled:
        spoken += [
            offline.limit,
            offline.limit + 1,
            offline.queue_sum,
            *([offline.limit_max] if screen == "offline-limit" else []),
        ]
    if screen == "offline-limit":
        spoken = [offline.limit, offline.limit_max, offline.limit_max + 1]
    found = [1000, 1250, *spoken, 1, limits.max_amount + 1, limits.moto_max_amount + 1]
    return tuple(dict.fromkeys(amount for amount in found if amount))
