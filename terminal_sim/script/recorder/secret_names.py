"""What of a recording may not be written down, and the names that stand for it.

1. Digits of a hidden field are what the card last named has of them (`${card.pin}`), or a passcode that the terminal was delivered with
   (`${passcode.admin}`); all others are a `secret` of the script, which the environment gives: `${CARD_NUMBER}`.
2. A card number that was typed or said anywhere else is such a secret, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from terminal_sim.bench import Bench, Profile
from terminal_sim.secret import Secret
from terminal_sim.verbs.mask import card_numbers

CARD_FIELDS = {"enter-pin": "card.pin", "card-number": "card.pan", "expiry": "card.expiry", "cvc": "card.cvc"}
"""The fields into which details of a card are typed, by the ids of their screens."""
_PIN_FIELD = "enter-pin"
_CARD_NUMBER = "CARD_NUMBER"
_NAMES = {_PIN_FIELD: "PIN"}


class SecretNames:
    """Names secrets, the same value always alike. `values` are those of the environment that were named so far."""

    def __init__(self, bench: Bench, profile: Profile) -> None:
        self._bench = bench
        self._profile = profile
        self._values: dict[str, Secret[str]] = {}

    @property
    def values(self) -> Mapping[str, Secret[str]]:
        return MappingProxyType(self._values)

    def typed(self, digits: Secret[str], field: str, card: str) -> str:
        """The word for digits that were typed on the hidden field of the screen `field`; `card` is the one last named, "" for none."""
        known = self._of_card(field, card) if field in CARD_FIELDS else self._passcode(digits)
        if known is not None and known[1] == digits:
            return f"${{{known[0]}}}"
        return self._named(digits, _NAMES.get(field, field.upper().replace("-", "_")))

    def without_numbers(self, text: str) -> str:
        """The text with a name in the place of each card number."""
        for number in card_numbers(text):
            text = text.replace(number, self._named(Secret(number), _CARD_NUMBER))
        return text

    def _of_card(self, field: str, card: str) -> tuple[str, Secret[str]] | None:
        """The variable for what the card has of a field, and its value."""
        if not card:
            return None
        who = self._bench.card(card).personality
        value = {
            "card.pin": who.pin,
            "card.pan": who.pan,
            "card.expiry": Secret(who.expiry_mmyy),
            "card.cvc": who.cvc,
        }[CARD_FIELDS[field]]
        return None if value is None else (CARD_FIELDS[field], value)

    def _passcode(self, digits: Secret[str]) -> tuple[str, Secret[str]] | None:
        codes = ((name, Secret(passcode.code)) for name, passcode in self._profile.passcodes.items())
        return next(((f"passcode.{name}", code) for name, code in codes if code == digits), None)

    def _named(self, value: Secret[str], name: str) -> str:
        names = [name, *(f"{name}_{number}" for number in range(2, len(self._values) + 3))]
        free = next(one for one in names if self._values.get(one, value) == value)
        self._values[free] = value
        return f"${{{free}}}"
