"""What GET DATA gives: counters, the tries of a PIN, the format of the log, and what the issuer has put (EMV Book 3, 6.5.7)."""

from __future__ import annotations

from terminal_sim.cards.system import log
from terminal_sim.cards.system.command import CardCommand, Refusal
from terminal_sim.cards.system.memory import Memory
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.apdu import StatusWord


def answered(command: CardCommand, memory: Memory, *, compares_pin: bool, logs: bool) -> bytes:
    """The data object that P1 and P2 name. Raises `Refusal` where the card has none such."""
    tag = command.p1 << 8 | command.p2
    now = memory.now
    known = {tags.ATC: memory.counter, tags.LAST_ONLINE_ATC: now.last_online.to_bytes(2)}
    if compares_pin:
        known[tags.PIN_TRY_COUNTER] = bytes((now.tries_left,))
    if logs:
        known[tags.LOG_FORMAT] = log.FORMAT
    value = {**now.objects, **known}.get(tag)
    if value is None:
        raise Refusal(StatusWord.DATA_NOT_FOUND)
    return tlv.encode(tag, value)
