"""The keys of a terminal's PIN pad: what is asked of them comes back enciphered, and no key leaves the store.

A PIN key is fixed, or each is derived for one PIN and never used again (ANSI X9.24). The counter of derived keys is durable before its key
is used, so that a power cut skips a key and never repeats one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from terminal_sim.emv.data.entropy import draw
from terminal_sim.emv.talk.answers import PinBlock
from terminal_sim.emv.talk.asks import PinEncipherment
from terminal_sim.errors import BenchMisuse, StorageFailed
from terminal_sim.files import replace_private
from terminal_sim.host import authentication
from terminal_sim.host.authentication import MacAlgorithm
from terminal_sim.host.config import AcquirerConfig, PinKeys
from terminal_sim.runtime.line_keys import LineKeyStore, NewKeysRefused
from terminal_sim.secret import Secret


class PinKeySource(Protocol):
    """Where the keys of online PINs come from."""

    @property
    def serial(self) -> bytes:
        """The serial number of the key that was used last; empty for a fixed key."""

    def take(self) -> tuple[Secret[bytes], bytes]:
        """The key of the next PIN, and its serial number; that is durable by then."""

    def go_on(self, serial: bytes) -> None:
        """Take the keys behind the one with this serial number from now on."""


class FixedPinKey:
    """One key for all PINs."""

    __slots__ = ("_key",)
    serial = b""

    def __init__(self, key: Secret[bytes]) -> None:
        self._key = key

    def take(self) -> tuple[Secret[bytes], bytes]:
        return self._key, b""

    def go_on(self, serial: bytes) -> None:
        """There is one key."""


class SerialFile:
    """Keeps a serial number in a file, which is on the disk before `keep` returns; without a file it is in memory."""

    def __init__(self, file: Path | None, first: bytes) -> None:
        self._file = file
        self.last = first
        if file is not None and file.exists():
            self.last = _serial_in(file, len(first))

    def keep(self, serial: bytes) -> None:
        """Raises `StorageFailed` where the disk does not take it: then no key may be used."""
        if self._file is not None:
            try:
                replace_private(self._file, serial.hex().encode())
            except OSError as error:
                raise StorageFailed(
                    f"{self._file}: the counter of PIN keys cannot be stored: {error.strerror}"
                ) from None
        self.last = serial


def _serial_in(file: Path, size: int) -> bytes:
    """Raises `BenchMisuse` where the file holds no serial number of `size` bytes."""
    try:
        serial = bytes.fromhex(file.read_text("ascii"))
    except ValueError:
        serial = b""
    if len(serial) != size:
        raise BenchMisuse(
            f"{file}: this is no key serial number of {size} bytes; put the file back, or remove it: then keys that were used are used again"
        )
    return serial


class DerivedPinKeys:
    """Keys derived from an initial key: `following` gives the next serial number, `key_of` the PIN key that belongs to one."""

    def __init__(
        self,
        serials: SerialFile,
        following: Callable[[bytes], bytes],
        key_of: Callable[[bytes], Secret[bytes]],
    ) -> None:
        self._serials = serials
        self._following = following
        self._key_of = key_of

    @property
    def serial(self) -> bytes:
        return self._serials.last

    def take(self) -> tuple[Secret[bytes], bytes]:
        serial = self._following(self._serials.last)
        self._serials.keep(serial)
        return self._key_of(serial), serial

    def go_on(self, serial: bytes) -> None:
        self._serials.keep(serial)


def pin_keys_of(config: AcquirerConfig, name: str, *, file: Path | None = None) -> PinKeySource:
    """The PIN keys of the pad of the terminal `name`, as the host file has them managed; `file` keeps the serial number of derived keys."""
    if config.pin.keys is PinKeys.FIXED:
        return FixedPinKey(config.pin_key)
    from terminal_sim.host import pin_keys  # only derived keys need their derivation

    derivation = pin_keys.derivation_of(config)
    serials = SerialFile(file, derivation.first(name))
    initial = derivation.initial(config.base_derivation_key, serials.last)
    return DerivedPinKeys(serials, derivation.following, lambda serial: derivation.pin_key(initial, serial))


class KeyStoreState(Struct, frozen=True):
    """A store at one moment: the serial number of the key that was used last, empty for a fixed one, and whether the keys are erased."""

    serial: bytes
    erased: bool


class KeyStore:
    """Holds the acquirer's PIN keys from `source`, and the keys of its `line`; blocks for the issuer have `block_format` 0, 3 or 4 (ISO 9564-1)."""

    __slots__ = ("_erased", "_format", "_line", "_source")

    def __init__(self, source: PinKeySource, block_format: int = 0, line: LineKeyStore | None = None) -> None:
        self._source = source
        self._line = line
        self._take_line_keys()
        self._erased = False
        self._format = block_format

    @property
    def serial(self) -> bytes:
        """The serial number of the key that was used last; empty for a fixed key, and once the keys are erased."""
        return b"" if self._erased else self._source.serial

    @property
    def is_erased(self) -> bool:
        """Whether the housing was opened."""
        return self._erased

    def erase(self) -> None:
        """Forget all keys, since the housing was opened. Raises `StorageFailed` where some stay on the disk."""
        self._erased = True
        if self._line is not None:
            self._line.erase()

    def sealed(self, message: bytes, algorithm: MacAlgorithm) -> bytes:
        """`message` with its code. Raises `LookupError` where there is no key for it."""
        return authentication.sealed(message, algorithm, self._mac_key())

    def is_authentic(self, message: bytes, algorithm: MacAlgorithm) -> bool:
        """Whether the code of `message` was made with the key of this terminal, or with the one before it."""
        if self._line is None or self._erased:
            return False
        keys = (self._line.keys.mac, self._line.earlier)
        return any(key is not None and authentication.is_authentic(message, algorithm, key) for key in keys)

    def renew(self, blocks: Sequence[str]) -> None:
        """Use the host's new keys from now on. Raises `NewKeysRefused` and `StorageFailed`, and then the old ones stay."""
        if self._line is None or self._erased:
            raise NewKeysRefused("this terminal has no place for keys")
        self._line.renew(blocks)
        self._take_line_keys()

    def _mac_key(self) -> Secret[bytes]:
        key = None if self._line is None else self._line.keys.mac
        if key is None:
            raise LookupError("there is no key for the codes of messages")
        return key

    def _take_line_keys(self) -> None:
        """A fixed PIN key is renewed with those of the line."""
        if self._line is not None and self._line.keys.pin is not None:
            self._source = FixedPinKey(self._line.keys.pin)

    def snapshot(self) -> KeyStoreState:
        return KeyStoreState(self._source.serial, self._erased)

    def restore(self, state: KeyStoreState) -> None:
        """Have used as many keys as at that moment."""
        self._erased = state.erased
        if state.serial != self._source.serial:
            self._source.go_on(state.serial)

    def pin_block(self, pin: Secret[str], pan: Secret[str]) -> PinBlock:
        """`pin` bound to `pan` and enciphered, with the key's serial number.

        Raises `PinBlockError` where PIN or PAN have a length that the format does not know, `KeyExhausted` where no key is left.
        """
        from terminal_sim.emv.keys import pinblock  # only an online PIN needs ciphers

        if self._erased:
            raise RuntimeError("a pad whose keys are erased takes no PIN")
        clear = pinblock.format0(pin, pan) if self._format == 0 else None
        key, serial = self._source.take()
        if clear is not None:
            return PinBlock(pinblock.encipher(clear, key), serial)
        # The filler need not be secret; it differs from PIN to PIN as the key or its serial number does.
        filler = draw(serial + key.reveal(), "PIN block", 8)
        if self._format == 3:
            return PinBlock(pinblock.encipher(pinblock.format3(pin, pan, filler), key), serial)
        return PinBlock(pinblock.encipher_aes(pinblock.format4(pin, filler), pan, key), serial)

    def card_block(self, pin: Secret[str], encipher: PinEncipherment | None) -> Secret[bytes]:
        """`pin` for the card: the 8 bytes of format 2, enciphered for the card's key where `encipher` says so (EMV Book 2, 7.2).

        Raises `PinBlockError` where the PIN has a length that the format does not know.
        """
        from terminal_sim.emv.keys import pinblock

        block = pinblock.format2(pin)
        if encipher is None:
            return block
        from terminal_sim.emv.keys.rsa import PublicKey  # only an enciphered PIN needs RSA

        plain = b"\x7f" + block.reveal() + encipher.challenge + encipher.padding
        return Secret(PublicKey(encipher.modulus, encipher.exponent).apply(plain))
