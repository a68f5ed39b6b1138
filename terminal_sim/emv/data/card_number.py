"""Brands by the first digits of a card number, the lengths they allow, and the Luhn check (ISO/IEC 7812-1).

The ranges are the schemes' published ones. Interac numbers lie within issuers' own ranges; only that of the public Interac test
cards is here. Square's gift cards begin with 7783.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from msgspec import Struct

from terminal_sim.emv.data.fields import is_digits


class Brand(Struct, frozen=True):
    """`prefixes` are ranges of first digits, both ends included; `lengths` those of its numbers; `cvc` digits of its code."""

    name: str
    prefixes: tuple[tuple[str, str], ...]
    lengths: frozenset[int]
    cvc: int = 3


def _lengths(*lengths: int) -> frozenset[int]:
    return frozenset(lengths)


_LONG: Final = frozenset(range(16, 20))

BRANDS: Final = (
    Brand("visa", (("4", "4"),), _lengths(13, 16, 19)),
    Brand("mastercard", (("51", "55"), ("2221", "2720")), _lengths(16)),
    Brand(
        "maestro",
        (("50", "50"), ("56", "58"), ("63", "63"), ("67", "67")),
        frozenset(range(12, 20)),
    ),
    Brand("amex", (("34", "34"), ("37", "37")), _lengths(15), cvc=4),
    Brand("interac", (("450644", "450644"),), _lengths(16)),
    Brand("discover", (("6011", "6011"), ("644", "649"), ("65", "65")), _LONG),
    Brand("jcb", (("3528", "3589"),), _LONG),
    Brand("unionpay", (("62", "62"),), _LONG),
    Brand("square-gift", (("7783", "7783"),), _lengths(16)),
)

_LONGEST_PREFIX: Final = max(len(first) for brand in BRANDS for first, _ in brand.prefixes)


def brand_of(pan: str) -> Brand | None:
    """The brand whose range fits the first digits most closely, or None."""
    return _brand_of(pan[:_LONGEST_PREFIX])


@lru_cache(maxsize=1024)
def _brand_of(pan: str) -> Brand | None:
    best: tuple[int, Brand] | None = None
    for brand in BRANDS:
        for first, last in brand.prefixes:
            size = len(first)
            if first <= pan[:size] <= last and len(pan) >= size and (best is None or size > best[0]):
                best = (size, brand)
    return best[1] if best else None


_DOUBLED: Final = str.maketrans("0123456789", "0246813579")  # twice each digit, and the sum of its two digits


def is_luhn_valid(pan: str) -> bool:
    """Whether `pan` is digits and its last one is the check digit of the others."""
    if not is_digits(pan):
        return False
    total = sum(map(int, pan[::-1][::2])) + sum(map(int, pan[::-1][1::2].translate(_DOUBLED)))
    return total % 10 == 0


def longest_beginning(pan: str, beginnings: Iterable[str]) -> str:
    """The longest of `beginnings` with which the card number begins; empty where there is none."""
    return max((each for each in beginnings if pan.startswith(each)), key=len, default="")
