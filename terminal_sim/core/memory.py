"""What a running firmware remembers besides its journal, as values: a terminal that is given them goes on where another stood."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from terminal_sim.core.environment import Environment
from terminal_sim.core.message import HostRequest
from terminal_sim.core.moment import Instant
from terminal_sim.core.payment_request import TerminalRequest


class ContextMemory(Struct, frozen=True):
    """One flow of the stack: its name and the values of its context's slots, `state` among them."""

    flow: str
    slots: Mapping[str, object]


class ReversalMemory(Struct, frozen=True):
    """`sent` waits for its answer; `sent_before` are the references that went out in this life, which a repeat follows."""

    sent: HostRequest | None
    sent_before: tuple[str, ...]
    fresh: str
    attempts: int


class OfflineMemory(Struct, frozen=True):
    """`sent` is the stored payment that waits for its answer."""

    sent: HostRequest | None
    attempts: int


class SettlementMemory(Struct, frozen=True):
    """`sent` waits for its answer; `sent_before` names what went out in this life, and `uploaded` counts the payments of the batch that were taken."""

    sent: HostRequest | None
    sent_before: tuple[str, ...]
    uploaded: int
    attempts: int


class FirmwareMemory(Struct, frozen=True):
    """All of a firmware but what its journal rows say. `stack` begins with the lowest flow; `advices` are not answered yet."""

    locale: str
    environment: Environment
    now: Instant
    stack: tuple[ContextMemory, ...]
    awaited: HostRequest | None
    unwinding: bool
    reversals: ReversalMemory
    advices: tuple[HostRequest, ...]
    offline: OfflineMemory
    settlements: SettlementMemory
    request: TerminalRequest | None
