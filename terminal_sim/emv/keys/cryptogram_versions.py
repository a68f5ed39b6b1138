"""Application cryptograms by version: one row each of what is certified, with which key and padding, and how the issuer answers.

The sources are EMV Book 2, 8.1 and 8.2; the rows of the schemes are held to public known answers. Versions whose numbers two schemes
use differently are told apart by the layout of 9F10.

| version          | scheme            | certified after the common values | session key     | padding | ARPC         |
|------------------|-------------------|-----------------------------------|-----------------|---------|--------------|
| 01, 0A           | Amex, Visa        | verification results              | none            | 1       | 1, ICC key   |
| 11               | Visa contactless  | byte 5 of 9F10, see below         | none            | 1       | none         |
| 12, 16           | Visa              | the whole 9F10                    | ATC             | 2       | 2, session   |
| 10, 11           | M/Chip            | results (11: and counters)        | ATC and UN      | 2       | 1, ICC key   |
| 14, 15           | M/Chip            | results (15: and counters)        | ATC             | 2       | 1, session   |
| 85               | Interac           | the whole 9F10                    | ATC and UN      | 2       | 1, session   |
| A5               | common core (CCD) | the whole 9F10                    | ATC             | 2       | 2, session   |

Visa's 11 certifies amount, unpredictable number and counter alone before that byte; no public known answer confirms its key and padding.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final

from msgspec import Struct

from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.keys import derivation, issuer_data, tdes
from terminal_sim.emv.keys.issuer_data import IssuerData, IssuerDataLayout
from terminal_sim.emv.keys.tdes import MacPadding
from terminal_sim.secret import Secret

COMMON: Final = (
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
"""What a cryptogram certifies first, in this order, where its version has no list of its own (Book 2, 8.1.1)."""

_CONTACTLESS: Final = (tags.AMOUNT, tags.UNPREDICTABLE_NUMBER, tags.ATC)


class SessionKeyInput(Enum):
    """What diversifies the session key (Book 2, A1.3.1): nothing, the ATC, or the ATC and the unpredictable number."""

    NONE = "none"
    ATC = "atc"
    ATC_AND_UN = "atc-and-un"


class ArpcKey(Enum):
    """The key under which the issuer answers."""

    ICC = "icc"
    SESSION = "session"


class ArpcMethod(Enum):
    """How the issuer answers (Book 2, 8.2.1 and 8.2.2), if it does."""

    NONE = 0
    RESPONSE_CODE = 1
    STATUS_UPDATE = 2


class CryptogramVersion(Struct, frozen=True):
    """One row. `first` are the elements that are certified first, `tail` is what follows them."""

    layout: IssuerDataLayout
    number: int
    tail: Callable[[IssuerData], bytes]
    session: SessionKeyInput
    padding: MacPadding
    arpc: ArpcMethod
    arpc_key: ArpcKey
    first: tuple[int, ...] = COMMON

    def session_key(self, key: Secret[bytes], atc: bytes, unpredictable: bytes) -> Secret[bytes]:
        """The key of the cryptogram: the card's `key` itself, or one derived for this transaction."""
        match self.session:
            case SessionKeyInput.NONE:
                return key
            case SessionKeyInput.ATC:
                return derivation.session_key(key, atc + bytes(6))
            case SessionKeyInput.ATC_AND_UN:
                return derivation.session_key(key, atc + bytes(2) + unpredictable)

    def certified(self, values: Mapping[int, bytes], data: IssuerData) -> bytes:
        """The input of the MAC. Raises `KeyError` where one of `first` is missing."""
        return b"".join([values[tag] for tag in self.first]) + self.tail(data)

    def cryptogram(self, key: Secret[bytes], values: Mapping[int, bytes], data: IssuerData) -> bytes:
        """The 8 bytes of an ARQC, TC or AAC under the card's `key`."""
        session = self.session_key(key, values[tags.ATC], values[tags.UNPREDICTABLE_NUMBER])
        return tdes.retail_mac(session.reveal(), self.certified(values, data), self.padding)

    def authentication_data(
        self,
        key: Secret[bytes],
        arqc: bytes,
        *,
        atc: bytes,
        unpredictable: bytes,
        code: bytes,
        status: bytes = bytes(4),
        proprietary: bytes = b"",
    ) -> bytes:
        """Tag 91 in answer to `arqc`: by response `code` of 2 bytes, or by the card `status` update of 4 and up to 8 `proprietary` bytes.

        It is empty where the version has no answer.
        """
        if self.arpc is ArpcMethod.NONE:
            return b""
        answers_by = key if self.arpc_key is ArpcKey.ICC else self.session_key(key, atc, unpredictable)
        if self.arpc is ArpcMethod.RESPONSE_CODE:
            return arpc_1(answers_by, arqc, code) + code
        return arpc_2(answers_by, arqc, status, proprietary) + status + proprietary


def arpc_1(key: Secret[bytes], arqc: bytes, code: bytes) -> bytes:
    """Method 1 (8.2.1): triple DES of the ARQC XOR the two bytes of response code; 8 bytes."""
    if len(arqc) != 8 or len(code) != 2:
        raise ValueError("an ARPC is made of 8 bytes of ARQC and 2 of response code")
    mixed = int.from_bytes(arqc) ^ int.from_bytes(code + bytes(6))
    return tdes.encrypt(key.reveal(), mixed.to_bytes(8))


def arpc_2(key: Secret[bytes], arqc: bytes, status: bytes, proprietary: bytes = b"") -> bytes:
    """Method 2 (8.2.2): the first 4 bytes of the MAC over the ARQC, the card status update and the proprietary data."""
    if len(arqc) != 8 or len(status) != 4 or len(proprietary) > 8:
        raise ValueError("an ARPC is made of 8 bytes of ARQC, 4 of card status update and up to 8 more")
    return tdes.retail_mac(key.reveal(), arqc + status + proprietary)[:4]


def _results(data: IssuerData) -> bytes:
    return data.results


def _results_and_counters(data: IssuerData) -> bytes:
    return data.results + data.counters[:8]


def _fifth_byte(data: IssuerData) -> bytes:
    """The byte 5 of Visa's 9F10, the first of the results behind their length."""
    return data.results[1:2]


def _whole(data: IssuerData) -> bytes:
    return data.whole


_V, _M, _I, _C = (
    IssuerDataLayout.VISA,
    IssuerDataLayout.MCHIP,
    IssuerDataLayout.INTERAC,
    IssuerDataLayout.CCD,
)
_NONE, _ATC, _UN = SessionKeyInput.NONE, SessionKeyInput.ATC, SessionKeyInput.ATC_AND_UN
_1, _2 = MacPadding.ZEROS, MacPadding.ONE_AND_ZEROS
_UNANSWERED, _CODE, _STATUS = ArpcMethod.NONE, ArpcMethod.RESPONSE_CODE, ArpcMethod.STATUS_UPDATE

VERSIONS: Final = {
    (row.layout, row.number): row
    for row in (
        CryptogramVersion(_V, 0x01, _results, _NONE, _1, _CODE, ArpcKey.ICC),
        CryptogramVersion(_V, 0x0A, _results, _NONE, _1, _CODE, ArpcKey.ICC),
        CryptogramVersion(_V, 0x11, _fifth_byte, _NONE, _1, _UNANSWERED, ArpcKey.ICC, first=_CONTACTLESS),
        CryptogramVersion(_V, 0x12, _whole, _ATC, _2, _STATUS, ArpcKey.SESSION),
        CryptogramVersion(_V, 0x16, _whole, _ATC, _2, _STATUS, ArpcKey.SESSION),
        CryptogramVersion(_M, 0x10, _results, _UN, _2, _CODE, ArpcKey.ICC),
        CryptogramVersion(_M, 0x11, _results_and_counters, _UN, _2, _CODE, ArpcKey.ICC),
        CryptogramVersion(_M, 0x14, _results, _ATC, _2, _CODE, ArpcKey.SESSION),
        CryptogramVersion(_M, 0x15, _results_and_counters, _ATC, _2, _CODE, ArpcKey.SESSION),
        CryptogramVersion(_I, 0x85, _whole, _UN, _2, _CODE, ArpcKey.SESSION),
        CryptogramVersion(_C, 0xA5, _whole, _ATC, _2, _STATUS, ArpcKey.SESSION),
    )
}


def version_of(data: IssuerData) -> CryptogramVersion:
    """The row of a card's 9F10. Raises `TlvError` where there is none."""
    try:
        return VERSIONS[data.layout, data.version]
    except KeyError:
        raise TlvError(
            f"9F10 names the cryptogram version {data.version:02X}, which is not known here"
        ) from None


class CardCryptogram(Struct, frozen=True):
    """A cryptogram as it comes in DE 55, with what it certifies. `kind` is that of 9F27."""

    version: CryptogramVersion
    kind: Cryptogram
    value: bytes
    values: Mapping[int, bytes]
    data: IssuerData

    @classmethod
    def of(cls, icc_data: bytes) -> CardCryptogram:
        """Reads DE 55. Raises `TlvError` where it is not BER-TLV, or something is missing that the cryptogram certifies."""
        return cls.of_objects(dict(tlv.split(icc_data)))

    @classmethod
    def of_objects(cls, values: Mapping[int, bytes]) -> CardCryptogram:
        """As `of`, from the data objects of DE 55 by tag."""
        missing = [f"{tag:X}" for tag in _NEEDED if tag not in values]
        if missing:
            raise TlvError(f"the data for the issuer lack {' '.join(missing)}")
        if len(values[tags.ATC]) != 2 or len(values[tags.CRYPTOGRAM]) != 8:
            raise TlvError("the counter has 2 bytes and the cryptogram 8")
        if len(values[tags.UNPREDICTABLE_NUMBER]) != 4:
            raise TlvError("the unpredictable number has 4 bytes")
        data = issuer_data.parse(values[tags.ISSUER_APPLICATION_DATA])
        try:
            kind = Cryptogram(values[tags.CRYPTOGRAM_INFORMATION][0] & 0xC0)
        except (ValueError, IndexError):
            raise TlvError("9F27 names no kind of cryptogram") from None
        return cls(version_of(data), kind, values[tags.CRYPTOGRAM], values, data)

    def is_genuine(self, key: Secret[bytes]) -> bool:
        """Whether the card with this `key` made it over these very data."""
        return hmac.compare_digest(self.version.cryptogram(key, self.values, self.data), self.value)

    def authentication_data(
        self, key: Secret[bytes], code: str, *, status: bytes = bytes(4), proprietary: bytes = b""
    ) -> bytes:
        """Tag 91 of the issuer's answer with this response `code` of two characters."""
        return self.version.authentication_data(
            key,
            self.value,
            atc=self.values[tags.ATC],
            unpredictable=self.values[tags.UNPREDICTABLE_NUMBER],
            code=code.encode("ascii"),
            status=status,
            proprietary=proprietary,
        )


_NEEDED: Final = (
    *COMMON,
    tags.CRYPTOGRAM,
    tags.CRYPTOGRAM_INFORMATION,
    tags.ISSUER_APPLICATION_DATA,
)
