"""A listening socket of loopback that outlives a flood of connections."""

import os
import socket

from terminal_drivers.base import Misuse

LOOPBACK = "127.0.0.1"
LAST_PORT = 0xFFFF


class ListeningSocket:
    """Listens at a port of loopback until `close`; port 0 takes a free one, `Misuse` says that it cannot be had."""

    def __init__(self, port: int = 0, *, backlog: int | None = None) -> None:
        if port > LAST_PORT:
            raise Misuse(f"port {port} cannot be served: the last one is {LAST_PORT}")
        try:
            self._socket = socket.create_server((LOOPBACK, port), backlog=backlog)
        except OSError as error:
            raise Misuse(f"port {port} of {LOOPBACK} cannot be served: {error.strerror}") from error
        self._socket.setblocking(False)  # who waited may have left
        self._spare: int | None = _descriptor()
        self.address: tuple[str, int] = self._socket.getsockname()

    def fileno(self) -> int:
        return self._socket.fileno()

    def accept(self) -> socket.socket | None:
        """The connection that waits, ready to send at once (TCP_NODELAY); None where it has left, or no descriptor is left for it.

        Such a connection is taken by a descriptor that is kept for this and closed at once, since it would wake `poll` for ever.
        """
        try:
            peer = self._socket.accept()[0]
        except OSError:
            self._turn_away()
            return None
        try:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            peer.close()
            return None
        return peer

    def close(self) -> None:
        self._socket.close()
        if self._spare is not None:
            os.close(self._spare)
            self._spare = None

    def _turn_away(self) -> None:
        if self._spare is not None:
            os.close(self._spare)
        try:
            self._socket.accept()[0].close()
        except OSError:
            pass
        finally:
            self._spare = _descriptor()


def _descriptor() -> int | None:
    try:
        return os.open(os.devnull, os.O_RDONLY)
    except OSError:  # another thread has taken the last one
        return None
