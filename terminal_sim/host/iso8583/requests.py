"""Requests of a dialect to bytes and back.

Processing code, condition and function follow from the kind of a request and from its original (`kinds`), which has elements of its own (`originals`).
"""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.core.batch_totals import BatchTotals
from terminal_sim.core.message import (
    Avs,
    Condition,
    EntryMode,
    HostRequest,
    MessageClass,
)
from terminal_sim.host.dialect import MessageError
from terminal_sim.host.iso8583 import elements as el
from terminal_sim.host.iso8583 import totals
from terminal_sim.host.iso8583.codes import DialectCodes
from terminal_sim.host.iso8583.fields import (
    PrivateTag,
    amount,
    amount_of,
    digits,
    expiry,
    filled,
    number,
    one_of,
    printable,
    private_data,
    private_values,
    trace_number,
    trace_number_of,
    track2,
    unfilled,
)
from terminal_sim.host.iso8583.forms import Alphabet
from terminal_sim.host.iso8583.kinds import check_original, condition_of, kind_of, processing_code
from terminal_sim.host.iso8583.originals import OriginalCodec
from terminal_sim.host.iso8583.times import LocalTimes
from terminal_sim.host.iso8583.wire import WireCodec
from terminal_sim.secret import Secret

_PIN_FIELD = 8  # bytes of the PIN block's element
_ELEMENTS = frozenset(
    (
        el.CARD_NUMBER,
        el.PROCESSING_CODE,
        el.AMOUNT,
        el.TRANSMISSION_TIME,
        el.TRACE_NUMBER,
        el.LOCAL_TIME,
        el.LOCAL_DATE,
        el.EXPIRY,
        el.ENTRY_MODE,
        el.CARD_SEQUENCE,
        el.FUNCTION,
        el.CONDITION,
        el.TRACK_2,
        el.TERMINAL,
        el.MERCHANT,
        el.PRIVATE_DATA,
        el.CURRENCY,
        el.PIN_BLOCK,
        el.ICC_DATA,
        el.REASON,
        el.ORIGINAL,
        el.MESSAGE_TYPE,
        el.BITMAP,
        el.SECOND_BITMAP,
        el.MAC,
        *totals.ELEMENTS,
    )
)


class RequestCodec:
    """See the module. Raises `MessageError` for what does not fit, in both directions."""

    def __init__(self, wire: WireCodec, codes: DialectCodes) -> None:
        forms = {form.name: form for form in wire.forms}
        self._wire = wire
        self._codes = codes
        self._times = LocalTimes(has_date=el.LOCAL_DATE in forms)
        self._separator = "D" if forms[el.TRACK_2].alphabet is Alphabet.DIGITS else "="
        self._originals = OriginalCodec(codes, forms[el.ORIGINAL].size)
        # A number of the network may take the place of the function in a dialect whose messages of payments have none.
        self._has_function = any(codes.functions.values())

    def encode(self, request: HostRequest) -> bytes:
        """The message of `request`."""
        original, kind, codes = request.original, request.kind, self._codes
        check_original(kind, original)
        condition = condition_of(kind, original)
        private = {PrivateTag.REFERENCE: printable(request.reference, 1, 40, "the reference")}
        fields = {
            el.MESSAGE_TYPE: codes.request_type(kind.facts.message_class, repeat=request.repeat),
            el.PROCESSING_CODE: processing_code(kind, original),
            el.AMOUNT: amount(request.amount),
            el.TRACE_NUMBER: trace_number(request.stan),
            el.TERMINAL: filled(request.terminal, 8, "the terminal"),
            el.MERCHANT: filled(request.merchant, 15, "the merchant"),
            el.CURRENCY: request.amount.numeric,
        }
        if not codes.condition_in_entry_mode:
            fields[el.CONDITION] = codes.conditions[condition]
        if self._has_function:
            fields[el.FUNCTION] = codes.functions[kind.facts.message_class]
        _check_totals(request)
        if request.totals is None:
            fields[el.ENTRY_MODE] = codes.entry_mode(request, condition)
        else:
            fields.update(totals.written(request.totals))
        self._times.write(request.at, fields, private)
        if request.pan is not None:
            fields[el.CARD_NUMBER] = digits(request.pan.reveal(), 8, 19, "the card number")
        if request.expiry is not None:
            fields[el.EXPIRY] = expiry(request.expiry.reveal())
        if request.sequence:
            fields[el.CARD_SEQUENCE] = "0" + digits(request.sequence, 2, 2, "the card sequence number")
        if request.track2 is not None:
            fields[el.TRACK_2] = track2(request.track2.reveal()).replace("=", self._separator)
        if request.pin_block is not None and len(request.pin_block) not in (_PIN_FIELD, 2 * _PIN_FIELD):
            raise MessageError("a PIN block has 8 bytes, or 16 where it is enciphered by AES")
        if request.pin_block is not None and len(request.pin_block) == _PIN_FIELD:
            fields[el.PIN_BLOCK] = request.pin_block.reveal().hex()
        if request.icc_data:
            fields[el.ICC_DATA] = request.icc_data.hex()
        if request.reason:
            fields[el.REASON] = digits(request.reason, 4, 4, "the reason")
        if original is not None:
            fields[el.ORIGINAL] = self._originals.write(kind, original, private)
        if request.batch:
            private[PrivateTag.BATCH] = digits(str(request.batch), 1, 6, "the batch number")
        if request.key_serial:
            private[PrivateTag.KEY_SERIAL] = request.key_serial.hex()
        if request.pin_block is not None and len(request.pin_block) != _PIN_FIELD:
            private[PrivateTag.LONG_PIN_BLOCK] = request.pin_block.reveal().hex()
        if request.cvc is not None:
            private[PrivateTag.CVC] = digits(request.cvc.reveal(), 3, 4, "the CVC")
        if request.avs is not None:
            private[PrivateTag.POSTAL_CODE] = printable(request.avs.postal_code, 0, 16, "the postal code")
            private[PrivateTag.STREET_NUMBER] = printable(
                request.avs.street_number, 0, 16, "the street number"
            )
        fields[el.PRIVATE_DATA] = private_data(private)
        return self._wire.encode(fields)

    def decode(self, message: bytes) -> HostRequest:
        """The request in `message`."""
        fields = self._wire.decode(message, _ELEMENTS)
        try:
            message_class, repeat = self._codes.classes[fields[el.MESSAGE_TYPE]]
        except KeyError:
            raise MessageError("this message type is no request of this dialect") from None
        private = private_values(fields)
        entry, fallback, condition, counted = self._entry_or_totals(fields, message_class)
        if self._has_function and fields.get(el.FUNCTION) != self._codes.functions[message_class]:
            raise MessageError("the function does not agree with the message type")
        uploads = message_class is MessageClass.BATCH_UPLOAD
        original = self._originals.read(fields, private, condition, uploads=uploads)
        kind = kind_of(message_class, fields.get(el.PROCESSING_CODE, ""), condition, original)
        check_original(kind, original)
        avs = None
        if PrivateTag.POSTAL_CODE in private or PrivateTag.STREET_NUMBER in private:
            avs = Avs(
                postal_code=printable(private.get(PrivateTag.POSTAL_CODE, ""), 0, 16, "the postal code"),
                street_number=printable(
                    private.get(PrivateTag.STREET_NUMBER, ""), 0, 16, "the street number"
                ),
            )
        sequence = (
            digits(fields[el.CARD_SEQUENCE], 3, 3, "the card sequence number")
            if el.CARD_SEQUENCE in fields
            else ""
        )
        if sequence and sequence[0] != "0":
            raise MessageError("a card sequence number is at most 99 (EMV Book 3, 5F34)")
        return HostRequest(
            kind=kind,
            repeat=repeat,
            terminal=unfilled(fields, el.TERMINAL),
            merchant=unfilled(fields, el.MERCHANT),
            stan=trace_number_of(number(fields, el.TRACE_NUMBER, 6)),
            reference=printable(private.get(PrivateTag.REFERENCE, ""), 1, 40, "the reference"),
            amount=amount_of(fields),
            at=self._times.read(fields, private),
            entry=entry,
            fallback=fallback,
            pan=Secret(digits(fields[el.CARD_NUMBER], 8, 19, "the card number"))
            if el.CARD_NUMBER in fields
            else None,
            expiry=Secret(expiry(fields[el.EXPIRY])) if el.EXPIRY in fields else None,
            sequence=sequence[1:],
            track2=Secret(track2(fields[el.TRACK_2].replace(self._separator, "=")))
            if el.TRACK_2 in fields
            else None,
            cvc=Secret(digits(private[PrivateTag.CVC], 3, 4, "the CVC"))
            if PrivateTag.CVC in private
            else None,
            pin_block=_pin_block(fields, private),
            key_serial=_hex(private.get(PrivateTag.KEY_SERIAL, ""), (0, 10, 12), "the key serial number"),
            icc_data=bytes.fromhex(fields.get(el.ICC_DATA, "")),
            avs=avs,
            original=original,
            reason=digits(fields[el.REASON], 4, 4, "the reason") if el.REASON in fields else "",
            batch=_batch(private),
            totals=counted,
        )

    def _entry_or_totals(
        self, fields: Mapping[str, str], message_class: MessageClass
    ) -> tuple[EntryMode | None, bool, Condition, BatchTotals | None]:
        """A reconciliation has totals in the place of an entry mode, and any other message an entry mode: with it stands the condition."""
        codes, has_condition = self._codes, not self._codes.condition_in_entry_mode
        condition = (
            codes.condition_of[one_of(fields, el.CONDITION, codes.condition_of)]
            if has_condition
            else Condition.NORMAL
        )
        if message_class is MessageClass.RECONCILIATION:
            if el.ENTRY_MODE in fields:
                raise MessageError("a reconciliation has no entry mode")
            return None, False, condition, totals.read(fields)
        if totals.ELEMENTS & fields.keys():
            raise MessageError("a message that is no reconciliation has no totals of a batch")
        (entry, fallback), said_here = codes.entry_of(fields.get(el.ENTRY_MODE, ""), "the entry mode")
        return entry, fallback, said_here or condition, None


def _pin_block(fields: Mapping[str, str], private: Mapping[int, str]) -> Secret[bytes] | None:
    """The element has the 8 bytes of triple DES, a private field the 16 of AES (ISO 9564-1, format 4)."""
    if PrivateTag.LONG_PIN_BLOCK not in private:
        return Secret(bytes.fromhex(fields[el.PIN_BLOCK])) if el.PIN_BLOCK in fields else None
    if el.PIN_BLOCK in fields:
        raise MessageError("a PIN block of 8 bytes and one of 16")
    return Secret(_hex(private[PrivateTag.LONG_PIN_BLOCK], (2 * _PIN_FIELD,), "the PIN block"))


def _hex(text: str, sizes: tuple[int, ...], what: str) -> bytes:
    try:
        value = bytes.fromhex(text)
    except ValueError:
        raise MessageError(f"{what} is written in hex digits") from None
    if len(value) not in sizes or text != value.hex():
        raise MessageError(f"{what} has {' or '.join(map(str, sizes))} bytes")
    return value


def _batch(private: Mapping[int, str]) -> int:
    """The number of the terminal's batch, 0 where the message says none."""
    text = private.get(PrivateTag.BATCH)
    if text is None:
        return 0
    if digits(text, 1, 6, "the batch number")[0] == "0":
        raise MessageError("the batch number begins with no 0")
    return int(text)


def _check_totals(request: HostRequest) -> None:
    """A reconciliation has the totals of its batch and no entry mode, any other message an entry mode and no totals."""
    reconciles = request.kind.facts.message_class is MessageClass.RECONCILIATION
    if (request.totals is not None, request.entry is None) != (reconciles, reconciles):
        wanted = "the totals of a batch and no" if reconciles else "no totals of a batch and an"
        raise MessageError(f"a {request.kind.value} has {wanted} entry mode")
