"""A closed choice whose members are looked up in tables for each message and each screen."""

from __future__ import annotations

from enum import Enum


class IdentityEnum(Enum):
    """An enum whose members are hashed by identity: each is one object, and its name, by which `Enum` hashes it, costs three times as much.

    The order of a set of members is no part of any result, as with any other enum.
    """

    __hash__ = object.__hash__
