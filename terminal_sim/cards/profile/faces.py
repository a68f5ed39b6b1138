"""The parts of a virtual card: its holder and up to three faces (chip, contactless, stripe), each with the rules it keeps.

A `ValueError` begins with the name of the field that breaks a rule, so that the file's reader can name its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from terminal_sim.cards.profile.cvm import CvmEntry, compares_pin, parse_rules
from terminal_sim.cards.profile.traits import OfflineLimits, RelayFace, Wear
from terminal_sim.emv.data.card_number import brand_of, is_luhn_valid
from terminal_sim.emv.data.fields import is_digits

ContactlessCvm = Literal["on-device", "online-pin", "signature"]
ChipOda = Literal["none", "sda", "dda", "cda"]
OdaFault = Literal["none", "certificate", "signature", "revoked"]
"""What is wrong with the keys of a card: the certificate of its issuer, what it or its issuer signs, or that the certificate was taken back."""

CODE_TABLES: Final = range(1, 11)
"""The issuer code tables of tag 9F11: parts 1 to 10 of ISO/IEC 8859 (EMV Book 4, A3)."""
_LONGEST_NAME: Final = 16
Protocols = Literal["T=0", "T=1", "both"]
"""The transmission protocols that a chip offers (ISO/IEC 7816-3)."""
CardWish = Literal[
    "online-if-oda-failed",
    "switch-if-oda-failed",
    "online-if-expired",
    "switch-for-cash",
    "switch-for-cashback",
    "not-at-atm",
]
"""What a card of GET PROCESSING OPTIONS wants in its CTQ besides a verification (EMV Book C-3, annex A)."""
_HEX: Final = re.compile(r"(?:[0-9A-F]{2})*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The cardholder. `country` ISO 3166 alpha-2; `languages` ISO 639, best first; the address is what the issuer knows."""

    country: str
    name: str = "TEST/CARD"
    languages: tuple[str, ...] = ("en",)
    postal_code: str = ""
    street_number: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.languages) <= 4 or any(
            re.fullmatch("[a-z]{2}", one, re.ASCII) is None for one in self.languages
        ):
            raise ValueError("languages: one to four languages of two letters each, such as en")
        if not 2 <= len(self.name) <= 26 or not (self.name.isascii() and self.name.isprintable()):
            raise ValueError("name: 2 to 26 characters, as SURNAME/FIRST")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardApplication:
    """An application on the card. `priority` 1 to 15, 0 for none; `confirm` asks the cardholder before it is used.

    `preferred_name` is in the letters of the `code_table`, part of ISO/IEC 8859. What stands behind it is the application's own and goes
    before what card and face have: another account (`pan`, `sequence`) with its own keys and counters, another `currency`, and on the
    chip `cvm`, `oda` and `offline`.
    """

    aid: str
    label: str
    preferred_name: str = ""
    code_table: int = 1
    priority: int = 1
    confirm: bool = False
    pan: str = field(default="", repr=False)
    sequence: str = ""
    currency: str = ""
    cvm: tuple[str, ...] = ()
    oda: ChipOda | None = None
    offline: OfflineLimits | None = None

    def __post_init__(self) -> None:
        _check_hex("aid", self.aid, 5, 16)
        if not 1 <= len(self.label) <= _LONGEST_NAME or not self.label.isascii():
            raise ValueError("label: 1 to 16 characters of ASCII, at most 16")
        if self.code_table not in CODE_TABLES:
            raise ValueError(f"code_table: {CODE_TABLES[0]} to {CODE_TABLES[-1]}, a part of ISO/IEC 8859")
        try:
            if len(self.preferred_name_bytes) > _LONGEST_NAME:
                raise ValueError("preferred_name: at most 16 characters")
        except UnicodeEncodeError:
            raise ValueError(
                f"preferred_name: code table {self.code_table} (ISO/IEC 8859-{self.code_table}) has not all of these letters"
            ) from None
        if not 0 <= self.priority <= 15:
            raise ValueError("priority: 1 to 15, or 0 for none")
        if self.pan and (wrong := fault_of_number(self.pan)):
            raise ValueError(f"pan: {wrong}")
        for name, length in (("sequence", 2), ("currency", 3)):
            value = getattr(self, name)
            if value and (len(value) != length or not is_digits(value)):
                raise ValueError(f"{name}: {length} digits, in quotes")
        _check_rules(self.cvm)

    @property
    def preferred_name_bytes(self) -> bytes:
        """The preferred name in its code table."""
        return self.preferred_name.encode(f"iso8859_{self.code_table}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipFace:
    """The contact face. `cvm` are the rules of its CVM list, in the words of `profile.cvm`. Each answer takes `response_ms`.

    `answer_format` 1 or 2 of GET PROCESSING OPTIONS and GENERATE AC (EMV Book 3, 6.5); `issuer_authentication` is where the
    card expects the issuer's answer, and with `insist` it declines without one. A chip that `declines` answers the first GENERATE AC
    with an AAC. What is `blocked` is the application, which then can be selected but declines, or the whole card (EMV Book 1, 12.3).
    A `mute` chip does not even answer to reset. With 0 `pin_tries` its PIN is blocked. Within its `offline` limits a card
    approves by itself what the terminal approves; without them the issuer decides always. Its ATR offers `protocols`. A chip with `wear` is silent now and then. `oda` is how it proves offline that it is
    genuine (EMV Book 2, 5 and 6), and `oda_fault` what is wrong with that proof.
    """

    applications: tuple[CardApplication, ...] = ()
    cvm: tuple[str, ...] = ("no-cvm", "signature")
    pdol: str = ""
    answer_format: Literal[1, 2] = 1
    issuer_authentication: Literal["external-authenticate", "generate-ac"] = "external-authenticate"
    insist: bool = False
    directory: bool = True
    pin_tries: int = 3
    response_ms: int = 0
    historical: str = "2063CB6600"
    protocols: Protocols = "T=0"
    declines: bool = False
    blocked: Literal["application", "card"] | None = None
    mute: bool = False
    offline: OfflineLimits | None = None
    oda: ChipOda = "none"
    oda_fault: OdaFault = "none"
    wear: Wear | None = None

    @property
    def rules(self) -> tuple[CvmEntry, ...]:
        """The rules of the CVM list."""
        return parse_rules(self.cvm)

    @property
    def compares_pin(self) -> bool:
        """Whether the chip compares a PIN itself."""
        return compares_pin(self.cvm)

    @property
    def deciphers_pin(self) -> bool:
        """Whether the chip takes its PIN enciphered."""
        return any(rule.deciphers_pin for rule in self.rules)

    @property
    def asks_pin(self) -> bool:
        """Whether the chip or its issuer compares a PIN for any application."""
        rules = [rule for one in self.applications for rule in self.of(one).rules]
        return any(rule.compares_pin or rule.method == "online-pin" for rule in rules)

    def of(self, application: CardApplication) -> ChipFace:
        """The face as one of its applications has it."""
        return replace(
            self,
            cvm=application.cvm or self.cvm,
            oda=application.oda or self.oda,
            offline=application.offline or self.offline,
        )

    def __post_init__(self) -> None:
        _check_response(self.response_ms)
        _check_hex("historical", self.historical, 0, 15)
        _check_hex("pdol", self.pdol, 0, 64)
        _check_rules(self.cvm)
        if self.deciphers_pin and self.oda not in ("dda", "cda"):
            raise ValueError("oda: a card that deciphers a PIN has keys: dda or cda")
        if not self.mute and not self.applications:
            raise ValueError("applications: a chip that answers has at least one")
        for one in self.applications:
            deciphers = any(rule.deciphers_pin for rule in parse_rules(one.cvm))
            if deciphers and (one.oda or self.oda) not in ("dda", "cda"):
                raise ValueError("applications: one that deciphers a PIN has keys: oda = dda or cda")
        if not 0 <= self.pin_tries <= 15:
            raise ValueError("pin_tries: 1 to 15, or 0 for a PIN that is blocked")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactlessFace:
    """The contactless face. `cvm` are what the card agrees to where the terminal wants a verification, best first. Each answer takes `response_ms`.

    `cryptogram` is the command whose answer brings it: GET PROCESSING OPTIONS (EMV Book C-3), or GENERATE AC after the records (Books
    C-2 and C-4), with a `pdol` of the card's own, or it is a `checksum` of mag-stripe mode (Book C-2), CVC3. A card with `on-device` states it at every tap. Above `contact_above`, in minor
    units, the card wants its contacts used. With `consent` it is a device that is locked at its first tap, and is unlocked for the next one.
    `offline`, `oda` and `oda_fault` are as on the chip: a card of GET PROCESSING OPTIONS proves itself by fast DDA, one of GENERATE AC
    by CDA, and a card of GET PROCESSING OPTIONS has `wishes` for its CTQ and with `issuer_update` takes what its issuer sends at a second tap. One of GENERATE AC
    may resist relaying (`relay`), and with `recovers` gives the cryptogram of a torn transaction again.
    """

    applications: tuple[CardApplication, ...]
    cvm: tuple[ContactlessCvm, ...] = ("signature",)
    cryptogram: Literal["processing-options", "generate-ac", "checksum"] = "processing-options"
    pdol: str = ""
    response_ms: int = 0
    contact_above: int | None = None
    consent: bool = False
    historical: str = "80318066B1840C016E0183009000"
    offline: OfflineLimits | None = None
    oda: Literal["none", "dda", "cda"] = "none"
    oda_fault: OdaFault = "none"
    wishes: tuple[CardWish, ...] = ()
    relay: RelayFace | None = None
    recovers: bool = False
    issuer_update: bool = False

    def __post_init__(self) -> None:
        _check_response(self.response_ms)
        _check_hex("historical", self.historical, 0, 15)
        _check_hex("pdol", self.pdol, 0, 64)
        if self.cryptogram == "processing-options":
            if self.pdol:
                raise ValueError('pdol: only a card with cryptogram = "generate-ac" has one of its own')
            for name in ("relay", "recovers"):
                if getattr(self, name):
                    raise ValueError(f'{name}: only a card with cryptogram = "generate-ac" has it')
        elif self.cryptogram == "checksum":
            for name in ("pdol", "relay", "recovers", "wishes", "offline", "contact_above"):
                if getattr(self, name):
                    raise ValueError(f"{name}: a card of mag-stripe mode has no such thing")
        elif self.wishes:
            raise ValueError('wishes: only a card with cryptogram = "processing-options" has a CTQ')
        elif self.issuer_update:
            raise ValueError(
                'issuer_update: only a card with cryptogram = "processing-options" has a second tap'
            )
        elif self.contact_above is not None and "9F0206" not in self.pdol:
            raise ValueError("contact_above: the card must know the amount, so its pdol has 9F0206")
        if not self.applications:
            raise ValueError("applications: at least one")
        if any(one.cvm or one.oda or one.offline for one in self.applications):
            raise ValueError("applications: cvm, oda and offline of an application are those of a chip")
        if self.oda not in ("none", {"processing-options": "dda", "generate-ac": "cda"}.get(self.cryptogram)):
            raise ValueError(
                "oda: dda for a cryptogram of processing-options, cda for one of generate-ac, none in mag-stripe mode"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class StripeFace:
    """The stripe; the rest of its tracks follows from the card's number, expiry and holder."""

    service_code: str
    discretionary: str = "0000000000"

    def __post_init__(self) -> None:
        if len(self.service_code) != 3 or not is_digits(self.service_code):
            raise ValueError("service_code: three digits, in quotes")
        if len(self.discretionary) > 11 or not is_digits(self.discretionary):
            raise ValueError("discretionary: 1 to 11 digits, in quotes")


def fault_of_number(pan: str) -> str:
    """What is wrong with a card number; empty where nothing is."""
    brand = brand_of(pan)
    if brand is None or not is_luhn_valid(pan) or len(pan) not in brand.lengths:
        return "no number of a known brand: wrong first digits, length or check digit"
    return ""


def _check_rules(texts: tuple[str, ...]) -> None:
    try:
        parse_rules(texts)
    except ValueError as wrong:
        raise ValueError(f"cvm: {wrong}") from None


def _check_response(milliseconds: int) -> None:
    if not 0 <= milliseconds <= 60_000:
        raise ValueError("response_ms: 0 to 60000 milliseconds")


def _check_hex(name: str, text: str, shortest: int, longest: int) -> None:
    if not _HEX.fullmatch(text) or not shortest <= len(text) // 2 <= longest:
        raise ValueError(f"{name}: {shortest} to {longest} bytes as capital hex digits without spaces")
