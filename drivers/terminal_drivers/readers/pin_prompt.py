"""What a PIN pad shows its cardholder, and the keys that it has beside the digits."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


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


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the display of the reader shows; `timeout` in s, 0 for as long as the reader likes."""

    slot: int
    step: PinStep
    timeout: int


Person = Callable[[Prompt], None]
"""The cardholder at a PIN pad, who is shown each prompt and may press keys at once."""


def nobody(_prompt: Prompt) -> None:
    """Stand for an absent cardholder: no key is pressed."""
