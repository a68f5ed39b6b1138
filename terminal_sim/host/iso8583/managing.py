"""Messages of network management to bytes and back: 0800 and 0810 in ISO 8583:1987, 1804 and 1814 in :1993."""

from __future__ import annotations

from terminal_sim.host.dialect import MessageError
from terminal_sim.host.iso8583 import elements as el
from terminal_sim.host.iso8583.codes import DialectCodes
from terminal_sim.host.iso8583.fields import (
    PrivateTag,
    alphanumeric,
    filled,
    number,
    one_of,
    printable,
    private_data,
    private_values,
    trace_number,
    trace_number_of,
    unfilled,
)
from terminal_sim.host.iso8583.layout import MANAGEMENT
from terminal_sim.host.iso8583.times import LocalTimes
from terminal_sim.host.iso8583.wire import WireCodec
from terminal_sim.host.management import ManagementReply, ManagementRequest

_HEADS = (el.MESSAGE_TYPE, el.BITMAP, el.SECOND_BITMAP, el.MAC)
_BOTH = (*_HEADS, el.TRACE_NUMBER, el.TERMINAL, el.FUNCTION, el.PRIVATE_DATA)
_REQUEST = frozenset((*_BOTH, el.TRANSMISSION_TIME, el.LOCAL_TIME, el.LOCAL_DATE))
_REPLY = frozenset((*_BOTH, el.RESPONSE_CODE))
_BLOCKS = (PrivateTag.KEY_BLOCK, PrivateTag.SECOND_KEY_BLOCK)


class ManagementCodec:
    """See the module. Raises `MessageError` for what does not fit, in both directions."""

    def __init__(self, wire: WireCodec, codes: DialectCodes) -> None:
        self._wire = wire
        self._codes = codes
        self._times = LocalTimes(has_date=any(form.name == el.LOCAL_DATE for form in wire.forms))

    def encode_request(self, request: ManagementRequest) -> bytes:
        private: dict[PrivateTag, str] = {}
        fields = {
            el.MESSAGE_TYPE: self._codes.management,
            el.TRACE_NUMBER: trace_number(request.stan),
            el.TERMINAL: filled(request.terminal, 8, "the terminal"),
            el.FUNCTION: self._codes.management_functions[request.function],
        }
        self._times.write(request.at, fields, private)
        if private:
            fields[el.PRIVATE_DATA] = private_data(private)
        return self._wire.encode(fields)

    def decode_request(self, message: bytes) -> ManagementRequest:
        fields = self._wire.decode(message, _REQUEST)
        if fields[el.MESSAGE_TYPE] != self._codes.management:
            raise MessageError("this message type is no request of network management")
        return ManagementRequest(
            function=self._codes.managed[one_of(fields, el.FUNCTION, self._codes.managed)],
            terminal=unfilled(fields, el.TERMINAL),
            stan=trace_number_of(number(fields, el.TRACE_NUMBER, 6)),
            at=self._times.read(fields, private_values(fields)),
        )

    def encode_reply(self, reply: ManagementReply) -> bytes:
        fields = {
            el.MESSAGE_TYPE: self._codes.management_reply,
            el.TRACE_NUMBER: trace_number(reply.stan),
            el.RESPONSE_CODE: self._codes.response(reply.response_code, MANAGEMENT),
            el.TERMINAL: filled(reply.terminal, 8, "the terminal"),
            el.FUNCTION: self._codes.management_functions[reply.function],
        }
        if reply.key_blocks:
            fields[el.PRIVATE_DATA] = private_data(
                {
                    tag: printable(block, 1, 120, "a key block")
                    for tag, block in zip(_BLOCKS, reply.key_blocks, strict=False)
                }
            )
        return self._wire.encode(fields)

    def decode_reply(self, message: bytes) -> ManagementReply:
        fields = self._wire.decode(message, _REPLY)
        if fields[el.MESSAGE_TYPE] != self._codes.management_reply:
            raise MessageError("this message type is no reply of network management")
        private = private_values(fields)
        code = self._codes.response_of(fields.get(el.RESPONSE_CODE, ""), MANAGEMENT, "the response code")
        return ManagementReply(
            function=self._codes.managed[one_of(fields, el.FUNCTION, self._codes.managed)],
            terminal=unfilled(fields, el.TERMINAL),
            stan=trace_number_of(number(fields, el.TRACE_NUMBER, 6)),
            response_code=alphanumeric(code, 2, "the response code"),
            key_blocks=tuple(private[tag] for tag in _BLOCKS if tag in private),
        )
