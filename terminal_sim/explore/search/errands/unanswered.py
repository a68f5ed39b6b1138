"""What nobody answers: sent until a person is called for, beside a lost link and a boot, and a batch that would be closed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT, Act
from terminal_sim.explore.search.errands.way import CHIP, Errand, MenuWay, allowing, paid, starts, ways_to

_SILENT: Act = ("host", "answers", *("timeout",) * 8)
_LEFT: Errand = ((WAIT, "150s"), (PRESS, "OK"), ("remove", "card"), (PRESS, "CANCEL"))


def unanswered(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """A payment, and what was kept, without any answer for hours."""
    for start in starts(profile):
        doubtful: Errand = (_SILENT, *start, (PRESS, "1000", "OK"), CHIP, *_LEFT)
        yield (*doubtful, (WAIT, "2h"), (WAIT, "3h"), ("power", "cut"), ("power", "on"), (WAIT, "1h"))
        yield (*doubtful, ("network", "down"), (WAIT, "2h"), ("network", "up"), (WAIT, "1h"))
        yield (*doubtful, ("power", "cut"), ("power", "on"), (WAIT, "10min"), (WAIT, "1h"))
        for listed in ways_to(ways, "history", "transactions"):
            voided: Errand = (*paid(start, 1250), *listed, (TAP, "txn-1"), _SILENT, (TAP, "void"))
            for again in ("txn-1", "txn-2"):  # the void may stand in the list itself
                behind: Errand = (*voided, (WAIT, "125s"), (PRESS, "OK"), *listed, (TAP, again))
                yield (*behind, (TAP, "void"))
                if profile.printer is not None:
                    yield (*behind, (TAP, "receipts"), (TAP, "merchant-receipt"), (TAP, "print"))
        for way in ways_to(ways, "settle"):
            yield (*paid(start, 1250), *doubtful, *way, (PRESS, "OK"), (WAIT, "2s"))
        if profile.offline.enabled:
            kept: Errand = (("network", "down"), *paid(start, 1000), _SILENT, ("network", "up"))
            allow = allowing(profile, ways)
            yield (*allow, *kept, (WAIT, "2h"), (WAIT, "3h"))
            yield (*allow, *kept, (WAIT, "5s"), ("power", "cut"), ("power", "on"), (WAIT, "20min"))
