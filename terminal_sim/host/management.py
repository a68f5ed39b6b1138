"""Network management: what terminal and host say to each other about the line itself, and not about a payment."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from msgspec import Struct


class ManagementFunction(Enum):
    """What a message asks for; the value is its name in dialect files and in the log."""

    SIGN_ON = "sign-on"
    SIGN_OFF = "sign-off"
    ECHO = "echo"
    NEW_KEYS = "new-keys"


class ManagementRequest(Struct, frozen=True, kw_only=True):
    """A request of `terminal`. `stan` 1..999999 is a number of its connection; `at` is the terminal's civil time."""

    function: ManagementFunction
    terminal: str
    stan: int
    at: datetime


class ManagementReply(Struct, frozen=True, kw_only=True):
    """Its answer. `key_blocks` are new working keys, each a key block (TR-31) under the terminal's transport key."""

    function: ManagementFunction
    terminal: str
    stan: int
    response_code: str
    key_blocks: tuple[str, ...] = ()

    def answers(self, request: ManagementRequest) -> bool:
        """Whether function, terminal and number are those of `request`."""
        return (self.function, self.terminal, self.stan) == (request.function, request.terminal, request.stan)
