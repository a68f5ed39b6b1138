"""The wire format as a seam: what terminal and acquirer ask of it, whichever it is."""

from __future__ import annotations

from typing import Protocol

from terminal_sim.core.message import HostReply, HostRequest
from terminal_sim.emv.data.tree import Part
from terminal_sim.host.authentication import MacAlgorithm
from terminal_sim.host.management import ManagementReply, ManagementRequest
from terminal_sim.secret import MaskedBytes


class MessageError(ValueError):
    """These bytes are no message of the dialect, or this value cannot be said in it."""


class NotAuthentic(MessageError):
    """A message whose authentication code was not made with the key that it should be."""


class Dialect(Protocol):
    """Requests and replies as bytes. What encodes or decodes raises `MessageError`, and nothing else, for what the dialect does not have."""

    source: str
    """The name or path by which the dialect is found again."""

    @property
    def mac(self) -> MacAlgorithm | None:
        """How the codes of messages are made, whose place what encodes keeps; None where messages have none."""
        ...

    def label(self, request: HostRequest) -> str:
        """What the dialect calls the message of `request`, such as 0100; it is shown and decides nothing."""
        ...

    def encode_request(self, request: HostRequest) -> bytes: ...
    def decode_request(self, message: bytes) -> HostRequest: ...
    def encode_reply(self, reply: HostReply) -> bytes: ...

    def decode_reply(self, message: bytes) -> HostReply:
        """The reply, with its own `label`."""
        ...

    def check_response(self, code: str) -> None:
        """Raises `MessageError` for a response code that no reply of the dialect can say."""
        ...

    def is_management(self, message: bytes) -> bool:
        """Whether these bytes begin as a message of network management."""
        ...

    def encode_management(self, message: ManagementRequest | ManagementReply) -> bytes: ...
    def decode_management(self, message: bytes) -> ManagementRequest | ManagementReply: ...

    def masked(self, message: bytes) -> MaskedBytes:
        """A message of either direction without what says whose card it is."""
        ...

    def tree(self, message: MaskedBytes) -> tuple[Part, ...]:
        """The parts of a masked message, each with its offsets."""
        ...
