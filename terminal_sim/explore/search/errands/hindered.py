"""Payments with something wrong around the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT, Act
from terminal_sim.explore.search.errands.way import CHIP, DONE, Errand, MenuWay, starts, ways_to

_SILENT: Act = ("host", "answers", "timeout")


def hindered(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """Payments with something wrong around the terminal at the moment that matters."""
    for start in starts(profile):
        begun: Errand = (*start, (PRESS, "1000", "OK"))
        for answer in (
            "timeout",
            "late:130s",
            "garbage",
            "declined:51",
            "declined:55",
            "declined:01",
            "declined:02",
            "partial:300",
        ):
            yield (
                ("host", "answers", answer),
                *begun,
                CHIP,
                (WAIT, "150s"),
                ("remove", "card"),
                (WAIT, "3min"),
            )
        for fault in ("host-duplicate", "host-wrong-amount", "host-wrong-trace", "host-wrong-type"):
            yield (("fault", fault), *begun, CHIP, (WAIT, "150s"), ("remove", "card"), (WAIT, "3min"))
        for effects in ("3", "6", "9", "12", "16"):
            yield (
                *begun,
                ("fault", "power-cut-after", effects),
                CHIP,
                (WAIT, "2s"),
                ("power", "on"),
                (WAIT, "3min"),
            )
        yield (*begun, CHIP, ("power", "cut"), ("power", "on"), (WAIT, "3min"))
        yield (
            ("host", "answers", "timeout", "timeout"),
            *begun,
            CHIP,
            (WAIT, "150s"),
            *begun,
            CHIP,
            (WAIT, "150s"),
            (WAIT, "10min"),
        )
        in_vain: Errand = (*begun, CHIP, (WAIT, "125s"), (PRESS, "OK"), ("remove", "card"))
        yield (("host", "answers", *("timeout",) * 4), *in_vain, *in_vain, ("power", "cut"), ("power", "on"), (WAIT, "3min"))  # fmt: skip
        yield (*begun, CHIP, ("fault", "tamper"), (WAIT, "150s"))
        yield (*begun, CHIP, ("network", "down"), (WAIT, "150s"), ("network", "up"), (WAIT, "10min"))
        silent: Errand = (*begun, CHIP, *DONE[:-1], (WAIT, "1min"), _SILENT, *begun)
        yield (*silent, ("swipe", "visa-stripe"), ("remove", "card"), (WAIT, "3min"))
        left_in: Errand = (
            *begun,
            CHIP,
            *DONE[:-1],
            (WAIT, "1min"),
            *start,
            (PRESS, str(profile.limits.max_amount), "OK"),
        )
        yield (
            *left_in,
            ("tap-card", "mastercard-pin"),
            ("remove", "card"),
            (PRESS, "1234", "OK"),
            (WAIT, "2s"),
        )
        for spoiled in ("card-garbage", "card-torn"):
            slow: Errand = (("network", "slow", "5s"), *begun, CHIP, ("fault", spoiled), (WAIT, "20s"))
            yield (*slow, ("network", "slow", "0s"), ("remove", "card"), (WAIT, "3min"))
        again: Act = ("tap-card", "visa-second-tap")
        till: Errand = (("pos", "sale", "T-1", "1000"),)
        for asked in (begun, till, *((*way, (PRESS, "1000", "OK")) for way in ways_to(ways, "refund"))):
            for then in ((PRESS, "CANCEL"), again, (WAIT, "3min")):
                yield (("host", "sends", "unblock-pin"), *asked, again, (WAIT, "2s"), then)
            unplugged: Errand = (("insert", "mastercard-pin"), ("fault", "wire", "unplug"), (PRESS, "CANCEL"))
            gone: Errand = ((PRESS, "OK"), ("remove", "card"), *asked, ("fault", "wire-mend"))
            yield (*asked, *unplugged, *gone)
            yield (("host", "answers", "declined:01"), *asked, CHIP, (WAIT, "2s"), (PRESS, "OK"))
            if profile.app:
                away: Errand = (("fault", "reader-link", "down"), ("fault", "reader-link", "up"))
                yield (*asked, ("tap-card", "visa-credit"), *away, (WAIT, "2s"), (WAIT, "3min"))
        for link in ("network", "service"):
            yield ((link, "down"), *begun, CHIP, (WAIT, "3min"), (link, "up"))
        for fault in ("card-failure", "card-garbage", "card-mute"):
            yield (*begun, CHIP, ("fault", fault), (WAIT, "2s"), ("remove", "card"), (WAIT, "3min"))
        for step in ("genac1", "online"):
            yield (*begun, ("tear", "card", "after", step), CHIP, (WAIT, "3min"))
        if profile.app:
            closed, opened = ("fault", "app", "closed"), ("fault", "app", "open")
            lost, found = ("fault", "reader-link", "down"), ("fault", "reader-link", "up")
            for answer in ("late:130s", "timeout"):
                left: Errand = (("host", "answers", answer), *begun, CHIP, closed)
                yield (*left, (WAIT, "3min"), opened, (WAIT, "3min"))
                yield (*left, opened, (WAIT, "2s"), (WAIT, "3min"))
            yield (lost, *begun, found, (PRESS, "OK"))
            pulled: Errand = (*begun, CHIP, (WAIT, "2s"), lost, ("remove", "card"), found, (PRESS, "OK"))
            yield (*pulled, *begun, ("tap-card", "visa-credit"), *DONE)
            yield (
                *begun,
                CHIP,
                (WAIT, "2s"),
                lost,
                found,
                (PRESS, "OK"),
                *begun,
                ("tap-card", "visa-credit"),
                *DONE,
            )
        if profile.printer is not None:
            yield (("paper", "out"), *begun, CHIP, (WAIT, "2s"), ("paper", "in"), *DONE)
            yield (*begun, CHIP, ("paper", "out"), (WAIT, "2s"), (PRESS, "CANCEL"), ("paper", "in"))
            yield (("fault", "printer-jam"), *begun, CHIP, (WAIT, "2s"), ("paper", "in"), *DONE)
    if profile.battery is not None:
        for charge in (
            profile.battery.low,
            profile.battery.low - 1,
            profile.battery.critical,
            profile.battery.critical - 1,
        ):
            for way in (*ways_to(ways, "sale", "moto", "refund"), ()):
                yield (("battery", f"{max(charge, 0)}%"), *way, ("battery", "100%"))
            typed: Errand = ((PRESS, "1000", "OK"), ("battery", "100%"), (PRESS, "OK"))
            yield (("battery", f"{max(charge, 0)}%"), *next(iter(starts(profile)), ()), *typed)
            paid_first: Errand = (*next(iter(starts(profile)), ()), (PRESS, "1000", "OK"), CHIP, *DONE)
            for way in ways_to(ways, "history", "transactions"):
                yield (
                    *paid_first,
                    ("battery", f"{max(charge, 0)}%"),
                    *way,
                    (TAP, "txn-1"),
                    (TAP, "void"),
                    ("battery", "100%"),
                )
            asked_for: Act = ("pos", "sale", "T-1", "1000")
            yield (("battery", f"{max(charge, 0)}%"), asked_for, ("battery", "100%"))
    if "standalone" in profile.features:
        for way in ways_to(ways, "sale", "moto", "refund"):
            yield (
                ("account", "standalone", "off"),
                *way,
                (PRESS, "OK"),
                ("account", "standalone", "on"),
                *way,
            )
    for link in profile.links[1:]:
        yield (("network", link), *next(iter(starts(profile)), ()), (PRESS, "1000", "OK"))
    if profile.checkout is not None and profile.checkout.orders:
        early, late = ("order", '"Table 4"', "2350"), ("order", '"Table 5"', "1200")
        yield (early, (TAP, "orders"), late, (TAP, "home"))
        many: Errand = (*((early, late) * 5), (TAP, "orders"))
        yield (*many, early, (TAP, "home"))
        yield (*((early,) * 6), *((early, (TAP, "orders"), (TAP, "home")) * 4))
        yield (*many, (TAP, "older"), (TAP, "newer"), (TAP, "older"), early, (TAP, "home"))
        yield (("network", "down"), early, late, (TAP, "orders"), ("network", "up"), (TAP, "home"))
    for first in ways[:3]:
        yield (
            *first.acts,
            ("fault", "tamper"),
            (PRESS, "OK"),
            ("power", "cut"),
            ("power", "on"),
            (PRESS, "OK"),
        )
