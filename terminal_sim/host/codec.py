"""ISO 8583 both ways: `HostRequest` and `HostReply` to bytes and back, with the layout as data.

Rules:
1. Pure, bounded and strict: what is not of this dialect raises `MessageError` and nothing else, in both directions.
2. What one side encodes the other decodes to an equal value (`at` to the second, track 2 with `=`).
3. No message of an error ever quotes a field's content: it may be a card number.

The dialect is ISO 8583:1987 (message types, DE 25, DE 90) with the date of :1993 in DE 12, because the year tells the
same trace number of two days apart. Numbers and lengths are packed BCD: a packed length cannot be signed or padded
with white space, which the library's text lengths can.

| DE | what                          | form      | request | reply | value                                                |
|----|-------------------------------|-----------|---------|-------|------------------------------------------------------|
| 2  | card number                   | n..19     | maybe   |       |                                                      |
| 3  | processing code               | n6        | yes     |       | 00 sale, moto, advice; 02 void; 20 refund; a reversal carries its original's |
| 4  | amount                        | n12       | yes     | yes   | minor units; a reply repeats the amount asked for    |
| 7  | transmission date and time    | n10       | yes     |       | MMDDhhmmss, equal to DE 12 without the year          |
| 11 | trace number (STAN)           | n6        | yes     | yes   | 000001 to 999999                                     |
| 12 | local date and time           | n12       | yes     |       | YYMMDDhhmmss of 2000 to 2099                         |
| 14 | expiry                        | n4        | maybe   |       | YYMM                                                 |
| 22 | entry mode                    | n3        | yes     |       | 051 chip, 071 contactless, 901 stripe, 011 keyed     |
| 23 | card sequence number          | n3        | maybe   |       |                                                      |
| 25 | condition                     | n2        | yes     |       | 08 mail or telephone (of this payment or of the original), else 00 |
| 35 | track 2                       | z..37     | maybe   |       | `D` on the wire, `=` in the value                    |
| 37 | host reference                | an12      |         | maybe |                                                      |
| 38 | authorization code            | an6       |         | maybe |                                                      |
| 39 | response code                 | an2       |         | yes   | 00 approved, 10 partial approval                     |
| 41 | terminal                      | ans8      | yes     | yes   | 1 to 8 characters, filled with spaces on the right   |
| 42 | merchant                      | ans15     | yes     |       | likewise                                             |
| 44 | address check                 | an1       |         | maybe | Y match, Z postal-only, A street-only, N no-match, U unknown |
| 48 | private data                  | b..255    | yes     | maybe | tag, length, value of one, one and n bytes: see `PrivateTag` |
| 49 | currency                      | n3        | yes     | yes   | ISO 4217 number                                      |
| 52 | PIN block                     | b8        | maybe   |       | enciphered                                           |
| 54 | amount of a partial approval  | ans20     |         | maybe | account 00, type 10, currency, C, n12                |
| 55 | ICC data                      | b..255    | maybe   | maybe | BER-TLV, carried as it is                            |
| 56 | message reason                | n4        | maybe   |       | 4000, 4017, 4021 (ISO 8583:1993 DE 25)               |
| 90 | original data elements        | n42       | maybe   |       | message type, trace number, zeros; its reference is in DE 48 |

Void and reversal are both 0400: the processing code tells them apart. A void is repeated until it is answered and
never reversed, so no reversal can carry processing code 02.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from terminal_sim.core.message import (
    MESSAGE_TYPES,
    Avs,
    EntryMode,
    HostReply,
    HostRequest,
    MessageKind,
    Original,
)
from terminal_sim.host.fields import (
    MessageError,
    PrivateTag,
    alphanumeric,
    amount,
    amount_of,
    decode_fields,
    digits,
    encode_fields,
    expiry,
    filled,
    number,
    one_of,
    partial,
    partial_of,
    printable,
    private_data,
    private_values,
    trace_number,
    trace_number_of,
    track2,
    unfilled,
)
from terminal_sim.secret import Secret

_SALE, _VOID, _REFUND = "000000", "020000", "200000"
_PROCESSING = {
    MessageKind.SALE: _SALE,
    MessageKind.MOTO: _SALE,
    MessageKind.ADVICE: _SALE,
    MessageKind.VOID: _VOID,
    MessageKind.REFUND: _REFUND,
}
_ENTRY_MODES = {
    EntryMode.CHIP: "051",
    EntryMode.CONTACTLESS: "071",
    EntryMode.STRIPE: "901",
    EntryMode.KEYED: "011",
}
_ENTRIES = {mode: entry for entry, mode in _ENTRY_MODES.items()}
_NORMAL, _MAIL_OR_TELEPHONE = "00", "08"
_AVS_LETTERS = {"match": "Y", "postal-only": "Z", "street-only": "A", "no-match": "N", "unknown": "U"}
_AVS_WORDS = {letter: word for word, letter in _AVS_LETTERS.items()}
_REQUEST_TYPES = {  # what only the processing code (0400) or the condition (0100) tells is settled later
    mti: (kind, repeat)
    for kind in (MessageKind.SALE, MessageKind.REFUND, MessageKind.REVERSAL, MessageKind.ADVICE)
    for repeat, mti in enumerate(MESSAGE_TYPES[kind])
}
_ORIGINAL_KINDS = (MessageKind.SALE, MessageKind.MOTO, MessageKind.REFUND, MessageKind.ADVICE)
_REPLY_TYPES = ("0110", "0210", "0230", "0410")
_REQUEST_FIELDS = frozenset(
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
_REPLY_FIELDS = frozenset(["4", "11", "37", "38", "39", "41", "44", "48", "49", "54", "55", "t", "p"])


def answer_type(mti: str) -> str:
    """The message type that answers `mti`: 0100 and its repeat 0101 are both answered by 0110."""
    return f"{mti[:2]}{int(mti[2]) + 1}0"


def encode_request(request: HostRequest) -> bytes:
    """The message of `request`. Raises `MessageError` where a value does not fit the table above."""
    original, kind = request.original, request.kind
    fields = {
        "t": request.mti,
        "3": _processing_code(kind, original),
        "4": amount(request.amount),
        "11": trace_number(request.stan),
        "22": _ENTRY_MODES[request.entry],
        "25": _condition(kind, original),
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
    if request.pin_block is not None:
        fields["52"] = request.pin_block.reveal().hex()
    if request.icc_data:
        fields["55"] = request.icc_data.hex()
    if request.reason:
        fields["56"] = digits(request.reason, 4, 4, "DE 56 (reason)")
    private = {PrivateTag.REFERENCE: printable(request.reference, 1, 40, "the reference")}
    if original is not None:
        fields["90"] = MESSAGE_TYPES[original.kind][0] + trace_number(original.stan) + "0" * 32
        private[PrivateTag.ORIGINAL_REFERENCE] = printable(
            original.reference, 1, 40, "the original's reference"
        )
    if request.cvc is not None:
        private[PrivateTag.CVC] = digits(request.cvc.reveal(), 3, 4, "the CVC")
    if request.avs is not None:
        private[PrivateTag.POSTAL_CODE] = printable(request.avs.postal_code, 0, 16, "the postal code")
        private[PrivateTag.STREET_NUMBER] = printable(request.avs.street_number, 0, 16, "the street number")
    fields["48"] = private_data(private)
    return encode_fields(fields)


def decode_request(message: bytes) -> HostRequest:
    """The request in `message`. Raises `MessageError`."""
    fields = decode_fields(message, _REQUEST_FIELDS)
    try:
        kind, repeat = _REQUEST_TYPES[fields["t"]]
    except KeyError:
        raise MessageError("this message type is no request of this dialect") from None
    condition = one_of(fields, "25", (_NORMAL, _MAIL_OR_TELEPHONE))
    private = private_values(fields)
    original = _original_of(fields, private, condition)
    if kind is MessageKind.SALE and condition == _MAIL_OR_TELEPHONE:
        kind = MessageKind.MOTO
    elif kind is MessageKind.REVERSAL and fields.get("3") == _VOID:
        kind = MessageKind.VOID
    if fields.get("3") != _processing_code(kind, original) or condition != _condition(kind, original):
        raise MessageError("DE 3 or DE 25 does not agree with the message type")
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
    return HostRequest(
        kind=kind,
        repeat=bool(repeat),
        terminal=unfilled(fields, "41"),
        merchant=unfilled(fields, "42"),
        stan=trace_number_of(number(fields, "11", 6)),
        reference=printable(private.get(PrivateTag.REFERENCE, ""), 1, 40, "the reference"),
        amount=amount_of(fields),
        at=moment,
        entry=_ENTRIES[one_of(fields, "22", _ENTRIES)],
        pan=Secret(digits(fields["2"], 8, 19, "DE 2")) if "2" in fields else None,
        expiry=Secret(expiry(fields["14"])) if "14" in fields else None,
        sequence=sequence[1:],
        track2=Secret(track2(fields["35"]).replace("D", "=")) if "35" in fields else None,
        cvc=Secret(digits(private[PrivateTag.CVC], 3, 4, "the CVC")) if PrivateTag.CVC in private else None,
        pin_block=Secret(bytes.fromhex(fields["52"])) if "52" in fields else None,
        icc_data=bytes.fromhex(fields.get("55", "")),
        avs=avs,
        original=original,
        reason=digits(fields["56"], 4, 4, "DE 56") if "56" in fields else "",
    )


def encode_reply(reply: HostReply) -> bytes:
    """The message of `reply`. Raises `MessageError` where a value does not fit the table above."""
    fields = {
        "t": reply.mti,
        "4": amount(reply.amount),
        "11": trace_number(reply.stan),
        "39": alphanumeric(reply.response_code, 2, "DE 39 (response code)"),
        "41": filled(reply.terminal, 8, "DE 41 (terminal)"),
        "49": reply.amount.numeric,
    }
    if reply.mti not in _REPLY_TYPES:
        raise MessageError("this message type is no reply of this dialect")
    if reply.host_reference:
        fields["37"] = alphanumeric(reply.host_reference, 12, "DE 37 (host reference)")
    if reply.auth_code:
        fields["38"] = alphanumeric(reply.auth_code, 6, "DE 38 (authorization code)")
    if reply.avs_result:
        if reply.avs_result not in _AVS_LETTERS:
            raise MessageError(f"DE 44: an address check is one of {', '.join(_AVS_LETTERS)}")
        fields["44"] = _AVS_LETTERS[reply.avs_result]
    if reply.text:
        fields["48"] = private_data({PrivateTag.TEXT: printable(reply.text, 1, 99, "the text")})
    if reply.authorised is not None:
        fields["54"] = partial(reply.authorised)
    if reply.icc_data:
        fields["55"] = reply.icc_data.hex()
    return encode_fields(fields)


def decode_reply(message: bytes) -> HostReply:
    """The reply in `message`. Raises `MessageError`."""
    fields = decode_fields(message, _REPLY_FIELDS)
    private = private_values(fields)
    return HostReply(
        mti=one_of(fields, "t", _REPLY_TYPES),
        terminal=unfilled(fields, "41"),
        stan=trace_number_of(number(fields, "11", 6)),
        amount=amount_of(fields),
        response_code=alphanumeric(fields.get("39", ""), 2, "DE 39"),
        auth_code=alphanumeric(fields["38"], 6, "DE 38") if "38" in fields else "",
        host_reference=alphanumeric(fields["37"], 12, "DE 37") if "37" in fields else "",
        avs_result=_AVS_WORDS[one_of(fields, "44", _AVS_WORDS)] if "44" in fields else "",
        icc_data=bytes.fromhex(fields.get("55", "")),
        authorised=partial_of(fields["54"]) if "54" in fields else None,
        text=printable(private[PrivateTag.TEXT], 1, 99, "the text") if PrivateTag.TEXT in private else "",
    )


def _processing_code(kind: MessageKind, original: Original | None) -> str:
    """DE 3, and with it the rule which messages name an original."""
    if kind in (MessageKind.SALE, MessageKind.MOTO):
        if original is not None:
            raise MessageError(f"a {kind.value} names no original")
    elif original is None:
        if kind in (MessageKind.VOID, MessageKind.REVERSAL):
            raise MessageError(f"a {kind.value} names its original")
    elif original.kind not in _ORIGINAL_KINDS:
        raise MessageError(f"an original is a payment, not a {original.kind.value}")
    if kind is MessageKind.REVERSAL and original is not None:
        return _PROCESSING[original.kind]
    return _PROCESSING[kind]


def _condition(kind: MessageKind, original: Original | None) -> str:
    moto = kind is MessageKind.MOTO or (original is not None and original.kind is MessageKind.MOTO)
    return _MAIL_OR_TELEPHONE if moto else _NORMAL


def _original_of(fields: Mapping[str, str], private: Mapping[int, str], condition: str) -> Original | None:
    if "90" not in fields:
        if PrivateTag.ORIGINAL_REFERENCE in private:
            raise MessageError("an original's reference without DE 90")
        return None
    elements = digits(fields["90"], 42, 42, "DE 90")
    kind, repeat = _REQUEST_TYPES.get(elements[:4], (MessageKind.VOID, 0))
    if repeat or kind not in _ORIGINAL_KINDS:
        raise MessageError("DE 90 names no payment")
    if kind is MessageKind.SALE and condition == _MAIL_OR_TELEPHONE:
        kind = MessageKind.MOTO
    reference = printable(private.get(PrivateTag.ORIGINAL_REFERENCE, ""), 1, 40, "the original's reference")
    return Original(kind=kind, stan=trace_number_of(elements[4:10]), reference=reference)
