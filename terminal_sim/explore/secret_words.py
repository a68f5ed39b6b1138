"""Digits that were typed into fields that hide them, as words that name them: no card number, PIN or security code stands in a bundle.

1. What a card has is named by the card: `${visa-credit.pin}`; a passcode of the profile by its name: `${passcode.admin}`; a secret of the
   script by its variable, which the environment of a replay gives: `${MY_CODE}`. A part of it is a slice: `${visa-credit.pan:0:4}`.
2. A card number that no card has is written as a stand-in: same length, same first six and last four digits, as right or wrong by its
   check digit (ISO/IEC 7812-1). A trace shows no other digit of it, and the issuer knows none of such a number. A security code that
   the card does not have is written as another one that it does not have.
3. All other digits are written as they are: a wrong PIN or passcode is nobody's secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from terminal_sim.bench import Bench, BenchMisuse, Profile, ProfileError
from terminal_sim.script.recorder.secret_names import CARD_FIELDS

PAN, CVC = "card.pan", "card.cvc"
SHORTEST_NUMBER = 12  # digits of a card number (ISO/IEC 7812-1)
_PREFIX, _SUFFIX = 6, 4
_WORD = re.compile(r"\$\{([A-Za-z_][\w.-]*?)(?::(\d{1,2}):(\d{1,2}))?\}", re.ASCII)


class SecretWords:
    """Names typed secrets and finds them again. `stand_ins` are those that were given. `cards` have the details of each card by their names: `pan`, `pin`, `cvc`, `expiry`."""

    def __init__(
        self, cards: Mapping[str, Mapping[str, str]], profile: Profile, secrets: Mapping[str, str]
    ) -> None:
        self._cards = cards
        self._values = {f"passcode.{name}": one.code for name, one in profile.passcodes.items()}
        self._values |= secrets
        self._values |= {
            f"{card}.{detail}": value for card, details in cards.items() for detail, value in details.items()
        }
        self.stand_ins: set[str] = set()
        self._passcodes = [*(f"passcode.{name}" for name in profile.passcodes), *secrets]

    def word(self, digits: str, field: str, card: str) -> str:
        """The word for all digits typed into the hidden field of the screen `field`; `card` is the one last named, "" for none.

        It is digits, or a name in `${}` whose value they are or begin.
        """
        known = CARD_FIELDS.get(field)
        names = self._passcodes
        if known is not None:
            detail = known.partition(".")[2]
            names = [f"{one}.{detail}" for one in sorted(self._cards, key=lambda one: (one != card, one))]
        name = next((one for one in (*names, *self._passcodes) if self._values.get(one) == digits), None)
        if name is not None:
            return f"${{{name}}}"
        if len(digits) > _PREFIX and known == PAN:
            begun = next((one for one in names if self._values.get(one, "").startswith(digits)), None)
            if begun is not None:
                return f"${{{begun}}}"
        if len(digits) >= SHORTEST_NUMBER:
            self.stand_ins.add(stand_in(digits))
            return stand_in(digits)
        return self._other_code(digits, card) if known == CVC else digits

    def part(self, word: str, first: int, end: int) -> str:
        """The word for the digits from `first` up to `end` of what the word of a whole field stands for."""
        if not word.startswith("$"):
            return word[first:end]
        return word if (first, end) == (0, len(self.value(word))) else f"{word[:-1]}:{first}:{end}}}"

    def typed_card(self, word: str) -> str:
        """The card whose number the word names, "" where it names something else."""
        return self.card_of(word) if word.endswith(".pan}") else ""

    @staticmethod
    def card_of(word: str) -> str:
        """The card that the word may name, "" for none."""
        found = _WORD.fullmatch(word)
        return found[1].partition(".")[0] if found is not None else ""

    def value(self, word: str) -> str:
        """The digits of a word. Raises `BenchMisuse` for a name that has none."""
        found = _WORD.fullmatch(word)
        if found is None:
            return word
        name, first, end = found.groups()
        if name not in self._values:
            raise BenchMisuse(
                f"nothing here is called {name}: set the environment's variable, or name the card's file"
            )
        value = self._values[name]
        return value if first is None else value[int(first) : int(end)]

    def _other_code(self, digits: str, card: str) -> str:
        right = self._cards.get(card, {}).get("cvc")
        return next(code for code in (str(n) * len(digits) for n in range(10)) if code not in (digits, right))


def stand_in(number: str) -> str:
    """Another number with the same first six and last four digits and the same sum for its check digit."""
    middle = len(number) - _PREFIX - _SUFFIX
    candidates = (f"{number[:_PREFIX]}{n:0{middle}}{number[-_SUFFIX:]}" for n in range(10**middle))
    return next(one for one in candidates if one != number and _luhn_sum(one) == _luhn_sum(number))


def details_of(bench: Bench) -> dict[str, dict[str, str]]:
    """What is typed of each card that the bench has, for `SecretWords`; a card file with a fault has nothing."""
    found: dict[str, dict[str, str]] = {}
    for name in bench.card_names():
        try:
            who = bench.card(name).personality
        except ProfileError:
            continue
        secrets = {"pan": who.pan, "pin": who.pin, "cvc": who.cvc}
        found[name] = {key: value.reveal() for key, value in secrets.items() if value is not None}
        found[name]["expiry"] = who.expiry_mmyy
    return found


def _luhn_sum(digits: str) -> int:
    """The sum that is 0 for a right number (ISO/IEC 7812-1, Annex B)."""
    every_second = (divmod(int(digit) * 2, 10) for digit in digits[-2::-2])
    return (sum(map(sum, every_second)) + sum(map(int, digits[-1::-2]))) % 10
