"""The transaction log of an application, which anybody may read after its selection (EMV Book 3, annex D).

1. 9F4D in the control information names the file and how many records it has, 9F4F by GET DATA says what is in them.
2. A record is written with the last cryptogram of a transaction, a decline too; the newest one has number 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from terminal_sim.cards.system.memory import Memory
from terminal_sim.emv.data import dol, tags
from terminal_sim.emv.data.apdu import Cryptogram

FILE: Final = 11
"""The SFI of the log."""
FORMAT: Final = bytes.fromhex("9A03 9F2103 9C01 9F0206 9F0306 5F2A02 9F1A02 9F2701 9F3602")
"""9F4F: date, time, type, amounts, currency and country of the terminal, kind of cryptogram, transaction counter."""
TIME: Final = bytes.fromhex("9F2103")
"""What a card with a log asks for besides what it certifies."""


def entry(records: int) -> bytes:
    """9F4D of a log of so many records."""
    return bytes((FILE, records))


def write(memory: Memory, records: int, kind: Cryptogram, values: Mapping[int, bytes]) -> None:
    """Puts a transaction before the older ones, of which the last one goes where there are more than `records`; without a log nothing is done."""
    if not records:
        return
    known = {**values, tags.CRYPTOGRAM_INFORMATION: bytes((kind,)), tags.ATC: memory.counter}
    memory.keep(log=(dol.build(FORMAT, known.get), *memory.now.log)[:records])


def record(memory: Memory, number: int) -> bytes | None:
    """The record of this number, None where there is none."""
    return memory.now.log[number - 1] if 0 < number <= len(memory.now.log) else None
