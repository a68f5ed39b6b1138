"""Payments of every kind up to their result, with the card out and with a card that stays in, and all that can come at a result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal_sim.bench import Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT, Act
from terminal_sim.explore.search.errands.way import CHIP, Errand, MenuWay, paid, starts, typed_card, ways_to

_DECLINED: Act = ("host", "answers", "declined:51")
_TILL: Errand = (("pos", "sale", "T-1", "1000"), ("swipe", "visa-stripe"), (WAIT, "2s"))
_SUM: Act = (PRESS, "1000", "OK")


def results(profile: Profile, ways: list[MenuWay], numbers: Mapping[str, str]) -> Iterator[Errand]:
    """Each kind of payment, approved and declined, the card out and in, and each thing that can come then."""
    endings = [*_endings(profile)]
    for begun, paying in _payments(profile, ways, numbers):
        for ending in endings:
            yield (*begun, *paying, *ending)
            yield (*begun, _DECLINED, *paying, *ending)


def _endings(profile: Profile) -> Iterator[Errand]:
    """By the green key, by the red one, by waiting, by the card, by the till, and without paper."""
    yield ((PRESS, "OK"), (PRESS, "OK"), (PRESS, "OK"), ("remove", "card"))
    yield ((PRESS, "CANCEL"), (PRESS, "CANCEL"), (PRESS, "CANCEL"), (WAIT, "1min"), ("remove", "card"))
    yield ((WAIT, "3min"), ("remove", "card"))
    yield (("remove", "card"), (WAIT, "1min"))
    yield (("pos", "refund", "T-1"), (WAIT, "2s"), ("remove", "card"), (WAIT, "1min"))
    yield (("pos", "sale", "T-2", "1250"), ("remove", "card"), (WAIT, "3min"))
    if profile.printer is not None:
        yield (("paper", "low"), ("paper", "in"), (PRESS, "OK"), (PRESS, "OK"), ("remove", "card"))
        yield (("paper", "out"), (PRESS, "OK"), (PRESS, "OK"), (PRESS, "CANCEL"), (WAIT, "1min"), ("paper", "in"), ("remove", "card"))  # fmt: skip


def _payments(
    profile: Profile, ways: list[MenuWay], numbers: Mapping[str, str]
) -> Iterator[tuple[Errand, Errand]]:
    """What comes before the acquirer is asked, and what asks him up to his answer."""
    typed = typed_card(numbers.get("visa-credit", ""))
    gift: Errand = ((PRESS, numbers.get("gift-card", ""), "OK"), (WAIT, "2s"))
    for start in starts(profile):
        in_slot: Errand = (*start, _SUM, CHIP, (WAIT, "3min"))
        yield _TILL, (*start, _SUM, CHIP, (WAIT, "2s"))
        yield _TILL, (*start, _SUM, ("swipe", "visa-stripe"), (WAIT, "2s"))
        yield (), (("pos", "sale", "T-1", "1000"), CHIP, (WAIT, "2s"))
        for listed in ways_to(ways, "history", "transactions"):
            void: Errand = ((TAP, "void"), (WAIT, "2s"))
            yield (*_TILL, (PRESS, "OK"), *paid(start, 1250), *listed, (TAP, "txn-1")), void
            yield (*in_slot, *listed, (TAP, "txn-1")), void
        yield (*_TILL, (PRESS, "OK"), *in_slot), (("pos", "refund", "T-1"), (WAIT, "2s"))
        for way in ways_to(ways, "moto"):
            yield (*_TILL, (PRESS, "OK"), *way, _SUM), (*typed, (WAIT, "2s"))
            yield (*in_slot, *way, _SUM), (*typed, (WAIT, "2s"))
        if profile.checkout is not None:
            by_hand: Errand = (*typed, (WAIT, "2s"))
            for offered, number in (("manual-entry", by_hand), ("gift-card", gift)):
                chosen: Act = (TAP, offered)
                yield (*_TILL, (PRESS, "OK"), *start, _SUM, chosen), number
    for way in ways_to(ways, "refund"):
        yield (*_TILL, (PRESS, "OK"), *way, _SUM), (CHIP, (WAIT, "2s"))
        yield (*_TILL, (PRESS, "OK"), *way, _SUM), (("swipe", "visa-stripe"), (WAIT, "2s"))
