"""Passcodes: typed wrong, locked and changed."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Duration, Profile
from terminal_sim.explore.search.act import PRESS, WAIT
from terminal_sim.explore.search.errands.way import SECOND, Errand, MenuWay, codes, ways_to

WRONG = "1111"
NEW = "2580"


def passcodes(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """Wrong ones up to the lock and beyond, the right one at each moment, and a change of it."""
    for way in ways:
        at = next(
            (at for at, act in enumerate(way.acts) if act[0] == PRESS and act[1] in codes(profile)), None
        )
        if at is None:
            continue
        rules = next(one for one in profile.passcodes.values() if one.code == way.acts[at][1])
        before, right = way.acts[:at], way.acts[at]
        wrong: Errand = ((PRESS, WRONG, "OK"),) * rules.tries
        yield (*before, (PRESS, "1" * (rules.max_digits + 1), "OK"), right)
        yield (*before, *wrong[:-1], right)
        yield (*before, *wrong[:-1], right, *before, *wrong[:-1], right)
        yield (*before, *wrong, right)
        yield (*before, *wrong, ("power", "cut"), ("power", "on"), *before, right)
        yield (*before, *wrong[:-1], ("power", "cut"), ("power", "on"), *before, *wrong[-1:], right)
        for more in (-SECOND, SECOND):
            yield (*before, *wrong, (WAIT, str(Duration(rules.lock + more))), *before, right)
        yield (*before, *wrong, (WAIT, str(Duration(rules.lock + SECOND))), *before, *wrong[:-1], right)
        yield (*before, *wrong[:2], (PRESS, "CANCEL"), *before, *wrong[2:], right)
        break
    for errand in ways_to(ways, "refund"):
        *reached, _ = errand
        locked: Errand = (
            *reached,
            *((PRESS, WRONG, "OK"),) * profile.passcodes[profile.refunds.passcode].tries,
        )
        yield (*locked, (PRESS, "CANCEL"), *reached)
        for other in ways_to(ways, "change-passcode"):
            yield (*locked, (PRESS, "CANCEL"), (PRESS, "CANCEL"), *other)
    for way in ways:
        if way.flow == "change-passcode":
            yield from _changed(profile, ways, way)


def _changed(profile: Profile, ways: list[MenuWay], way: MenuWay) -> Iterator[Errand]:
    """A change of the passcode that was typed last, and what lets in then."""
    name, errand = way.passcodes[-1], way.acts
    changed: Errand = (
        *errand,
        (PRESS, NEW, "OK"),
        (PRESS, NEW, "OK"),
        (PRESS, "OK"),
        (PRESS, "CANCEL"),
        (PRESS, "CANCEL"),
    )
    new = _with_new(profile, way, name)
    yield changed
    yield (*changed, (WAIT, "2min"), *new)
    yield (*changed, (WAIT, "2min"), *errand)
    yield (*changed, *new, (WAIT, "2min"), *errand)
    for refund in (one for one in ways if one.flow == "refund"):
        yield (*changed, (WAIT, "2min"), *refund.acts)
        yield (*changed, (WAIT, "2min"), *_with_new(profile, refund, name))
    yield (*changed, ("power", "cut"), ("power", "on"), *new)
    yield (*errand, (PRESS, NEW, "OK"), (PRESS, WRONG, "OK"))
    yield (*errand, (PRESS, NEW, "OK"), (PRESS, NEW[:-1], "OK"))
    yield (*errand, (PRESS, "12", "OK"))
    yield (*errand, (PRESS, profile.passcodes[name].code, "OK"))


def _with_new(profile: Profile, way: MenuWay, name: str) -> Errand:
    """The way where the passcode of this name is another by now."""
    typed, known = iter(way.passcodes), codes(profile)
    return tuple(
        (PRESS, NEW, "OK") if act[0] == PRESS and act[1] in known and next(typed) == name else act
        for act in way.acts
    )
