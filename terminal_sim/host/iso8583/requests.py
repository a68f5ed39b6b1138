"""Requests of the dialect to bytes and back; the table of their fields is in the package.

DE 3 and DE 25 follow from the kind of a request and from its original, so a request that is read is of the one kind that they fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from terminal_sim.core.message import (
    Avs,
    Condition,
    EntryMode,
    HostRequest,
    MessageClass,
    MessageKind,
    Original,
)
from terminal_sim.host.dialect import MessageError
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
from terminal_sim.host.iso8583.message_types import REQUEST_TYPES, request_type
from terminal_sim.host.iso8583.wire import decode_fields, encode_fields
from terminal_sim.secret import Secret

_ENTRY_MODES = {
    (EntryMode.CHIP, False): "051",
    (EntryMode.CONTACTLESS, False): "071",
    (EntryMode.STRIPE, False): "901",
    (EntryMode.STRIPE, True): "801",
    (EntryMode.KEYED, False): "011",
}
"""DE 22 by the way of entry, and whether it stands for a chip that could not be read."""
_CONTACTLESS_STRIPE = "911"
"""DE 22 of a track that a card has made in its field, without data of a chip."""
_ENTRIES = {mode: entry for entry, mode in _ENTRY_MODES.items()} | {
    _CONTACTLESS_STRIPE: (EntryMode.CONTACTLESS, False)
}
_CONDITIONS = {condition.value: condition for condition in Condition}
_PIN_FIELD = 8  # bytes of DE 52
_PURCHASE = "00"  # DE 3 of a message that has neither a transaction type of its own nor an original
_ACCOUNTS = "0000"  # DE 3 after the transaction type: no account is named
_FIELDS = frozenset(
    [
        "2",
        "3",
        "4",
        "7",
        "11",
        "12",
        "14",
        "22",
        "23",
        "25",
        "35",
        "41",
        "42",
        "48",
        "49",
        "52",
        "55",
        "56",
        "90",
        "t",
        "p",
        "1",
    ]
)


def encode_request(request: HostRequest) -> bytes:
    """The message of `request`. Raises `MessageError` where a value does not fit the table of the package."""
    original, kind = request.original, request.kind
    _check_original(kind, original)
    fields = {
        "t": request_type(kind.facts.message_class, repeat=request.repeat),
        "3": _processing_code(kind, original),
        "4": amount(request.amount),
        "11": trace_number(request.stan),
        "22": _entry_mode(request),
        "25": _condition(kind, original).value,
        "41": filled(request.terminal, 8, "DE 41 (terminal)"),
        "42": filled(request.merchant, 15, "DE 42 (merchant)"),
        "49": request.amount.numeric,
    }
    if not 2000 <= request.at.year <= 2099:
        raise MessageError("DE 12: the year of a request lies between 2000 and 2099")
    fields["12"] = request.at.strftime("%y%m%d%H%M%S")
    fields["7"] = fields["12"][2:]
    if request.pan is not None:
        fields["2"] = digits(request.pan.reveal(), 8, 19, "DE 2 (card number)")
    if request.expiry is not None:
        fields["14"] = expiry(request.expiry.reveal())
    if request.sequence:
        fields["23"] = "0" + digits(request.sequence, 2, 2, "DE 23 (card sequence number)")
    if request.track2 is not None:
        fields["35"] = track2(request.track2.reveal().replace("=", "D"))
    if request.pin_block is not None and len(request.pin_block) not in (_PIN_FIELD, 2 * _PIN_FIELD):
        raise MessageError("DE 52: a PIN block has 8 bytes, or 16 where it is enciphered by AES")
    if request.pin_block is not None and len(request.pin_block) == _PIN_FIELD:
        fields["52"] = request.pin_block.reveal().hex()
    if request.icc_data:
        fields["55"] = request.icc_data.hex()
    if request.reason:
        fields["56"] = digits(request.reason, 4, 4, "DE 56 (reason)")
    private = {PrivateTag.REFERENCE: printable(request.reference, 1, 40, "the reference")}
    if original is not None:
        facts = original.kind.facts
        fields["90"] = request_type(facts.message_class) + trace_number(original.stan) + "0" * 32
        private[PrivateTag.ORIGINAL_REFERENCE] = printable(
            original.reference, 1, 40, "the original's reference"
        )
        if original.kind is not next(_originals(facts.message_class, facts.condition)):
            private[PrivateTag.ORIGINAL_PROCESSING] = facts.processing_code
    if request.key_serial:
        private[PrivateTag.KEY_SERIAL] = request.key_serial.hex()
    if request.pin_block is not None and len(request.pin_block) != _PIN_FIELD:
        private[PrivateTag.LONG_PIN_BLOCK] = request.pin_block.reveal().hex()
    if request.cvc is not None:
        private[PrivateTag.CVC] = digits(request.cvc.reveal(), 3, 4, "the CVC")
    if request.avs is not None:
        private[PrivateTag.POSTAL_CODE] = printable(request.avs.postal_code, 0, 16, "the postal code")
        private[PrivateTag.STREET_NUMBER] = printable(request.avs.street_number, 0, 16, "the street number")
    fields["48"] = private_data(private)
    return encode_fields(fields)


def decode_request(message: bytes) -> HostRequest:
    """The request in `message`. Raises `MessageError`."""
    fields = decode_fields(message, _FIELDS)
    try:
        message_class, repeat = REQUEST_TYPES[fields["t"]]
    except KeyError:
        raise MessageError("this message type is no request of this dialect") from None
    condition = _CONDITIONS[one_of(fields, "25", _CONDITIONS)]
    private = private_values(fields)
    original = _original_of(fields, private, condition)
    kind = _kind_of(message_class, fields.get("3", ""), condition, original)
    _check_original(kind, original)
    at = number(fields, "12", 12)
    if number(fields, "7", 10) != at[2:]:
        raise MessageError("DE 7 and DE 12 are not the same moment")
    try:
        moment = datetime.fromisoformat(f"20{at[:2]}-{at[2:4]}-{at[4:6]} {at[6:8]}:{at[8:10]}:{at[10:]}")
    except ValueError:
        raise MessageError("DE 12 is no date and time") from None
    avs = None
    if PrivateTag.POSTAL_CODE in private or PrivateTag.STREET_NUMBER in private:
        avs = Avs(
            postal_code=printable(private.get(PrivateTag.POSTAL_CODE, ""), 0, 16, "the postal code"),
            street_number=printable(private.get(PrivateTag.STREET_NUMBER, ""), 0, 16, "the street number"),
        )
    sequence = digits(fields["23"], 3, 3, "DE 23") if "23" in fields else ""
    if sequence and sequence[0] != "0":
        raise MessageError("DE 23: a card sequence number is at most 99 (EMV Book 3, 5F34)")
    entry, fallback = _ENTRIES[one_of(fields, "22", _ENTRIES)]
    return HostRequest(
        kind=kind,
        repeat=repeat,
        terminal=unfilled(fields, "41"),
        merchant=unfilled(fields, "42"),
        stan=trace_number_of(number(fields, "11", 6)),
        reference=printable(private.get(PrivateTag.REFERENCE, ""), 1, 40, "the reference"),
        amount=amount_of(fields),
        at=moment,
        entry=entry,
        fallback=fallback,
        pan=Secret(digits(fields["2"], 8, 19, "DE 2")) if "2" in fields else None,
        expiry=Secret(expiry(fields["14"])) if "14" in fields else None,
        sequence=sequence[1:],
        track2=Secret(track2(fields["35"]).replace("D", "=")) if "35" in fields else None,
        cvc=Secret(digits(private[PrivateTag.CVC], 3, 4, "the CVC")) if PrivateTag.CVC in private else None,
        pin_block=_pin_block(fields, private),
        key_serial=_hex(private.get(PrivateTag.KEY_SERIAL, ""), (0, 10, 12), "the key serial number"),
        icc_data=bytes.fromhex(fields.get("55", "")),
        avs=avs,
        original=original,
        reason=digits(fields["56"], 4, 4, "DE 56") if "56" in fields else "",
    )


def _pin_block(fields: Mapping[str, str], private: Mapping[int, str]) -> Secret[bytes] | None:
    """DE 52 has the 8 bytes of triple DES, a private field the 16 of AES (ISO 9564-1, format 4)."""
    if PrivateTag.LONG_PIN_BLOCK not in private:
        return Secret(bytes.fromhex(fields["52"])) if "52" in fields else None
    if "52" in fields:
        raise MessageError("DE 52 and a PIN block of 16 bytes")
    return Secret(_hex(private[PrivateTag.LONG_PIN_BLOCK], (2 * _PIN_FIELD,), "the PIN block"))


def _hex(text: str, sizes: tuple[int, ...], what: str) -> bytes:
    try:
        value = bytes.fromhex(text)
    except ValueError:
        raise MessageError(f"{what} is written in hex digits") from None
    if len(value) not in sizes or text != value.hex():
        raise MessageError(f"{what} has {' or '.join(map(str, sizes))} bytes")
    return value


def _entry_mode(request: HostRequest) -> str:
    """DE 22."""
    if request.entry is EntryMode.CONTACTLESS and request.track2 is not None and not request.icc_data:
        return _CONTACTLESS_STRIPE
    mode = _ENTRY_MODES.get((request.entry, request.fallback))
    if mode is None:
        raise MessageError(f"DE 22: an entry by {request.entry.value} is no fallback")
    return mode


def _check_original(kind: MessageKind, original: Original | None) -> None:
    """Which messages name an original: what undoes always, a refund or advice where there is one, and any other charge never."""
    if original is None:
        if kind.undoes:
            raise MessageError(f"a {kind.value} names its original")
    elif kind.charges and kind.facts.is_payment:
        raise MessageError(f"a {kind.value} names no original")
    elif not original.kind.moves_money:
        raise MessageError(f"an original is a payment, not a {original.kind.value}")


def _processing_code(kind: MessageKind, original: Original | None) -> str:
    """DE 3."""
    code = kind.facts.processing_code or (
        _PURCHASE if original is None else original.kind.facts.processing_code
    )
    return code + _ACCOUNTS


def _condition(kind: MessageKind, original: Original | None) -> Condition:
    """DE 25: the kind's own condition where it has one, else the original's."""
    own = kind.facts.condition
    return original.kind.facts.condition if own is Condition.NORMAL and original is not None else own


def _kind_of(
    message_class: MessageClass, processing_code: str, condition: Condition, original: Original | None
) -> MessageKind:
    for kind in MessageKind:
        if kind.facts.message_class is message_class and (processing_code, condition) == (
            _processing_code(kind, original),
            _condition(kind, original),
        ):
            return kind
    raise MessageError("DE 3 or DE 25 does not agree with the message type")


def _originals(message_class: MessageClass, condition: Condition) -> Iterator[MessageKind]:
    """The kinds that DE 90 and DE 25 may mean, the one that they mean without further words first."""
    for kind in MessageKind:
        facts = kind.facts
        if kind.moves_money and (facts.message_class, facts.condition) == (message_class, condition):
            yield kind


def _original_of(
    fields: Mapping[str, str], private: Mapping[int, str], condition: Condition
) -> Original | None:
    if "90" not in fields:
        if {PrivateTag.ORIGINAL_REFERENCE, PrivateTag.ORIGINAL_PROCESSING} & private.keys():
            raise MessageError("an original's reference or processing code without DE 90")
        return None
    elements = digits(fields["90"], 42, 42, "DE 90")
    if elements[:4] not in REQUEST_TYPES:
        raise MessageError("DE 90 names no payment")
    message_class, repeat = REQUEST_TYPES[elements[:4]]
    kinds = list(_originals(message_class, condition))
    if PrivateTag.ORIGINAL_PROCESSING in private:
        code = private[PrivateTag.ORIGINAL_PROCESSING]
        kinds = [kind for kind in kinds[1:] if kind.facts.processing_code == code]
    if repeat or not kinds:
        raise MessageError("DE 90 names no payment")
    reference = printable(private.get(PrivateTag.ORIGINAL_REFERENCE, ""), 1, 40, "the original's reference")
    return Original(kind=kinds[0], stan=trace_number_of(elements[4:10]), reference=reference)
