"""Rules of passcodes: who is let in, how often a wrong one is judged, how long it is locked, and what lies behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import ceil

from terminal_sim.bench import Profile, contents
from terminal_sim.oracles.chart import is_listed
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.fold import asked_passcode
from terminal_sim.oracles.occurrence import Occurrence, digits, field_of, has, screen_id, text_of
from terminal_sim.oracles.oracle import oracle

_MINUTE = 60_000_000
_SHORTEST = 4
_MENU = "menu-"


@oracle("R-passcode-1", "the passcode that is in force is accepted, and no other", contents.RowStored)
def judged(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        result, name = row.text("result"), row.text("name")
        if row.kind != "passcode" or seen.confirmed is None or result == "changed":
            continue
        right = seen.confirmed.digits == facts.codes.get(name)
        if right != (result == "accepted"):
            yield f"the {'right' if right else 'wrong'} passcode {name} was {result}"
        if facts.locked.get(name, 0) > row.mono:
            yield f"the passcode {name} was judged while it was locked"


@oracle(
    "R-passcode-2",
    "a passcode is locked after as many wrong ones as the profile says, for as long as it says",
    contents.RowStored,
)
def lock(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        name = row.text("name")
        if row.kind != "passcode" or row.text("result") != "wrong" or name not in facts.profile.passcodes:
            continue
        rules = facts.profile.passcodes[name]
        wrong = facts.wrong.get(name, 0) + 1
        until = row.mono + rules.lock if wrong >= rules.tries else 0
        if row.number("failures") != wrong or row.number("locked_until") != until:
            yield (
                f"after {wrong} wrong ones of {rules.tries} the passcode {name} counts {row.number('failures')} and is locked until"
                f" {row.number('locked_until')}, and not {until}"
            )


@oracle(
    "R-passcode-3",
    "a passcode that is typed and confirmed is judged, unless it is locked",
    contents.KeyPress,
    contents.Touch,
    left=("passcode",),
)
def always_judged(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if (
        screen_id(seen.before) != "passcode"
        or seen.confirmed is None
        or not seen.confirmed.digits
        or not seen.is_on
    ):
        return
    if any(until > seen.mono for until in facts.locked.values()):
        return
    if not any(row.kind == "passcode" for row in seen.rows):
        yield "a passcode was confirmed, and nothing says whether it was right"


@oracle("R-passcode-4", "a locked passcode says for how long, and takes no digit", shows=("passcode",))
def locked_screen(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.after) != "passcode":
        return
    name = asked_passcode(facts.profile, seen) if seen.came_to else facts.passcode_asked
    locks = {**facts.locked, **_locked_now(facts, seen)}
    until = [at for at in (locks.get(name, 0),) if at > seen.mono]
    said = text_of(seen.after, "passcode-locked")
    if said and not until and contents.ScreenShown in seen.kinds:
        yield f"{said!r}, and no passcode is locked"
    elif said and contents.ScreenShown in seen.kinds:
        minutes = {ceil((at - seen.mono) / _MINUTE) for at in until}
        if not any(_says(said, each) for each in minutes):
            yield f"{said!r}, and it is locked for {' or '.join(map(str, sorted(minutes)))} minutes"
    elif not said and until:
        yield "the passcode is locked, and the screen does not say so"
    if said and has(seen.after, "wrong-passcode"):
        yield "the passcode is locked, and the screen speaks of a wrong one as well"
    if until and seen.key.isdigit() and field_of(seen.after)[2]:
        yield "the passcode is locked, and a digit was typed"


def _locked_now(facts: SessionFacts, seen: Occurrence) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in seen.rows:
        if row.kind == "passcode":
            rules = facts.profile.passcodes.get(row.text("name"))
            wrong = row.text("result") == "wrong" and rules is not None
            full = wrong and rules is not None and facts.wrong.get(row.text("name"), 0) + 1 >= rules.tries
            found[row.text("name")] = row.mono + rules.lock if full and rules is not None else 0
    return found


def _says(said: str, minutes: int) -> bool:
    hours, rest = divmod(minutes, 60)
    return digits(said) in (str(minutes), f"{hours}{rest}" if rest else str(hours))


@oracle("R-passcode-5", "what lies behind a passcode is reached by it alone")
def guarded(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if not seen.rows and not seen.came_to.startswith(_MENU):
        return
    accepted = facts.accepted | {
        row.text("name") for row in seen.rows if row.kind == "passcode" and row.text("result") != "wrong"
    }
    if seen.came_to.startswith(_MENU):
        missing = _guards(facts.profile).get(seen.came_to.removeprefix(_MENU), frozenset()) - accepted
        if missing:
            yield f"{seen.came_to} is open, and the passcode {min(missing)} was not typed"
    for row in seen.rows:
        if row.text("reference") in facts.payments or row.text("request"):
            continue
        if row.kind == "refund" and facts.profile.refunds.passcode not in accepted:
            yield "a refund was begun, and its passcode was not typed"
        elif row.kind == "moto" and (
            missing := _guards(facts.profile).get("flow moto", frozenset()) - accepted
        ):
            yield f"a payment without the card was begun, and the passcode {min(missing)} was not typed"


@lru_cache(maxsize=64)
def _guards_of(
    key: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...], home: tuple[str, ...]
) -> Mapping[str, frozenset[str]]:
    """The passcodes that lie on each way from the home screen to a menu, by its name, and to a flow, by `flow` and its name."""
    menus = {name: (passcode, entries) for name, passcode, entries in key}
    found: dict[str, frozenset[str]] = {}
    ahead: list[tuple[str, frozenset[str]]] = [(name, frozenset()) for name in home]
    while ahead:
        name, passed = ahead.pop()
        if name.startswith("flow "):
            found[name] = found[name] & passed if name in found else passed
            continue
        passcode, entries = menus[name]
        passed |= {passcode} if passcode else set()
        known = found.get(name)
        found[name] = passed if known is None else known & passed
        if found[name] != known:
            ahead += [(menu or f"flow {flow}", found[name]) for menu, flow in entries]
    return found


def _guards(profile: Profile) -> Mapping[str, frozenset[str]]:
    menus = tuple(
        (name, menu.passcode, tuple((one.menu, one.flow) for one in menu.entries))
        for name, menu in profile.menus.items()
    )
    home = (
        *(one.menu or f"flow {one.flow}" for one in profile.home.entries),
        *profile.home.shortcuts.values(),
        *([profile.home.menu] if profile.home.menu else []),
    )
    return _guards_of(menus, home)


@oracle(
    "R-passcode-6",
    "the reminder of a delivered passcode stands behind it, as long as it is the delivered one",
    contents.ScreenShown,
    shows=("menu-*", "amount"),
)
def reminder(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    screen, name = screen_id(seen.after), ""
    if screen.startswith(_MENU):
        name = facts.profile.menus[screen.removeprefix(_MENU)].passcode
    elif screen == "amount" and _flow(facts, seen) == "refund":
        name = facts.profile.refunds.passcode
    if name and has(seen.after, "default-passcode") == (name in facts.changed):
        yield f"the passcode {name} was {'changed' if name in facts.changed else 'never changed'}"


def _flow(facts: SessionFacts, seen: Occurrence) -> str:
    """The flow on top, as the newest change has it."""
    changes = [one.content.flow for one in seen.entries if isinstance(one.content, contents.StateChanged)]
    return changes[-1] if changes else facts.flow


@oracle(
    "R-passcode-7",
    "a new passcode is typed twice the same, with four digits or more, and is not the delivered one",
    contents.RowStored,
)
def new_one(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        if row.kind != "passcode" or row.text("result") != "changed" or seen.confirmed is None:
            continue
        new = next((one.digits for one in reversed(facts.confirmed) if one.screen == "new-passcode"), "")
        if seen.confirmed.digits != new:
            yield "the second was another than the first"
        if len(new) < _SHORTEST or new == facts.profile.passcodes[row.text("name")].code:
            yield f"it has {len(new)} digits, or is the delivered one"


@oracle(
    "R-passcode-8",
    "a new passcode of four digits or more that is not the delivered one is taken",
    contents.KeyPress,
    contents.Touch,
)
def new_taken(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    said = seen.confirmed
    if said is None or said.screen != "new-passcode" or seen.came_to or not seen.is_on:
        return
    changes = facts.profile.passcodes.get(facts.passcode_asked)
    if changes is not None and len(said.digits) >= _SHORTEST and said.digits != changes.code:
        yield f"one of {len(said.digits)} digits was refused"


@oracle(
    "R-passcode-10",
    "the passcode that is changed is the one that the menu's entry names, and each that somebody is reminded of has an entry",
    contents.RowStored,
    contents.ScreenShown,
)
def named(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        changes = row.kind == "passcode" and row.text("result") == "changed"
        if changes and facts.passcode_asked not in ("", row.text("name")):
            yield f"the passcode {row.text('name')} was changed, and {facts.passcode_asked} was to be"
    if not seen.came_to or not has(seen.after, "default-passcode"):
        return
    menu = facts.profile.menus.get(seen.came_to.removeprefix(_MENU))
    reminded = menu.passcode if menu is not None else facts.profile.refunds.passcode
    if reminded and reminded not in _changeable(facts.profile):
        yield f"the passcode {reminded} is the delivered one, and no entry of a menu changes it"


def _changeable(profile: Profile) -> set[str]:
    """The passcodes that some entry of a menu changes."""
    first = next(iter(profile.passcodes), "")
    return {
        entry.passcode or first
        for menu in profile.menus.values()
        for entry in menu.entries
        if entry.flow == "change-passcode" and is_listed(profile, entry.needs)
    }


PASSCODES = (judged, lock, always_judged, locked_screen, guarded, reminder, new_one, new_taken, named)
