"""Replies of a dialect to bytes and back."""

from __future__ import annotations

from terminal_sim.core.message import HostReply
from terminal_sim.host.dialect import MessageError
from terminal_sim.host.iso8583 import elements as el
from terminal_sim.host.iso8583.codes import DialectCodes
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
from terminal_sim.host.iso8583.wire import WireCodec

_ELEMENTS = frozenset(
    (
        el.AMOUNT,
        el.TRACE_NUMBER,
        el.HOST_REFERENCE,
        el.AUTHORIZATION_CODE,
        el.RESPONSE_CODE,
        el.TERMINAL,
        el.ADDRESS_CHECK,
        el.PRIVATE_DATA,
        el.CURRENCY,
        el.PARTIAL_AMOUNT,
        el.ICC_DATA,
        el.MESSAGE_TYPE,
        el.BITMAP,
        el.SECOND_BITMAP,
        el.MAC,
    )
)


class ReplyCodec:
    """See the module. Raises `MessageError` for what does not fit, in both directions."""

    def __init__(self, wire: WireCodec, codes: DialectCodes) -> None:
        self._wire = wire
        self._codes = codes

    def encode(self, reply: HostReply) -> bytes:
        """The message of `reply`."""
        code = alphanumeric(reply.response_code, 2, "the response code")
        fields = {
            el.MESSAGE_TYPE: self._codes.reply_type(reply.message_class),
            el.AMOUNT: amount(reply.amount),
            el.TRACE_NUMBER: trace_number(reply.stan),
            el.RESPONSE_CODE: self._codes.response(code, reply.message_class.value),
            el.TERMINAL: filled(reply.terminal, 8, "the terminal"),
            el.CURRENCY: reply.amount.numeric,
        }
        if reply.host_reference:
            fields[el.HOST_REFERENCE] = alphanumeric(reply.host_reference, 12, "the host reference")
        if reply.auth_code:
            fields[el.AUTHORIZATION_CODE] = alphanumeric(reply.auth_code, 6, "the authorization code")
        if reply.avs_result:
            if reply.avs_result not in self._codes.address_checks:
                raise MessageError(f"an address check is one of {', '.join(self._codes.address_checks)}")
            fields[el.ADDRESS_CHECK] = self._codes.address_checks[reply.avs_result]
        if reply.text:
            fields[el.PRIVATE_DATA] = private_data(
                {PrivateTag.TEXT: printable(reply.text, 1, 99, "the text")}
            )
        if reply.authorised is not None:
            fields[el.PARTIAL_AMOUNT] = partial(reply.authorised)
        if reply.icc_data:
            fields[el.ICC_DATA] = reply.icc_data.hex()
        return self._wire.encode(fields)

    def decode(self, message: bytes) -> HostReply:
        """The reply in `message`, labelled with its message type."""
        fields = self._wire.decode(message, _ELEMENTS)
        private = private_values(fields)
        label = one_of(fields, el.MESSAGE_TYPE, self._codes.replies)
        message_class = self._codes.replies[label]
        code = self._codes.response_of(
            fields.get(el.RESPONSE_CODE, ""), message_class.value, "the response code"
        )
        checks = self._codes.address_check_of
        return HostReply(
            message_class=message_class,
            label=label,
            terminal=unfilled(fields, el.TERMINAL),
            stan=trace_number_of(number(fields, el.TRACE_NUMBER, 6)),
            amount=amount_of(fields),
            response_code=alphanumeric(code, 2, "the response code"),
            auth_code=_coded(fields.get(el.AUTHORIZATION_CODE), 6, "the authorization code"),
            host_reference=_coded(fields.get(el.HOST_REFERENCE), 12, "the host reference"),
            avs_result=checks[one_of(fields, el.ADDRESS_CHECK, checks)] if el.ADDRESS_CHECK in fields else "",
            icc_data=bytes.fromhex(fields.get(el.ICC_DATA, "")),
            authorised=partial_of(fields[el.PARTIAL_AMOUNT]) if el.PARTIAL_AMOUNT in fields else None,
            text=printable(private[PrivateTag.TEXT], 1, 99, "the text") if PrivateTag.TEXT in private else "",
        )


def _coded(text: str | None, length: int, what: str) -> str:
    return "" if text is None else alphanumeric(text, length, what)
