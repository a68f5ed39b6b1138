"""Fields filled to the brim and past it, and confirmed with a digit too few: how much a field takes shows itself nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal_sim.bench import Duration, Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT, Act
from terminal_sim.explore.search.errands.typed import number_in
from terminal_sim.explore.search.errands.way import CHIP, SECOND, Errand, MenuWay, starts, ways_to

_MORE = "9" * 24  # digits than any field takes
_NOUGHTS = "0" * 12  # in front of an amount
_SHORT_NUMBER: Errand = ((PRESS, "514555", "OK"), (PRESS, "1", "OK"))


def brims(profile: Profile, ways: list[MenuWay], pins: Mapping[str, str]) -> Iterator[Errand]:
    """Each field of each way: what it does not take is not typed, so that the next field is come to with what it does."""
    if profile.home.shortcuts:
        yield ((PRESS, _MORE, "OK"),)
    yield from _lingering(profile, ways)
    for way in ways_to(ways, "refund", "moto"):
        yield (*way, (PRESS, _MORE), (PRESS, "OK"))
    for way in ways_to(ways, "change-passcode"):
        for new in ("258", _MORE):
            yield (*way, (PRESS, new, "OK"), (PRESS, new, "OK"), (PRESS, "CLEAR"), (PRESS, "OK"))
    for begun in _typed_cards(profile, ways):
        yield (*begun, (PRESS, _MORE, "OK"), (PRESS, "CLEAR", "OK"))
        for begins in profile.moto.iin_countries:
            number: Act = (PRESS, number_in(begins), "OK")
            dated: Errand = (*begun, number, (PRESS, f"0330{_MORE}", "OK"), (PRESS, f"737{_MORE}", "OK"))
            yield (*dated, (PRESS, _MORE, "OK"), (PRESS, _MORE, "OK"), (WAIT, "10s"))
            yield (*dated, (PRESS, "OK"), (PRESS, "OK"), (WAIT, "10s"))
    for start in starts(profile):
        yield (*start, (PRESS, _MORE), (PRESS, "OK"))
        yield (*start, (PRESS, f"{_NOUGHTS}5", "OK"))
        pin: Act = (PRESS, f"{pins.get('mastercard-pin', '')}{_MORE}", "OK")
        yield (*start, (PRESS, "1000", "OK"), ("insert", "mastercard-pin"), pin, (WAIT, "2s"))
        if profile.checkout is not None:
            asked: Errand = (*start, (PRESS, "1000", "OK"), CHIP, (WAIT, "2s"), (TAP, "digital-receipt"))
            for typed in (_SHORT_NUMBER, ((PRESS, _MORE, "OK"),)):
                yield (*asked, *typed, (WAIT, "2s"), ("remove", "card"))


def _lingering(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """A digit when the time of a field is nearly over, which begins anew with it."""
    times = profile.timeouts
    asking: list[tuple[Errand, Duration]] = [(begun, times.entry) for begun in _typed_cards(profile, ways)]
    for start in starts(profile):
        if profile.checkout is None:
            asking.append((start, times.entry))
        asking.append(((*start, (PRESS, "1000", "OK"), ("insert", "mastercard-pin")), times.pin))
    asking += [(way, times.passcode) for way in ways_to(ways, "change-passcode")]
    for way, time in asking:
        nearly: Act = (WAIT, str(Duration(time - SECOND)))
        yield (*way, (PRESS, "1"), nearly, (PRESS, "2"), (WAIT, "2s"))


def _typed_cards(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """The ways to the field for a card number."""
    for way in ways_to(ways, "moto"):
        yield (*way, (PRESS, "1000", "OK"))
    if profile.checkout is not None:
        for start in starts(profile):
            for offered in ("manual-entry", "gift-card"):
                yield (*start, (PRESS, "1000", "OK"), (TAP, offered))
