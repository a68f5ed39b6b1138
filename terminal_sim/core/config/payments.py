"""Which payments a terminal takes, within which amounts, and what comes with them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import compress, product
from typing import Final, Literal

from terminal_sim.core.config.bounds import require_above_zero
from terminal_sim.core.message import EntryMode

_MERCHANT = re.compile(r"[ -~]{1,15}")
_CATEGORY = re.compile(r"[0-9]{4}")


_READING: Final = (EntryMode.CHIP, EntryMode.CONTACTLESS, EntryMode.STRIPE)
_READ: Final = {has: tuple(compress(_READING, has)) for has in product((False, True), repeat=len(_READING))}
"""The ways of reading a card that there are where each is there or not: a payment asks for them at every move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedEntryModes:
    """Which ways a card's data may come in."""

    chip: bool = True
    contactless: bool = True
    stripe: bool = True
    keyed: bool = False

    @property
    def read(self) -> tuple[EntryMode, ...]:
        """Those in which the terminal reads a card that is there."""
        return _READ[self.chip, self.contactless, self.stripe]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standalone:
    """The account switch of standalone payments and the links over which it may work."""

    enabled: bool = True
    over: tuple[Literal["wifi", "4g", "ethernet"], ...] = ("wifi", "4g")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Amounts in minor units; `history` is how many payments the History list shows."""

    max_amount: int = 99_999_99
    moto_max_amount: int = 99_999_99
    refund_max_amount: int = 99_999_99
    history: int = 100

    def __post_init__(self) -> None:
        require_above_zero(self, "max_amount", "moto_max_amount", "refund_max_amount", "history")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moto:
    """Payments without a card.

    `ask_address_in` are the cardholder countries (alpha-2) whose address is asked for; `iin_countries` has the country
    of each beginning of a card number; for any other number the terminal asks no address.
    """

    enabled: bool = False
    ask_cvc: bool = True
    ask_address: bool = False
    ask_address_in: tuple[str, ...] = ()
    iin_countries: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunds:
    """Whether payments may be voided from the history, and refunds made without one (behind `passcode`)."""

    void: bool = True
    unreferenced: bool = False
    passcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """Which copies print by themselves, whether declined payments print, and the lines at the top."""

    merchant: Literal["auto", "prompt", "no"] = "auto"
    customer: Literal["auto", "prompt", "no"] = "auto"
    declined: bool = True
    card_language: bool = True
    header: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """What a point of sale offers beside the card reader: ways to pay that need no card, and receipts by message."""

    manual_entry: bool = False
    gift_card: bool = False
    clearpay: bool = False
    orders: bool = False
    digital_receipt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    """Who takes the payments, for the acquirer: ISO 8583 DE 42, and a category of ISO 18245."""

    id: str
    category: str = "5999"

    def __post_init__(self) -> None:
        if not _MERCHANT.fullmatch(self.id):
            raise ValueError("id: 1 to 15 printable ASCII characters")
        if not _CATEGORY.fullmatch(self.category):
            raise ValueError("category: four digits, in quotes")
