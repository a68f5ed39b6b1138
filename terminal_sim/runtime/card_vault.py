"""Card data at rest: sealed with a key of the device, opened only to be forwarded.

Rules:
1. What is sealed is what the acquirer needs to be asked later: number, expiry, sequence, chip data. No track, CVC or PIN block.
2. AES-256-GCM; the payment's reference is authenticated with it, and a nonce is used once.
3. The key lies in a file of its owner alone, or in memory on a bench without a state folder. It is written whole or not at all.
4. Erased, the file holds zeros and opens nothing any more. A file that is damaged, that others may read, or that is gone while
   payments wait is refused and never replaced, for these payments can be forwarded once it is put back.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from terminal_sim.core.effects import Store
from terminal_sim.core.message import HostRequest
from terminal_sim.core.rows.offline import OfflineStoredRow
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.errors import BenchMisuse, StorageFailed
from terminal_sim.files import HAS_MODES, replace_private
from terminal_sim.runtime.random_source import RandomSource
from terminal_sim.secret import Secret

_KEY_BYTES, _NONCE_BYTES = 32, 12
_CURE = "put it back from a copy, or start a new state folder"


class VaultState(Struct, frozen=True):
    """A vault at one moment: its key, and the sealed card data by the references of their payments, in hexadecimal."""

    key: Secret[bytes] | None
    sealed: Mapping[str, str]


class Vault:
    """`file` keeps the key, made when it is first needed; None keeps it in memory, drawn from the bench's own random source."""

    __slots__ = ("_file", "_key", "_sealed")

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._key: Secret[bytes] | None = None
        self._sealed: dict[str, str] = {}

    def load(self, rows: Iterable[JournalRow], *, waiting: Collection[str]) -> None:
        """Take over what the journal keeps; `waiting` has the references of stored payments that are still to be forwarded.

        Raises `BenchMisuse` for a key file that cannot be used, or that does not open what waits.
        """
        self._sealed = {row.reference: row.sealed for row in rows if isinstance(row, OfflineStoredRow)}
        if self._file is None or self._key is not None:
            return
        kept = _read_private(self._file)
        if kept is None and waiting:
            raise BenchMisuse(f"{self._file}: it is gone, and stored payments are sealed under it; {_CURE}")
        if kept is None or not any(kept):
            return
        for reference in waiting:
            if self._plain(reference) is None:
                raise BenchMisuse(
                    f"{self._file}: this is not the key that {reference} is sealed under; {_CURE}"
                )

    def snapshot(self) -> VaultState:
        return VaultState(self._key_kept(), self._sealed.copy())

    def restore(self, state: VaultState) -> None:
        """Have the key and the card data of that moment; a key that lies in a file is put there. Raises `StorageFailed`."""
        self._sealed = dict(state.sealed)
        if state.key is not None and state.key != self._key:
            self._keep(state.key)
        self._key = state.key

    def sealed(self, effect: Store, random: RandomSource) -> OfflineStoredRow:
        """The row of `effect` that says so, with the sealed card data of its request."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        request = effect.request
        # A key that outlives the bench needs nonces that no later bench draws again from the same seed.
        nonce = random.randbytes(_NONCE_BYTES) if self._file is None else os.urandom(_NONCE_BYTES)
        cipher = AESGCM(self._key_for_sealing(random).reveal())
        text = nonce + cipher.encrypt(nonce, _written(request), request.reference.encode())
        self._sealed[request.reference] = text.hex()
        return replace(effect.stored, sealed=text.hex())

    def opened(self, request: HostRequest) -> HostRequest | None:
        """`request` with the card data that was sealed under its reference; None where that cannot be opened."""
        plain = self._plain(request.reference)
        if plain is None:
            return None
        pan, expiry, sequence, icc_data = plain.decode("ascii").split("|")
        return replace(
            request,
            pan=Secret(pan),
            expiry=Secret(expiry) if expiry else None,
            sequence=sequence,
            icc_data=bytes.fromhex(icc_data),
        )

    def _plain(self, reference: str) -> bytes | None:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = self._key_kept()
        text = bytes.fromhex(self._sealed.get(reference, ""))
        if key is None or not text:
            return None
        nonce, cipher_text = text[:_NONCE_BYTES], text[_NONCE_BYTES:]
        try:
            return AESGCM(key.reveal()).decrypt(nonce, cipher_text, reference.encode())
        except InvalidTag:
            return None

    def erase(self) -> None:
        """Destroy the key, in the file as well: overwritten and durable before it is removed."""
        self._key = None
        if self._file is None:
            return
        try:
            if self._file.exists():
                replace_private(self._file, bytes(_KEY_BYTES))
        except OSError as error:
            raise StorageFailed(f"{self._file}: the key cannot be erased: {error.strerror}") from None

    def _key_for_sealing(self, random: RandomSource) -> Secret[bytes]:
        key = self._key_kept()
        if key is None:
            key = Secret(random.randbytes(_KEY_BYTES) if self._file is None else os.urandom(_KEY_BYTES))
            self._keep(key)
        return key

    def _keep(self, key: Secret[bytes]) -> None:
        if self._file is not None:
            try:
                replace_private(self._file, key.reveal())
            except OSError as error:
                raise StorageFailed(
                    f"{self._file}: the key of stored payments cannot be stored: {error.strerror}; make room, or check its rights"
                ) from None
        self._key = key

    @property
    def key(self) -> Secret[bytes] | None:
        """The device's key, None before anything was sealed and after it was erased."""
        return self._key_kept()

    def _key_kept(self) -> Secret[bytes] | None:
        if self._key is None and self._file is not None:
            kept = _read_private(self._file)
            if kept is not None and any(kept):
                self._key = Secret(kept)
        return self._key


def _written(request: HostRequest) -> bytes:
    pan = request.pan.reveal() if request.pan is not None else ""
    expiry = request.expiry.reveal() if request.expiry is not None else ""
    return "|".join((pan, expiry, request.sequence, request.icc_data.hex())).encode("ascii")


def _read_private(path: Path) -> bytes | None:
    """The key in `path`, zeros where it was erased; None where there is no file. Raises `BenchMisuse`."""
    try:
        if not stat.S_ISREG((found := path.lstat()).st_mode):
            raise BenchMisuse(f"{path}: this is no plain file; {_CURE}")
        if HAS_MODES and found.st_mode & 0o077:
            raise BenchMisuse(
                f"{path}: others may read this key; take their rights away with chmod 600 {path}"
            )
        kept = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BenchMisuse(f"{path}: cannot be read: {error.strerror}; check its rights") from None
    if len(kept) != _KEY_BYTES:
        raise BenchMisuse(f"{path}: it has {len(kept)} bytes, and a key has {_KEY_BYTES}; {_CURE}")
    return kept
