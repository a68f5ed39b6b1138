"""What the values of elements look like, whatever the dialect: strict writers and readers of each.

`what` is how an error calls the value. No error quotes a field's content: it may be a card number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum

from terminal_sim.core.money import CURRENCIES, Money
from terminal_sim.host.dialect import MessageError
from terminal_sim.host.iso8583 import elements as el
from terminal_sim.host.iso8583.elements import TITLES


class PrivateTag(IntEnum):
    """Private data: values that a message has no element for."""

    REFERENCE = 1
    ORIGINAL_REFERENCE = 2
    CVC = 3
    POSTAL_CODE = 4
    STREET_NUMBER = 5
    TEXT = 6
    ORIGINAL_PROCESSING = 7
    KEY_SERIAL = 8
    LONG_PIN_BLOCK = 9
    BATCH = 10
    YEAR = 11
    KEY_BLOCK = 12
    SECOND_KEY_BLOCK = 13


_PRIVATE_TAGS = frozenset(PrivateTag)
_CURRENCY_OF = {numeric: alpha for alpha, (numeric, _) in CURRENCIES.items()}
_PARTIAL = "0010"
_TRACK2 = re.compile(r"[0-9]{8,19}=[0-9=]*", re.ASCII)


def private_data(values: Mapping[PrivateTag, str]) -> str:
    data = bytearray()
    for tag, text in values.items():
        data += bytes((tag, len(text))) + text.encode("ascii")
    return data.hex()


def private_values(fields: Mapping[str, str]) -> dict[int, str]:
    data, at, values = bytes.fromhex(fields.get(el.PRIVATE_DATA, "")), 0, {}
    while at < len(data):
        tag, length = data[at], data[at + 1] if at + 1 < len(data) else 256
        value = data[at + 2 : at + 2 + length]
        if len(value) != length or tag in values or tag not in _PRIVATE_TAGS or not value.isascii():
            raise MessageError("the private data are damaged")
        values[tag] = value.decode("ascii")
        at += 2 + length
    return values


def amount(money: Money) -> str:
    if not 0 <= money.minor <= 999_999_999_999:
        raise MessageError("an amount has at most 12 digits and no sign")
    return f"{money.minor:012d}"


def amount_of(fields: Mapping[str, str]) -> Money:
    return Money(int(number(fields, el.AMOUNT, 12)), _CURRENCY_OF[one_of(fields, el.CURRENCY, _CURRENCY_OF)])


def partial(money: Money) -> str:
    return f"{_PARTIAL}{money.numeric}C{amount(money)}"


def partial_of(text: str) -> Money:
    head, currency, sign, minor = text[:4], text[4:7], text[7:8], text[8:]
    if head != _PARTIAL or currency not in _CURRENCY_OF or sign != "C":
        raise MessageError("the additional amount is no partial approval")
    return Money(int(digits(minor, 12, 12, "the amount of a partial approval")), _CURRENCY_OF[currency])


def trace_number(stan: int) -> str:
    if not 1 <= stan <= 999_999:
        raise MessageError("a trace number lies between 1 and 999999")
    return f"{stan:06d}"


def trace_number_of(text: str) -> int:
    if text == "000000":
        raise MessageError("a trace number lies between 1 and 999999")
    return int(text)


def number(fields: Mapping[str, str], name: str, length: int) -> str:
    """The digits of a field that must be there."""
    return digits(fields.get(name, ""), length, length, f"the {TITLES[name]}")


def one_of(fields: Mapping[str, str], name: str, choices: Mapping[str, object] | tuple[str, ...]) -> str:
    value = fields.get(name, "")
    if value not in choices:
        raise MessageError(f"the {TITLES[name]} has none of its values")
    return value


def digits(text: str, least: int, most: int, what: str) -> str:
    if not (least <= len(text) <= most and text.isascii() and text.isdigit()):
        count = str(most) if least == most else f"{least} to {most}"
        raise MessageError(f"{what} has {count} digits")
    return text


def expiry(text: str) -> str:
    if not "01" <= digits(text, 4, 4, "the expiry")[2:] <= "12":
        raise MessageError("the expiry is a year and a month, YYMM")
    return text


def track2(text: str) -> str:
    """`=` separates; ISO/IEC 7813 lets another stand for an expiry or service code that is left out."""
    if len(text) > 37 or not _TRACK2.fullmatch(text):
        raise MessageError("track 2 is a card number, a separator and digits, at most 37 characters")
    return text


def printable(text: str, least: int, most: int, what: str) -> str:
    if not (least <= len(text) <= most and text.isascii() and text.isprintable()):
        raise MessageError(f"{what} has {least} to {most} printable ASCII characters")
    return text


def alphanumeric(text: str, length: int, what: str) -> str:
    if not (len(text) == length and text.isascii() and text.isalnum()):
        raise MessageError(f"{what} has {length} letters or digits")
    return text


def filled(text: str, length: int, what: str) -> str:
    if printable(text, 1, length, what) != text.strip():
        raise MessageError(f"{what} neither starts nor ends with a space")
    return text.ljust(length)


def unfilled(fields: Mapping[str, str], name: str) -> str:
    text = fields.get(name, "").rstrip(" ")
    if printable(text, 1, 15, f"the {TITLES[name]}") != text.strip():
        raise MessageError(f"the {TITLES[name]} starts with a space")
    return text
