"""What every object of the service is made of: its kind, its base, money. What is absent is left out, never null.

An object has all members of the vendor's public schema, so that a member that is none is told apart from one that means nothing here.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct

MOST_MONEY = 2**53 - 1  # an integer that every client reads exactly
Currency = Annotated[str, Meta(min_length=3, max_length=3)]


class ObjectKind(Enum):
    """What the service keeps, by the word that names it in answers."""

    CHECKOUT = "checkout"
    TERMINAL_REFUND = "terminal-refund"
    PAYMENT = "payment"
    REFUND = "refund"
    DEVICE_CODE = "device-code"
    SUBSCRIPTION = "subscription"
    ACTION = "action"


class ApiObject(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The base of what the service says and hears."""


class SquareMoney(ApiObject, frozen=True, kw_only=True):
    """An amount in minor units."""

    amount: Annotated[int, Meta(ge=0, le=MOST_MONEY)]
    currency: Currency
