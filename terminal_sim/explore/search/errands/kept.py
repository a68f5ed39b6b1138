"""What becomes of payments that were kept: each answer of the acquirer, each outage that comes on top of another, and the screens that show them meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Duration, Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT, Act
from terminal_sim.explore.search.errands.way import (
    CHIP,
    SECOND,
    TO_A_NUMBER,
    Errand,
    MenuWay,
    allowing,
    paid,
    starts,
    ways_to,
)

_ANSWERS = ("declined:51", "partial:500", "timeout", "late:130s", "garbage")
_SILENT: Act = ("host", "answers", "timeout", "timeout", "timeout")


def kept(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """Payments that were taken in an outage, and all that can come before their acquirer has answered."""
    rules = profile.offline
    if not rules.enabled:
        return
    allow = allowing(profile, ways)
    lists = ways_to(ways, "transactions", "history")
    for start in starts(profile):
        one = paid(start, 1000)
        for down in (("network", "down"), ("service", "down")):
            up: Act = (down[0], "up")
            waits: Errand = (*allow, down, *one)
            for answer in _ANSWERS:
                answered: Errand = (*waits, ("host", "answers", answer), up, (WAIT, "150s"))
                yield (*answered, *(act for way in lists for act in (*way, (TAP, "txn-1"))))
            for pins in (("9876",) * 3, ("9876", "1234")):
                typed: Errand = tuple((PRESS, pin, "OK") for pin in pins)
                yield (
                    *allow,
                    down,
                    *start,
                    (PRESS, "1000", "OK"),
                    ("insert", "mastercard-pin"),
                    *typed,
                    (WAIT, "2s"),
                )
            for way in lists:
                if profile.printer is not None:
                    copy: Errand = ((TAP, "receipts"), (TAP, "merchant-receipt"), (TAP, "print"))
                    yield (*waits, *way, (TAP, "txn-1"), up, (WAIT, "2s"), *copy)
                    if rules.upload is not None:
                        late: Act = (WAIT, str(Duration(rules.upload + SECOND)))
                        yield (*waits, late, *way, (TAP, "txn-1"), *copy)
                yield (*waits, *way, (TAP, "txn-1"), up, (WAIT, "2s"))
                yield (*waits, *way, (TAP, "txn-1"), (TAP, "receipts"), up, (WAIT, "2s"), (PRESS, "CANCEL"))
            if profile.checkout is not None and profile.checkout.digital_receipt:
                noted: Errand = (*allow, down, *start, (PRESS, "1000", "OK"), CHIP, *TO_A_NUMBER)
                for answer in ("declined:51", "timeout"):
                    yield (*noted, ("host", "answers", answer), up, (WAIT, "3min"))
                yield (*noted, ("power", "cut"), ("power", "on"), up, (WAIT, "3min"))
                asked: Errand = (*allow, down, *start, (PRESS, "1000", "OK"), CHIP, (TAP, "digital-receipt"))
                for told in ((), (("host", "answers", "declined:51"),), (_SILENT,)):
                    yield (*asked, *told, up, (WAIT, "2s"), *TO_A_NUMBER[1:])
                if rules.upload is not None:
                    late_number: Act = (WAIT, str(Duration(rules.upload - profile.timeouts.entry // 2)))
                    yield (
                        *allow,
                        down,
                        *one,
                        late_number,
                        *asked[len(allow) + 1 :],
                        (PRESS, "514555"),
                        (WAIT, str(Duration(profile.timeouts.entry // 2 + SECOND))),
                        (PRESS, "1234", "OK"),
                    )
            unheard: Errand = (*waits, _SILENT, up, (WAIT, "2s"))
            yield (*unheard, down, (WAIT, "10min"), *one, (WAIT, "1h"), up, (WAIT, "2s"))
            yield (*unheard, down, up, (WAIT, "2s"))
            yield (*unheard, ("power", "cut"), ("power", "on"), (WAIT, "5min"))
            for leave in ways_to(ways, "sign-out", "switch-pos"):
                yield (*unheard, down, *one, *leave, (PRESS, "OK"), up, (WAIT, "5min"))
            if profile.app:
                closed: Errand = (*waits, ("fault", "app", "closed"))
                yield (*closed, up, (WAIT, "2s"), ("fault", "app", "open"), (WAIT, "2s"))
                yield (*closed, up, (WAIT, "1h"), ("fault", "app", "open"), down, *one)
                yield (*closed, up, (WAIT, "10min"), down, ("fault", "app", "open"), *one, (WAIT, "1h"))
        yield from (
            (*allow, *changed, *one) for changed in _reasons(rules.session.network, rules.session.service)
        )


def _reasons(network: Duration, service: Duration) -> Iterator[Errand]:
    """An outage whose reason changes: each reason has a time of its own, which the other does not begin anew."""
    down, up, half = ("service", "down"), ("network", "up"), str(Duration(service // 2))
    for more in (-SECOND, SECOND):
        left = str(Duration(service - service // 2 + more))
        yield (down, (WAIT, half), ("network", "down"), up, (WAIT, left))
        yield (("network", "down"), down, (WAIT, half), up, (WAIT, str(Duration(service + more))))
        yield (down, ("network", "down"), (WAIT, str(Duration(network + more))))
