"""Which kind a request is of: processing code and condition follow from the kind and from its original.

A request that is read is of the one kind that they fit. Kinds of one message type are told apart by processing code and condition: void and
reversal are both reversals, and no reversal carries the processing code 02, since a void is repeated until it is answered and never reversed.
"""

from __future__ import annotations

from terminal_sim.core.booking import Booking
from terminal_sim.core.message import Condition, MessageClass, MessageKind, Original
from terminal_sim.host.dialect import MessageError

# The processing code of a message that has neither a transaction type of its own nor an original.
_PURCHASE = "00"
_ACCOUNTS = "0000"  # the processing code after the transaction type: no account is named


def check_original(kind: MessageKind, original: Original | None) -> None:
    """Which messages name an original: what undoes always, a refund or advice where there is one, and any other charge never."""
    uploads = kind.facts.booking is Booking.UPLOAD
    if original is None:
        if kind.undoes or uploads:
            raise MessageError(f"a {kind.value} names its original")
    elif (kind.charges and kind.facts.is_payment) or kind.facts.booking is Booking.SETTLEMENT:
        raise MessageError(f"a {kind.value} names no original")
    elif not (original.kind.facts.is_payment if uploads else original.kind.moves_money):
        raise MessageError(f"an original is a payment, not a {original.kind.value}")


def processing_code(kind: MessageKind, original: Original | None) -> str:
    """That of the kind where it has one, else the original's."""
    code = kind.facts.processing_code or (
        _PURCHASE if original is None else original.kind.facts.processing_code
    )
    return code + _ACCOUNTS


def condition_of(kind: MessageKind, original: Original | None) -> Condition:
    """The kind's own condition where it has one, else the original's."""
    own = kind.facts.condition
    return original.kind.facts.condition if own is Condition.NORMAL and original is not None else own


def kind_of(
    message_class: MessageClass, code: str, condition: Condition, original: Original | None
) -> MessageKind:
    """The kind of a message with this processing code and condition. Raises `MessageError` where there is none."""
    for kind in MessageKind:
        if kind.facts.message_class is message_class and (code, condition) == (
            processing_code(kind, original),
            condition_of(kind, original),
        ):
            return kind
    raise MessageError("processing code or condition does not agree with the message type")
