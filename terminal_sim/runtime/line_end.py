"""A terminal as its line to the host knows it: the dialect with the terminal's keys. A `host.network.session.LineEnd`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from terminal_sim.host.dialect import Dialect, NotAuthentic
from terminal_sim.host.management import ManagementReply, ManagementRequest
from terminal_sim.runtime.key_store import KeyStore


@dataclass(frozen=True, eq=False)
class TerminalLineEnd:
    """See the module; `now` gives the terminal's civil time."""

    terminal: str
    dialect: Dialect
    keys: KeyStore
    now: Callable[[], datetime]

    def is_management(self, message: bytes) -> bool:
        return self.dialect.is_management(message)

    def encode_management(self, message: ManagementRequest | ManagementReply) -> bytes:
        """With its code. Raises `LookupError` where there is no key for it."""
        encoded = self.dialect.encode_management(message)
        return encoded if self.dialect.mac is None else self.keys.sealed(encoded, self.dialect.mac)

    def decode_management(self, message: bytes) -> ManagementRequest | ManagementReply:
        """Raises `MessageError` for what is none, `NotAuthentic` for one with a wrong code."""
        decoded = self.dialect.decode_management(message)
        if self.dialect.mac is not None and not self.keys.is_authentic(message, self.dialect.mac):
            raise NotAuthentic("the message authentication code is wrong")
        return decoded

    def renew(self, blocks: Sequence[str]) -> None:
        self.keys.renew(blocks)
