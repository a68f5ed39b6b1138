"""What an acquirer is at one moment, to be gone on with later or by another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from terminal_sim.host.answered import AnsweredMessage, MessageKey
from terminal_sim.host.answers import ScriptedAnswer
from terminal_sim.host.config import AcquirerConfig
from terminal_sim.host.issuer import IssuerState
from terminal_sim.host.ledger import LedgerState
from terminal_sim.host.scripts import IssuerScript
from terminal_sim.host.seen import SeenMessage
from terminal_sim.host.terminal_keys import KeysIssued


class AcquirerState(Struct, frozen=True, kw_only=True):
    """All of an acquirer at one moment. `answered` has each message whose repeats get its answer."""

    config: AcquirerConfig
    ledger: LedgerState
    issuer: IssuerState
    messages: Sequence[SeenMessage]
    numbered: int
    scripted: tuple[ScriptedAnswer, ...]
    sending: tuple[IssuerScript, ...]
    answered: Mapping[MessageKey, AnsweredMessage]
    keys: tuple[KeysIssued, ...] = ()
