"""Payments while the acquirer is out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from terminal_sim.bench import Duration, Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT, Act
from terminal_sim.explore.search.errands.way import (
    CHIP,
    DONE,
    PRESENTED,
    SECOND,
    TO_A_NUMBER,
    Errand,
    MenuWay,
    allowing,
    paid,
    starts,
    ways_to,
)

_SOON: Act = (WAIT, "2s")
_SILENT: Act = ("host", "answers", "timeout")
_OFF: Act = ("power", "off")
_ON: Act = ("power", "on")
_RESTART: Errand = (("power", "cut"), _ON)
_CLOSED: Act = ("fault", "app", "closed")
_OPENED: Act = ("fault", "app", "open")
_NETWORK_DOWN: Act = ("network", "down")


def offline(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """Payments while the acquirer is out of reach: at each bound of amount, number and time, and what becomes of them."""
    rules = profile.offline
    if not rules.enabled:
        return
    if allow := allowing(profile, ways)[:-1]:
        limit: Errand = (*allow, (TAP, "offline-limit"))
        yield (*limit, (PRESS, str(rules.limit_max), "OK"))
        yield (*limit, (PRESS, str(rules.limit_max + 1), "OK"))
        yield (*allow, (TAP, "allow-not"))
    for start in starts(profile):
        for link, session in (("network", rules.session.network), ("service", rules.session.service)):
            yield from _Outage(profile, ways, start, link, session).errands()
        yield from _of_both_kinds(profile, (*allowing(profile, ways), _NETWORK_DOWN), paid(start, 1000))


def _of_both_kinds(profile: Profile, down: Errand, one: Errand) -> Iterator[Errand]:
    """A payment kept by an outage of the link and one by an outage of the service leave, with the app open and closed."""
    kept: Errand = (*down, *one, ("service", "down"), ("network", "up"), *one)
    yield (*kept, ("service", "up"), _SOON)
    if profile.app:
        yield (*kept, _CLOSED, ("service", "up"), _SOON, _OPENED, _SOON)


@dataclass(frozen=True, slots=True)
class _Outage:
    """An outage of the `network` or of the `service`, in which payments that begin with `start` are taken for the time of a `session` (microseconds)."""

    profile: Profile
    ways: list[MenuWay]
    start: Errand
    link: str
    session: int

    @property
    def allow(self) -> Errand:
        return allowing(self.profile, self.ways)

    @property
    def down(self) -> Errand:
        """Allowed, and the outage begins."""
        return (*self.allow, (self.link, "down"))

    @property
    def up(self) -> Act:
        return self.link, "up"

    @property
    def one(self) -> Errand:
        """A payment."""
        return paid(self.start, 1000)

    def errands(self) -> Iterator[Errand]:
        yield ((self.link, "down"), *self.one, self.up)
        yield from self._amounts()
        yield from self._cards()
        yield from self._times()
        yield from self._many()
        yield from self._interrupted()
        yield from self._looked_at()
        yield from self._settings()
        if self.profile.checkout is not None:
            yield from self._checkout()
        if self.profile.app:
            yield (*self.down, *self.one, _CLOSED, self.up, (WAIT, "1h"), _OPENED)

    def _amounts(self) -> Iterator[Errand]:
        """At the limit and above it, and out of reach only when the amount is confirmed already."""
        limit = self.profile.offline.limit
        for amount in (limit, limit + 1):
            yield (*self.down, *paid(self.start, amount))
            for presented in PRESENTED:
                confirmed: Errand = (*self.start, (PRESS, str(amount), "OK"))
                yield (*self.allow, *confirmed, (self.link, "down"), presented, *DONE)

    def _cards(self) -> Iterator[Errand]:
        """Every way in, cards that are refused, and a PIN that is wrong."""
        for presented in (
            *PRESENTED,
            ("insert", "interac-debit"),
            ("insert", "mastercard-pin"),
            ("insert", "visa-pin-blocked"),
            ("swipe", "gift-card"),
            ("insert", "visa-credit-fr"),
        ):
            yield (*self.down, *paid(self.start, 1000, presented), self.up)
        asked: Errand = (*self.start, (PRESS, "1000", "OK"), ("insert", "mastercard-pin"))
        yield (*self.down, *asked, *((PRESS, "9876", "OK"),) * 3, *DONE, self.up)

    def _times(self) -> Iterator[Errand]:
        """A second before, at and after the end of the session and the deadline of what is kept."""
        half = self.session // 2
        restarted: Errand = (*self.down, (WAIT, str(Duration(half))), *_RESTART)
        yield (*restarted, (WAIT, str(Duration(self.session - half + SECOND))), *self.one)
        for more in (-SECOND, 0, SECOND):
            yield (*self.down, (WAIT, str(Duration(self.session + more))), *self.one)
            if self.profile.offline.upload is not None:
                yield from self._late(
                    (WAIT, str(Duration(self.profile.offline.upload + more))), passed=more > 0
                )

    def _late(self, late: Act, *, passed: bool) -> Iterator[Errand]:
        """What is kept is sent so `late`; with `passed`, after its deadline."""
        kept: Errand = (*self.down, *self.one)
        yield (*kept, _OFF, self.up, late, _ON, _SOON)
        yield (*kept, late, self.up, _SOON)
        if passed:
            yield (*kept, _SILENT, self.up, _SOON, (self.link, "down"), late, self.up)
            yield from self._filtered((*kept, late, self.up))
        yield (*self.down, (WAIT, "30min"), *self.one, (WAIT, "20min"), *self.one, late, self.up)

    def _filtered(self, expired: Errand) -> Iterator[Errand]:
        """The list behind payments that expired, were declined, were paid and wait, by each word that narrows it."""
        declined = paid(self.start, 1250, ("insert", "visa-declined"))
        for way in ways_to(self.ways, "transactions"):
            yield (
                *expired,
                *declined,
                *self.one,
                _NETWORK_DOWN,
                *self.one,
                *way,
                *(
                    act
                    for name in ("pending", "completed", "declined", "expired", "lost", "all")
                    for act in ((TAP, "filter"), (TAP, name))
                ),
            )

    def _many(self) -> Iterator[Errand]:
        """As many as may wait, by sum and by number, and one more; and where it is forbidden meanwhile."""
        rules = self.profile.offline
        if rules.queue_sum:
            most = min(rules.limit, rules.queue_sum)
            yield (*self.down, *(paid(self.start, most) * (rules.queue_sum // most + 1)), self.up)
        if rules.settings:
            for settings in ways_to(self.ways, "offline-settings")[:1]:
                yield (*self.down, *settings, (TAP, "allow-not"), (TAP, "home"), *self.one, self.up)
        if rules.queue_count:
            yield (*self.down, *(self.one * (rules.queue_count + 1)), self.up)
        yield (*self.down, *(self.one * 2), self.up, _SOON)

    def _interrupted(self) -> Iterator[Errand]:
        """The power is cut, an answer does not come, one outage hides the other."""
        yield (*self.allow, ("power", "cut"), (self.link, "down"), _ON, *self.one, self.up, _SOON)
        sent: Errand = (_SILENT, self.up, _SOON, (self.link, "down"))
        yield (*self.down, *(self.one * 2), *sent, (WAIT, "10min"), *self.one)
        yield (*self.down, *self.one, *_RESTART, *self.one, self.up, _SOON)
        hidden: Errand = (("service", "down"), (WAIT, "20min"), _NETWORK_DOWN)
        yield (*self.allow, *hidden, *self.one, (WAIT, "45min"), *self.one)

    def _looked_at(self) -> Iterator[Errand]:
        """The list of what is kept as it is forwarded, and each way to lose it."""
        kept: Errand = (*self.down, *(self.one * 2))
        pending: Errand = ((TAP, "txn-1"), (PRESS, "CANCEL"), (TAP, "filter"), (TAP, "pending"))
        for way in ways_to(self.ways, "transactions", "history"):
            yield (*kept, *way, *pending, self.up, _SOON)
        for way in ways_to(self.ways, "sign-out", "switch-pos", "factory-reset", "delete-app"):
            yield (*kept, *way, (PRESS, "OK"), self.up, (TAP, "sign-in"))

    def _settings(self) -> Iterator[Errand]:
        """Another limit is set, and holds after a restart too."""
        if not self.allow:
            return
        allowed = self.allow[:-1]
        limited: Errand = (*allowed, (TAP, "offline-limit"), (PRESS, "5000", "OK"))
        set_to: Errand = (*limited, (TAP, "home"))
        yield (*set_to, (self.link, "down"), *paid(self.start, 5000), *paid(self.start, 5001))
        yield (*limited, (TAP, "allow-not"), (TAP, "allow"), (TAP, "offline-limit"))
        yield (*set_to, *_RESTART, (self.link, "down"), *paid(self.start, 5001))

    def _checkout(self) -> Iterator[Errand]:
        """What else can be chosen for a payment, and a receipt by message that waits with it."""
        asked: Errand = (*self.down, *self.start, (PRESS, "1000", "OK"))
        for choice in ("manual-entry", "gift-card", "clearpay"):
            yield (*asked, (TAP, choice))
        chosen: Errand = (*self.allow, *self.start, (PRESS, "1000", "OK"), (TAP, "clearpay"))
        yield (*chosen, (self.link, "down"), ("tap-card", "visa-credit"), *DONE)
        yield (*asked, CHIP, *TO_A_NUMBER, self.up, _SOON)
