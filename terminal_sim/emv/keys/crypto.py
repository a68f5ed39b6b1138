"""Application cryptograms: the keys of card and issuer, ARQC, TC, AAC, and the issuer's answer ARPC (EMV Book 2, 8 and A1).

1. The card's key comes from the issuer master key by option A (A1.4.1), each transaction's from that by the common session key
   derivation (A1.3.1) with the ATC.
2. A cryptogram is the retail MAC, ISO/IEC 9797-1 algorithm 3 with padding method 2 (8.1.2), over the values, without tags, of
   9F02 9F03 9F1A 95 5F2A 9A 9C 9F37 82 9F36 and the card verification results, in that order.
3. The issuer application data (9F10) are those of our test issuer: `06`, key index, cryptogram version, and the card
   verification results, which are `03` and three bytes. They have the form of Visa's; the version 7F is no scheme's, since no
   scheme combines this list with session keys.
4. The ARPC is method 1 (8.2.1) under the session key: triple DES of ARQC XOR (response code, zeros). Tag 91 is ARPC and code.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.data.fields import is_digits
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.keys import tdes
from terminal_sim.secret import Secret

CERTIFIED: Final = (
    tags.AMOUNT,
    tags.AMOUNT_OTHER,
    tags.TERMINAL_COUNTRY,
    tags.TVR,
    tags.CURRENCY,
    tags.DATE,
    tags.TRANSACTION_TYPE,
    tags.UNPREDICTABLE_NUMBER,
    tags.AIP,
    tags.ATC,
)
"""What a cryptogram certifies, in order; the card verification results follow."""

CRYPTOGRAM_VERSION: Final = 0x7F

_ODD: Final = bytes(byte ^ (byte.bit_count() + 1 & 1) for byte in range(256))


@dataclass(frozen=True, slots=True)
class IssuerKeys:
    """The issuer's master keys, 16 bytes each: `cryptograms` for ARQC, TC, AAC and ARPC (IMK AC)."""

    cryptograms: Secret[bytes]


def icc_key(master: Secret[bytes], pan: Secret[str], sequence: str) -> Secret[bytes]:
    """The card's master key by option A: 16 bytes of odd parity from the issuer's, the PAN and its sequence number."""
    text = pan.reveal() + sequence
    if not is_digits(text) or len(sequence) != 2:
        raise ValueError("a card key is derived from the digits of a PAN and two of its sequence number")
    left = bytes.fromhex(text[-16:].zfill(16))
    right = bytes(byte ^ 0xFF for byte in left)
    return Secret(tdes.encrypt(master.reveal(), left + right).translate(_ODD))


def session_key(card: Secret[bytes], atc: bytes) -> Secret[bytes]:
    """The key of one transaction, 16 bytes, from the card's and the two bytes of its counter."""
    if len(atc) != 2:
        raise ValueError("the ATC has 2 bytes")
    return Secret(derive_session_key(card.reveal(), atc + bytes(6)))


def derive_session_key(key: bytes, diversification: bytes) -> bytes:
    """A1.3.1 with any diversification value of 8 bytes: its third byte becomes F0 for the left half and 0F for the right."""
    head, tail = diversification[:2], diversification[3:]
    return tdes.encrypt(key, head + b"\xf0" + tail + head + b"\x0f" + tail)


def cryptogram(session: Secret[bytes], certified: bytes) -> bytes:
    """The 8 bytes of an ARQC, TC or AAC over `certified`."""
    return tdes.retail_mac(session.reveal(), certified)


def certified(values: Mapping[int, bytes], verification_results: bytes) -> bytes:
    """The input of the MAC. Raises `KeyError` where one of `CERTIFIED` is missing."""
    return b"".join([values[tag] for tag in CERTIFIED]) + verification_results


def arpc(session: Secret[bytes], arqc: bytes, response_code: bytes) -> bytes:
    """The issuer's 8 bytes for `arqc` and its two bytes of response code."""
    if len(arqc) != 8 or len(response_code) != 2:
        raise ValueError("an ARPC is made of 8 bytes of ARQC and 2 of response code")
    mixed = int.from_bytes(arqc) ^ int.from_bytes(response_code + bytes(6))
    return tdes.encrypt(session.reveal(), mixed.to_bytes(8))


def issuer_application_data(key_index: int, results: bytes) -> bytes:
    """Tag 9F10 with the three bytes of card verification `results`."""
    return bytes((0x06, key_index, CRYPTOGRAM_VERSION, 0x03)) + results


def verification_results(issuer_application_data: bytes) -> bytes:
    """The four bytes of card verification results within 9F10. Raises `TlvError` where 9F10 is not of rule 3."""
    data = issuer_application_data
    if len(data) != 7 or data[0] != 6 or data[2] != CRYPTOGRAM_VERSION or data[3] != 3:
        raise TlvError("9F10 is not the issuer application data of this issuer's cards")
    return data[3:]


def verify_arqc(icc_data: bytes, pan: Secret[str], sequence: str, master: Secret[bytes]) -> bool:
    """Whether DE 55 (`icc_data`) carries an ARQC that this card made over these very data.

    `sequence` is the PAN sequence number (5F34), `master` the issuer's key for cryptograms. Raises `TlvError` where the data
    are not BER-TLV or something is missing that the ARQC certifies.
    """
    values = _values(icc_data)
    try:
        made = Cryptogram(values[tags.CRYPTOGRAM_INFORMATION][0] & 0xC0)
    except (ValueError, IndexError):
        raise TlvError("9F27 names no kind of cryptogram") from None
    session = session_key(icc_key(master, pan, sequence), values[tags.ATC])
    expected = cryptogram(
        session, certified(values, verification_results(values[tags.ISSUER_APPLICATION_DATA]))
    )
    return made is Cryptogram.ARQC and hmac.compare_digest(expected, values[tags.CRYPTOGRAM])


def make_arpc(
    icc_data: bytes, pan: Secret[str], sequence: str, master: Secret[bytes], response_code: str
) -> bytes:
    """Issuer authentication data (91, 10 bytes) that answer the ARQC of `icc_data` with `response_code` (two characters)."""
    values = _values(icc_data)
    session = session_key(icc_key(master, pan, sequence), values[tags.ATC])
    code = response_code.encode("ascii")
    return arpc(session, values[tags.CRYPTOGRAM], code) + code


def _values(icc_data: bytes) -> dict[int, bytes]:
    values = dict(tlv.split(icc_data))
    needed = (*CERTIFIED, tags.CRYPTOGRAM, tags.CRYPTOGRAM_INFORMATION, tags.ISSUER_APPLICATION_DATA)
    missing = [f"{tag:X}" for tag in needed if tag not in values]
    if missing:
        raise TlvError(f"the data for the issuer lack {' '.join(missing)}")
    if len(values[tags.ATC]) != 2 or len(values[tags.CRYPTOGRAM]) != 8:
        raise TlvError("the counter has 2 bytes and the cryptogram 8")
    return values
