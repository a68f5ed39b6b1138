"""What can be done at a terminal where it stands: acts from the screen, the field, the reader, the clock and the world, by its profile alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from terminal_sim.bench import Duration, Profile, Role, TerminalUnderTest
from terminal_sim.explore.search.act import PRESS, PRESS_BLINDLY, TAP, WAIT, Act
from terminal_sim.explore.search.ground import ExploredSession

CHIPS = (
    "visa-credit", "visa-credit-fr", "mastercard-pin", "interac-debit", "visa-online-pin", "visa-declined", "mute", "amex-credit",
    "interac-debit-fr", "interac-visa-debit", "visa-card-declines", "visa-offline",
)  # fmt: skip
TAPS = (
    "visa-credit",
    "phone",
    "interac-debit",
    "mastercard-pin",
    "visa-declined",
    "phone-locked",
    "visa-credit-fr",
)
STRIPES = ("visa-stripe", "gift-card", "visa-credit", "mute", "interac-debit")
TYPED = ("visa-credit", "amex-credit", "mastercard-pin", "cb-visa-fr", "gift-card")
SECOND = Duration.parse("1s")
HOUR = Duration.parse("1h")


@dataclass(frozen=True, slots=True)
class OfferedAct:
    """An act, and how much it is preferred to others."""

    act: Act
    weight: int = 10


def offers(session: ExploredSession) -> list[OfferedAct]:
    """All sensible acts here, in an order that depends on nothing else."""
    terminal = session.terminal
    if not terminal.is_on:
        return [OfferedAct(("power", "on"), 60), OfferedAct((WAIT, "1h"), 2), *world(terminal)]
    return [*_screen(terminal), *_field(session), *_reader(terminal), *_clock(session), *world(terminal)]


def _screen(terminal: TerminalUnderTest) -> Iterator[OfferedAct]:
    for item in terminal.view().items:
        if not item.touchable or item.role is Role.KEY or not item.id:
            continue
        if item.role is Role.BUTTON:
            yield OfferedAct((TAP, item.id), 4 if item.key == "CANCEL" else 12)
        else:
            yield OfferedAct((TAP, item.id), 4 if item.role is Role.TAB else 16)
    for key in ("OK", "CANCEL", "CLEAR", "UP", "DOWN", "5"):
        if terminal.takes(key):
            yield OfferedAct((PRESS, key), {"OK": 10, "CANCEL": 4}.get(key, 2))
    if not terminal.takes("MENU"):
        yield OfferedAct((PRESS_BLINDLY, "MENU"), 1)
    yield from (OfferedAct((PRESS, digits, "OK"), 16) for digits in _shortcuts(terminal))


def _shortcuts(terminal: TerminalUnderTest) -> tuple[str, ...]:
    home = terminal.profile.home
    return tuple(home.shortcuts) if terminal.view().screen.id == "home" and terminal.takes("1") else ()


def _field(session: ExploredSession) -> Iterator[OfferedAct]:
    terminal = session.terminal
    screen = terminal.view().screen
    if screen.input is None or not terminal.takes("1"):
        return
    for digits, weight in values(session, screen.id, screen.input.shown.value):
        yield OfferedAct((PRESS, digits, "OK"), weight)
        yield OfferedAct((PRESS, digits), 2)


def values(session: ExploredSession, screen: str, shown: str) -> Iterator[tuple[str, int]]:
    """What is typed into the field of a screen, with its weight."""
    profile = session.terminal.profile
    if shown == "money":
        yield from ((str(amount), 10) for amount in amounts(profile, screen))
    elif screen == "passcode":
        yield from ((code, 40) for code in dict.fromkeys(session.watch.facts.codes.values()))
        yield from (("1111", 10), ("08", 2))
    elif screen in ("new-passcode", "repeat-passcode"):
        yield from (("2580", 30), ("12", 4), ("0856", 4), ("7777", 6))
    elif screen == "card-number":
        numbers = [session.bench.card(name).personality.pan.reveal() for name in TYPED]
        yield from ((number, 12) for number in numbers)
        yield from ((f"{numbers[0][:-1]}{(int(numbers[0][-1]) + 1) % 10}", 4), (numbers[0][:12], 3))
    elif screen == "expiry":
        now = session.bench.now.civil
        yield from (("0330", 24), (f"{now.month:02}{now.year % 100:02}", 8), ("1330", 4), ("03", 2))
        before = (now.year, now.month - 1) if now.month > 1 else (now.year - 1, 12)
        yield f"{before[1]:02}{before[0] % 100:02}", 8
    elif screen == "cvc":
        yield from (("737", 24), ("7373", 10), ("12", 4))
    elif screen == "enter-pin":
        card = session.terminal.card
        right = card.pin.reveal() if card is not None and card.pin is not None else "1234"
        yield from ((right, 30), ("9876", 8), (right[:3], 4), ("1234567890123", 3))
    elif screen == "receipt-number":
        yield from (("5145551234", 20), ("514", 4), ("1234567890123456", 3))
    else:
        yield from (("1", 6), ("12", 6), ("90210", 4))


def amounts(profile: Profile, screen: str) -> tuple[int, ...]:
    """The amounts that the profile speaks of, each with its neighbours, and ordinary ones."""
    limits, offline = profile.limits, profile.offline
    spoken = [limits.max_amount, limits.refund_max_amount, limits.moto_max_amount]
    if offline.enabled:
        spoken += [
            offline.limit,
            offline.limit + 1,
            offline.queue_sum,
            *([offline.limit_max] if screen == "offline-limit" else []),
        ]
    if screen == "offline-limit":
        spoken = [offline.limit, offline.limit_max, offline.limit_max + 1]
    found = [1000, 1250, *spoken, 1, limits.max_amount + 1]
    return tuple(dict.fromkeys(amount for amount in found if amount))


def _reader(terminal: TerminalUnderTest) -> Iterator[OfferedAct]:
    if terminal.wants_card("insert"):
        yield from (OfferedAct(("insert", card), 14 if n == 0 else 4) for n, card in enumerate(CHIPS))
    if terminal.wants_card("tap"):
        yield from (OfferedAct(("tap-card", card), 8 if n == 0 else 4) for n, card in enumerate(TAPS))
    if terminal.wants_card("swipe"):
        yield from (OfferedAct(("swipe", card), 6 if n == 0 else 4) for n, card in enumerate(STRIPES))
    if terminal.card_in_slot:
        yield OfferedAct(("remove", "card"), 12)


def _clock(session: ExploredSession) -> Iterator[OfferedAct]:
    terminal = session.terminal
    due = session.bench.next_deadline()
    if due is not None:
        left = due.at - session.bench.now.mono
        weight = 30 if terminal.view().screen.id in ("processing", "checking-last") else 8
        if left > 0:
            yield OfferedAct((WAIT, str(Duration(left))), weight)
        if left > 1:
            yield OfferedAct((WAIT, str(Duration(left - 1))), 2)
    yield OfferedAct((WAIT, "2s"), 4)
    for length in durations(terminal.profile):
        yield OfferedAct((WAIT, str(length)), 1)


def durations(profile: Profile) -> tuple[Duration, ...]:
    """The long times of the profile, each with a second before and behind."""
    offline = profile.offline
    spoken = [code.lock for code in profile.passcodes.values()]
    if offline.enabled:
        spoken += [
            offline.session.network,
            offline.session.service,
            *([offline.upload] if offline.upload is not None else []),
        ]
    found = [Duration(one + more) for one in dict.fromkeys(spoken) for more in (-SECOND, 0, SECOND)]
    return tuple(found)


def world(terminal: TerminalUnderTest) -> Iterator[OfferedAct]:
    """What can go wrong around the terminal, and right again."""
    for fault in faults(terminal.profile):
        yield OfferedAct(fault, 1)
    for cure in cures(terminal):
        yield OfferedAct(cure, 14)


def faults(profile: Profile) -> tuple[Act, ...]:
    """Everything that can be made to go wrong with a terminal of this profile."""
    found: list[Act] = [
        ("network", "down"), ("network", "slow", "5s"), ("service", "down"), ("power", "cut"), ("power", "off"),
        ("host", "answers", "timeout"), ("host", "answers", "declined:51"), ("host", "answers", "late:130s"), ("host", "answers", "garbage"),
        ("host", "answers", "partial:500"), ("host", "answers", "declined:55"),
        ("fault", "host-duplicate"), ("fault", "host-wrong-amount"), ("fault", "host-wrong-trace"),
        ("fault", "host-wrong-type"),
        ("fault", "stripe-unreadable"),
        ("fault", "card-torn"), ("fault", "card-mute"), ("fault", "card-garbage"), ("fault", "card-answer-lost", "4"),
        ("fault", "commit-unknown"), ("fault", "commit-answer-lost"), ("fault", "disk-full"), ("fault", "wire", "drop"), ("fault", "wire", "unplug"),
        *((("fault", "power-cut-after", str(n))) for n in (1, 2, 3, 5, 8)),
        ("tear", "card", "after", "genac1"), ("tear", "card", "after", "online"),
        ("fault", "tamper"),
    ]  # fmt: skip
    if profile.printer is not None:
        found += [("paper", "out"), ("fault", "printer-jam")]
    if profile.battery is not None:
        found += [
            ("battery", f"{profile.battery.low - 1}%"),
            ("battery", f"{max(profile.battery.critical - 1, 0)}%"),
        ]
        found += [("battery", f"{profile.battery.low}%"), ("battery", f"{profile.battery.critical}%")]
    if profile.app:
        found += [("fault", "app", "closed"), ("fault", "reader-link", "down")]
    if "standalone" in profile.features:
        found.append(("account", "standalone", "off"))
    if profile.checkout is not None and profile.checkout.orders:
        found.append(("order", '"Table 4"', "2350"))
    found += [("network", link) for link in profile.links[1:]]
    return tuple(found)


_CURES: tuple[tuple[str, Act], ...] = (
    ("network down", ("network", "up")),
    ("network slow", ("network", "slow", "0s")),
    ("service down", ("service", "up")),
    ("paper", ("paper", "in")),
    ("fault printer-jam", ("paper", "in")),
    ("battery", ("battery", "100%")),
    ("fault reader-link", ("fault", "reader-link", "up")),
    ("fault app", ("fault", "app", "open")),
    ("fault wire", ("fault", "wire-mend")),
)


def cures(terminal: TerminalUnderTest) -> list[Act]:
    """What makes right what is wrong around the terminal now."""
    found: list[Act] = [("power", "on")] if not terminal.is_on else []
    for said in terminal.conditions():
        found += [cure for begins, cure in _CURES if said.startswith(begins)]
    if terminal.is_on and not terminal.takes_standalone:
        found.append(("account", "standalone", "on"))
    return list(dict.fromkeys(found))
