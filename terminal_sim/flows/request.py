"""What a payment is made of: the card's details, the row that the journal keeps and the request that the acquirer gets."""

from __future__ import annotations

from msgspec import Struct

from terminal_sim.core.flow import Firmware
from terminal_sim.core.message import Avs, EntryMode, HostRequest, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.payment_request import asked_for
from terminal_sim.emv.data.card_number import brand_of
from terminal_sim.secret import Secret, mask_pan


class CardDetails(Struct, frozen=True, kw_only=True):
    """What a card or the cardholder gave for one payment. `fallback` says that the stripe stands for a chip. `expiry` is YYMM; `aid` and `label` are of a chip's application."""

    entry: EntryMode
    fallback: bool = False
    pan: Secret[str]
    expiry: Secret[str] | None = None
    sequence: str = ""
    track2: Secret[str] | None = None
    cvc: Secret[str] | None = None
    pin_block: Secret[bytes] | None = None
    key_serial: bytes = b""
    icc_data: bytes = b""
    avs: Avs | None = None
    aid: str = ""
    label: str = ""


def brand_name(pan: str) -> str:
    """The brand as the journal keeps it; empty where the number belongs to no brand of `emv.brand`."""
    brand = brand_of(pan)
    return brand.name if brand is not None else ""


def payment_of(
    terminal: Firmware, kind: MessageKind, amount: Money, card: CardDetails, locale: str
) -> Payment:
    """The first row of a payment: the next STAN, a reference of its own and a masked card number, sent to the acquirer.

    Where a point of sale asked for it, the row says so from the beginning.
    """
    stan = terminal.durable.trace_number.following
    payment = Payment(
        kind=kind,
        reference=terminal.reference(),
        state=PaymentState.AUTH_SENT,
        amount=amount,
        requested=amount.minor,
        entry=card.entry,
        fallback="chip" if card.fallback else "",
        pan=mask_pan(card.pan.reveal()),
        brand=brand_name(card.pan.reveal()),
        stan=stan,
        at=terminal.now.civil_second,
        sequence=card.sequence,
        language=locale,
        batch=terminal.settlements.batch,
    )
    return asked_for(payment, terminal.requests.payment)


def request_of(terminal: Firmware, payment: Payment, card: CardDetails) -> HostRequest:
    """The authorization request for `payment`, with the card's details in clear."""
    return HostRequest(
        kind=payment.kind,
        terminal=terminal.name,
        merchant=terminal.profile.merchant.id,
        stan=payment.stan,
        reference=payment.reference,
        amount=payment.amount,
        at=payment.at,
        entry=card.entry,
        fallback=card.fallback,
        pan=card.pan,
        expiry=card.expiry,
        sequence=card.sequence,
        track2=card.track2,
        cvc=card.cvc,
        pin_block=card.pin_block,
        key_serial=card.key_serial,
        icc_data=card.icc_data,
        avs=card.avs,
        batch=payment.batch,
    )
