"""The dialect as one value, which the engine and the acquirer take."""

from __future__ import annotations

from terminal_sim.core.message import HostRequest
from terminal_sim.host.iso8583 import replies, requests
from terminal_sim.host.iso8583.message_types import request_type
from terminal_sim.host.iso8583.tree import masked, message_tree


class Iso8583:
    """The `host.dialect.Dialect` of the package's table; it has no state."""

    __slots__ = ()
    encode_request = staticmethod(requests.encode_request)
    decode_request = staticmethod(requests.decode_request)
    encode_reply = staticmethod(replies.encode_reply)
    decode_reply = staticmethod(replies.decode_reply)
    masked = staticmethod(masked)
    tree = staticmethod(message_tree)

    def label(self, request: HostRequest) -> str:
        """The message type."""
        return request_type(request.kind.facts.message_class, repeat=request.repeat)


ISO8583 = Iso8583()
