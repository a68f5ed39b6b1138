"""Lines by name, with a virtual device at the far end: in this process, on a pseudo-terminal, or at a TCP port of loopback."""

from pathlib import Path
from typing import Literal

from terminal_drivers.base import Line, LineDevice, Misuse
from terminal_drivers.transports.loopback import LoopbackLine

LineKind = Literal["loopback", "pty", "tcp"]


def line_to(
    device: LineDevice,
    kind: LineKind,
    baud: int,
    *,
    link: Path | None = None,
    record: list[tuple[str, bytes]] | None = None,
) -> Line:
    """Put a device behind a line. `link` is a symbolic link to the pty, `record` gets what crosses the loopback.

    `Misuse`: the line has no path for `link`, or cannot be recorded.
    """
    if link is not None and kind != "pty":
        raise Misuse("only the pty has a path for a link")
    if kind == "loopback":
        return LoopbackLine(device, record)
    if record is not None:
        raise Misuse("only the loopback records")
    # Imported here: only these lines need sockets, and a pty needs pyserial and a system with pseudo-terminals.
    if kind == "tcp":
        from terminal_drivers.transports.tcp import TcpLine

        return TcpLine(device)
    from terminal_drivers.transports.pty import PtyLine

    return PtyLine(device, link, baud=baud)
