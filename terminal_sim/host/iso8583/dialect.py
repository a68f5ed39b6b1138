"""A dialect as one value, which terminals and the acquirer take."""

from __future__ import annotations

from functools import cached_property

from terminal_sim.core.message import HostRequest
from terminal_sim.emv.data.tree import Part
from terminal_sim.host.authentication import MacAlgorithm
from terminal_sim.host.iso8583.codes import DialectCodes
from terminal_sim.host.iso8583.layout import DialectLayout
from terminal_sim.host.iso8583.managing import ManagementCodec
from terminal_sim.host.iso8583.replies import ReplyCodec
from terminal_sim.host.iso8583.requests import RequestCodec
from terminal_sim.host.iso8583.tree import MessageForEyes
from terminal_sim.host.iso8583.wire import WireCodec
from terminal_sim.host.management import ManagementReply, ManagementRequest
from terminal_sim.secret import MaskedBytes


class Iso8583:
    """The `host.dialect.Dialect` of a dialect file; `source` is the name or the path by which it was asked for."""

    def __init__(self, layout: DialectLayout, source: str) -> None:
        self.layout = layout
        self.source = source
        self.wire = WireCodec(layout)
        self.codes = DialectCodes(layout)
        self._requests = RequestCodec(self.wire, self.codes)
        self._replies = ReplyCodec(self.wire, self.codes)
        self._said: set[str] = set()  # the response codes that are known to be said by its replies
        self.encode_request = self._requests.encode
        self.decode_request = self._requests.decode
        self.encode_reply = self._replies.encode
        self.decode_reply = self._replies.decode

    @cached_property
    def _management(self) -> ManagementCodec:
        return ManagementCodec(self.wire, self.codes)

    @cached_property
    def _eyes(self) -> MessageForEyes:
        return MessageForEyes(self.wire)

    @property
    def mac(self) -> MacAlgorithm | None:
        """How authentication codes are made, None where messages have none."""
        return self.layout.mac_algorithm

    def label(self, request: HostRequest) -> str:
        """The message type."""
        return self.codes.request_type(request.kind.facts.message_class, repeat=request.repeat)

    def check_response(self, code: str) -> None:
        """Raises `MessageError` for a response code that replies of the dialect cannot say."""
        if code not in self._said:
            for message_class in self.codes.replies.values():
                self.codes.response(code, message_class.value)
            self._said.add(code)

    def is_management(self, message: bytes) -> bool:
        """Whether a message begins as one of network management, request or reply."""
        return self.wire.message_type(message) in (self.codes.management, self.codes.management_reply)

    def encode_management(self, message: ManagementRequest | ManagementReply) -> bytes:
        if isinstance(message, ManagementRequest):
            return self._management.encode_request(message)
        return self._management.encode_reply(message)

    def decode_management(self, message: bytes) -> ManagementRequest | ManagementReply:
        if self.wire.message_type(message) == self.codes.management:
            return self._management.decode_request(message)
        return self._management.decode_reply(message)

    def masked(self, message: bytes) -> MaskedBytes:
        return self._eyes.masked(message)

    def tree(self, message: MaskedBytes) -> tuple[Part, ...]:
        return self._eyes.tree(message)
