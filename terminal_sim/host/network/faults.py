"""What can happen to the connection of a host in the place of its next answer."""

from __future__ import annotations

from enum import Enum


class ConnectionFault(Enum):
    """The value is the name of the fault. The acquirer has decided and booked in each case."""

    SILENT = "silent"
    """The answer never comes, and the connection stays open."""
    CLOSED = "closed"
    """The connection is closed before the answer."""
    RESET = "reset"
    """The connection is reset (TCP RST) before the answer."""
    HALF = "half"
    """Half of the answer comes, and the connection is closed."""
    PIECES = "pieces"
    """The answer comes whole, one byte at a time."""
    TWICE = "twice"
    """The answer comes twice."""
    NOISE = "noise"
    """Bytes come in its place that are no message of the dialect, in a frame as any."""
