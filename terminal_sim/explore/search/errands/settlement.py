"""The batch of a terminal: closed in balance and out of it, without an answer, and its reports."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT, Act
from terminal_sim.explore.search.errands.way import Errand, MenuWay, paid, starts, ways_to


def settlement(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """Settled with each answer and given up, each thing that can come then, and the open batch and the last one printed."""
    settled: Errand = ((PRESS, "OK"), (WAIT, "2s"))
    for start in starts(profile):
        one = paid(start, 1000)
        for way in ways_to(ways, "settle"):
            yield (*way, *settled, (PRESS, "CANCEL"))
            endings: tuple[Errand, ...] = (
                ((PRESS, "OK"),),
                ((PRESS, "CANCEL"),),
                ((WAIT, "1min"),),
                (("paper", "out"), (PRESS, "OK")),
                (("pos", "sale", "T-1", "1000"),),
            )
            for ending in endings:
                yield (*one, *way, *settled, *ending)
                yield (*one, ("host", "answers", "timeout"), *way, (PRESS, "OK"), (PRESS, "CANCEL"), *ending)
            for answer in ("timeout", "declined:95", "declined:51", "garbage", "late:130s"):
                yield (
                    *one,
                    ("host", "answers", answer),
                    *way,
                    (PRESS, "OK"),
                    (WAIT, "150s"),
                    (WAIT, "10min"),
                )
            for answers in (("declined:95", "timeout", "timeout"), ("declined:95", "approved", "timeout")):
                yield (*one, *one, ("host", "answers", *answers), *way, (PRESS, "OK"), (WAIT, "150s"), (WAIT, "10min"))  # fmt: skip
            partly: Errand = (("host", "answers", "partial:300"), *one)
            yield (*partly, *one, *way, *settled, (PRESS, "OK"))
            yield (*one, ("network", "down"), *way, *settled, ("network", "up"), (WAIT, "10min"))
            yield (*one, ("paper", "out"), *way, *settled, ("paper", "in"), (PRESS, "OK"))
            yield (*one, *way, *settled, ("paper", "low"), ("paper", "in"), (PRESS, "OK"))
            yield (("pos", "sale", "T-1", "1000"), ("swipe", "visa-stripe"), (WAIT, "2s"), (PRESS, "OK"), *way, *settled, ("pos", "refund", "T-1"))  # fmt: skip
            for listed in ways_to(ways, "history"):
                doubtful: Errand = (
                    *listed,
                    (TAP, "txn-1"),
                    ("host", "answers", *("timeout",) * 4),
                    (TAP, "void"),
                )
                in_doubt: Errand = (*one, *one, *doubtful, (WAIT, "125s"), (PRESS, "OK"), *way, *settled)
                yield in_doubt
                yield (*in_doubt, *((("network", "down"), ("network", "up")) * 4), (WAIT, "2s"))
                yield (*one, *one, *listed, (TAP, "txn-1"), (TAP, "void"), (WAIT, "2s"), (PRESS, "OK"), ("remove", "card"), *way, *settled)  # fmt: skip
            for shown in ways_to(ways, "batch-report"):
                last: tuple[Act, ...] = ((TAP, "print"), (PRESS, "CANCEL"), (WAIT, "2min"))
                for act in last:
                    yield (*one, *way, *settled, (PRESS, "OK"), *shown, (TAP, "last-batch"), act)
                yield (*one, *shown, ("paper", "out"), (TAP, "print"), ("paper", "in"))
                yield (*one, *way, *settled, (PRESS, "OK"), *one, *shown, (TAP, "print"))
                unsettled: Errand = (("host", "answers", *("timeout",) * 3), *way, (PRESS, "OK"), (PRESS, "CANCEL"), (PRESS, "CANCEL"))  # fmt: skip
                yield (*one, *way, *settled, (PRESS, "OK"), *one, *unsettled, *shown, (TAP, "last-batch"), (TAP, "print"))  # fmt: skip
