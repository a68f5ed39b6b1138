"""What a screen or receipt says, independent of any language.

A `Text` names a wording of the catalogue by its stable id and carries the values to fill in; a plain `str` is literal
(a merchant's name, an application label) and is the same in every language.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Union

from msgspec import Struct

from terminal_sim.core.money import Money

Value = Union[str, int, Money, datetime, "Text"]


class Text(Struct, frozen=True):
    """The wording `id` with `args`; `{name}` in the wording takes the value of that name."""

    id: str
    args: tuple[tuple[str, Value], ...] = ()


Phrase = Text | str


def say(id: str, /, **args: Value) -> Text:  # noqa: A002 - the contract calls it an id
    """`say("wrong-pin", n=2)`."""
    return Text(id, tuple(args.items())) if args else _plain(id)


@cache
def _plain(id: str) -> Text:  # noqa: A002 - as above
    """A text without values is the same object wherever it is said: screens are made of them."""
    return Text(id)
