"""What is under way when the power fails, when its answer comes late, and when it never comes: every kind of request, not sales alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal_sim.bench import Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT, Act
from terminal_sim.explore.search.errands.way import CHIP, Errand, MenuWay, paid, starts, typed_card, ways_to

_SILENT: Act = ("host", "answers", "timeout")
_LATE: Act = ("host", "answers", "late:130s")
_DARK: Errand = (("power", "cut"), ("power", "on"), (WAIT, "3min"))
_SUM: Act = (PRESS, "1000", "OK")


def interrupted(profile: Profile, ways: list[MenuWay], numbers: Mapping[str, str]) -> Iterator[Errand]:
    """A request of each kind cut off by the power, answered late, and late while the next customer pays."""
    for before, sending in _requests(profile, ways, numbers):
        yield (*before, _SILENT, *sending, (WAIT, "2s"), *_DARK)
        away: Errand = (
            ("power", "cut"),
            ("network", "down"),
            ("power", "on"),
            (WAIT, "3min"),
            ("network", "up"),
        )
        yield (*before, _SILENT, *sending, (WAIT, "2s"), *away, (WAIT, "3min"))
        yield (*before, _LATE, *sending, (WAIT, "150s"), (PRESS, "OK"), (WAIT, "10min"))
        for start in starts(profile):
            meanwhile: Errand = (*start, (PRESS, "1250", "OK"), (WAIT, "10s"), ("tap-card", "visa-credit"))
            yield (*before, _LATE, *sending, (WAIT, "125s"), (PRESS, "OK"), *meanwhile, (WAIT, "3min"))
            yield (*before, _SILENT, *sending, (WAIT, "2s"), ("power", "cut"), ("power", "on"), *meanwhile)


def _requests(
    profile: Profile, ways: list[MenuWay], numbers: Mapping[str, str]
) -> Iterator[tuple[Errand, Errand]]:
    """What comes before a request of each kind, and what sends it."""
    typed = typed_card(numbers.get("visa-credit", ""))
    for start in starts(profile):
        yield (*start, _SUM), (("swipe", "visa-stripe"),)
        one = paid(start, 1000)
        for listed in ways_to(ways, "history", "transactions"):
            yield (*one, *listed, (TAP, "txn-1")), ((TAP, "void"),)
        for settle in ways_to(ways, "settle"):
            yield (*one, *settle), ((PRESS, "OK"),)
        if profile.checkout is not None and profile.checkout.manual_entry:
            yield (*start, _SUM, (TAP, "manual-entry")), typed
    for way in ways_to(ways, "moto"):
        yield (*way, _SUM), typed
    for way in ways_to(ways, "refund"):
        yield (*way, _SUM), (CHIP,)
