"""Payments while the acquirer is out of reach."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Duration, Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT, Act
from terminal_sim.explore.search.errands.way import (
    CHIP,
    DONE,
    PRESENTED,
    SECOND,
    Errand,
    MenuWay,
    paid,
    starts,
    ways_to,
)


def offline(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """Payments while the acquirer is out of reach: at each bound of amount, number and time, and what becomes of them."""
    rules = profile.offline
    if not rules.enabled:
        return
    allow: Errand = ()
    settings = ways_to(ways, "offline-settings")
    if rules.settings and settings:
        allow = (*settings[0], (TAP, "allow"))
        yield (*allow, (TAP, "offline-limit"), (PRESS, str(rules.limit_max), "OK"))
        yield (*allow, (TAP, "offline-limit"), (PRESS, str(rules.limit_max + 1), "OK"))
        yield (*allow, (TAP, "allow-not"))
        allow = (*allow, (TAP, "home"))
    for start in starts(profile):
        for down, session in (
            (("network", "down"), rules.session.network),
            (("service", "down"), rules.session.service),
        ):
            up: Act = (down[0], "up")
            one = paid(start, 1000)
            yield (down, *one, up)
            for amount in (rules.limit, rules.limit + 1):
                yield (*allow, down, *paid(start, amount))
                for presented in PRESENTED:  # out of reach when the amount is confirmed already
                    yield (*allow, *start, (PRESS, str(amount), "OK"), down, presented, *DONE)
            for presented in (
                *PRESENTED,
                ("insert", "interac-debit"),
                ("insert", "mastercard-pin"),
                ("insert", "visa-pin-blocked"),
                ("swipe", "gift-card"),
                ("insert", "visa-credit-fr"),
            ):
                yield (*allow, down, *paid(start, 1000, presented), up)
            wrong: Errand = (*start, (PRESS, "1000", "OK"), ("insert", "mastercard-pin"), *((PRESS, "9876", "OK"),) * 3)  # fmt: skip
            yield (*allow, down, *wrong, *DONE, up)
            half: Errand = (down, (WAIT, str(Duration(session // 2))), ("power", "cut"), ("power", "on"))
            yield (*allow, *half, (WAIT, str(Duration(session - session // 2 + SECOND))), *one)
            for more in (-SECOND, 0, SECOND):
                yield (*allow, down, (WAIT, str(Duration(session + more))), *one)
                if rules.upload is not None:
                    late: Act = (WAIT, str(Duration(rules.upload + more)))
                    dark: Errand = (("power", "off"), up, late, ("power", "on"), (WAIT, "2s"))
                    yield (*allow, down, *one, *dark)
                    yield (*allow, down, *one, late, up, (WAIT, "2s"))
                    if more > 0:
                        yield (
                            *allow,
                            down,
                            *one,
                            ("host", "answers", "timeout"),
                            up,
                            (WAIT, "2s"),
                            down,
                            late,
                            up,
                        )
                        yield from _filtered((*allow, down, *one, late, up), start, ways)
                    yield (
                        *allow,
                        down,
                        (WAIT, "30min"),
                        *one,
                        (WAIT, "20min"),
                        *one,
                        (WAIT, str(Duration(rules.upload + more))),
                        up,
                    )
            if rules.queue_sum:
                most = min(rules.limit, rules.queue_sum)
                yield (*allow, down, *(paid(start, most) * (rules.queue_sum // most + 1)), up)
            if settings and rules.settings:
                yield (*allow, down, *settings[0], (TAP, "allow-not"), (TAP, "home"), *one, up)
            if rules.queue_count:
                yield (*allow, down, *(one * (rules.queue_count + 1)), up)
            yield (*allow, down, *(one * 2), up, (WAIT, "2s"))
            yield (*allow, ("power", "cut"), down, ("power", "on"), *one, up, (WAIT, "2s"))
            silent: Act = ("host", "answers", "timeout")
            sent: Errand = (silent, up, (WAIT, "2s"), down)
            yield (*allow, down, *(one * 2), *sent, (WAIT, "10min"), *one)
            yield (*allow, down, *one, ("power", "cut"), ("power", "on"), *one, up, (WAIT, "2s"))
            yield (
                *allow,
                ("service", "down"),
                (WAIT, "20min"),
                ("network", "down"),
                *one,
                (WAIT, "45min"),
                *one,
            )
            for way in ways_to(ways, "transactions", "history"):
                yield (
                    *allow,
                    down,
                    *(one * 2),
                    *way,
                    (TAP, "txn-1"),
                    (PRESS, "CANCEL"),
                    (TAP, "filter"),
                    (TAP, "pending"),
                    up,
                    (WAIT, "2s"),
                )
            for way in ways_to(ways, "sign-out", "switch-pos", "factory-reset", "delete-app"):
                yield (*allow, down, *(one * 2), *way, (PRESS, "OK"), up, (TAP, "sign-in"))
            if settings and rules.settings:
                set_to: Errand = (
                    *settings[0],
                    (TAP, "allow"),
                    (TAP, "offline-limit"),
                    (PRESS, "5000", "OK"),
                    (TAP, "home"),
                )
                yield (*set_to, down, *paid(start, 5000), *paid(start, 5001))
                yield (*set_to[:-1], (TAP, "allow-not"), (TAP, "allow"), (TAP, "offline-limit"))
                yield (*set_to, ("power", "cut"), ("power", "on"), down, *paid(start, 5001))
            if profile.checkout is not None:
                for choice in ("manual-entry", "gift-card", "clearpay"):
                    yield (*allow, down, *start, (PRESS, "1000", "OK"), (TAP, choice))
                yield (
                    *allow,
                    down,
                    *start,
                    (PRESS, "1000", "OK"),
                    CHIP,
                    (TAP, "digital-receipt"),
                    (PRESS, "5145551234", "OK"),
                    up,
                    (WAIT, "2s"),
                )
            if profile.app:
                yield (
                    *allow,
                    down,
                    *one,
                    ("fault", "app", "closed"),
                    up,
                    (WAIT, "1h"),
                    ("fault", "app", "open"),
                )


def _filtered(expired: Errand, start: Errand, ways: list[MenuWay]) -> Iterator[Errand]:
    """The list behind payments that expired, were declined, were paid and wait, by each word that narrows it."""
    declined = paid(start, 1250, ("insert", "visa-declined"))
    for way in ways_to(ways, "transactions"):
        yield (
            *expired,
            *declined,
            *paid(start, 1000),
            ("network", "down"),
            *paid(start, 1000),
            *way,
            *(
                act
                for name in ("pending", "completed", "declined", "expired", "lost", "all")
                for act in ((TAP, "filter"), (TAP, name))
            ),
        )
