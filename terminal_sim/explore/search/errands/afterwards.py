"""What is done with payments that were made: a void, a second void, reprints, filters."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Profile
from terminal_sim.explore.search.act import PRESS, PRESS_BLINDLY, TAP, WAIT
from terminal_sim.explore.search.errands.way import Errand, MenuWay, paid, starts, ways_to


def afterwards(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """Payments, and what the list of them is opened for."""
    for start in starts(profile):
        one, two = (
            paid(start, 1000),
            (*paid(start, 1000), *paid(start, 1250, ("tap-card", "mastercard-pin"), (PRESS, "1234", "OK"))),
        )
        declined = paid(start, 1000, ("insert", "visa-declined"))
        partly = (("host", "answers", "partial:300"), *paid(start, 1000))
        for way in ways_to(ways, "history", "transactions"):
            yield (*(one * 4), *((*one, *way, (PRESS, "CANCEL"), (PRESS, "CANCEL"), (TAP, "home")) * 4))
            void: Errand = ((TAP, "void"), (WAIT, "2s"), (PRESS, "OK"))
            foreign = paid(start, 1000, ("insert", "visa-credit-fr"))
            for copy in ("customer-receipt", "merchant-receipt"):
                again: Errand = ((TAP, "receipts"), (TAP, copy), (TAP, "print"))
                yield (*foreign, *way, (TAP, "txn-1"), *again)
            yield (*foreign, *way, (TAP, "txn-1"), *void)
            fallback = paid(start, 1000, ("insert", "mute"), ("swipe", "visa-credit"))
            for other in (fallback, paid(start, 1000, ("swipe", "visa-stripe"))):
                yield (*other, *way, (TAP, "txn-1"), *void)
            for row in ("txn-1", "txn-2"):
                yield (*two, *way, (TAP, row), *void)
                for copy in ("customer-receipt", "merchant-receipt"):
                    printed: Errand = ((TAP, "receipts"), (TAP, copy), (TAP, "print"))
                    yield (*two, *way, (TAP, row), *printed)
                    yield (
                        *two,
                        *way,
                        (TAP, row),
                        *printed,
                        (PRESS, "CANCEL"),
                        (PRESS, "CANCEL"),
                        (TAP, "txn-1"),
                        *printed,
                    )
            yield (*one, *way, (TAP, "txn-1"), *void, *way, (TAP, "txn-2"), (TAP, "void"), (WAIT, "2s"))
            yield (
                *one,
                *way,
                (TAP, "txn-1"),
                *void,
                *way,
                (TAP, "txn-2"),
                (TAP, "receipts"),
                (TAP, "merchant-receipt"),
                (TAP, "print"),
            )
            yield (
                *one,
                *way,
                (TAP, "txn-1"),
                *void,
                *way,
                (TAP, "txn-1"),
                (TAP, "receipts"),
                (TAP, "customer-receipt"),
                (TAP, "print"),
            )
            yield (
                *one,
                *way,
                (TAP, "txn-1"),
                (TAP, "receipts"),
                (TAP, "merchant-receipt"),
                ("paper", "out"),
                (TAP, "print"),
                ("paper", "in"),
                (TAP, "print"),
            )
            yield (*partly, *way, (TAP, "txn-1"), *void)
            yield (
                *declined,
                *way,
                (TAP, "txn-1"),
                (TAP, "receipts"),
                (TAP, "customer-receipt"),
                (TAP, "print"),
            )
            yield (*one, ("network", "down"), *way, (TAP, "txn-1"), *void, ("network", "up"))
            yield (*one, ("network", "down"), *way, (TAP, "txn-1"), (TAP, "void"), (WAIT, "1min"), ("network", "up"))  # fmt: skip
            yield (*one, ("host", "answers", "timeout"), *way, (TAP, "txn-1"), *void, (WAIT, "3min"))
            yield (*one, ("host", "answers", *("timeout",) * 3), *way, (TAP, "txn-1"), (TAP, "void"), (WAIT, "125s"), (PRESS, "OK"), (WAIT, "10min"))  # fmt: skip
            refused: Errand = (*one, *way, (TAP, "txn-1"), ("host", "answers", "declined:51"), *void)
            yield (*refused, *way, (TAP, "txn-2"), *void)
            if "standalone" in profile.features:
                yield (
                    *one,
                    ("account", "standalone", "off"),
                    *way,
                    (TAP, "txn-1"),
                    *void,
                    ("account", "standalone", "on"),
                )
            yield (
                *(one * 4),
                *(two * 2),
                *way,
                (TAP, "older"),
                (TAP, "txn-7"),
                (PRESS, "CANCEL"),
                (TAP, "newer"),
            )
            yield (*_three_pages(start, profile), *way, *(((TAP, "older"),) * 3), *(((TAP, "newer"),) * 2))
            if profile.keypad.named("DOWN") is not None:
                yield (*(one * 4), *(two * 2), *way, (PRESS, "DOWN", "UP"))
                yield (*(one * 6), *way, (PRESS_BLINDLY, "DOWN"))  # as many as one page has
        for way in ways_to(ways, "transactions"):
            for name in ("completed", "all"):
                yield (*(one * 7), *way, (TAP, "older"), (TAP, "filter"), (TAP, name))
            if profile.offline.allowed:
                pending: Errand = (
                    ("network", "down"),
                    *(one * 7),
                    *way,
                    (TAP, "filter"),
                    (TAP, "pending"),
                    (TAP, "older"),
                )
                yield (*pending, ("network", "up"), (WAIT, "1min"))
            for name in ("completed", "declined", "pending"):
                yield (*one, *declined, *way, (TAP, "filter"), (TAP, name), (TAP, "txn-1"))


def _three_pages(start: Errand, profile: Profile) -> Errand:
    """As many payments as fill two pages of a list and begin the third, the quickest way."""
    swiped: Errand = (*start, (PRESS, "1000", "OK"), ("swipe", "visa-stripe"), (WAIT, "2s"), (PRESS, "OK"))
    return swiped * min(13, profile.limits.history)
