"""The keys by which a terminal's messages are authenticated, and new ones as its host gives them.

New keys come as key blocks (TR-31) under the terminal's transport key, and are kept as such. They are on the disk before the first of them is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from terminal_sim.errors import BenchMisuse, StorageFailed
from terminal_sim.files import remove_durably, replace_private
from terminal_sim.host.config import AcquirerConfig
from terminal_sim.secret import Secret

_MAC_USAGES, _PIN_USAGE = ("M3", "M6"), "P0"


class NewKeysRefused(ValueError):
    """Key blocks that a terminal does not take; the text says why and shows no key."""


class LineKeys(Struct, frozen=True, kw_only=True):
    """The keys in use. A `pin` of None says that PIN keys are not those of the line, and `usage` what the host has given the MAC key for, empty for that of the host file."""

    mac: Secret[bytes] | None
    pin: Secret[bytes] | None = None
    usage: str = ""

    @property
    def is_new(self) -> bool:
        """Whether the host has given them."""
        return bool(self.usage)


class LineKeyStore:
    """The keys of one terminal: those of the host file, or the newest that its host gave; `file` keeps these, and without one they are in memory.

    An answer has the keys of its request. So after a change the MAC key before it is still taken.
    """

    __slots__ = ("_file", "_transport", "earlier", "keys")

    def __init__(self, config: AcquirerConfig, file: Path | None) -> None:
        self._transport = config.transport_key if config.test_keys.has("transport_key") else None
        self._file = file
        self.earlier: Secret[bytes] | None = None  # the MAC key before the newest
        self.keys = LineKeys(mac=config.mac_key if config.test_keys.has("mac_key") else None)
        if file is not None and file.exists():
            try:
                self.keys = self._opened(file.read_text("ascii").split())
            except ValueError as wrong:
                raise BenchMisuse(
                    f"{file}: these are no keys of this terminal: {wrong}; put the file back, or start a new folder"
                ) from None

    def renew(self, blocks: Sequence[str]) -> None:
        """Use the keys in `blocks` from now on. Raises `NewKeysRefused`; `StorageFailed` where they cannot be kept, and then the old ones stay."""
        keys = self._opened(blocks)
        if self._file is not None:
            try:
                replace_private(self._file, "\n".join(blocks).encode("ascii"))
            except OSError as error:
                raise StorageFailed(f"{self._file}: new keys cannot be stored: {error.strerror}") from None
        self.earlier, self.keys = self.keys.mac, keys

    def erase(self) -> None:
        """Forget all keys, on the disk too. Raises `StorageFailed` where they stay there, which are key blocks under the transport key."""
        self.earlier, self.keys = None, LineKeys(mac=None)
        if self._file is not None:
            try:
                remove_durably(self._file)
            except OSError as error:
                raise StorageFailed(f"{self._file}: the keys cannot be erased: {error.strerror}") from None

    def _opened(self, blocks: Sequence[str]) -> LineKeys:
        from terminal_sim.emv.keys import key_block  # only new keys need ciphers

        if self._transport is None:
            raise NewKeysRefused("test_keys.transport_key of the host file opens them, and is missing")
        found: dict[str, Secret[bytes]] = {}
        usage = ""
        for text in blocks:
            try:
                block = key_block.unwrap(self._transport, text)
            except ValueError as wrong:
                raise NewKeysRefused(str(wrong)) from None
            use = "mac" if block.header.usage in _MAC_USAGES else block.header.usage
            if use not in ("mac", _PIN_USAGE) or use in found:
                raise NewKeysRefused(f"a key for {block.header.use} is not wanted")
            found[use] = block.key
            usage = block.header.usage if use == "mac" else usage
        if "mac" not in found:
            raise NewKeysRefused("no key for message authentication among them")
        return LineKeys(mac=found["mac"], pin=found.get(_PIN_USAGE), usage=usage)
