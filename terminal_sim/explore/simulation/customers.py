"""What the people in a shop do at a terminal: payments, voids, refunds and requests of the till, each as acts that follow the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from terminal_sim.bench import TerminalUnderTest
from terminal_sim.explore.search.act import PRESENTING, PRESS, TAP, WAIT, Act
from terminal_sim.explore.search.errands.way import MenuWay, starts
from terminal_sim.explore.search.offers import CHIPS, STRIPES, TAPS
from terminal_sim.explore.search.values import TYPED

CARDS: Mapping[str, tuple[str, ...]] = {"insert": CHIPS, "tap-card": TAPS, "swipe": STRIPES}
SECURITY_CODES: Mapping[str, str] = {"amex-credit": "7373"}
_QUESTIONS = 6  # screens that one presented card may bring up


@dataclass(frozen=True, slots=True)
class ShopTerminal:
    """A terminal as the people of a shop know it: the `ways` through its menus, the `amounts` that things cost here, in minor units, and
    the card numbers and PINs by the names of the cards.
    """

    terminal: TerminalUnderTest
    ways: tuple[MenuWay, ...]
    amounts: tuple[int, ...]
    numbers: Mapping[str, str]
    pins: Mapping[str, str]

    def ways_to(self, *flows: str) -> list[tuple[Act, ...]]:
        """The acts from the home screen to each entry that starts one of these flows."""
        return [way.acts for way in self.ways if way.flow in flows]


Errand = Callable[[ShopTerminal, Random], Iterator[Act]]


def begin(at: ShopTerminal, chance: Random) -> Iterator[Act]:
    """From the home screen to the screen that waits for a card, with an amount."""
    ways = list(starts(at.terminal.profile))
    if ways:
        yield from chance.choice(ways)
    yield PRESS, str(chance.choice(at.amounts)), "OK"


def pay(at: ShopTerminal, chance: Random) -> Iterator[Act]:
    """A payment with a card."""
    yield from begin(at, chance)
    yield from _with_card(at, chance)


def change_mind(at: ShopTerminal, chance: Random) -> Iterator[Act]:
    """A payment that the customer breaks off before a card, or while it is read."""
    yield from begin(at, chance)
    if chance.random() < 0.5:
        yield from list(_with_card(at, chance))[:1]
    yield from ((PRESS, "CANCEL"), (TAP, "cancel"), (TAP, "confirm"), ("remove", "card"))


def pay_without_a_link(at: ShopTerminal, chance: Random) -> Iterator[Act]:
    """Payments while the link or the service is away, where the terminal may take them; some wait for so long that they expire."""
    if not at.terminal.profile.offline.enabled:
        return
    away = chance.choice(("network", "service"))
    yield away, "down"
    for _ in range(chance.choice((1, 2, 3))):
        yield from pay(at, chance)
    yield WAIT, chance.choice(("1min", "10min", "23h", "25h"))
    if (
        chance.random() < 0.2
    ):  # what leaves first is not answered, and the link goes again before it is repeated
        yield "host", "answers", "timeout"
        yield from ((away, "up"), (WAIT, "1s"), (away, "down"), (WAIT, "25h"))
    yield away, "up"
    yield WAIT, "1min"


def pay_by_mail(at: ShopTerminal, chance: Random) -> Iterator[Act]:
    """A payment whose card number is typed."""
    checkout = at.terminal.profile.checkout
    if checkout is not None and checkout.manual_entry:
        yield from begin(at, chance)
        yield TAP, "manual-entry"
    else:
        ways = at.ways_to("moto")
        if not ways:
            return
        yield from chance.choice(ways)
        yield PRESS, str(chance.choice(at.amounts)), "OK"
    card = chance.choice(TYPED)
    yield PRESS, at.numbers[card], "OK"
    yield PRESS, "0330", "OK"
    yield PRESS, SECURITY_CODES.get(card, "737"), "OK"
    yield from ((PRESS, "90210", "OK"), (PRESS, "12", "OK"), (WAIT, "1s"))
    if chance.random() < 0.3:
        yield PRESS, "CANCEL"
    yield from _leave(chance)


def take_back(at: ShopTerminal, chance: Random) -> Iterator[Act]:
    """A void of one of the newest payments of the list."""
    ways = at.ways_to("history", "transactions")
    if not ways:
        return
    yield from chance.choice(ways)
    yield TAP, f"txn-{chance.choice((1, 1, 1, 2, 2, 3))}"
    yield TAP, "void"
    yield from _leave(chance)


def give_back(at: ShopTerminal, chance: Random) -> Iterator[Act]:
    """A refund without a payment, where the terminal has one."""
    ways = at.ways_to("refund")
    if not ways:
        return
    yield from chance.choice(ways)
    yield PRESS, str(chance.choice(at.amounts)), "OK"
    yield from _with_card(at, chance)


def print_again(at: ShopTerminal, chance: Random) -> Iterator[Act]:
    """A reprint of one of the newest receipts."""
    ways = at.ways_to("history", "transactions")
    if not ways:
        return
    yield from chance.choice(ways)
    yield TAP, f"txn-{chance.choice((1, 2))}"
    yield from ((TAP, "receipts"), (TAP, "merchant-receipt"), (TAP, "print"))
    yield from _leave(chance)


def pay_a_ticket(at: ShopTerminal, chance: Random) -> Iterator[Act]:
    """The till asks the terminal for a payment."""
    yield "pos", "sale", _ticket(chance), str(chance.choice(at.amounts))
    yield from _with_card(at, chance)


def cancel_a_ticket(_: ShopTerminal, chance: Random) -> Iterator[Act]:
    """The till takes its request back, which may be too late."""
    yield "pos", "cancel", _ticket(chance)


def refund_a_ticket(_: ShopTerminal, chance: Random) -> Iterator[Act]:
    """The till gives back what a ticket was paid with."""
    yield "pos", "refund", _ticket(chance)
    yield from _leave(chance)


ERRANDS: Mapping[Errand, int] = {
    pay: 20,
    pay_without_a_link: 5,
    pay_by_mail: 3,
    take_back: 5,
    change_mind: 2,
    give_back: 2,
    print_again: 1,
    pay_a_ticket: 4,
    cancel_a_ticket: 1,
    refund_a_ticket: 2,
}
"""Each errand with how often it is done."""


def errand(at: ShopTerminal, chance: Random) -> Iterator[Act]:
    """The acts of the next errand at a terminal."""
    (chosen,) = chance.choices(tuple(ERRANDS), tuple(ERRANDS.values()))
    return chosen(at, chance)


def _with_card(at: ShopTerminal, chance: Random) -> Iterator[Act]:
    """Presents a card that the terminal waits for, answers what it asks, and leaves."""
    ways = [word for word, how in PRESENTING.items() if at.terminal.wants_card(how)]
    if not ways:
        return
    word = chance.choice(ways)
    cards = CARDS[word]
    card = cards[0] if chance.random() < 0.5 else chance.choice(cards)
    yield word, card
    for _ in range(_QUESTIONS):
        match at.terminal.view().screen.id:
            case "enter-pin":
                pin = at.pins.get(card, "1234")
                yield PRESS, pin if chance.random() < 0.9 else "9876", "OK"
            case "choose-application":
                yield TAP, f"application-{chance.choice((1, 2))}"
            case _:
                break
    yield from _leave(chance)


def _leave(chance: Random) -> Iterator[Act]:
    yield WAIT, chance.choice(("1s", "2s", "5s"))
    yield "remove", "card"
    yield PRESS, "OK"
    yield WAIT, chance.choice(("1s", "1s", "1s", "20s", "2min"))


def prices(chance: Random) -> tuple[int, ...]:
    """What things cost in a shop, in minor units: few amounts, so that an answer to one payment could be taken for that of another."""
    some = (1, 500, 1000, 1250, 9_999, 10_000, 10_001, chance.randrange(100, 20_000))
    return tuple(chance.sample(some, chance.choice((1, 2, 4))))


def _ticket(chance: Random) -> str:
    return f"T-{chance.randrange(1, 20)}"
