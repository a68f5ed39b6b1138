"""Offline data authentication by the checks of EMV Book 2, 5 to 7, with RSA as Python's own `pow`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from typing import Final

from tests.interop.independent.objects import CardFault, Objects, demand

_KEYS: Final = Path(__file__).resolve().parents[3] / "profiles" / "keys" / "test-ca.toml"


@dataclass(frozen=True)
class Key:
    modulus: int
    exponent: int
    size: int


@dataclass(frozen=True)
class Authority:
    """The key of a certification authority, and the serial numbers of the certificates that it took back."""

    key: Key
    revoked: frozenset[bytes]


@dataclass(frozen=True)
class Proof:
    """What a dynamic signature says beside its number: kind of cryptogram, cryptogram, hash of the transaction and what follows."""

    number: bytes
    rest: bytes


def authorities() -> dict[tuple[bytes, int], Authority]:
    """The test keys by provider and index, checked by their SHA-1 (11.2.2)."""
    found = {}
    for row in tomllib.loads(_KEYS.read_text("utf-8"))["ca"]:
        rid, index, modulus, exponent = (
            bytes.fromhex(row[name]) for name in ("rid", "index", "modulus", "exponent")
        )
        demand(
            sha1(rid + index + modulus + exponent).hexdigest().upper() == row["checksum"],
            "a key has another SHA-1",
        )
        key = Key(int.from_bytes(modulus), int.from_bytes(exponent), len(modulus))
        found[rid, index[0]] = Authority(key, frozenset(bytes.fromhex(one) for one in row.get("revoked", ())))
    return found


def issuer_key(authority: Authority, card: dict[int, bytes]) -> Key:
    """5.3, table 6."""
    exponent, remainder = card[0x9F32], card.get(0x92, b"")
    body = _recovered(authority.key, card[0x90], 0x02, remainder + exponent)
    digits = card[0x5A].hex()
    identifier = body[1:5].hex().rstrip("f")
    demand(
        3 <= len(identifier) <= 8 and digits.startswith(identifier), "the issuer's certificate is of another"
    )
    _in_date(body[5:7])
    if body[7:10] in authority.revoked:
        raise CardFault("the issuer's certificate is revoked")
    return _key(body[10:], authority.key.size - 36, exponent, remainder)


def icc_key(
    issuer: Key, certificate: bytes, exponent: bytes, remainder: bytes, pan: bytes, static: bytes
) -> Key:
    """6.4, table 14; the key for PINs (7.1) has no static data."""
    body = _recovered(issuer, certificate, 0x04, remainder + exponent + static)
    demand(body[1:11].hex().rstrip("f") == pan.hex().rstrip("f"), "the certificate is of another card")
    _in_date(body[11:13])
    return _key(body[16:], issuer.size - 42, exponent, remainder)


def static_code(issuer: Key, signed: bytes, static: bytes) -> bytes:
    """5.4, table 7: the data authentication code."""
    body = _recovered(issuer, signed, 0x03, static)
    demand(body[1] == 1, "another hash algorithm than SHA-1")
    demand(set(body[4:]) == {0xBB}, "the signed static data are filled with BB")
    return body[2:4]


def dynamic(icc: Key, signed: bytes, terminal: bytes) -> Proof:
    """6.5.2, table 17."""
    body = _recovered(icc, signed, 0x05, terminal)
    demand(body[1] == 1, "another hash algorithm than SHA-1")
    length = body[2]
    demand(length <= icc.size - 25, "the dynamic data are too long")
    demand(set(body[3 + length :]) <= {0xBB}, "the signed dynamic data are filled with BB")
    data = body[3 : 3 + length]
    demand(2 <= data[0] <= 8 and data[0] < len(data) + 1, "the ICC dynamic number has 2 to 8 bytes")
    return Proof(data[1 : 1 + data[0]], data[1 + data[0] :])


def combined(icc: Key, answer: Objects, sent: bytes, unpredictable: bytes) -> bytes:
    """6.6.2: the cryptogram that the signature of an answer to GENERATE AC carries."""
    objects = dict(answer)
    proof = dynamic(icc, objects[0x9F4B], unpredictable)
    kind, cryptogram, hashed = proof.rest[0], proof.rest[1:9], proof.rest[9:29]
    demand(bytes((kind,)) == objects[0x9F27], "the signature has another kind of cryptogram")
    others = b"".join(_tlv(tag, value) for tag, value in answer if tag != 0x9F4B)
    demand(sha1(sent + others).digest() == hashed, "the signature has another hash of the transaction")
    return cryptogram


def _recovered(key: Key, signed: bytes, kind: int, outside: bytes) -> bytes:
    """What was signed, from its format to the byte before its hash (A2.1)."""
    demand(len(signed) == key.size, "a signature has another length than its key")
    text = pow(int.from_bytes(signed), key.exponent, key.modulus).to_bytes(key.size)
    demand(text[0] == 0x6A and text[-1] == 0xBC, "a signature does not recover")
    demand(text[1] == kind, f"a signature has the format {text[1]:02X}")
    demand(sha1(text[1:-21] + outside).digest() == text[-21:-1], "a signature has another hash")
    return text[1:-21]


def _key(facts: bytes, room: int, exponent: bytes, remainder: bytes) -> Key:
    """Hash algorithm, key algorithm, length, exponent's length, leftmost digits."""
    hashed, algorithm, size, exponent_size = facts[:4]
    demand((hashed, algorithm) == (1, 1), "another algorithm than SHA-1 with RSA")
    demand(exponent_size == len(exponent), "the exponent has another length")
    demand(len(remainder) == max(0, size - room), "the remainder has another length")
    demand(set(facts[4 + size :]) <= {0xBB}, "a certificate is filled with BB")
    digits = facts[4 : 4 + min(size, room)] + remainder
    return Key(int.from_bytes(digits), int.from_bytes(exponent), size)


def _in_date(mmyy: bytes, today: str = "2611") -> None:
    text = mmyy.hex()
    demand("01" <= text[:2] <= "12" and text[2:] + text[:2] >= today, "a certificate has expired")


def _tlv(tag: int, value: bytes) -> bytes:
    head = tag.to_bytes(2 if tag > 0xFF else 1)
    return head + (bytes((len(value),)) if len(value) < 128 else bytes((0x81, len(value)))) + value
