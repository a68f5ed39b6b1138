"""What a personality is for, and how a sale with it ends: the rows of the table in docs/cards.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SaleEnding = Literal[
    "approved", "declined", "not-accepted", "card-error", "insert-instead", "swipe-instead", "see-phone"
]
"""The ids of the screens with which a terminal says how a sale ended, or what the cardholder has to do instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPurpose:
    """One sentence in English and in French."""

    en: str
    fr: str

    def __post_init__(self) -> None:
        for name in ("en", "fr"):
            text = getattr(self, name)
            if not text.endswith(".") or "\n" in text:
                raise ValueError(f"{name}: one sentence on one line, with its full stop")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedSales:
    """How a sale of 12.50 with a fresh card ends at a terminal with every way in, online, where the issuer decides; empty where the card lacks the way."""

    chip: SaleEnding | Literal[""] = ""
    contactless: SaleEnding | Literal[""] = ""
    stripe: SaleEnding | Literal[""] = ""
