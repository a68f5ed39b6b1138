"""How long the terminal waits before it sends again what is not answered, and after how many sends it calls for a person."""

from __future__ import annotations

from typing import Final

from terminal_sim.core import effects as fx
from terminal_sim.core.config import Timeouts
from terminal_sim.core.message import HostRequest
from terminal_sim.core.rows.kinds import UnansweredRow
from terminal_sim.core.services import Services

ALARM_AFTER: Final = 6
"""Sends of one message without an answer that takes it, after which the home screen calls for a person."""
_DOUBLINGS: Final = 8


def patience(timeouts: Timeouts, attempts: int) -> int:
    """Microseconds from a send to the next one, `attempts` sends after the first: doubled each time, up to the longest."""
    return min(timeouts.reversal_retry << min(attempts, _DOUBLINGS), timeouts.reversal_retry_max)


def record_unanswered(terminal: Services, sent: HostRequest | None, attempts: int) -> None:
    """Record and sound, once, that `sent` was sent so many times in vain; a link that came back may have sent it once more meanwhile."""
    if sent is not None and attempts >= ALARM_AFTER and sent.reference not in terminal.durable.unanswered:
        terminal.record(UnansweredRow(message=sent.kind, reference=sent.reference, attempts=attempts))
        terminal.order(fx.Beep("attention"))
