"""A payment without the card, for mail and telephone orders: amount, number, expiry, CVC, address where it is asked for.

Rules:
1. Postal code and street number are asked for only where the profile asks and the country of the card's issuer is one of its
   `ask_address_in`.
2. The acquirer's answer to the address is shown; green or a short wait accepts it, red takes the payment back.
3. Card number and CVC are shown masked, never recorded, and forgotten once the request has left.
"""

from __future__ import annotations

from terminal_sim.core.events import Event, Trigger
from terminal_sim.core.flow import DONE, STAY, Firmware, Flow, Move, Moves, State, States
from terminal_sim.core.message import Avs, EntryMode, MessageKind
from terminal_sim.core.screen import Screen, Shown, TextLine, Tone
from terminal_sim.core.text import say
from terminal_sim.emv.data.card_number import brand_of, is_luhn_valid
from terminal_sim.flows import fields
from terminal_sim.flows.ending import ENDING_MOVES, ENDINGS
from terminal_sim.flows.payment import ANSWER_MOVES, AUTHORISING, CUSTOMER_CANCELLED, PaymentFlow
from terminal_sim.flows.request import CardDetails
from terminal_sim.secret import Secret

_LONGEST = {"amount": 10, "card-number": 19, "expiry": 4, "postal-code": 10, "street-number": 10}


class MotoFlow(PaymentFlow, fields.AmountField):
    """What was typed so far; each confirmed field moves on to the next that is needed."""

    __slots__ = ("cvc", "expiry", "pan", "postal_code", "street_number")
    kind = MessageKind.MOTO

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.pan: Secret[str] = Secret("")
        self.cvc: Secret[str] = Secret("")
        self.expiry = ""
        self.postal_code = ""
        self.street_number = ""

    @property
    def highest(self) -> int:
        return fields.highest_of(self.terminal.profile.limits, MessageKind.MOTO)

    @property
    def cvc_length(self) -> int:
        brand = brand_of(self.pan.reveal())
        return brand.cvc if brand is not None else 3

    # Guards.

    def has_room(self, _: Event) -> bool:
        longest = self.cvc_length if self.state == "cvc" else _LONGEST[self.state]
        return len(self.typed) < longest

    def number_is_good(self, _: Event) -> bool:
        brand = brand_of(self.typed)
        return brand is not None and len(self.typed) in brand.lengths and is_luhn_valid(self.typed)

    def number_is_of_no_taken_brand(self, event: Event) -> bool:
        return self.number_is_good(event) and self.is_refused_brand(self.typed)

    def expiry_is_good(self, event: Event) -> bool:
        return self.expiry_is_a_month(event) and not self._expired()

    def expiry_is_a_month(self, _: Event) -> bool:
        return len(self.typed) == 4 and 1 <= int(self.typed[:2]) <= 12

    def cvc_is_asked(self, event: Event) -> bool:
        return self.expiry_is_good(event) and self.terminal.profile.moto.ask_cvc

    def address_is_asked(self, event: Event) -> bool:
        return self._field_is_good(event) and self._wants_address()

    def cvc_is_good(self, _: Event) -> bool:
        return len(self.typed) == self.cvc_length

    def _field_is_good(self, event: Event) -> bool:
        return self.cvc_is_good(event) if self.state == "cvc" else self.expiry_is_good(event)

    def _wants_address(self) -> bool:
        moto = self.terminal.profile.moto
        pan = self.pan.reveal()
        country = next((c for iin, c in moto.iin_countries.items() if pan.startswith(iin)), "")
        return moto.ask_address and country in moto.ask_address_in

    def _expired(self) -> bool:
        now = self.terminal.now.civil
        return (2000 + int(self.typed[2:]), int(self.typed[:2])) < (now.year, now.month)

    def approved_with_address(self, event: Event) -> bool:
        return self.host_approves(event) and self._wants_address()

    # Actions.

    def complain_of_number(self, _: Event) -> None:
        self.complaint = say("number-invalid")

    def complain_of_expiry(self, event: Event) -> None:
        self.complaint = say("expired-card" if self.expiry_is_a_month(event) else "expiry-invalid")

    def complain_of_cvc(self, _: Event) -> None:
        self.complaint = say("cvc-invalid", n=self.cvc_length)

    def take_amount(self, _: Event) -> None:
        self.amount = self.typed_amount
        self.typed = ""

    def take_number(self, _: Event) -> None:
        self.pan, self.typed = Secret(self.typed), ""

    def take_field(self, _: Event) -> None:
        """The field that the current state asks for, as typed."""
        if self.state == "expiry":
            self.expiry = self.typed
        elif self.state == "cvc":
            self.cvc = Secret(self.typed)
        elif self.state == "postal-code":
            self.postal_code = self.typed
        else:
            self.street_number = self.typed
        self.typed = ""

    def take_and_send(self, event: Event) -> None:
        self.take_field(event)
        address = Avs(postal_code=self.postal_code, street_number=self.street_number)
        self.request(
            CardDetails(
                entry=EntryMode.KEYED,
                pan=self.pan,
                expiry=Secret(self.expiry[2:] + self.expiry[:2]),
                cvc=self.cvc if len(self.cvc) else None,
                avs=address if self._wants_address() else None,
            )
        )
        self.cvc = Secret("")

    def take_back(self, _: Event) -> None:
        self.reverse(CUSTOMER_CANCELLED)
        self.announce("cancelled")

    # Screens.

    def ask_amount(self) -> Screen:
        return self.field("amount", Shown.MONEY, self.typed_amount)

    def ask_number(self) -> Screen:
        return self.field("card-number", Shown.PAN)

    def ask_expiry(self) -> Screen:
        return self.field("expiry", Shown.DATE)

    def ask_cvc(self) -> Screen:
        return self.field("cvc", Shown.MASKED)

    def ask_postal_code(self) -> Screen:
        return self.field("postal-code", Shown.DIGITS)

    def ask_street_number(self) -> Screen:
        return self.field("street-number", Shown.DIGITS)

    def address_result(self) -> Screen:
        word = self.reply.avs_result if self.reply is not None and self.reply.avs_result else "unknown"
        return Screen(
            "avs-result",
            (
                *self.sum(),
                TextLine(say("avs-result", result=say(f"avs-{word}")), "avs-result", Tone.BIG),
                fields.CONFIRM,
                fields.CANCEL,
            ),
        )


FIELDS = ("card-number", "expiry", "cvc", "postal-code", "street-number")
AMOUNT_MOVES: Moves[MotoFlow] = (
    *fields.amount_moves("amount"),
    Move(Trigger.CANCEL, "amount", DONE, action=MotoFlow.go_home),
    Move(Trigger.TIMEOUT, "amount", "failed", action=MotoFlow.run_out_of_time),
    Move(
        Trigger.CONFIRM, "amount", "card-number", guard=MotoFlow.amount_is_good, action=MotoFlow.take_amount
    ),
    Move(Trigger.CONFIRM, "amount", STAY, action=MotoFlow.complain_of_amount),
)
NUMBER_STATES: States[MotoFlow] = (
    State("card-number", MotoFlow.ask_number, timeout="entry"),
    State("expiry", MotoFlow.ask_expiry, timeout="entry"),
    State("cvc", MotoFlow.ask_cvc, timeout="entry"),
    State("postal-code", MotoFlow.ask_postal_code, timeout="entry"),
    State("street-number", MotoFlow.ask_street_number, timeout="entry"),
    AUTHORISING,
    State("address-result", MotoFlow.address_result, timeout="avs"),
    *ENDINGS,
)
NUMBER_MOVES: Moves[MotoFlow] = (
    Move(Trigger.DIGIT, FIELDS, STAY, guard=MotoFlow.has_room, action=MotoFlow.add),
    Move(Trigger.CLEAR, FIELDS, STAY, guard=MotoFlow.has_input, action=MotoFlow.rub_out),
    Move(Trigger.CANCEL, FIELDS, "failed", action=MotoFlow.cancel_payment),
    Move(Trigger.TIMEOUT, FIELDS, "failed", action=MotoFlow.run_out_of_time),
    Move(
        Trigger.CONFIRM, "card-number", "expiry", guard=MotoFlow.number_is_good, action=MotoFlow.take_number
    ),
    Move(Trigger.CONFIRM, "card-number", STAY, action=MotoFlow.complain_of_number),
    Move(Trigger.CONFIRM, "expiry", "cvc", guard=MotoFlow.cvc_is_asked, action=MotoFlow.take_field),
    Move(
        Trigger.CONFIRM, "expiry", "postal-code", guard=MotoFlow.address_is_asked, action=MotoFlow.take_field
    ),
    Move(
        Trigger.CONFIRM, "expiry", "authorising", guard=MotoFlow.expiry_is_good, action=MotoFlow.take_and_send
    ),
    Move(Trigger.CONFIRM, "expiry", STAY, action=MotoFlow.complain_of_expiry),
    Move(Trigger.CONFIRM, "cvc", "postal-code", guard=MotoFlow.address_is_asked, action=MotoFlow.take_field),
    Move(Trigger.CONFIRM, "cvc", "authorising", guard=MotoFlow.cvc_is_good, action=MotoFlow.take_and_send),
    Move(Trigger.CONFIRM, "cvc", STAY, action=MotoFlow.complain_of_cvc),
    Move(Trigger.CONFIRM, "postal-code", "street-number", action=MotoFlow.take_field),
    Move(Trigger.CONFIRM, "street-number", "authorising", action=MotoFlow.take_and_send),
    Move(
        Trigger.HOST_REPLY,
        "authorising",
        "address-result",
        guard=MotoFlow.approved_with_address,
        action=MotoFlow.keep_reply,
    ),
    *ANSWER_MOVES,
    Move(Trigger.CONFIRM, "address-result", "approved", action=MotoFlow.complete),
    Move(Trigger.TIMEOUT, "address-result", "approved", action=MotoFlow.complete),
    Move(Trigger.CANCEL, "address-result", "failed", action=MotoFlow.take_back),
    *ENDING_MOVES,
)

REQUESTED_MOTO = Flow(
    "requested-moto",
    MotoFlow,
    "card-number",
    NUMBER_STATES,
    (
        Move(Trigger.REQUEST_CANCELLED, FIELDS, "failed", action=MotoFlow.taken_back),
        Move(
            Trigger.CONFIRM,
            "card-number",
            "failed",
            guard=MotoFlow.number_is_of_no_taken_brand,
            action=MotoFlow.refuse_brand,
        ),
        *NUMBER_MOVES,
    ),
    needs="moto",
)

MOTO = Flow(
    "moto",
    MotoFlow,
    "amount",
    (State("amount", MotoFlow.ask_amount, timeout="entry"), *NUMBER_STATES),
    (*AMOUNT_MOVES, *NUMBER_MOVES),
)
