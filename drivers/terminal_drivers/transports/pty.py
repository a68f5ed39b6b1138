"""A pseudo-terminal pair: software opens the path like a serial port, and one thread pumps our device behind
it.

1. The thread only moves bytes between the terminal and the device; the lock makes `act` and the device take
   turns.
2. The line holds a descriptor of the far side too: a host may close and open the path as often as it likes.
3. A pseudo-terminal has no speed, but it keeps the one that its host has set: a `SpeedListener` is given it.
4. `close` stops and joins the thread and leaves no descriptor and no link behind.
"""

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from terminal_drivers.base import LineDevice, Misuse, SpeedListener, Transport
from terminal_drivers.transports.serial import SerialTransport, StopBits
from terminal_drivers.transports.turns import Turns

CHUNK = 4096
OSPEED = 5  # its place in what tcgetattr returns


@cache
def bauds() -> Mapping[int, int]:
    """The speeds in bit/s by what termios calls them."""
    import termios  # imported here, as in `PtyLine`: Windows has none

    return {
        getattr(termios, name): int(name[1:])
        for name in dir(termios)
        if name[:1] == "B" and name[1:].isdigit()
    }


class PtyLine:
    """Serves a device at `path` until `close`; `link` is a symbolic link to it. `Misuse`: there are no pseudo-terminals here, or no link can be made."""

    def __init__(
        self,
        device: LineDevice,
        link: Path | None = None,
        *,
        baud: int = 115_200,
        stop_bits: StopBits = StopBits.ONE,
    ) -> None:
        if not hasattr(os, "openpty"):
            raise Misuse("this system has no pseudo-terminals: use virtual readers, or one at a port")
        import termios
        import tty

        self._settings = termios.tcgetattr
        self._device = device
        self._listener = device if isinstance(device, SpeedListener) else None
        self._baud, self._stop_bits = baud, stop_bits
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.path = os.ttyname(self._far)
        self._link = link
        if link is not None:
            try:
                link.symlink_to(self.path)
            except OSError as error:
                os.close(self._near)
                os.close(self._far)
                cure = ": remove it, or name another" if isinstance(error, FileExistsError) else ""
                raise Misuse(f"the link {link} cannot be made: {error.strerror}{cure}") from error
        self._turns = Turns(f"device at {self.path}", self._serve)
        self._turns.watch(self._near)
        self._turns.start()

    def open(self) -> Transport:
        return SerialTransport(self.path, self._baud, self._stop_bits)

    def act(self, what: Callable[[], None]) -> None:
        self._turns.act(what)

    def close(self) -> None:
        if not self._turns.close():
            return
        # The link is removed first: once the terminal is closed, any program may get another one of the same name.
        try:
            if self._link is not None:
                self._link.unlink(missing_ok=True)
        finally:
            for descriptor in (self._near, self._far):
                os.close(descriptor)

    def _serve(self) -> None:
        said, full = b"", False
        while True:
            readable = self._turns.wait()
            with self._turns.lock:
                if self._turns.is_over(readable):
                    return
                if self._near in readable:
                    self._feed(os.read(self._near, CHUNK))
                said += self._device.take()
            if said:
                said = said[self._write(said) :]
                if full != bool(said):
                    full = bool(said)
                    self._turns.watch(self._near, writes=full)

    def _feed(self, data: bytes) -> None:
        if self._listener is not None:
            self._listener.host_speed(bauds().get(self._settings(self._far)[OSPEED], 0))
        self._device.feed(data)

    def _write(self, data: bytes) -> int:
        try:
            return os.write(self._near, data)
        except BlockingIOError:
            return 0  # the host reads slowly: `wait` returns when there is room
