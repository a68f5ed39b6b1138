"""Replies of the dialect to bytes and back; the table of their fields is in the package."""

from __future__ import annotations

from terminal_sim.core.message import HostReply
from terminal_sim.host.dialect import MessageError
from terminal_sim.host.iso8583.fields import (
    PrivateTag,
    alphanumeric,
    amount,
    amount_of,
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
    unfilled,
)
from terminal_sim.host.iso8583.message_types import REPLY_TYPES, reply_type
from terminal_sim.host.iso8583.wire import decode_fields, encode_fields

_AVS_LETTERS = {"match": "Y", "postal-only": "Z", "street-only": "A", "no-match": "N", "unknown": "U"}
_AVS_WORDS = {letter: word for word, letter in _AVS_LETTERS.items()}
_FIELDS = frozenset(["4", "11", "37", "38", "39", "41", "44", "48", "49", "54", "55", "t", "p"])


def encode_reply(reply: HostReply) -> bytes:
    """The message of `reply`. Raises `MessageError` where a value does not fit the table of the package."""
    fields = {
        "t": reply_type(reply.message_class),
        "4": amount(reply.amount),
        "11": trace_number(reply.stan),
        "39": alphanumeric(reply.response_code, 2, "DE 39 (response code)"),
        "41": filled(reply.terminal, 8, "DE 41 (terminal)"),
        "49": reply.amount.numeric,
    }
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
    """The reply in `message`, labelled with its message type. Raises `MessageError`."""
    fields = decode_fields(message, _FIELDS)
    private = private_values(fields)
    label = one_of(fields, "t", REPLY_TYPES)
    return HostReply(
        message_class=REPLY_TYPES[label],
        label=label,
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
