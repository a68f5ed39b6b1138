"""What carries CCID messages, and what is known of the reader behind it."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from terminal_drivers.readers.ccid.descriptor import ClassDescriptor


class Link(Protocol):
    """What carries CCID messages: a serial framing, or the endpoints of a USB device."""

    def send(self, message: bytes) -> None:
        """Send one command."""
        ...

    def receive(self, timeout: float) -> bytes | None:
        """Return the next message, interrupt messages included; None after `timeout` s of silence."""
        ...

    def listen(self, timeout: float) -> bytes | None:
        """Return the next interrupt message while no command waits."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class ControlPipe(Protocol):
    """A link that can announce an abort beside the messages (5.3.1)."""

    def abort(self, slot: int, seq: int) -> None:
        """Announce PC_to_RDR_Abort with that bSeq."""
        ...


@dataclass(frozen=True, slots=True)
class CcidLine:
    """A link and what is known of its reader: dwFeatures of each slot, the class descriptor, and why a PIN pad that it promises
    must not be used, if so.
    """

    link: Link
    features: tuple[int, ...]
    descriptor: ClassDescriptor
    pin_ban: str = ""
