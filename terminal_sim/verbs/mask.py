"""What of a text may be shown: secrets that are known are hidden, and what is a card number by its form is masked.

1. A secret of digits is hidden where it stands for itself or between letters that no other digit belongs to (`cvc737`): in an amount, a time
   or a reference it is a part of another number.
2. A run of digits is a card number where no letter or digit touches it, and a brand has numbers that begin so, of that length and with
   that check digit (ISO/IEC 7812-1). So a reference of letters and digits is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from terminal_sim.datafiles.printable import printable
from terminal_sim.emv.data.card_number import brand_of, is_luhn_valid
from terminal_sim.secret import mask_pan

HIDDEN = "***"
_CARD_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){11,18}(?![0-9A-Za-z])", re.ASCII)
_APART = re.compile(r"[ -]")


class Mask:
    """Shows texts of a run. `secrets` and what is hidden later are masked from then on; control characters are escaped."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._found: re.Pattern[str] | None = None
        self.hide(*secrets)

    def hide(self, *secrets: str) -> None:
        """Mask these texts, too; empty ones are no secrets."""
        self._secrets.update(filter(None, secrets))
        self._found = None

    def __call__(self, text: str) -> str:
        if self._secrets:
            self._found = self._found or _any_of(self._secrets)
            text = self._found.sub(HIDDEN, text)
        return printable(_CARD_NUMBER.sub(_masked, text))


def _any_of(secrets: Iterable[str]) -> re.Pattern[str]:
    """The longest secret first, so that none is shown in part."""
    return re.compile("|".join(map(_alone, sorted(secrets, key=len, reverse=True))))


def _alone(secret: str) -> str:
    quoted = re.escape(secret)
    if not (secret.isascii() and secret.isdigit()):
        return quoted
    # Neither a part of a longer number, of its fraction or of a time, nor of a name that has digits of its own.
    before = r"(?<![0-9])(?<![0-9][.,:])(?<![0-9][A-Za-z])"
    return rf"{before}{quoted}(?![0-9])(?![.,:][0-9])(?![A-Za-z]+[0-9])"


def card_numbers(text: str) -> list[str]:
    """The card numbers in the text, as they are written there."""
    return [found[0] for found in _CARD_NUMBER.finditer(text) if _is_card_number(found[0])]


def _masked(found: re.Match[str]) -> str:
    return mask_pan(_APART.sub("", found[0])) if _is_card_number(found[0]) else found[0]


def _is_card_number(written: str) -> bool:
    digits = _APART.sub("", written)
    brand = brand_of(digits)
    return brand is not None and len(digits) in brand.lengths and is_luhn_valid(digits)
