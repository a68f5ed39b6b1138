"""A payment whose amount is known: with a card, or by one of the other ways that the checkout offers.

Rules:
1. While the acquirer is out of reach each way is refused with its own words, and the card is still asked for.
2. A number that is typed goes the way of a payment without the card; a gift card has neither expiry nor code.
"""

from __future__ import annotations

from terminal_sim.core import effects as fx
from terminal_sim.core.config import Checkout
from terminal_sim.core.events import Event, Touched, Trigger
from terminal_sim.core.flow import DONE, STAY, Flow, Move, State
from terminal_sim.core.message import Entry, MessageKind
from terminal_sim.core.screen import Choice, Screen, Shown
from terminal_sim.core.text import say
from terminal_sim.emv.brand import brand_of, is_luhn_valid
from terminal_sim.flows.card_payment import CardPayment
from terminal_sim.flows.moto import NUMBER_MOVES, NUMBER_STATES, Moto
from terminal_sim.flows.sale import PRESENTED_MOVES, PRESENTED_STATES
from terminal_sim.flows.settlement import AUTHORISING, ENDING_MOVES, ENDINGS
from terminal_sim.secret import Secret

_REFUSED = {
    "manual-entry": "not-offline-manual",
    "gift-card": "not-offline-gift-card",
    "clearpay": "not-offline-clearpay",
}


class Charge(CardPayment):
    """`amount` is given by whoever pushes it."""

    __slots__ = ()
    kind = MessageKind.SALE

    @property
    def ways(self) -> list[str]:
        offered = self.terminal.profile.checkout or Checkout()
        switches = {
            "manual-entry": offered.manual_entry,
            "gift-card": offered.gift_card,
            "clearpay": offered.clearpay and self.terminal.profile.entries.contactless,
        }
        return [way for way, there in switches.items() if there]

    def way_not_offline(self, event: Event) -> bool:
        return self.terminal.offline.active and _target(event) in _REFUSED

    def picks_clearpay(self, event: Event) -> bool:
        return _target(event) == "clearpay"

    def refuse_way(self, event: Event) -> None:
        self.remark = say(_REFUSED[_target(event)])
        self.terminal.order(fx.Beep("bad"))

    def tap_clearpay(self, _: Event) -> None:
        self.prompt, self.remark = "clearpay-tap", None

    def type_number(self, event: Event) -> None:
        self.terminal.order(fx.CloseReader())
        self.terminal.push(self.terminal.flows[_target(event)], amount=self.amount)

    def present(self) -> Screen:
        shown = super().present()
        ways = tuple(Choice(way, say(way)) for way in self.ways) if self.prompt == "present-card" else ()
        *elements, leave = shown.elements
        return Screen(shown.id, (*elements, *ways, leave))


CHARGE = Flow(
    "charge",
    Charge,
    "present",
    PRESENTED_STATES,
    (
        Move(Trigger.SELECT, "present", STAY, guard="way_not_offline", action="refuse_way"),
        Move(Trigger.SELECT, "present", "present", guard="picks_clearpay", action="tap_clearpay"),
        Move(Trigger.SELECT, "present", STAY, action="type_number"),
        *PRESENTED_MOVES,
    ),
)


class GiftCard(Moto):
    """The number of a gift card, and nothing else."""

    __slots__ = ()
    kind = MessageKind.SALE

    def number_is_good(self, _: Event) -> bool:
        brand = brand_of(self.typed)
        known = brand is not None and brand.name == "square-gift" and len(self.typed) in brand.lengths
        return known and is_luhn_valid(self.typed)

    def send_number(self, _: Event) -> None:
        self.request(Entry.KEYED, Secret(self.typed))
        self.typed = ""

    def ask_number(self) -> Screen:
        return self.field("card-number", Shown.PAN)


class ManualEntry(Moto):
    """The number, expiry and code of a card that is typed at the counter; `amount` is given by whoever pushes it."""

    __slots__ = ()
    kind = MessageKind.MOTO


MANUAL_ENTRY = Flow("manual-entry", ManualEntry, "card-number", NUMBER_STATES, NUMBER_MOVES)

GIFT_CARD = Flow(
    "gift-card",
    GiftCard,
    "card-number",
    (State("card-number", "ask_number", timeout="entry"), AUTHORISING, *ENDINGS),
    (
        Move(Trigger.DIGIT, "card-number", STAY, guard="fits", action="add"),
        Move(Trigger.CLEAR, "card-number", STAY, guard="anything", action="rub_out"),
        Move(Trigger.CANCEL, "card-number", DONE, action="go_home"),
        Move(Trigger.TIMEOUT, "card-number", "failed", action="run_out_of_time"),
        Move(Trigger.CONFIRM, "card-number", "authorising", guard="number_is_good", action="send_number"),
        Move(Trigger.CONFIRM, "card-number", STAY, action="complain_of_number"),
        Move(Trigger.HOST_REPLY, "authorising", "approved", guard="host_approves", action="complete"),
        Move(Trigger.HOST_REPLY, "authorising", "failed", action="decline"),
        Move(Trigger.HOST_UNREACHABLE, "authorising", "failed", action="give_up"),
        Move(Trigger.TIMEOUT, "authorising", "failed", action="doubt"),
        *ENDING_MOVES,
    ),
)


def _target(event: Event) -> str:
    return event.target if isinstance(event, Touched) else ""
