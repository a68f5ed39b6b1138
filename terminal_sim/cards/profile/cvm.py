"""The rules of a CVM list as a card file has them, in words (EMV Book 3, 10.5 and C3).

A rule is `METHOD`, which holds where the terminal supports the method, or `METHOD if CONDITION`:

| condition        | code   | holds for                                                    |
|------------------|--------|--------------------------------------------------------------|
| always           | 00     | every transaction                                            |
| unattended-cash  | 01     | cash at a machine                                            |
| no-cash          | 02     | neither cash nor cashback                                    |
| manual-cash      | 04     | cash that a person hands out                                 |
| cashback         | 05     | a purchase with cashback                                     |
| under AMOUNT     | 06, 08 | less than the amount, in minor units of the card's currency  |
| over AMOUNT      | 07, 09 | more than the amount                                         |

A list has room for two amounts, X and Y.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

from terminal_sim.datafiles.suggest import suggest

METHODS: Final = {
    "fail": 0x00,
    "offline-pin": 0x01,
    "online-pin": 0x02,
    "offline-pin-and-signature": 0x03,
    "enciphered-pin": 0x04,
    "enciphered-pin-and-signature": 0x05,
    "signature": 0x1E,
    "no-cvm": 0x1F,
}
"""The codes of the methods (C3)."""
_SUPPORTED: Final = 0x03
_CONDITIONS: Final = {
    "always": 0x00,
    "unattended-cash": 0x01,
    "no-cash": 0x02,
    "manual-cash": 0x04,
    "cashback": 0x05,
}
_AMOUNTS: Final = {"under": (0x06, 0x08), "over": (0x07, 0x09)}
_AMOUNT_RULE: Final = re.compile(r"(under|over) ([0-9]{1,9})", re.ASCII)
_NEXT_IF_FAILED: Final = 0x40
_LARGEST: Final = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class CvmEntry:
    """A method and when it holds: a fixed condition by its code, or `how` the amount stands to `amount`."""

    method: str
    condition: int = _SUPPORTED
    how: str = ""
    amount: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """The rule of these words. Raises `ValueError` that says what is wrong with them."""
        method, _, condition = text.partition(" if ")
        if method not in METHODS:
            raise ValueError(f"{method!r} is not one of {', '.join(METHODS)}{suggest(method, METHODS)}")
        if not condition and " " not in text:
            return cls(method)
        if condition in _CONDITIONS:
            return cls(method, _CONDITIONS[condition])
        found = _AMOUNT_RULE.fullmatch(condition)
        if found is None or int(found[2]) > _LARGEST:
            known = [*_CONDITIONS, "under AMOUNT", "over AMOUNT"]
            raise ValueError(f"{text!r}: after 'if' stands one of {', '.join(known)}")
        return cls(method, how=found[1], amount=int(found[2]))

    @property
    def compares_pin(self) -> bool:
        """Whether the chip compares a PIN for it."""
        return self.method.startswith(("offline-pin", "enciphered-pin"))

    @property
    def deciphers_pin(self) -> bool:
        """Whether the chip gets the PIN enciphered for it."""
        return self.method.startswith("enciphered-pin")


@lru_cache(maxsize=256)
def compares_pin(texts: tuple[str, ...]) -> bool:
    """Whether the chip compares a PIN for any rule of a list, which it is asked at every cryptogram."""
    return any(rule.compares_pin for rule in parse_rules(texts))


@lru_cache(maxsize=256)
def parse_rules(texts: tuple[str, ...]) -> tuple[CvmEntry, ...]:
    """The rules of a list. Raises `ValueError` for words that are no rule, and for more than two amounts."""
    rules = tuple(CvmEntry.parse(text) for text in texts)
    if len(_amounts(rules)) > 2:
        raise ValueError("a list has room for two amounts")
    return rules


def encoded_list(rules: Iterable[CvmEntry]) -> bytes:
    """Tag 8E: X and Y, then two bytes a rule; where a method fails, the next rule follows, but for the last one."""
    listed = tuple(rules)
    amounts = _amounts(listed)
    made = b"".join(amount.to_bytes(4) for amount in (*amounts, 0, 0)[:2])
    for place, rule in enumerate(listed, start=1):
        condition = _AMOUNTS[rule.how][amounts.index(rule.amount)] if rule.how else rule.condition
        more = _NEXT_IF_FAILED if place < len(listed) else 0
        made += bytes((METHODS[rule.method] | more, condition))
    return made


def _amounts(rules: Iterable[CvmEntry]) -> list[int]:
    return list(dict.fromkeys(rule.amount for rule in rules if rule.how))
