"""The card status update that a genuine answer of the issuer brings by method 2, and what the card does by it (EMV Book 3, C10)."""

from __future__ import annotations

from typing import Final

from terminal_sim.cards.system.memory import Memory

_TRIES: Final = 0x0F  # byte 1
_BLOCK_CARD, _BLOCK_APPLICATION, _UPDATE_TRIES, _ONLINE_NEXT = 0x40, 0x20, 0x10, 0x08  # byte 2
_COUNTERS: Final = 0x03
_KEEP_COUNTERS: Final = 0x00


def obey(update: bytes, memory: Memory) -> None:
    """Does what the 4 bytes say: blocks, gives PIN tries, wants the issuer asked next time, and counts offline payments anew.

    An issuer of method 1 sends no update: its answer has the offline payments counted anew.
    """
    if not update:
        memory.went_online()
        memory.keep(online_next=False)
        return
    memory.keep(last_online=memory.now.atc, online_next=bool(update[1] & _ONLINE_NEXT))
    if update[1] & _COUNTERS != _KEEP_COUNTERS:
        memory.went_online()
    if update[1] & _UPDATE_TRIES:
        memory.keep(tries_left=min(update[0] & _TRIES, memory.most_tries))
    if update[1] & _BLOCK_APPLICATION:
        memory.keep(blocked=memory.now.blocked or "application")
    if update[1] & _BLOCK_CARD:
        memory.keep(blocked="card")
