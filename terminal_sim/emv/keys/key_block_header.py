"""The header of a key block: what the key is for, as everyone who handles the block can read it (ASC X9 TR-31:2018, 4 and 5.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from terminal_sim.emv.keys.key_algorithm import KeyAlgorithm

_FIXED: Final = 16
_LONGEST: Final = 9999
_FIXED_PART: Final = re.compile(
    r"(?P<version>[A-Z])(?P<length>[0-9]{4})(?P<usage>[A-Z0-9]{2})(?P<algorithm>[A-Z0-9])(?P<mode>[A-Z0-9])"
    r"(?P<key_version>[A-Za-z0-9]{2})(?P<exportability>[A-Z0-9])(?P<optional>[0-9]{2})[0-9A-Z]{2}",
    re.ASCII,
)
_NAME: Final = re.compile(r"[A-Z0-9]{2}", re.ASCII)
_HEX: Final = re.compile(r"[0-9A-Fa-f]+", re.ASCII)
_PRINTABLE: Final = re.compile(r"[ -~]*", re.ASCII)

USAGES: Final = {
    "B0": "base derivation key of DUKPT",
    "B1": "initial key of DUKPT",
    "B2": "base key variant key",
    "C0": "card verification key",
    "D0": "data encryption",
    "E0": "EMV issuer master key for cryptograms",
    "E1": "EMV issuer master key for secure messaging, confidentiality",
    "E2": "EMV issuer master key for secure messaging, integrity",
    "E3": "EMV issuer master key for data authentication codes",
    "E4": "EMV issuer master key for dynamic numbers",
    "E5": "EMV issuer master key for card personalisation",
    "E6": "EMV issuer master key, other",
    "I0": "initialisation vector",
    "K0": "key encryption or wrapping",
    "K1": "protection of key blocks",
    "M0": "MAC by ISO 16609",
    "M1": "MAC by ISO 9797-1 algorithm 1",
    "M3": "MAC by ISO 9797-1 algorithm 3",
    "M6": "MAC by CMAC",
    "M7": "HMAC",
    "P0": "PIN encryption",
    "V0": "PIN verification, other",
    "V1": "PIN verification by IBM 3624",
    "V2": "PIN verification by Visa PVV",
}
"""What a key is for, by the code of its block (table 6)."""


class KeyBlockError(ValueError):
    """A key block is malformed, its code is wrong or its parts do not go together; the text shows no key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyBlockHeader:
    """What a block says of its key, each by its code: `usage` (table 6), `algorithm` (table 7), `mode` of use (table 8),
    `exportability` (table 10), and pairs of name and data for the optional blocks, without the padding block."""

    version: str
    usage: str
    algorithm: str
    mode: str
    key_version: str = "00"
    exportability: str = "N"
    optional: tuple[tuple[str, str], ...] = ()

    @property
    def cipher(self) -> KeyAlgorithm:
        """The cipher of the key. Raises `KeyBlockError` for others than triple DES and AES."""
        try:
            return KeyAlgorithm(self.algorithm)
        except ValueError:
            raise KeyBlockError(
                f"a key of algorithm {self.algorithm}: only T (triple DES) and A (AES) are known"
            ) from None

    @property
    def use(self) -> str:
        """The usage in words; the code itself where the table has none."""
        return USAGES.get(self.usage, self.usage)

    def optional_block(self, name: str) -> str | None:
        """The data of the optional block `name`."""
        return dict(self.optional).get(name)


def read(text: str) -> tuple[KeyBlockHeader, int]:
    """The header of the key block `text`, and where its enciphered key starts. Raises `KeyBlockError`."""
    fixed = _FIXED_PART.match(text)
    if fixed is None:
        raise KeyBlockError(
            "a key block starts with a header of 16 letters and digits, such as B0080P0TE00E0000"
        )
    if int(fixed["length"]) != len(text):
        raise KeyBlockError(
            f"the key block says that it has {int(fixed['length'])} characters, and has {len(text)}"
        )
    at = _FIXED
    optional: list[tuple[str, str]] = []
    for _ in range(int(fixed["optional"])):
        name, data, at = _optional_block(text, at)
        if name in dict(optional):
            raise KeyBlockError(f"the optional block {name} stands in the key block twice")
        optional.append((name, data))
    header = KeyBlockHeader(
        version=fixed["version"],
        usage=fixed["usage"],
        algorithm=fixed["algorithm"],
        mode=fixed["mode"],
        key_version=fixed["key_version"],
        exportability=fixed["exportability"],
        optional=tuple((name, data) for name, data in optional if name != "PB"),
    )
    return header, at


def written(header: KeyBlockHeader, block: int, body: int) -> str:
    """The header as text, padded to whole blocks of `block` characters, for an enciphered key and code of `body` characters."""
    blocks = [_optional_text(name, data) for name, data in header.optional]
    excess = sum(map(len, blocks)) % block
    if excess:
        missing = block - excess
        blocks.append(_optional_text("PB", "0" * (missing - 4 if missing >= 4 else missing + block - 4)))
    tail = "".join(blocks)
    length = _FIXED + len(tail) + body
    if length > _LONGEST or len(blocks) > 99:
        raise KeyBlockError(f"a key block has up to {_LONGEST} characters and 99 optional blocks")
    text = (
        f"{header.version}{length:04}{header.usage}{header.algorithm}{header.mode}"
        f"{header.key_version}{header.exportability}{len(blocks):02}00"
    )
    if not _FIXED_PART.fullmatch(text):
        raise KeyBlockError(
            "the codes of a key block's header are single letters and digits, and usage and version two"
        )
    return text + tail


def _optional_text(name: str, data: str) -> str:
    if not _NAME.fullmatch(name) or not _PRINTABLE.fullmatch(data):
        raise KeyBlockError("an optional block has a name of two letters or digits, and printable data")
    size = 4 + len(data)
    return f"{name}{size:02X}{data}" if size <= 0xFF else f"{name}0002{size + 6:04X}{data}"


def _optional_block(text: str, at: int) -> tuple[str, str, int]:
    """Name and data of the optional block that starts `at`, and where the next one starts."""
    name, size, data = text[at : at + 2], text[at + 2 : at + 4], at + 4
    if size == "00":  # how many bytes the length has, then the length
        digits = text[at + 4 : at + 6]
        count = 2 * int(digits, 16) if len(digits) == 2 and _HEX.fullmatch(digits) else 0
        size, data = text[at + 6 : at + 6 + count], at + 6 + count
    if not (_NAME.fullmatch(name) and _HEX.fullmatch(size)):
        raise KeyBlockError("an optional block of the key block has no name or no length")
    end = at + int(size, 16)
    if not data <= end <= len(text):
        raise KeyBlockError(f"the optional block {name} is longer or shorter than it says")
    if not _PRINTABLE.fullmatch(text[data:end]):
        raise KeyBlockError(f"the optional block {name} has data that cannot be printed")
    return name, text[data:end], end
