"""What a virtual card is: one TOML file a card, read strictly.

Rules:
1. A card has up to three faces, each a table of the file: `chip`, `contactless`, `stripe`. What is not there, the card has not.
2. Numbers are test numbers; they must pass the Luhn check and fit their brand.
3. Card number, codes and PIN are `Secret` from here on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from terminal_sim.datafiles.toml import read
from terminal_sim.emv.data.card_number import brand_of, is_luhn_valid
from terminal_sim.emv.data.fields import is_digits
from terminal_sim.emv.keys import pinblock
from terminal_sim.secret import Secret

ChipCvm = Literal["online-pin", "offline-pin", "signature", "no-cvm"]
ContactlessCvm = Literal["on-device", "online-pin", "signature"]

_HEX: Final = re.compile(r"(?:[0-9A-F]{2})*", re.ASCII)
_RESPONSE: Final = re.compile(r"[0-9A-Z]{2}", re.ASCII)


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
        if not 2 <= len(self.name) <= 26 or not self.name.isascii():
            raise ValueError("name: 2 to 26 characters, as SURNAME/FIRST")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardApplication:
    """An application on the card. `priority` 1 to 15, 0 for none; `confirm` asks the cardholder before it is used."""

    aid: str
    label: str
    preferred_name: str = ""
    priority: int = 1
    confirm: bool = False

    def __post_init__(self) -> None:
        _check_hex("aid", self.aid, 5, 16)
        for name in ("label", "preferred_name"):
            text = getattr(self, name)
            if len(text) > 16 or not text.isascii():
                raise ValueError(f"{name}: at most 16 ASCII characters")
        if not self.label:
            raise ValueError("label: 1 to 16 characters")
        if not 0 <= self.priority <= 15:
            raise ValueError("priority: 1 to 15, or 0 for none")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipData:
    """The contact face. `cvm` are tried in order, each where the terminal supports it.

    `answer_format` 1 or 2 of GET PROCESSING OPTIONS and GENERATE AC (EMV Book 3, 6.5); `issuer_authentication` is where the
    card expects the issuer's answer, and with `insist` it declines without one. A `mute` chip does not even answer to reset.
    """

    applications: tuple[CardApplication, ...] = ()
    cvm: tuple[ChipCvm, ...] = ("no-cvm", "signature")
    pdol: str = ""
    answer_format: Literal[1, 2] = 1
    issuer_authentication: Literal["external-authenticate", "generate-ac"] = "external-authenticate"
    insist: bool = False
    directory: bool = True
    pin_tries: int = 3
    historical: str = "2063CB6600"
    mute: bool = False

    def __post_init__(self) -> None:
        _check_hex("historical", self.historical, 0, 15)
        _check_hex("pdol", self.pdol, 0, 64)
        if not self.mute and not self.applications:
            raise ValueError("applications: a chip that answers has at least one")
        if not 1 <= self.pin_tries <= 15:
            raise ValueError("pin_tries: 1 to 15")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contactless:
    """The contactless face. `cvm` are what the card agrees to where the terminal wants a verification, best first.

    `on-device` is said at every tap. Above `contact_above`, in minor units, the card wants its contacts used.
    """

    applications: tuple[CardApplication, ...]
    cvm: tuple[ContactlessCvm, ...] = ("signature",)
    contact_above: int | None = None
    historical: str = "80318066B1840C016E0183009000"

    def __post_init__(self) -> None:
        _check_hex("historical", self.historical, 0, 15)
        if not self.applications:
            raise ValueError("applications: at least one")


@dataclass(frozen=True, slots=True, kw_only=True)
class StripeData:
    """The stripe; the rest of its tracks follows from the card's number, expiry and holder."""

    service_code: str
    discretionary: str = "0000000000"

    def __post_init__(self) -> None:
        if len(self.service_code) != 3 or not is_digits(self.service_code):
            raise ValueError("service_code: three digits, in quotes")
        if len(self.discretionary) > 11 or not is_digits(self.discretionary):
            raise ValueError("discretionary: 1 to 11 digits, in quotes")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFile:
    """A file of `profiles/cards`. `expiry` is YYMM; `issuer_country` and `currency` are numeric ISO codes.

    `issuer_response` is what this card's issuer answers to a request that is in order (ISO 8583, DE 39).
    """

    card: Literal[1]
    id: str
    name: str
    pan: str = field(repr=False)
    expiry: str = field(repr=False)
    holder: Holder
    cvc: str = field(default="", repr=False)
    pin: str = field(default="", repr=False)
    sequence: str = "01"
    issuer_country: str = "124"
    currency: str = "124"
    issuer_response: str = "00"
    chip: ChipData | None = None
    contactless: Contactless | None = None
    stripe: StripeData | None = None

    def __post_init__(self) -> None:
        brand = brand_of(self.pan)
        if brand is None or not is_luhn_valid(self.pan) or len(self.pan) not in brand.lengths:
            raise ValueError("pan: no number of a known brand: wrong first digits, length or check digit")
        if len(self.expiry) != 4 or not is_digits(self.expiry) or not "01" <= self.expiry[2:] <= "12":
            raise ValueError("expiry: YYMM wanted, four digits in quotes")
        if self.cvc and (len(self.cvc) != brand.cvc or not is_digits(self.cvc)):
            raise ValueError(f"cvc: {brand.cvc} digits for this brand, in quotes")
        if self.pin and (
            not pinblock.SHORTEST <= len(self.pin) <= pinblock.LONGEST or not is_digits(self.pin)
        ):
            raise ValueError("pin: 4 to 12 digits, in quotes")
        for name, length in (("sequence", 2), ("issuer_country", 3), ("currency", 3)):
            value = getattr(self, name)
            if len(value) != length or not is_digits(value):
                raise ValueError(f"{name}: {length} digits, in quotes")
        if not _RESPONSE.fullmatch(self.issuer_response):
            raise ValueError("issuer_response: two capital letters or digits, such as 05")
        if self.chip is None and self.contactless is None and self.stripe is None:
            raise ValueError("a card without chip, contactless and stripe cannot be presented")
        asks_pin = (self.chip is not None and {"online-pin", "offline-pin"} & set(self.chip.cvm)) or (
            self.contactless is not None and "online-pin" in self.contactless.cvm
        )
        if asks_pin and not self.pin:
            raise ValueError("pin: this card asks for a PIN and has none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Personality:
    """A card as its maker and its issuer know it. `expiry` is YYMM, `expiry_mmyy` as it is embossed and typed."""

    id: str
    name: str
    pan: Secret[str]
    expiry: str
    cvc: Secret[str] | None
    pin: Secret[str] | None
    brand: str
    sequence: str
    holder: Holder
    issuer_country: str
    currency: str
    issuer_response: str
    chip: ChipData | None
    contactless: Contactless | None
    stripe: StripeData | None

    @property
    def last4(self) -> str:
        return self.pan.reveal()[-4:]

    @property
    def expiry_mmyy(self) -> str:
        return self.expiry[2:] + self.expiry[:2]

    @property
    def languages(self) -> tuple[str, ...]:
        return self.holder.languages

    @property
    def country(self) -> str:
        return self.holder.country

    @property
    def postal_code(self) -> str:
        return self.holder.postal_code

    @property
    def street_number(self) -> str:
        return self.holder.street_number

    def track2(self) -> Secret[str]:
        """Track 2 without sentinels; a card without a stripe has its image all the same (tag 57), service code 201."""
        stripe = self.stripe or StripeData(service_code="201")
        return Secret(f"{self.pan.reveal()}={self.expiry}{stripe.service_code}{stripe.discretionary}")

    def tracks(self) -> dict[int, str] | None:
        """The stripe as ASCII with sentinels, by track number, or None where there is none."""
        if self.stripe is None:
            return None
        tail = f"{self.expiry}{self.stripe.service_code}{self.stripe.discretionary}"
        return {
            1: f"%B{self.pan.reveal()}^{self.holder.name}^{tail}?",
            2: f";{self.track2().reveal()}?",
        }


def load(file: Path, library: Path | None = None) -> Personality:
    """Reads one card. `library` is where `extends` looks after the file's own folder.

    Raises `typed_toml.ProfileError`, which names file, line, key and cure.
    """
    card = read(file, CardFile, library=library)
    brand = brand_of(card.pan)
    return Personality(
        id=card.id,
        name=card.name,
        pan=Secret(card.pan),
        expiry=card.expiry,
        cvc=Secret(card.cvc) if card.cvc else None,
        pin=Secret(card.pin) if card.pin else None,
        brand=brand.name if brand else "",
        sequence=card.sequence,
        holder=card.holder,
        issuer_country=card.issuer_country,
        currency=card.currency,
        issuer_response=card.issuer_response,
        chip=card.chip,
        contactless=card.contactless,
        stripe=card.stripe,
    )


def _check_hex(name: str, text: str, shortest: int, longest: int) -> None:
    if not _HEX.fullmatch(text) or not shortest <= len(text) // 2 <= longest:
        raise ValueError(f"{name}: {shortest} to {longest} bytes as capital hex digits without spaces")
