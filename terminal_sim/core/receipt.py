"""A receipt, independent of any printer: lines in the order of the field (domain facts 2.8), masked numbers.

A receipt is a function of the payment's final journal row, the profile's header and the copy, so a reprint is the same
receipt with one mark on top.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct, structs

from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.screen import QrCode
from terminal_sim.core.text import Phrase, Text, say


class Copy(Enum):
    """Whose paper it is; a report is of a batch, and the merchant's, a document a point of sale's."""

    MERCHANT = "merchant"
    CUSTOMER = "customer"
    REPORT = "report"
    DOCUMENT = "document"


class Ruler(Struct, frozen=True):
    """An empty line between groups of fields."""


class Centred(Struct, frozen=True):
    text: Phrase
    bold: bool = False


class Side(Enum):
    """Where on the paper a text stands that is not centred."""

    LEFT = "left"
    RIGHT = "right"


class Written(Struct, frozen=True):
    """A text at one side of the paper."""

    text: str
    side: Side = Side.LEFT
    bold: bool = False


class Pair(Struct, frozen=True):
    """A label on the left and its value on the right."""

    label: Phrase
    value: Phrase | Money
    bold: bool = False


ReceiptLine = Ruler | Centred | Written | Pair | QrCode


class PaymentContent(Struct, frozen=True):
    """What the lines of a payment's receipt say: the `payment` as it was then, the `header` of the profile, and the numbers of terminal and merchant."""

    payment: Payment
    header: tuple[str, ...]
    terminal: str
    merchant: str


class Receipt(Struct, frozen=True):
    """`locale` is the language it prints in; `reference` names the payment, the terminal and its batch, or the request of a point of sale.

    `content` is its lines, or what they follow from: the lines of a payment's receipt are made when somebody reads it.
    """

    copy: Copy
    locale: str
    reference: str
    content: tuple[ReceiptLine, ...] | PaymentContent

    @property
    def lines(self) -> tuple[ReceiptLine, ...]:
        content = self.content
        return content if isinstance(content, tuple) else tuple(_lines(content, self.copy))


# A payment in any other state was shown to the customer as declined, and its reprint says the same; a void that nobody has answered may still be done.
_PAID = (PaymentState.COMPLETED, PaymentState.VOIDED)
# A payment that the terminal has accepted offline, which its card did not approve, and what became of it.
_OFFLINE = {
    PaymentState.PENDING: "receipt-offline",
    PaymentState.FORWARD_SENT: "receipt-offline",
    PaymentState.EXPIRED: "receipt-expired",
    PaymentState.LOST: "receipt-lost",
}
# Why a payment that has no response code was not paid: the journal's word or message reason code (ISO 8583 DE 25 of 1993, DE 60
# of the dialect), and the wording that the screen had.
_REASONS = {
    "no-connection": "no-connection",
    "4000": "cancelled",
    "4007": "reader-lost",
    "4017": "card-error",
    "4021": "no-answer",
}
_MERCHANT_COPY, _CUSTOMER_COPY = say("receipt-merchant-copy"), say("receipt-customer-copy")


def _why(reason: str) -> Text | str:
    """Why a payment without an answer is declined, in the words of the screen."""
    return say(_REASONS[reason]) if reason in _REASONS else ""


def receipt_of(
    payment: Payment, copy: Copy, *, header: tuple[str, ...], locale: str, terminal: str, merchant: str
) -> Receipt:
    """The receipt of a payment that is over or being reversed; one voided since reads as it did when it was completed."""
    return Receipt(copy, locale, payment.reference, PaymentContent(payment, header, terminal, merchant))


def reprinted(receipt: Receipt) -> Receipt:
    """The same receipt with the COPY mark as its first line."""
    return structs.replace(receipt, content=(Centred(say("receipt-copy"), bold=True), *receipt.lines))


def _lines(content: PaymentContent, copy: Copy) -> Iterator[ReceiptLine]:
    payment = content.payment
    for position, line in enumerate(content.header):
        yield Centred(line, bold=position < 2)
    yield Centred(_MERCHANT_COPY if copy is Copy.MERCHANT else _CUSTOMER_COPY, bold=True)
    yield Ruler()
    yield Pair(say("receipt-date"), say("date", at=payment.at))
    yield Pair(say("receipt-time"), say("time", at=payment.at))
    for label, value in (
        ("receipt-ticket", payment.ticket),
        ("receipt-server", payment.server),
        ("receipt-register", payment.register),
    ):
        if value:
            yield Pair(say(label), value)
    yield Ruler()
    yield Pair(say("receipt-card"), "*" * max(len(payment.pan) - 4, 0) + payment.last4)
    if payment.sequence:
        yield Pair(say("receipt-sequence"), payment.sequence)
    if payment.label:
        yield Pair(say("receipt-application"), payment.label)
    if payment.brand:
        yield Pair(say("receipt-card-type"), payment.card_type)
    yield Pair(say("receipt-entry"), say(f"entry-{payment.entry.value}"))
    yield Ruler()
    voided = payment.kind.undoes
    if payment.aid and not voided:
        yield Pair(say("receipt-aid"), payment.aid)
    if not voided:
        yield Pair(say("receipt-merchant"), content.merchant)
    yield Pair(say("receipt-terminal"), content.terminal)
    yield Ruler()
    if payment.auth_code and not voided:
        yield Pair(say("receipt-auth-code"), payment.auth_code)
    yield Pair(say("receipt-tender"), payment.reference)
    if payment.original:
        yield Pair(say("receipt-original"), payment.original)
    if payment.host_reference:
        yield Pair(say("receipt-reference"), payment.host_reference)
    if payment.cryptogram and not voided:
        yield Pair(say("receipt-cryptogram"), payment.cryptogram)
    if payment.avs_result:
        yield Pair(say("receipt-avs"), say(f"avs-{payment.avs_result}"))
    yield Ruler()
    yield Pair(say("receipt-type"), say(f"type-{payment.kind.value}"))
    if payment.requested and payment.requested != payment.amount.minor:
        yield Pair(say("receipt-requested"), Money(payment.requested, payment.amount.currency))
    yield Pair(say("receipt-total"), payment.amount, bold=True)
    yield Ruler()
    if payment.state in _PAID or payment.is_approved_by_card:
        if voided:
            yield Centred(say("receipt-void"), bold=True)
        yield Centred(say("receipt-approved"), bold=True)
    elif payment.state in _OFFLINE:
        yield Centred(say(_OFFLINE[payment.state]), bold=True)
    elif voided and payment.state is PaymentState.REVERSAL_PENDING:
        yield Centred(say("receipt-void-unanswered"), bold=True)
    else:
        yield Centred(say("receipt-declined", code=payment.response_code or _why(payment.reason)), bold=True)
        return
    if payment.cvm == "signature" and copy is Copy.MERCHANT:
        yield Ruler()
        yield Pair(say("receipt-signature"), "____________________")
    if copy is Copy.CUSTOMER:
        yield Ruler()
        yield Centred(say("receipt-retain"))
        yield Centred(say("receipt-thanks"))
