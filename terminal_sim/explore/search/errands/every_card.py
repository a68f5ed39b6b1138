"""A payment with each test card: what its file says of it is true once it is presented, and nothing of it is left once it is given up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal_sim.bench import Profile
from terminal_sim.explore.search.act import PRESS
from terminal_sim.explore.search.errands.way import Errand, paid, starts


def every_card(profile: Profile, numbers: Mapping[str, str], pins: Mapping[str, str]) -> Iterator[Errand]:
    """Each card by chip and by tap, with its PIN where it is asked for, and given up at its PIN before the next payment; what a card does not have cannot be done."""
    for start in starts(profile):
        for card in numbers:
            pin = pins.get(card, "")
            typed: Errand = ((PRESS, pin, "OK"),) if pin else ()
            if profile.entries.chip:
                yield paid(start, 1000, ("insert", card), *typed)
                if typed:
                    yield (*paid(start, 1000, ("insert", card), (PRESS, "CANCEL")), *start, (PRESS, "1000"))
            if profile.entries.contactless:
                yield paid(start, 1000, ("tap-card", card), *typed)
