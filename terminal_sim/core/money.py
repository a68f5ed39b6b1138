"""Money: integer minor units with their currency. Formatting is the display's business."""

from __future__ import annotations

from msgspec import Struct

# ISO 4217: alphabetic code -> (numeric code, exponent).
CURRENCIES: dict[str, tuple[str, int]] = {
    "AUD": ("036", 2),
    "CAD": ("124", 2),
    "CHF": ("756", 2),
    "EUR": ("978", 2),
    "GBP": ("826", 2),
    "JPY": ("392", 0),
    "NZD": ("554", 2),
    "USD": ("840", 2),
}


class Money(Struct, frozen=True):
    """`minor` units (cents) of `currency` (ISO 4217 alphabetic code)."""

    minor: int
    currency: str

    @property
    def numeric(self) -> str:
        return CURRENCIES[self.currency][0]

    @property
    def exponent(self) -> int:
        return CURRENCIES[self.currency][1]
