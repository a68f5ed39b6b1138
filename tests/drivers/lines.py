"""Lines that tell what was asked of them."""

from __future__ import annotations


class Waits:
    """A transport with something to hand over, which logs for how long it is asked to wait and what is written."""

    def __init__(self, said: bytes) -> None:
        self.said = said
        self.waits: list[float] = []
        self.written = b""

    def read(self, n: int, timeout: float) -> bytes:
        self.waits.append(timeout)
        said, self.said = self.said[:n], self.said[n:]
        return said

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None: ...
