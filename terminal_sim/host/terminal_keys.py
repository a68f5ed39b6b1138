"""The keys that an acquirer shares with each of its terminals: those of the host file, and new ones that it gives when it is asked.

1. New keys have a number, and follow from the transport key, the terminal and the number. So the books keep the number only.
2. An answer with new keys may be lost, and the terminal goes on with its old ones. So the keys of a number and of the one before it are taken,
   and whoever asks under the older ones gets the same new ones again.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from functools import partial

from msgspec import Struct

from terminal_sim.emv.data.entropy import draw
from terminal_sim.host.authentication import MacAlgorithm, is_authentic
from terminal_sim.host.config import AcquirerConfig, PinKeys
from terminal_sim.secret import Secret

_SIZE = 16


class KeysIssued(Struct, frozen=True):
    """The number of the newest keys that a terminal was given."""

    terminal: str
    number: int


class WorkingKeys(Struct, frozen=True):
    """The keys of one number, 0 for those of the host file."""

    number: int
    mac: Secret[bytes]
    pin: Secret[bytes]


class TerminalKeys:
    """The keys of all terminals of the acquirer of `config`."""

    def __init__(self, config: AcquirerConfig) -> None:
        self._config = config
        self._newest: dict[str, int] = {}

    def recall(self, issued: Iterable[KeysIssued]) -> None:
        """Go on with what the books say."""
        for one in issued:
            self._newest[one.terminal] = max(one.number, self._newest.get(one.terminal, 0))

    def issued(self) -> tuple[KeysIssued, ...]:
        """All that was issued, for the books and a snapshot."""
        return tuple(KeysIssued(terminal, number) for terminal, number in self._newest.items())

    def authenticating(self, message: bytes, terminal: str, algorithm: MacAlgorithm) -> WorkingKeys | None:
        """The keys of `terminal` that made the code of `message`, None where none of them did."""
        return next(
            (keys for keys in self._taken(terminal) if is_authentic(message, algorithm, keys.mac)), None
        )

    def following(self, terminal: str, used: WorkingKeys) -> WorkingKeys:
        """The keys behind those that `terminal` has used, which are issued with this."""
        keys = self._keys(terminal, used.number + 1)
        self.recall((KeysIssued(terminal, keys.number),))
        return keys

    def blocks(self, keys: WorkingKeys, algorithm: MacAlgorithm) -> tuple[str, ...]:
        """The MAC key, and the PIN key where it is not derived, each as a key block under the transport key (TR-31, version B)."""
        from terminal_sim.emv.keys import key_block  # only new keys need ciphers
        from terminal_sim.emv.keys.key_block_header import KeyBlockHeader

        given = [(algorithm.usage, "C", keys.mac)]
        if self._config.pin.keys is PinKeys.FIXED:
            given.append(("P0", "E", keys.pin))
        return tuple(
            key_block.wrap(
                self._config.transport_key,
                KeyBlockHeader(version="B", usage=usage, algorithm="T", mode=mode),
                key,
                partial(draw, key.reveal(), "key block"),
            )
            for usage, mode, key in given
        )

    def _taken(self, terminal: str) -> Iterator[WorkingKeys]:
        newest = self._newest.get(terminal, 0)
        for number in range(newest, max(newest - 2, -1), -1):
            yield self._keys(terminal, number)

    def _keys(self, terminal: str, number: int) -> WorkingKeys:
        if not number:
            return WorkingKeys(0, self._config.mac_key, self._config.pin_key)
        return WorkingKeys(
            number, self._derived("mac", terminal, number), self._derived("pin", terminal, number)
        )

    def _derived(self, use: str, terminal: str, number: int) -> Secret[bytes]:
        facts = f"{use} {terminal} {number}".encode("ascii")
        return Secret(hmac.digest(self._config.transport_key.reveal(), facts, "sha256")[:_SIZE])
