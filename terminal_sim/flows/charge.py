"""A payment whose amount is known: with a card, or by one of the other ways that the checkout offers.

Rules:
1. While the acquirer is out of reach each way is refused with its own words, and the card is still asked for; so it is where he goes out of reach behind the choice of a way.
2. A number that is typed goes the way of a payment without the card; a gift card has neither expiry nor code.
"""

from __future__ import annotations

from terminal_sim.core import effects as fx
from terminal_sim.core.config import Checkout
from terminal_sim.core.events import Event, Trigger
from terminal_sim.core.flow import STAY, Flow, Move, State
from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.screen import Choice, Screen, Shown, TextLine
from terminal_sim.core.text import Text, say
from terminal_sim.emv.data.card_number import brand_of, is_luhn_valid
from terminal_sim.flows import fields
from terminal_sim.flows.card_payment import BEFORE_REQUEST
from terminal_sim.flows.ending import ENDING_MOVES, ENDINGS
from terminal_sim.flows.message_receipt import MESSAGE_RECEIPT_MOVES, RECEIPT_NUMBER, MessageReceiptFlow
from terminal_sim.flows.moto import FIELDS, NUMBER_MOVES, NUMBER_STATES, MotoFlow
from terminal_sim.flows.payment import ANSWER_MOVES, AUTHORISING
from terminal_sim.flows.request import CardDetails
from terminal_sim.flows.restricted import RESTRICTIONS, RestrictedFlow
from terminal_sim.flows.sale import CARD_MOVES, CARD_STATES
from terminal_sim.secret import Secret

_REFUSED = {
    "manual-entry": "not-offline-manual",
    "gift-card": "not-offline-gift-card",
    "clearpay": "not-offline-clearpay",
}
_CHOSEN = {"clearpay-tap": "clearpay"}  # the prompts that ask for the card of one of these ways


class ChargeFlow(MessageReceiptFlow, RestrictedFlow):
    """A purchase of a known `amount`."""

    __slots__ = ()

    @property
    def ways(self) -> list[str]:
        """The ways beside the card that are offered. A point of sale that says how the card comes in leaves none."""
        asked = self.terminal.requests.payment
        if asked is not None and asked.entries:
            return []
        offered = self.terminal.profile.checkout or Checkout()
        switches = {
            "manual-entry": offered.manual_entry,
            "gift-card": offered.gift_card,
            "clearpay": offered.clearpay and self.terminal.profile.entries.contactless,
        }
        return [way for way, there in switches.items() if there]

    def offers_ways(self, _: Event) -> bool:
        return bool(self.ways)

    def way_is_refused(self, event: Event) -> bool:
        way = fields.touched(event)
        return self.offers_ways(event) and way in _REFUSED and self.refusal_of_way(way) is not None

    def refusal_of_way(self, way: EntryMode | str, brand: str = "") -> Text | None:
        """The same for the ways beside the card. A number that is typed is a payment without the card, which has a limit of its own."""
        if not isinstance(way, str) or way not in _REFUSED:
            return super().refusal_of_way(way, brand)
        if self._offline:
            return self.terminal.offline.refusal_of_all or say(_REFUSED[way])
        limit = Money(
            fields.highest_of(self.terminal.profile.limits, ManualEntryFlow.kind), self.amount.currency
        )
        too_high = way == "manual-entry" and self.amount.minor > limit.minor
        return say("amount-too-high", max=limit) if too_high else None

    def way_by(self, entry: EntryMode) -> EntryMode | str:
        return _CHOSEN.get(self.prompt, entry)

    def chosen_is_refused(self, _: Event) -> bool:
        """Whether the prompt asks for the card of a way that is not taken any more."""
        chosen = _CHOSEN.get(self.prompt)
        return chosen is not None and self.refusal_of_way(chosen) is not None

    def picks_clearpay(self, event: Event) -> bool:
        return self.offers_ways(event) and fields.touched(event) == "clearpay"

    def refuse_way(self, event: Event) -> None:
        self.refuse(fields.touched(event))

    def tap_clearpay(self, _: Event) -> None:
        self.prompt, self.remark = "clearpay-tap", None

    def ask_for_any(self, _: Event) -> None:
        """Ask for any card in the place of the one that was chosen, and say why."""
        chosen = _CHOSEN[self.prompt]
        self.prompt = "present-card"
        self.refuse(chosen)

    def type_number(self, event: Event) -> None:
        self.terminal.order(fx.CloseReader())
        typed = (GIFT_CARD if fields.touched(event) == "gift-card" else MANUAL_ENTRY).begin(self.terminal)
        typed.amount = self.amount
        self.terminal.push(typed)

    def present(self) -> Screen:
        shown = super().present()
        ways = (
            tuple(Choice(way, say(way), sellers=True) for way in self.ways)
            if self.prompt == "present-card"
            else ()
        )
        *elements, leave = shown.elements
        return Screen(shown.id, (*elements, *ways, leave))

    def sum(self) -> tuple[TextLine, ...]:
        """The ticket with the amount, where a point of sale asked for the payment."""
        asked = self.terminal.requests.payment
        if asked is None:
            return super().sum()
        return (TextLine(say("pos-payment", ticket=asked.ticket, amount=asked.amount), "pos-payment"),)


CHARGE = Flow(
    "charge",
    ChargeFlow,
    "present",
    (*CARD_STATES, RECEIPT_NUMBER),
    (
        *MESSAGE_RECEIPT_MOVES,
        Move(Trigger.SELECT, "present", STAY, guard=ChargeFlow.way_is_refused, action=ChargeFlow.refuse_way),
        Move(
            Trigger.SELECT,
            "present",
            "present",
            guard=ChargeFlow.picks_clearpay,
            action=ChargeFlow.tap_clearpay,
        ),
        Move(Trigger.SELECT, "present", STAY, guard=ChargeFlow.offers_ways, action=ChargeFlow.type_number),
        *(
            Move(
                trigger,
                "present",
                "present",
                guard=ChargeFlow.chosen_is_refused,
                action=ChargeFlow.ask_for_any,
            )
            for trigger in (Trigger.NETWORK_LOST, Trigger.SERVICE_LOST)
        ),
        Move(Trigger.REQUEST_CANCELLED, ("present", *BEFORE_REQUEST), "failed", action=ChargeFlow.taken_back),
        *RESTRICTIONS,
        *CARD_MOVES,
    ),
    starts=("manual-entry", "gift-card"),
)


class GiftCardFlow(MessageReceiptFlow, MotoFlow):
    """The number of a gift card, and nothing else."""

    __slots__ = ()
    kind = MessageKind.SALE

    def number_is_good(self, _: Event) -> bool:
        brand = brand_of(self.typed)
        known = brand is not None and brand.name == "square-gift" and len(self.typed) in brand.lengths
        return known and is_luhn_valid(self.typed)

    def send_number(self, _: Event) -> None:
        self.request(CardDetails(entry=EntryMode.KEYED, pan=Secret(self.typed)))
        self.typed = ""

    def ask_number(self) -> Screen:
        return self.field("card-number", Shown.PAN)


class ManualEntryFlow(MessageReceiptFlow, MotoFlow):
    """The number, expiry and code of a card that is typed at the counter, for an `amount` that is known."""

    __slots__ = ()
    kind = MessageKind.MOTO


MANUAL_ENTRY = Flow(
    "manual-entry",
    ManualEntryFlow,
    "card-number",
    (*NUMBER_STATES, RECEIPT_NUMBER),
    (
        *MESSAGE_RECEIPT_MOVES,
        Move(Trigger.REQUEST_CANCELLED, FIELDS, "failed", action=ManualEntryFlow.taken_back),
        *NUMBER_MOVES,
    ),
    needs="manual-entry",
)

GIFT_CARD = Flow(
    "gift-card",
    GiftCardFlow,
    "card-number",
    (State("card-number", GiftCardFlow.ask_number, timeout="entry"), AUTHORISING, *ENDINGS, RECEIPT_NUMBER),
    (
        *MESSAGE_RECEIPT_MOVES,
        Move(Trigger.DIGIT, "card-number", STAY, guard=GiftCardFlow.has_room, action=GiftCardFlow.add),
        Move(Trigger.CLEAR, "card-number", STAY, guard=GiftCardFlow.has_input, action=GiftCardFlow.rub_out),
        Move(Trigger.CANCEL, "card-number", "failed", action=GiftCardFlow.cancel_payment),
        Move(Trigger.REQUEST_CANCELLED, "card-number", "failed", action=GiftCardFlow.taken_back),
        Move(Trigger.TIMEOUT, "card-number", "failed", action=GiftCardFlow.run_out_of_time),
        Move(
            Trigger.CONFIRM,
            "card-number",
            "authorising",
            guard=GiftCardFlow.number_is_good,
            action=GiftCardFlow.send_number,
        ),
        Move(Trigger.CONFIRM, "card-number", STAY, action=GiftCardFlow.complain_of_number),
        *ANSWER_MOVES,
        *ENDING_MOVES,
    ),
    needs="gift-card",
)
