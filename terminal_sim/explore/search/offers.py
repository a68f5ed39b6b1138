"""What can be done at a terminal where it stands: acts from the screen, the field, the reader, the clock, the point of sale and the world, by its profile alone."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Duration, Role, TerminalUnderTest
from terminal_sim.explore.search.act import PRESENTING, PRESS, TAP, WAIT
from terminal_sim.explore.search.ground import ExploredSession
from terminal_sim.explore.search.standing_offers import OfferedAct
from terminal_sim.explore.search.values import values
from terminal_sim.explore.search.world import cures

# The cards by which the kernel goes its usual ways, those first that go most of them; every other card is presented less often.
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
_USUAL = {"insert": CHIPS, "tap-card": TAPS, "swipe": STRIPES}
_FIRST = {"insert": 14, "tap-card": 8, "swipe": 6}


def offers(session: ExploredSession) -> list[OfferedAct]:
    """All sensible acts here, in an order that depends on nothing else."""
    terminal = session.terminal
    if not terminal.is_on:
        return [OfferedAct(("power", "on"), 60), OfferedAct((WAIT, "1h"), 2), *_world(session)]
    return [
        *_screen(session),
        *_field(session),
        *_reader(session),
        *_clock(session),
        *_till(session),
        *_world(session),
    ]


def _screen(session: ExploredSession) -> Iterator[OfferedAct]:
    terminal, standing = session.terminal, session.ground.standing
    for item in terminal.view().unplaced:
        if not item.touchable or item.role is Role.KEY or not item.id:
            continue
        if item.role is Role.BUTTON:
            yield OfferedAct((TAP, item.id), 4 if item.key == "CANCEL" else 12)
        else:
            yield OfferedAct((TAP, item.id), 4 if item.role is Role.TAB else 16)
    taken = {key for key in standing.looked_at if terminal.takes(key)}
    yield from (press for key, press in standing.presses if key in taken)
    yield from (press for key, press in standing.blind_presses if key not in taken)
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


def _reader(session: ExploredSession) -> Iterator[OfferedAct]:
    terminal, cards = session.terminal, session.ground.cards
    for verb, how in PRESENTING.items():
        if terminal.wants_card(how):
            usual = _USUAL[verb]
            yield OfferedAct((verb, usual[0]), _FIRST[verb])
            yield from (OfferedAct((verb, card), 4) for card in usual[1:])
            yield from (OfferedAct((verb, card), 1) for card in cards[verb] if card not in usual)
    if terminal.card_in_slot:
        yield OfferedAct(("remove", "card"), 12)


def _clock(session: ExploredSession) -> Iterator[OfferedAct]:
    terminal = session.terminal
    due = session.bench.next_deadline()
    if due is not None:
        left = due.at - session.bench.now.mono
        asks_nobody = terminal.view().screen.id in ("processing", "checking-last")
        weight = 120 if due.name == "field" else 30 if asks_nobody else 8
        if left > 0:
            yield OfferedAct((WAIT, str(Duration(left))), weight)
        if left > 1:
            yield OfferedAct((WAIT, str(Duration(left - 1))), 2)
    yield from session.ground.standing.waits


def _till(session: ExploredSession) -> Iterator[OfferedAct]:
    """What the point of sale may ask for: a sale of an ordinary amount and of one too high, its end, and the money back, of the one before, too."""
    count = session.bench.sales_count
    for amount in (1000, session.terminal.profile.limits.max_amount + 1):
        yield OfferedAct(("pos", "sale", f"T-{count + 1}", str(amount)), 2 if amount == 1000 else 1)
    if count:
        runs = "pos-payment" in session.terminal.view().ids
        yield OfferedAct(("pos", "cancel", f"T-{count}"), 12 if runs else 3)
        yield OfferedAct(("pos", "refund", f"T-{count}"), 3)
    if count > 1:
        yield OfferedAct(("pos", "refund", f"T-{count - 1}"), 2)


def _world(session: ExploredSession) -> Iterator[OfferedAct]:
    """What can go wrong around the terminal, and right again."""
    yield from session.ground.standing.faults
    for cure in cures(session.terminal):
        yield OfferedAct(cure, 14)
