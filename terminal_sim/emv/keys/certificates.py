"""Recovery of certified keys and signed data, by the checks of EMV Book 2 in their order (5.3, 5.4, 6.4, 6.5.2, 6.6.2, 7.1).

Whoever signs fills N bytes so: header 6A, format, content, SHA-1 over format, content and what is not signed along, trailer BC. Every
failure is a `CertificateError`, which names the check and its paragraph; a wrong byte of a card raises nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container
from dataclasses import dataclass
from typing import Final

from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.fields import full_year
from terminal_sim.emv.keys import rsa
from terminal_sim.emv.keys.ca import RSA, SHA_1
from terminal_sim.emv.keys.rsa import PublicKey, RsaError

_HEADER, _TRAILER = 0x6A, 0xBC
_HASH_BYTES: Final = 20
ISSUER_CERTIFICATE, SIGNED_STATIC, ICC_CERTIFICATE, SIGNED_DYNAMIC = 0x02, 0x03, 0x04, 0x05
ISSUER_OVERHEAD, ICC_OVERHEAD = 36, 42
"""The bytes of a certificate that are not the key's (tables 6 and 14)."""


class CertificateError(Exception):
    """A check failed; the text says which, `paragraph` where it stands."""

    def __init__(self, what: str, paragraph: str) -> None:
        super().__init__(what)
        self.paragraph = paragraph


@dataclass(frozen=True, slots=True)
class StaticSignature:
    """What a signature over static data says: the data authentication code (9F45), 2 bytes."""

    code: bytes


@dataclass(frozen=True, slots=True)
class DynamicSignature:
    """What a dynamic signature says: the ICC dynamic number (9F4C, 2 to 8 bytes) and the rest of the ICC dynamic data behind it."""

    number: bytes
    rest: bytes


@dataclass(frozen=True, slots=True)
class CombinedSignature:
    """What the signature of CDA says (table 19): dynamic number, cryptogram information, cryptogram, hash code, and what a kernel appends."""

    number: bytes
    information: int
    cryptogram: bytes
    transaction_hash: bytes
    rest: bytes


def issuer_key(
    ca: PublicKey,
    certificate: bytes,
    exponent: bytes,
    remainder: bytes,
    *,
    pan: str,
    today: str,
    revoked: Container[bytes] = (),
) -> PublicKey:
    """The issuer's key out of tags 90, 9F32 and 92 (5.3) by the `ca`'s. `today` is YYMMDD, `pan` the digits of 5A.

    `revoked` has the serial numbers of the certificates, 3 bytes each, that this key of the CA has made and taken back (5.1.2).
    """
    where = "B2 5.3"
    recovered = _recovered(ca, certificate, ISSUER_CERTIFICATE, "the issuer's certificate", where)
    _check_hash(recovered, remainder + exponent, "the issuer's certificate", where)
    identifier = recovered[2:6].hex().rstrip("f")
    if not 3 <= len(identifier) <= 8 or not identifier.isdigit() or not pan.startswith(identifier):
        raise CertificateError("the issuer's certificate is of another issuer", where)
    _check_date(recovered[6:8], today, "the issuer's certificate", where)
    if recovered[8:11] in revoked:
        raise CertificateError("the issuer's certificate was revoked", where)
    return _key(recovered, 11, exponent, remainder, ISSUER_OVERHEAD, "the issuer's certificate", where)


def icc_key(
    issuer: PublicKey,
    certificate: bytes,
    exponent: bytes,
    remainder: bytes,
    *,
    pan: str,
    today: str,
    static: bytes = b"",
    paragraph: str = "B2 6.4",
) -> PublicKey:
    """The card's key out of tags 9F46, 9F47 and 9F48 with the static data to be authenticated (6.4).

    The PIN encipherment key out of 9F2D, 9F2E and 9F2F comes the same way without static data (7.1).
    """
    recovered = _recovered(issuer, certificate, ICC_CERTIFICATE, "the card's certificate", paragraph)
    _check_hash(recovered, remainder + exponent + static, "the card's certificate", paragraph)
    if recovered[2:12].hex().rstrip("f") != pan:
        raise CertificateError("the card's certificate is of another account number", paragraph)
    _check_date(recovered[12:14], today, "the card's certificate", paragraph)
    return _key(recovered, 17, exponent, remainder, ICC_OVERHEAD, "the card's certificate", paragraph)


def static_signature(issuer: PublicKey, signature: bytes, static: bytes) -> StaticSignature:
    """Checks tag 93 over the static data (5.4)."""
    recovered = _recovered(issuer, signature, SIGNED_STATIC, "the signed static data", "B2 5.4")
    if recovered[2] != SHA_1:
        raise CertificateError("the signed static data name an unknown hash algorithm", "B2 5.4")
    _check_hash(recovered, static, "the signed static data", "B2 5.4")
    return StaticSignature(recovered[3:5])


def dynamic_signature(
    icc: PublicKey, signature: bytes, terminal_data: bytes, paragraph: str = "B2 6.5.2"
) -> DynamicSignature:
    """Checks tag 9F4B over the terminal's dynamic data: the values of the DDOL for DDA, 9F37 for CDA."""
    what = "the signed dynamic data"
    recovered = _recovered(icc, signature, SIGNED_DYNAMIC, what, paragraph)
    if recovered[2] != SHA_1:
        raise CertificateError(f"{what} name an unknown hash algorithm", paragraph)
    _check_hash(recovered, terminal_data, what, paragraph)
    length = recovered[3]
    if not 1 <= length <= len(recovered) - 25:
        raise CertificateError(f"{what} have a wrong length", paragraph)
    data = recovered[4 : 4 + length]
    if not 2 <= data[0] <= 8 or data[0] >= length:
        raise CertificateError("the ICC dynamic number has a wrong length", paragraph)
    return DynamicSignature(data[1 : 1 + data[0]], data[1 + data[0] :])


def combined_signature(icc: PublicKey, signature: bytes, unpredictable: bytes) -> CombinedSignature:
    """Checks tag 9F4B of an answer to GENERATE AC (6.6.2). The caller compares cryptogram information and hash code with its own."""
    signed = dynamic_signature(icc, signature, unpredictable, "B2 6.6.2")
    rest = signed.rest
    if len(rest) < 29:
        raise CertificateError("the signed dynamic data have no cryptogram", "B2 6.6.2")
    return CombinedSignature(signed.number, rest[0], rest[1:9], rest[9:29], rest[29:])


def transaction_hash(sent: bytes, answer: bytes) -> bytes:
    """The hash code of CDA (6.6.1, step 10): SHA-1 over the values `sent` for PDOL, CDOL1 and, in the second GENERATE AC, CDOL2, then the
    data objects of the `answer`'s template 77 as they came, without 9F4B. Raises `TlvError` where the template's value is no BER-TLV.
    """
    covered = sent
    for tag, first, _, end in tlv.located(answer):
        if tag != tags.SIGNED_DYNAMIC_DATA:
            covered += answer[first:end]
    return hashlib.sha1(covered).digest()


def _recovered(key: PublicKey, signed: bytes, wanted: int, what: str, paragraph: str) -> bytes:
    if len(signed) != key.size:
        raise CertificateError(
            f"{what} has {len(signed)} bytes where the signer's key has {key.size}", paragraph
        )
    try:
        recovered = key.apply(signed)
    except RsaError:
        raise CertificateError(f"{what} does not recover", paragraph) from None
    if len(recovered) < ICC_OVERHEAD:
        raise CertificateError(f"{what} is too short", paragraph)
    if recovered[-1] != _TRAILER:
        raise CertificateError(f"{what} does not recover: its trailer is not BC", paragraph)
    if recovered[0] != _HEADER:
        raise CertificateError(f"{what} does not recover: its header is not 6A", paragraph)
    if recovered[1] != wanted:
        raise CertificateError(
            f"{what} has the format {recovered[1]:02X} where {wanted:02X} is wanted", paragraph
        )
    return recovered


def _check_hash(recovered: bytes, outside: bytes, what: str, paragraph: str) -> None:
    if hashlib.sha1(recovered[1:-21] + outside).digest() != recovered[-21:-1]:
        raise CertificateError(f"{what} has another hash than the data it signs", paragraph)


def _check_date(mmyy: bytes, today: str, what: str, paragraph: str) -> None:
    """The last day of the month must not be past."""
    text = mmyy.hex()
    if not text.isdigit() or not "01" <= text[:2] <= "12":
        raise CertificateError(f"{what} has no date of expiry", paragraph)
    if full_year(text[2:] + text[:2]) < full_year(today[:4]):
        raise CertificateError(f"{what} has expired", paragraph)


def _key(
    recovered: bytes, at: int, exponent: bytes, remainder: bytes, overhead: int, what: str, paragraph: str
) -> PublicKey:
    """The key whose facts begin at `at`: hash algorithm, key algorithm, length, exponent's length, then the leftmost digits."""
    hashed, algorithm, size, exponent_size = recovered[at : at + 4]
    if hashed != SHA_1 or algorithm != RSA:
        raise CertificateError(f"{what} names an unknown algorithm", paragraph)
    room = len(recovered) - overhead
    digits = recovered[at + 4 : at + 4 + min(size, room)] + remainder
    if len(digits) != size or exponent_size != len(exponent):
        raise CertificateError(f"{what} does not fit the remainder of its key", paragraph)
    power = int.from_bytes(exponent)
    if power not in rsa.EXPONENTS or not digits or not digits[0]:
        raise CertificateError(f"{what} has a key that EMV does not allow", paragraph)
    return PublicKey(digits, power)
