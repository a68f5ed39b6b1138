"""The prompts that a PIN pad shows its cardholder, and its keys beside the digits."""

from collections.abc import Callable
from enum import Enum

from msgspec import Struct


class Key(Enum):
    """The keys beside the digits."""

    ENTER = "enter"
    CLEAR = "clear"
    CANCEL = "cancel"


class PinStep(Enum):
    """Which PIN is asked for."""

    PIN = "PIN"
    OLD = "old PIN"
    NEW = "new PIN"
    AGAIN = "new PIN again"


class Prompt(Struct, frozen=True):
    """What the display of the reader shows; `timeout` in s, 0 for as long as the reader likes."""

    slot: int
    step: PinStep
    timeout: int


Person = Callable[[Prompt], None]
"""The cardholder at a PIN pad, who is shown each prompt and may press keys at once."""


def absent_cardholder(_prompt: Prompt) -> None:
    """Ignore a prompt, as an absent cardholder does: no key is pressed."""
