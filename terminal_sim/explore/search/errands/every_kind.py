"""Each kind of payment, and what its list is opened for: both copies printed again, a void, and a copy of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal_sim.bench import Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT
from terminal_sim.explore.search.errands.typed import ADDRESS, number_in
from terminal_sim.explore.search.errands.way import DONE, Errand, MenuWay, paid, starts, typed_card, ways_to

_CARDS = ("mastercard-pin", "visa-online-pin", "interac-debit", "visa-offline", "mastercard-credit", "amex-credit")  # fmt: skip
_REFUSED_CHIP: Errand = (("insert", "mute"), ("remove", "card"))


def every_kind(profile: Profile, ways: list[MenuWay], pins: Mapping[str, str]) -> Iterator[Errand]:
    """See the module."""
    for made in _made(profile, ways, pins):
        for listed in ways_to(ways, "history", "transactions")[:1]:
            row: Errand = (*listed, (TAP, "txn-1"))
            void: Errand = ((TAP, "void"), (WAIT, "2s"), (PRESS, "OK"), (PRESS, "CANCEL"), (WAIT, "2min"))
            if profile.printer is None:
                yield (*made, *row, *void, *row)
            else:
                yield (*made, *row, *_copies(), *void, *row, *_copies())


def _copies() -> Errand:
    return tuple(
        act
        for copy in ("customer-receipt", "merchant-receipt")
        for act in ((TAP, "receipts"), (TAP, copy), (TAP, "print"), (PRESS, "CANCEL"))
    )


def _made(profile: Profile, ways: list[MenuWay], pins: Mapping[str, str]) -> Iterator[Errand]:
    """A payment of each kind, and home again."""
    for start in starts(profile):
        begun: Errand = (*start, (PRESS, "1000", "OK"))
        for card in _CARDS:
            typed: Errand = ((PRESS, pins[card], "OK"),) if card in pins else ()
            yield paid(start, 1000, ("insert", card), *typed)
        yield paid(start, 1000, ("tap-card", "visa-credit"))
        yield paid(start, 1000, ("swipe", "visa-stripe"))
        yield (*begun, *_REFUSED_CHIP, ("swipe", "visa-credit"), *DONE)
        if profile.checkout is not None:
            yield (*begun, (TAP, "clearpay"), ("tap-card", "visa-credit"), *DONE)
        if profile.offline.enabled:
            yield (("network", "down"), *paid(start, 1000), ("network", "up"), (WAIT, "2s"))
    for way in ways_to(ways, "moto"):
        for begins in (*profile.moto.iin_countries,)[:1]:
            number = typed_card(number_in(begins))
            yield (*way, (PRESS, "1000", "OK"), *number, *ADDRESS, (WAIT, "1min"))
    for way in ways_to(ways, "refund"):
        yield paid(way, 1000)
    yield (("pos", "sale", "T-1", "1000"), ("swipe", "visa-stripe"), *DONE)
