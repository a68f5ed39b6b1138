"""One TOML file a card, read strictly into a `Personality`.

Rules:
1. A card has up to three faces, each a table of the file: `chip`, `contactless`, `stripe`. What is not there, the card has not.
2. Numbers are test numbers; they pass the Luhn check and fit their brand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from terminal_sim.cards.profile.faces import ChipFace, ContactlessFace, Holder, StripeFace, fault_of_number
from terminal_sim.cards.profile.personality import Personality
from terminal_sim.cards.profile.purpose import CardPurpose, ExpectedSales
from terminal_sim.datafiles.toml import read
from terminal_sim.emv.data import track
from terminal_sim.emv.data.card_number import brand_of
from terminal_sim.emv.data.fields import is_digits
from terminal_sim.emv.keys import pinblock
from terminal_sim.secret import Secret

_LONGEST_LOG: Final = 30
_RESPONSE: Final = re.compile(r"[0-9A-Z]{2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFile:
    """A file of `profiles/cards`. `expiry` is YYMM; `issuer_country` and `currency` are numeric ISO codes.

    `log` is how many transactions each
    account of the card keeps in its log. `purpose` and `expected` say what the card is for, and how a sale with it ends. `issuer_response` is what this card's issuer answers to a request that is in order (ISO 8583, DE 39).
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
    log: int = 0
    issuer_response: str = "00"
    purpose: CardPurpose | None = None
    expected: ExpectedSales = field(default_factory=ExpectedSales)
    chip: ChipFace | None = None
    contactless: ContactlessFace | None = None
    stripe: StripeFace | None = None

    def __post_init__(self) -> None:
        if wrong := fault_of_number(self.pan):
            raise ValueError(f"pan: {wrong}")
        brand = brand_of(self.pan)
        if len(self.expiry) != 4 or not is_digits(self.expiry) or not "01" <= self.expiry[2:] <= "12":
            raise ValueError("expiry: YYMM wanted, four digits in quotes")
        if self.cvc and brand is not None and (len(self.cvc) != brand.cvc or not is_digits(self.cvc)):
            raise ValueError(f"cvc: {brand.cvc} digits for this brand, in quotes")
        if self.pin and (
            not pinblock.SHORTEST <= len(self.pin) <= pinblock.LONGEST or not is_digits(self.pin)
        ):
            raise ValueError("pin: 4 to 12 digits, in quotes")
        for name, length in (("sequence", 2), ("issuer_country", 3), ("currency", 3)):
            value = getattr(self, name)
            if len(value) != length or not is_digits(value):
                raise ValueError(f"{name}: {length} digits, in quotes")
        if not 0 <= self.log <= _LONGEST_LOG:
            raise ValueError(f"log: 1 to {_LONGEST_LOG} transactions, or 0 for no log")
        if not _RESPONSE.fullmatch(self.issuer_response):
            raise ValueError("issuer_response: two capital letters or digits, such as 05")
        if self.chip is None and self.contactless is None and self.stripe is None:
            raise ValueError("a card without chip, contactless and stripe cannot be presented")
        if self.stripe is not None:
            if not track.is_holder_name(self.holder.name):
                raise ValueError(
                    "holder.name: a stripe has capitals, digits and the characters !\"#$%&'()*+,-./:;<=>@[\\]_ and space"
                )
            room = track.LONGEST_TRACK_2 - len(self.pan) - len("=YYMM201")
            if len(self.stripe.discretionary) > room:
                raise ValueError(
                    f"stripe.discretionary: track 2 has room for {room} digits behind this number"
                )
        asks_pin = (self.chip is not None and self.chip.asks_pin) or (
            self.contactless is not None and "online-pin" in self.contactless.cvm
        )
        if asks_pin and not self.pin:
            raise ValueError("pin: this card asks for a PIN and has none")


def load(file: Path, library: Path | None = None) -> Personality:
    """Reads one card. `library` is where `extends` looks after the file's own folder.

    Raises `ProfileError`, which names file, line, key and cure.
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
        log=card.log,
        issuer_response=card.issuer_response,
        purpose=card.purpose,
        expected=card.expected,
        chip=card.chip,
        contactless=card.contactless,
        stripe=card.stripe,
    )
