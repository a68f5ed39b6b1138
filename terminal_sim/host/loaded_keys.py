"""The keys of a host file: each as hex digits or as a key block (TR-31), and compared with the check value that came with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from terminal_sim.emv.keys import key_block_header
from terminal_sim.emv.keys.key_algorithm import KeyAlgorithm
from terminal_sim.emv.keys.key_block_header import USAGES, KeyBlockError
from terminal_sim.secret import Secret

_DOUBLE_LENGTH_KEY: Final = re.compile(r"[0-9A-Fa-f]{32}", re.ASCII)
_PROTECTION_KEY: Final = re.compile(r"(?:[0-9A-Fa-f]{16}){2,4}", re.ASCII)
_CHECK_VALUE: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){2,5}", re.ASCII)

_USAGE_OF: Final = {
    "issuer_master_key": "E0",
    "script_encipherment_key": "E1",
    "script_mac_key": "E2",
    "pin_key": "P0",
    "base_derivation_key": "B0",
    "mac_key": "M3",
    "transport_key": "K1",
}
"""What the key block of each key says that it is for."""
_ALSO: Final = {"mac_key": ("M6",), "transport_key": ("K0",)}
"""What it may say as well."""
_SIZES: Final = {
    ("issuer_master_key", KeyAlgorithm.TDES): (16,),
    ("script_encipherment_key", KeyAlgorithm.TDES): (16,),
    ("script_mac_key", KeyAlgorithm.TDES): (16,),
    ("pin_key", KeyAlgorithm.TDES): (16, 24),
    ("mac_key", KeyAlgorithm.TDES): (16,),
    ("transport_key", KeyAlgorithm.TDES): (16, 24),
    ("base_derivation_key", KeyAlgorithm.TDES): (16,),
    ("base_derivation_key", KeyAlgorithm.AES): (16, 24, 32),
}
"""How many bytes a key out of a key block may have."""


_NEEDED: Final = ("issuer_master_key", "pin_key")
BY_BIN: Final = "issuer_master_keys."
"""What stands before the beginning of card numbers in the name of an issuer's own key."""
_BEGINNING: Final = re.compile(r"[0-9]{1,11}", re.ASCII)


@lru_cache(maxsize=64)
def _plain(digits: str) -> Secret[bytes]:
    """A key of hex digits: the terminals of a host file share one value."""
    return Secret(bytes.fromhex(digits))


def _kind(name: str) -> str:
    """The name of the key of the same kind: an issuer's own key is as that of all."""
    return "issuer_master_key" if name.startswith(BY_BIN) else name


@dataclass(frozen=True, slots=True)
class LoadedKey:
    """A key of a host file by its name there; `usage` is what a key block says that it is for (TR-31:2018, table 6)."""

    name: str
    usage: str
    algorithm: KeyAlgorithm
    key: Secret[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestKeys:
    """TEST keys: 16 bytes as hex digits, or a key block under `key_block_protection_key`, which is hex digits itself.

    Cards understand scripts by the keys that follow from `script_mac_key` and `script_encipherment_key`, where these are missing by those
    of `issuer_master_key`. `mac_key` authenticates the messages of terminals that have got no other, and new keys come to them under
    `transport_key`. `issuer_master_keys` are those of other issuers, by the beginning of their card numbers. `check_values` maps the name of a key to the first 2 to 5 bytes of its check value.
    """

    __test__ = False  # a name that pytest would take for a test

    issuer_master_key: str = field(repr=False)
    pin_key: str = field(repr=False)
    issuer_master_keys: dict[str, str] = field(default_factory=dict, repr=False)
    script_mac_key: str = field(default="", repr=False)
    script_encipherment_key: str = field(default="", repr=False)
    base_derivation_key: str = field(default="", repr=False)
    mac_key: str = field(default="", repr=False)
    transport_key: str = field(default="", repr=False)
    key_block_protection_key: str = field(default="", repr=False)
    check_values: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.key_block_protection_key and not _PROTECTION_KEY.fullmatch(self.key_block_protection_key):
            raise ValueError("key_block_protection_key: 32, 48 or 64 hex digits wanted")
        for beginning in self.issuer_master_keys:
            if not _BEGINNING.fullmatch(beginning):
                raise ValueError(
                    f"issuer_master_keys.{beginning}: the first 1 to 11 digits of card numbers wanted, such as 411111"
                )
        for name in (*_USAGE_OF, *(f"{BY_BIN}{beginning}" for beginning in self.issuer_master_keys)):
            if self.has(name) or name in _NEEDED or name.startswith(BY_BIN):
                self._check_text(name)
        for name, value in self.check_values.items():
            if not self.has(name):
                raise ValueError(
                    f"check_values.{name}: there is no such key; the keys are {', '.join(_USAGE_OF)}"
                )
            if not _CHECK_VALUE.fullmatch(value):
                raise ValueError(f"check_values.{name}: 4 to 10 hex digits wanted, such as 08D7B4")

    def has(self, name: str) -> bool:
        """Whether the key `name` is given."""
        return (name in _USAGE_OF or name.startswith(BY_BIN)) and bool(self._text(name))

    def loaded(self, name: str, algorithm: KeyAlgorithm) -> LoadedKey:
        """The key `name` with what it is for. Raises `ValueError` as `key` does."""
        return LoadedKey(name, _USAGE_OF[_kind(name)], algorithm, self.key(name, algorithm))

    def key(self, name: str, algorithm: KeyAlgorithm) -> Secret[bytes]:
        """The key `name`, which is for the cipher `algorithm`.

        Raises `ValueError` where its key block is damaged or holds another kind of key, or where its check value is another.
        """
        text = self._text(name)
        key = _plain(text) if _DOUBLE_LENGTH_KEY.fullmatch(text) else self._unwrapped(name, text, algorithm)
        expected = self.check_values.get(name, "").upper()
        if expected:
            from terminal_sim.emv.keys.check_value import check_value, ciphered_zeros  # needs ciphers

            values = [value_of(key, algorithm).hex().upper() for value_of in (check_value, ciphered_zeros)]
            if not any(value.startswith(expected) for value in values):
                raise ValueError(
                    f"{name}: the check value of this key is {values[0]}, and check_values.{name} says {expected}"
                )
        return key

    def _unwrapped(self, name: str, text: str, algorithm: KeyAlgorithm) -> Secret[bytes]:
        from terminal_sim.emv.keys import key_block  # only a key block needs ciphers

        try:
            block = key_block.unwrap(Secret(bytes.fromhex(self.key_block_protection_key)), text)
        except KeyBlockError as error:
            raise ValueError(f"{name}: {error}") from None
        if block.header.cipher is not algorithm:
            raise ValueError(
                f"{name}: the key block has a key for {block.header.cipher.name}, {algorithm.name} is wanted"
            )
        sizes = _SIZES[_kind(name), algorithm]
        if len(block.key) not in sizes:
            wanted = " or ".join(map(str, sizes))
            raise ValueError(
                f"{name}: the key block has a key of {len(block.key)} bytes, {wanted} are wanted"
            )
        return block.key

    def _text(self, name: str) -> str:
        """What the file says under `name`, empty where it says nothing."""
        if name.startswith(BY_BIN):
            return self.issuer_master_keys.get(name.removeprefix(BY_BIN), "")
        text: str = getattr(self, name)
        return text

    def _check_text(self, name: str) -> None:
        text = self._text(name)
        if _DOUBLE_LENGTH_KEY.fullmatch(text):
            return
        try:
            header, _ = key_block_header.read(text)
        except KeyBlockError as error:
            raise ValueError(
                f"{name}: 32 hex digits wanted, a double-length key, or a key block; as one it is wrong: {error}"
            ) from None
        usage = _USAGE_OF[_kind(name)]
        if header.usage not in (usage, *_ALSO.get(name, ())):
            raise ValueError(
                f"{name}: the key block has usage {header.usage} ({header.use}); {usage} ({USAGES[usage]}) is wanted"
            )
        if not self.key_block_protection_key:
            raise ValueError(f"{name}: a key block is opened by key_block_protection_key, which is missing")
