"""Files of public keys of certification authorities, as a kernel file names them; a key whose checksum is wrong is not loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from terminal_sim.datafiles.toml import read
from terminal_sim.emv.keys import ca
from terminal_sim.emv.keys.rsa import PublicKey
from terminal_sim.emv.talk.config import CaKey


@dataclass(frozen=True, slots=True, kw_only=True)
class CaKeyEntry:
    """One key (EMV Book 2, 11.2.2), all numbers in hex: the registered application provider `rid`, the `index` that the card has in 8F.

    `checksum` is the SHA-1 over RID, index, modulus and exponent; `expires` is YYMMDD. `test` marks a key that is no scheme's live
    key. `revoked` are serial numbers, 3 bytes each, of issuer's certificates that were made with it and taken back (5.1.2).
    """

    rid: str
    index: str
    exponent: str
    modulus: str
    checksum: str
    expires: str = "491231"
    test: bool = False
    revoked: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        key = PublicKey(_hex("modulus", self.modulus), int.from_bytes(_hex("exponent", self.exponent)))
        index = _hex("index", self.index)
        if len(index) != 1:
            raise ValueError("index: one byte in hex, as 92")
        ca.check(_hex("rid", self.rid), index[0], key, _hex("checksum", self.checksum))
        if any(len(_hex("revoked", one)) != 3 for one in self.revoked):
            raise ValueError("revoked: serial numbers of 3 bytes in hex")
        if len(self.expires) != 6 or not self.expires.isdecimal():
            raise ValueError("expires: YYMMDD, six digits in quotes")

    def key(self) -> CaKey:
        """The key as a kernel has it."""
        return CaKey(
            rid=bytes.fromhex(self.rid),
            index=int(self.index, 16),
            modulus=bytes.fromhex(self.modulus),
            exponent=int(self.exponent, 16),
            expires=self.expires,
            test=self.test,
            revoked=frozenset(bytes.fromhex(one) for one in self.revoked),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaKeyFile:
    """The file: `keys = 1`, and a table `[[ca]]` for each key."""

    keys: Literal[1]
    ca: tuple[CaKeyEntry, ...]


def load(file: Path) -> tuple[CaKey, ...]:
    """The keys of a file. Raises `ProfileError`, which names file, line, key and cure."""
    return tuple(one.key() for one in read(file, CaKeyFile).ca)


def _hex(name: str, text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise ValueError(f"{name}: bytes in hex") from None
