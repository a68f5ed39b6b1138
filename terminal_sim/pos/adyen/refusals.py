"""Why a payment was not made, in the words of the protocol: one table by the wording that the terminal ends with, one by the issuer's code.

Points of sale decide by the `ErrorCondition` alone; the message is for people.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from terminal_sim.core.payment import Payment
from terminal_sim.core.payment_request import RequestRefusal
from terminal_sim.core.text import Text
from terminal_sim.pos.adyen.values import ErrorCondition


class Refusal(Struct, frozen=True):
    """`reason` is `refusalReason`, and `message` the short word for it, the same where it is empty; `more` are further members."""

    condition: ErrorCondition
    reason: str
    message: str = ""
    more: Mapping[str, str] = {}

    def members(self) -> dict[str, str]:
        """As members of the additional data."""
        return {"message": self.message or self.reason, "refusalReason": self.reason}


_UNREACHED = Refusal(ErrorCondition.UNREACHABLE_HOST, "Communication timeout")
_CARD = Refusal(ErrorCondition.INVALID_CARD, "Card could not be read", "INVALID_CARD")
# By the id of the wording that the terminal ends with.
_NOTICES: Mapping[str, Refusal] = {
    "cancelled": Refusal(ErrorCondition.CANCEL, "108 Shopper cancelled tx"),
    "pos-cancelled": Refusal(ErrorCondition.ABORTED, "104 Merchant cancelled tx"),
    "timed-out": Refusal(ErrorCondition.CANCEL, "126 Shopper did not present card"),
    "card-removed": Refusal(ErrorCondition.CANCEL, "card removed", "CANCELLED"),
    "no-connection": _UNREACHED,
    "card-error": _CARD,
    "not-accepted": Refusal(ErrorCondition.INVALID_CARD, "Card not accepted", "NOT_SUPPORTED"),
    "reader-lost": Refusal(ErrorCondition.UNAVAILABLE_DEVICE, "Card reader unavailable"),
}
# By the issuer's answer (ISO 8583:1987 DE 39).
_CODES: Mapping[str, Refusal] = {
    "01": Refusal(ErrorCondition.REFUSAL, "209 Referral", "REFERRAL"),
    "02": Refusal(ErrorCondition.REFUSAL, "209 Referral", "REFERRAL"),
    "14": Refusal(ErrorCondition.INVALID_CARD, "214 Declined online", "INVALID_CARD"),
    "51": Refusal(ErrorCondition.REFUSAL, "210 Not enough balance", "NOT_ENOUGH_BALANCE"),
    "54": Refusal(ErrorCondition.REFUSAL, "228 Card expired", "CARD_EXPIRED"),
    "55": Refusal(ErrorCondition.WRONG_PIN, "129 Invalid online PIN", "INVALID_PIN"),
    "75": Refusal(ErrorCondition.WRONG_PIN, "214 Declined online", "PIN_TRIES_EXCEEDED"),
}
_DECLINED = Refusal(ErrorCondition.REFUSAL, "214 Declined online", "DECLINED")
_BY_CARD = Refusal(ErrorCondition.REFUSAL, "Declined by the card", "DECLINED")
_NO_ANSWER = "4021"  # the message reason code of a reversal for want of an answer

BEGUN_BY_NO_REQUEST: Mapping[RequestRefusal, Refusal] = {
    RequestRefusal.AMOUNT: Refusal(ErrorCondition.NOT_ALLOWED, "The amount is not allowed on this terminal"),
    RequestRefusal.CURRENCY: Refusal(ErrorCondition.NOT_ALLOWED, "The terminal has another currency"),
    RequestRefusal.SALE: Refusal(ErrorCondition.UNAVAILABLE_SERVICE, "The terminal takes no payments"),
    RequestRefusal.BATTERY: Refusal(ErrorCondition.DEVICE_OUT, "The battery is too low"),
    RequestRefusal.READER: Refusal(ErrorCondition.UNAVAILABLE_DEVICE, "Card reader unavailable"),
    RequestRefusal.OFFLINE: _UNREACHED,
    RequestRefusal.ORIGINAL: Refusal(ErrorCondition.NOT_ALLOWED, "The payment cannot be refunded"),
}


def refusal_of(notice: Text, payment: Payment | None) -> Refusal:
    """Why a request that ended with `notice` was not done; `payment` is its newest row, where one was begun."""
    known = _NOTICES.get(notice.id)
    if known is not None:
        return known
    if payment is None:
        return _BY_CARD
    if payment.reason == _NO_ANSWER or payment.reason == "no-connection":
        return _UNREACHED
    return _CODES.get(payment.response_code, _DECLINED if payment.response_code else _BY_CARD)
