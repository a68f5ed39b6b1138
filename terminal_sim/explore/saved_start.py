"""The saved bench that a run began with, as text without card numbers, PINs and security codes: each is named by its card.

1. Secrets of a saved bench are tagged as such: one that a card has becomes `${visa-credit.pin}`.
2. A card number stands in other places, too: in the records of a conversation, on a track, in a message. Wherever its digits are, as text, as
   packed digits or as ASCII in hexadecimal, they become `${visa-credit.pan}` or `${visa-credit.pan:ascii}`.
3. A number that no card has is replaced by its stand-in (`secret_words`), in every place alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from terminal_sim.bench import BenchMisuse, SavedState
from terminal_sim.explore.secret_words import SHORTEST_NUMBER, stand_in

_TAG, _OF, _SECRET = "is", "of", "secret"
_NAME = re.compile(r"\$\{([a-z0-9-]+)\.(pan|pin|cvc)(:ascii)?\}", re.ASCII)


def concealed(state: SavedState, cards: Mapping[str, Mapping[str, str]]) -> str:
    """The state as text. `cards` have the `pan`, `pin` and `cvc` of each card by their names."""
    names = {
        value: f"${{{card}.{detail}}}"
        for card, details in sorted(cards.items(), reverse=True)
        for detail, value in details.items()
        if detail != "expiry"
    }
    whole = json.loads(state.to_bytes())
    numbers = {value: name for value, name in names.items() if len(value) >= SHORTEST_NUMBER}
    unknown = {secret for secret in _secrets(whole) if _is_number(secret) and secret not in names}
    numbers |= {number: stand_in(number) for number in unknown}
    text = json.dumps(_named(whole, names), ensure_ascii=False, separators=(",", ":"))
    for number, name in sorted(numbers.items(), key=lambda one: -len(one[0])):
        text = text.replace(number, name)
        ascii_name = name.replace("}", ":ascii}") if name.startswith("$") else _ascii(name)
        text = text.replace(_ascii(number), ascii_name)
    return text


def revealed(text: str, cards: Mapping[str, Mapping[str, str]]) -> SavedState:
    """The state of a text. Raises `BenchMisuse` where it is none, or names a card that is not here."""

    def value(found: re.Match[str]) -> str:
        card, detail, in_ascii = found.groups()
        if detail not in cards.get(card, {}):
            raise BenchMisuse(f"the state names {card}.{detail}, and there is no such card")
        return _ascii(cards[card][detail]) if in_ascii else cards[card][detail]

    return SavedState.from_bytes(_NAME.sub(value, text).encode())


def _named(value: object, names: Mapping[str, str]) -> object:
    """The data with a name in the place of each secret that a card has."""
    if isinstance(value, dict):
        if value.get(_TAG) == _SECRET and isinstance(of := value.get(_OF), str):
            return {_TAG: _SECRET, _OF: names.get(of, of)}
        return {key: _named(one, names) for key, one in value.items()}
    return [_named(one, names) for one in value] if isinstance(value, list) else value


def _secrets(value: object) -> Iterator[str]:
    """The texts that are tagged as secrets."""
    if isinstance(value, dict):
        if value.get(_TAG) == _SECRET and isinstance(of := value.get(_OF), str):
            yield of
        for one in value.values():
            yield from _secrets(one)
    elif isinstance(value, list):
        for one in value:
            yield from _secrets(one)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and SHORTEST_NUMBER <= len(text) <= 19


def _ascii(digits: str) -> str:
    """The ASCII codes of the digits in hexadecimal, as bytes are written."""
    return digits.encode().hex()
