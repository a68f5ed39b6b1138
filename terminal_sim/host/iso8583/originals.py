"""The original of a request, which a void, a reversal or a refund names, as elements.

The original data elements tell the message type of an original only: where several kinds have it and the condition, the first of the table of kinds
is meant, and another writes its processing code into the private data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal_sim.core.booking import Booking
from terminal_sim.core.message import Condition, MessageClass, MessageKind, Original
from terminal_sim.host.dialect import MessageError
from terminal_sim.host.iso8583 import elements as el
from terminal_sim.host.iso8583.codes import DialectCodes
from terminal_sim.host.iso8583.fields import PrivateTag, digits, printable, trace_number, trace_number_of


class OriginalCodec:
    """Originals of a dialect whose original data elements are `size` digits long. Raises `MessageError` for what does not fit."""

    def __init__(self, codes: DialectCodes, size: int) -> None:
        self._codes = codes
        self._size = size

    def write(self, kind: MessageKind, original: Original, private: dict[PrivateTag, str]) -> str:
        """The original data elements; the rest of the original goes into the private data."""
        facts = original.kind.facts
        private[PrivateTag.ORIGINAL_REFERENCE] = printable(
            original.reference, 1, 40, "the original's reference"
        )
        uploads = kind.facts.booking is Booking.UPLOAD
        if original.kind is not next(_originals(facts.message_class, facts.condition, uploads=uploads)):
            private[PrivateTag.ORIGINAL_PROCESSING] = facts.processing_code
        named = self._codes.request_type(facts.message_class) + trace_number(original.stan)
        return named.ljust(self._size, "0")

    def read(
        self,
        fields: Mapping[str, str],
        private: Mapping[int, str],
        condition: Condition,
        *,
        uploads: bool,
    ) -> Original | None:
        """The original that a message names, None where it names none."""
        if el.ORIGINAL not in fields:
            if {PrivateTag.ORIGINAL_REFERENCE, PrivateTag.ORIGINAL_PROCESSING} & private.keys():
                raise MessageError(
                    "an original's reference or processing code without the original data elements"
                )
            return None
        named = digits(fields[el.ORIGINAL], 10, self._size, "the original data")
        if named[:4] not in self._codes.classes:
            raise MessageError("the original data elements name no payment")
        message_class, repeat = self._codes.classes[named[:4]]
        kinds = list(_originals(message_class, condition, uploads=uploads))
        if PrivateTag.ORIGINAL_PROCESSING in private:
            code = private[PrivateTag.ORIGINAL_PROCESSING]
            kinds = [kind for kind in kinds[1:] if kind.facts.processing_code == code]
        if repeat or not kinds:
            raise MessageError("the original data elements name no payment")
        reference = printable(
            private.get(PrivateTag.ORIGINAL_REFERENCE, ""), 1, 40, "the original's reference"
        )
        return Original(kind=kinds[0], stan=trace_number_of(named[4:10]), reference=reference)


def _originals(message_class: MessageClass, condition: Condition, *, uploads: bool) -> Iterator[MessageKind]:
    """The kinds that a message type and a condition may mean, the one that they mean without further words first; an uploaded row may be a void."""
    for kind in MessageKind:
        facts = kind.facts
        meant = facts.is_payment if uploads else kind.moves_money
        if meant and (facts.message_class, facts.condition) == (message_class, condition):
            yield kind
