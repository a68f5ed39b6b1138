"""Sales and refunds that a point of sale asks the terminal for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal_sim.bench import Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT, Act
from terminal_sim.explore.search.errands.way import CHIP, DONE, PRESENTED, Errand, starts, typed_card

_ASKED: Act = ("pos", "sale", "T-1", "1000")
_AGAIN: Act = ("pos", "sale", "T-2", "1250")
_BACK: Act = ("pos", "refund", "T-1")


def point_of_sale(profile: Profile, numbers: Mapping[str, str]) -> Iterator[Errand]:
    """Paid in each way, taken back in time and too late, too much, while the terminal is busy, given back once and twice, and without an answer."""
    for presented in PRESENTED:
        yield (_ASKED, presented, *DONE)
    paid: Errand = (_ASKED, CHIP, *DONE)
    yield ((*_ASKED, 'server="Anne"', 'register="Bar"'), CHIP, *DONE)
    yield (_ASKED, ("pos", "cancel", "T-1"), (PRESS, "OK"))
    yield (_ASKED, ("insert", "mastercard-pin"), ("pos", "cancel", "T-1"))
    yield (*paid, ("pos", "cancel", "T-1"))
    for presented in PRESENTED:  # the acquirer is asked already, and it is too late
        yield (_ASKED, presented, ("pos", "cancel", "T-1"), (WAIT, "3min"))
    yield (("pos", "sale", "T-1", str(profile.limits.max_amount + 1)),)
    yield (_ASKED, CHIP, (WAIT, "2s"), _AGAIN, ("remove", "card"), _AGAIN, CHIP, *DONE)
    yield (_ASKED, ("swipe", "visa-stripe"), (WAIT, "2s"), _AGAIN)
    for start in starts(profile):
        yield (*start, (PRESS, "1000", "OK"), _ASKED, CHIP, *DONE)
        for card in ("visa-credit", "visa-declined"):
            yield (
                *paid,
                *start,
                (PRESS, "1000", "OK"),
                ("tap-card", card),
                (WAIT, "2s"),
                _BACK,
                (WAIT, "2s"),
            )
    yield (*paid, _BACK, (WAIT, "2s"), (PRESS, "OK"))
    if profile.battery is not None:
        empty, full = (("battery", f"{charge}%") for charge in (profile.battery.critical - 1, 100))
        yield (_ASKED, ("swipe", "visa-stripe"), *DONE, empty, _BACK, (WAIT, "2s"), full)
    yield (*paid, _BACK, (WAIT, "2s"), (PRESS, "OK"), _BACK)
    yield (_ASKED, ("swipe", "visa-stripe"), *DONE, _BACK, (WAIT, "2s"), _AGAIN)
    both: Errand = (*paid, _AGAIN, ("tap-card", "visa-credit"), *DONE)
    yield (*both, _BACK, (WAIT, "2s"), ("pos", "refund", "T-2"), (WAIT, "2s"))
    for answer in ("timeout", "declined:51", "late:130s"):
        yield (*paid, ("host", "answers", answer), _BACK, (WAIT, "3min"))
        yield (("host", "answers", answer), _ASKED, CHIP, (WAIT, "150s"), ("remove", "card"), (WAIT, "3min"))
    yield (*paid, ("network", "down"), _BACK, (WAIT, "2s"), (PRESS, "OK"), ("network", "up"), (WAIT, "3min"))
    yield (_ASKED, ("power", "cut"), ("power", "on"), CHIP)
    yield (_ASKED, CHIP, ("power", "cut"), ("power", "on"), (WAIT, "3min"))
    if profile.offline.enabled:
        too_much: Act = ("pos", "sale", "T-1", str(profile.offline.limit + 1))
        for presented in PRESENTED:
            yield (too_much, ("network", "down"), presented, (WAIT, "2s"), ("network", "up"))
    if profile.checkout is not None:
        for way in ("manual-entry", "gift-card"):
            yield (_ASKED, (TAP, way), ("pos", "cancel", "T-1"))
        number, expiry, _ = typed_card(numbers.get("visa-credit", ""))
        for typed in ((number,), (number, expiry)):
            yield (_ASKED, (TAP, "manual-entry"), *typed, ("pos", "cancel", "T-1"))
