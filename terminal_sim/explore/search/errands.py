"""Ways that a person goes on purpose: to each entry of the menus, payments of every kind and what follows them, and the same again as often as a number of the profile says.

Every value comes from the profile and the cards: each amount that is a bound with its neighbour, each passcode right and wrong, each time with a second more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from terminal_sim.bench import Duration, Profile
from terminal_sim.explore.search.act import PRESS, TAP, WAIT, Act

Errand = tuple[Act, ...]

SECOND = Duration.parse("1s")
CHIP: Act = ("insert", "visa-credit")
PRESENTED: tuple[Act, ...] = (CHIP, ("tap-card", "visa-credit"), ("swipe", "visa-stripe"))
DONE: Errand = ((WAIT, "2s"), (PRESS, "OK"), ("remove", "card"))
TYPED = {"visa-credit": "737", "amex-credit": "7373", "mastercard-pin": "737"}
ADDRESS: Errand = ((PRESS, "90210", "OK"), (PRESS, "12", "OK"))
WRONG = "1111"
NEW = "2580"


@dataclass(frozen=True, slots=True)
class MenuWay:
    """The acts from the home screen to an entry of a menu, and the flow that it starts, "" where it opens a menu."""

    flow: str
    acts: Errand


def errands(profile: Profile, numbers: Mapping[str, str], pins: Mapping[str, str]) -> tuple[Errand, ...]:
    """Every errand of a terminal of this profile, from its home screen. `numbers` and `pins` are those of the cards by their names."""
    ways = list(menu_ways(profile))
    found: list[Errand] = [way.acts for way in ways]
    for each in (
        _payments(profile, pins),
        _bounds(profile, ways),
        _afterwards(profile, ways),
        _typed(profile, ways, numbers),
        _passcodes(profile, ways),
        _offline(profile, ways),
        _hindered(profile, ways),
    ):
        found += each
    return tuple(dict.fromkeys(found))


def menu_ways(profile: Profile) -> Iterator[MenuWay]:
    """The ways to each entry of each menu that is reached from the home screen."""
    home = profile.home
    ahead: list[tuple[str, Errand, frozenset[str]]] = [
        (menu, ((PRESS, digits, "OK"),), frozenset()) for digits, menu in home.shortcuts.items()
    ]
    for entry in home.entries:
        way: Errand = ((TAP, entry.id),)
        yield MenuWay(entry.flow, way)
        if entry.menu:
            ahead.append((entry.menu, way, frozenset()))
    while ahead:
        name, way, been = ahead.pop(0)
        menu = profile.menus[name]
        if menu.passcode:
            way = (*way, (PRESS, profile.passcodes[menu.passcode].code, "OK"))
        for entry in menu.entries:
            there = (*way, (TAP, entry.id))
            if entry.flow == "refund" and profile.refunds.passcode:
                there = (*there, (PRESS, profile.passcodes[profile.refunds.passcode].code, "OK"))
            if entry.flow == "change-passcode":
                there = (*there, (PRESS, next(iter(profile.passcodes.values())).code, "OK"))
            yield MenuWay(entry.flow, there)
            if entry.menu and entry.menu not in been:
                ahead.append((entry.menu, there, been | {name}))


def starts(profile: Profile) -> Iterator[Errand]:
    """How a payment begins at the home screen."""
    if profile.home.style == "tabs":
        yield ()
    else:
        yield from (((TAP, entry.id),) for entry in profile.home.entries if entry.flow == "sale")


def paid(start: Errand, amount: int | str, presented: Act = CHIP, *between: Act) -> Errand:
    """One payment up to its result, and home again."""
    return (*start, (PRESS, str(amount), "OK"), presented, *between, *DONE)


def _to(ways: list[MenuWay], *flows: str) -> list[Errand]:
    return [way.acts for way in ways if way.flow in flows]


def _payments(profile: Profile, pins: Mapping[str, str]) -> Iterator[Errand]:
    for start in starts(profile):
        for presented in PRESENTED:
            yield paid(start, 1000, presented)
        yield paid(start, 1250)
        for card in ("mastercard-pin", "visa-online-pin", "interac-debit", "interac-debit-fr", "amex-credit"):
            pin = pins.get(card, "")
            typed: Errand = ((PRESS, pin, "OK"),) if pin else ()
            yield paid(start, 1000, ("insert", card), *typed)
            yield paid(start, 1250, ("tap-card", card), *typed)
        wrong: Errand = ((PRESS, "9876", "OK"),)
        pin = pins.get("mastercard-pin", "1234")
        yield paid(start, 1000, ("insert", "mastercard-pin"), *wrong, (PRESS, pin, "OK"))
        yield paid(start, 1000, ("insert", "mastercard-pin"), *(wrong * 3))
        yield paid(start, 1000, ("insert", "mastercard-pin"), (PRESS, pin[:3], "OK"), (PRESS, "CLEAR"))
        for card in ("visa-credit-fr", "visa-declined", "mute", "visa-card-declines", "visa-insufficient"):
            yield paid(start, 1000, ("insert", card))
        yield paid(start, 1000, ("insert", "interac-visa-debit"), (TAP, "application-2"))
        yield paid(start, 1000, ("insert", "mute"), ("remove", "card"), ("swipe", "mute"))
        yield paid(start, 1000, ("swipe", "visa-credit"), CHIP)
        yield paid(start, 1000, ("swipe", "gift-card"))
        yield (*start, (PRESS, "1000", "OK"), (TAP, "cancel"), (TAP, "confirm"))
        yield (*start, (PRESS, "1000", "OK"), CHIP, ("remove", "card"), (TAP, "confirm"))
        yield (*start, (PRESS, "12"), (PRESS, "CLEAR"), (PRESS, "5", "OK"), CHIP, *DONE)
        yield (*paid(start, 1000), *paid(start, 1250))
        if profile.checkout is not None:
            yield (*start, (PRESS, "1000", "OK"), (TAP, "clearpay"), ("tap-card", "visa-credit"), *DONE)
            yield (
                *start,
                (PRESS, "1000", "OK"),
                CHIP,
                (WAIT, "2s"),
                (TAP, "digital-receipt"),
                (PRESS, "5145551234", "OK"),
                *DONE,
            )
            yield (*start, (PRESS, "1000", "OK"), CHIP, (WAIT, "2s"), (TAP, "transactions"), (TAP, "home"))


def _bounds(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    limits = profile.limits
    for start in starts(profile):
        yield paid(start, limits.max_amount)
        yield paid(start, limits.max_amount + 1)
    for way in _to(ways, "moto"):
        yield (*way, (PRESS, str(limits.moto_max_amount), "OK"))
        yield (*way, (PRESS, str(limits.moto_max_amount + 1), "OK"))
    for way in _to(ways, "refund"):
        yield paid(way, limits.refund_max_amount)
        yield paid(way, limits.refund_max_amount + 1)
    for _, length in profile_times(profile):
        for start in starts(profile):
            yield (*start, (PRESS, "1000", "OK"), (WAIT, str(Duration(length + SECOND))))


def profile_times(profile: Profile) -> list[tuple[str, Duration]]:
    """The time-outs of the profile by their names, each length once."""
    found = {getattr(profile.timeouts, name): name for name in ("card", "entry", "menu", "result")}
    return [(name, length) for length, name in found.items()]


def _afterwards(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """A void, a second void, reprints, filters: what is done with payments that were made."""
    for start in starts(profile):
        one, two = (
            paid(start, 1000),
            (*paid(start, 1000), *paid(start, 1250, ("tap-card", "mastercard-pin"), (PRESS, "1234", "OK"))),
        )
        declined = paid(start, 1000, ("insert", "visa-declined"))
        partly = (("host", "answers", "partial:500"), *paid(start, 1000))
        for way in _to(ways, "history", "transactions"):
            void: Errand = ((TAP, "void"), (WAIT, "2s"), (PRESS, "OK"))
            for row in ("txn-1", "txn-2"):
                yield (*two, *way, (TAP, row), *void)
                for copy in ("customer-receipt", "merchant-receipt"):
                    printed: Errand = ((TAP, "receipts"), (TAP, copy), (TAP, "print"))
                    yield (*two, *way, (TAP, row), *printed)
                    yield (
                        *two,
                        *way,
                        (TAP, row),
                        *printed,
                        (PRESS, "CANCEL"),
                        (PRESS, "CANCEL"),
                        (TAP, "txn-1"),
                        *printed,
                    )
            yield (*one, *way, (TAP, "txn-1"), *void, *way, (TAP, "txn-2"), (TAP, "void"), (WAIT, "2s"))
            yield (
                *one,
                *way,
                (TAP, "txn-1"),
                *void,
                *way,
                (TAP, "txn-2"),
                (TAP, "receipts"),
                (TAP, "merchant-receipt"),
                (TAP, "print"),
            )
            yield (
                *one,
                *way,
                (TAP, "txn-1"),
                *void,
                *way,
                (TAP, "txn-1"),
                (TAP, "receipts"),
                (TAP, "customer-receipt"),
                (TAP, "print"),
            )
            yield (*partly, *way, (TAP, "txn-1"), *void)
            yield (
                *declined,
                *way,
                (TAP, "txn-1"),
                (TAP, "receipts"),
                (TAP, "customer-receipt"),
                (TAP, "print"),
            )
            yield (*one, ("network", "down"), *way, (TAP, "txn-1"), *void, ("network", "up"))
            yield (*one, ("host", "answers", "timeout"), *way, (TAP, "txn-1"), *void, (WAIT, "3min"))
            yield (*one, ("host", "answers", "declined:51"), *way, (TAP, "txn-1"), *void)
            if "standalone" in profile.features:
                yield (
                    *one,
                    ("account", "standalone", "off"),
                    *way,
                    (TAP, "txn-1"),
                    *void,
                    ("account", "standalone", "on"),
                )
            yield (
                *(one * 4),
                *(two * 2),
                *way,
                (TAP, "older"),
                (TAP, "txn-7"),
                (PRESS, "CANCEL"),
                (TAP, "newer"),
            )
        for way in _to(ways, "transactions"):
            for name in ("completed", "declined", "pending"):
                yield (*one, *declined, *way, (TAP, "filter"), (TAP, name), (TAP, "txn-1"))


def _typed(profile: Profile, ways: list[MenuWay], numbers: Mapping[str, str]) -> Iterator[Errand]:
    """Payments without the card, with each number, month and code that is right or nearly so."""
    ahead: list[Errand] = [(*way, (PRESS, "1000", "OK")) for way in _to(ways, "moto")]
    if profile.checkout is not None and profile.checkout.manual_entry:
        ahead.append(((PRESS, "1000", "OK"), (TAP, "manual-entry")))
    for way in ahead:
        for card, code in TYPED.items():
            number = numbers.get(card, "")
            if number:
                yield (
                    *way,
                    (PRESS, number, "OK"),
                    (PRESS, "0330", "OK"),
                    (PRESS, code, "OK"),
                    *ADDRESS,
                    *DONE,
                )
                yield (*way, (PRESS, number, "OK"), (PRESS, "0330", "OK"), (PRESS, code[:-1], "OK"))
        number = numbers.get("visa-credit", "")
        for month in ("0330", "1330", "0126", "0030"):
            yield (*way, (PRESS, number, "OK"), (PRESS, month, "OK"))
        wrong = f"{number[:-1]}{(int(number[-1:] or '0') + 1) % 10}"
        yield (*way, (PRESS, wrong, "OK"))
    if profile.checkout is not None and profile.checkout.gift_card:
        yield ((PRESS, "1000", "OK"), (TAP, "gift-card"), (PRESS, numbers.get("gift-card", ""), "OK"), *DONE)


def _passcodes(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """Wrong ones up to the lock and beyond, the right one at each moment, and a change of it."""
    for way in ways:
        at = next(
            (at for at, act in enumerate(way.acts) if act[0] == PRESS and act[1] in _codes(profile)), None
        )
        if at is None:
            continue
        rules = next(one for one in profile.passcodes.values() if one.code == way.acts[at][1])
        before, right = way.acts[:at], way.acts[at]
        wrong: Errand = ((PRESS, WRONG, "OK"),) * rules.tries
        yield (*before, *wrong[:-1], right)
        yield (*before, *wrong[:-1], right, *before, *wrong[:-1], right)
        yield (*before, *wrong, right)
        yield (*before, *wrong, ("power", "cut"), ("power", "on"), *before, right)
        for more in (-SECOND, SECOND):
            yield (*before, *wrong, (WAIT, str(Duration(rules.lock + more))), *before, right)
        yield (*before, *wrong[:2], (PRESS, "CANCEL"), *before, *wrong[2:], right)
        break
    for errand in _to(ways, "change-passcode"):
        changed: Errand = (
            *errand,
            (PRESS, NEW, "OK"),
            (PRESS, NEW, "OK"),
            (PRESS, "OK"),
            (PRESS, "CANCEL"),
            (PRESS, "CANCEL"),
        )
        codes = _codes(profile)
        new: Errand = tuple(
            (PRESS, NEW, "OK") if act[0] == PRESS and act[1] in codes else act for act in errand
        )
        yield changed
        yield (*changed, (WAIT, "2min"), *new)
        yield (*changed, (WAIT, "2min"), *errand)
        yield (*changed, ("power", "cut"), ("power", "on"), *new)
        yield (*errand, (PRESS, NEW, "OK"), (PRESS, WRONG, "OK"))
        yield (*errand, (PRESS, "12", "OK"))
        yield (*errand, (PRESS, next(iter(profile.passcodes.values())).code, "OK"))


def _codes(profile: Profile) -> set[str]:
    return {passcode.code for passcode in profile.passcodes.values()}


def _offline(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """Payments while the acquirer is out of reach: at each bound of amount, number and time, and what becomes of them."""
    rules = profile.offline
    if not rules.enabled:
        return
    allow: Errand = ()
    settings = _to(ways, "offline-settings")
    if rules.settings and not rules.allowed and settings:
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
            for presented in (
                *PRESENTED,
                ("insert", "interac-debit"),
                ("insert", "mastercard-pin"),
                ("swipe", "gift-card"),
            ):
                yield (*allow, down, *paid(start, 1000, presented), up)
            for more in (-SECOND, SECOND):
                yield (*allow, down, (WAIT, str(Duration(session + more))), *one)
                if rules.upload is not None:
                    yield (*allow, down, *one, (WAIT, str(Duration(rules.upload + more))), up, (WAIT, "2s"))
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
            if rules.queue_count:
                yield (*allow, down, *(one * (rules.queue_count + 1)), up)
            yield (*allow, down, *(one * 2), up, (WAIT, "2s"))
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
            for way in _to(ways, "transactions", "history"):
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
            for way in _to(ways, "sign-out", "switch-pos", "factory-reset", "delete-app"):
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


def _hindered(profile: Profile, ways: list[MenuWay]) -> Iterator[Errand]:
    """Payments with something wrong around the terminal at the moment that matters."""
    for start in starts(profile):
        begun: Errand = (*start, (PRESS, "1000", "OK"))
        for answer in ("timeout", "late:130s", "garbage", "declined:51", "declined:55", "partial:500"):
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
        yield (*begun, CHIP, ("network", "down"), (WAIT, "150s"), ("network", "up"), (WAIT, "10min"))
        for step in ("genac1", "online"):
            yield (*begun, ("tear", "card", "after", step), CHIP, (WAIT, "3min"))
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
            for way in (*_to(ways, "sale", "moto", "refund"), ()):
                yield (("battery", f"{max(charge, 0)}%"), *way, ("battery", "100%"))
    if "standalone" in profile.features:
        for way in _to(ways, "sale", "moto", "refund"):
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
        yield (("order", '"Table 4"', "2350"), (TAP, "orders"), ("order", '"Table 5"', "1200"), (TAP, "home"))
    for first in ways[:3]:
        yield (
            *first.acts,
            ("fault", "tamper"),
            (PRESS, "OK"),
            ("power", "cut"),
            ("power", "on"),
            (PRESS, "OK"),
        )
