"""Why a payment was not made, in the words of the protocol: one table by the wording that the terminal ends with, one by the issuer's code.

Points of sale decide by the `ErrorCondition` alone; the message is for people.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from terminal_sim.core.payment import Payment
from terminal_sim.core.payment_request import Awaited, RequestRefusal
from terminal_sim.core.text import Text
from terminal_sim.pos.adyen.messages.values import Category, ErrorCondition


class RequestFailure(Struct, frozen=True):
    """`reason` is `refusalReason`, and `message` the short word for it, the same where it is empty; `more` are further members."""

    condition: ErrorCondition
    reason: str
    message: str = ""
    more: Mapping[str, str] = {}

    def members(self) -> dict[str, str]:
        """As members of the additional data."""
        return {"message": self.message or self.reason, "refusalReason": self.reason}


_UNREACHED = RequestFailure(ErrorCondition.UNREACHABLE_HOST, "Communication timeout")
_CARD = RequestFailure(ErrorCondition.INVALID_CARD, "Card could not be read", "INVALID_CARD")
# By the id of the wording that the terminal ends with.
_NOTICES: Mapping[str, RequestFailure] = {
    "cancelled": RequestFailure(ErrorCondition.CANCEL, "108 Shopper cancelled tx"),
    "pos-cancelled": RequestFailure(ErrorCondition.ABORTED, "104 Merchant cancelled tx"),
    "timed-out": RequestFailure(ErrorCondition.CANCEL, "126 Shopper did not present card"),
    "card-removed": RequestFailure(ErrorCondition.CANCEL, "card removed", "CANCELLED"),
    "no-connection": _UNREACHED,
    "card-error": _CARD,
    "not-accepted": RequestFailure(ErrorCondition.INVALID_CARD, "Card not accepted", "NOT_SUPPORTED"),
    "brand-not-taken": RequestFailure(
        ErrorCondition.PAYMENT_RESTRICTION, "Card brand not allowed", "NOT_ALLOWED"
    ),
    "reader-lost": RequestFailure(ErrorCondition.UNAVAILABLE_DEVICE, "Card reader unavailable"),
}
# By the issuer's answer (ISO 8583:1987 DE 39).
_CODES: Mapping[str, RequestFailure] = {
    "01": RequestFailure(ErrorCondition.REFUSAL, "209 Referral", "REFERRAL"),
    "02": RequestFailure(ErrorCondition.REFUSAL, "209 Referral", "REFERRAL"),
    "14": RequestFailure(ErrorCondition.INVALID_CARD, "214 Declined online", "INVALID_CARD"),
    "51": RequestFailure(ErrorCondition.REFUSAL, "210 Not enough balance", "NOT_ENOUGH_BALANCE"),
    "54": RequestFailure(ErrorCondition.REFUSAL, "228 Card expired", "CARD_EXPIRED"),
    "55": RequestFailure(ErrorCondition.WRONG_PIN, "129 Invalid online PIN", "INVALID_PIN"),
    "75": RequestFailure(ErrorCondition.WRONG_PIN, "214 Declined online", "PIN_TRIES_EXCEEDED"),
}
_DECLINED = RequestFailure(ErrorCondition.REFUSAL, "214 Declined online", "DECLINED")
_BY_CARD = RequestFailure(ErrorCondition.REFUSAL, "Declined by the card", "DECLINED")
_NO_ANSWER = "4021"  # the message reason code of a reversal for want of an answer


class NotServed(Exception):
    """A request that is well formed and not done."""

    def __init__(self, refusal: RequestFailure) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


UNSERVED = RequestFailure(ErrorCondition.UNAVAILABLE_SERVICE, "The terminal does not offer this")
BEGUN_BY_NO_REQUEST: Mapping[RequestRefusal, RequestFailure] = {
    RequestRefusal.AMOUNT: RequestFailure(
        ErrorCondition.NOT_ALLOWED, "The amount is not allowed on this terminal"
    ),
    RequestRefusal.CURRENCY: RequestFailure(ErrorCondition.NOT_ALLOWED, "The terminal has another currency"),
    RequestRefusal.SALE: RequestFailure(ErrorCondition.UNAVAILABLE_SERVICE, "The terminal takes no payments"),
    RequestRefusal.BATTERY: RequestFailure(ErrorCondition.DEVICE_OUT, "The battery is too low"),
    RequestRefusal.READER: RequestFailure(ErrorCondition.UNAVAILABLE_DEVICE, "Card reader unavailable"),
    RequestRefusal.ENTRY: RequestFailure(
        ErrorCondition.UNAVAILABLE_DEVICE, "The terminal reads no card in this way"
    ),
    RequestRefusal.CARD: RequestFailure(ErrorCondition.NOT_FOUND, "The terminal holds no such card"),
    RequestRefusal.OFFLINE: _UNREACHED,
    RequestRefusal.PAYMENT: RequestFailure(
        ErrorCondition.UNAVAILABLE_SERVICE, "The terminal takes no payments of this kind"
    ),
    RequestRefusal.PRINTER: RequestFailure(ErrorCondition.UNAVAILABLE_DEVICE, "The terminal has no printer"),
    RequestRefusal.ORIGINAL: RequestFailure(ErrorCondition.NOT_ALLOWED, "The payment cannot be refunded"),
}


def refusal_of(notice: Text, payment: Payment | None) -> RequestFailure:
    """Why a request that ended with `notice` was not done; `payment` is its newest row, where one was begun."""
    known = _NOTICES.get(notice.id)
    if known is not None:
        return known
    if payment is None:
        return _BY_CARD
    if payment.reason == _NO_ANSWER or payment.reason == "no-connection":
        return _UNREACHED
    return _CODES.get(payment.response_code, _DECLINED if payment.response_code else _BY_CARD)


BY_HAND: Mapping[Awaited | None, RequestFailure] = {
    None: RequestFailure(ErrorCondition.BUSY, "ADMIN_MENU"),
    Awaited.CARD: RequestFailure(ErrorCondition.BUSY, "A card is in the slot"),
    Awaited.PAPER: RequestFailure(ErrorCondition.BUSY, "The receipt waits for paper"),
    Awaited.RECEIPT: RequestFailure(ErrorCondition.BUSY, "A receipt is offered"),
}
"""What a request hears while no dialogue runs: by what a payment that is over waits for, and None where somebody is in the menus."""


def busy_with(category: Category, service_id: str) -> RequestFailure:
    """What a request hears while another dialogue runs."""
    said = f"Forbidden Request, Service Dialogue {category.value}Request is in Progress"
    return RequestFailure(ErrorCondition.BUSY, said, more={"serviceId": service_id})
