"""EXCHANGE RELAY RESISTANCE DATA as a card answers it: its own entropy, and how long it says that it takes (EMV Book C-2, 3.10 and 5.3)."""

from __future__ import annotations

from terminal_sim.cards.profile.traits import RelayFace
from terminal_sim.cards.system.command import CardCommand, Refusal
from terminal_sim.cards.system.memory import Memory
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.apdu import StatusWord

ATTEMPTS = 3
"""How often a terminal may ask in one transaction."""
_ENTROPY_BYTES = 4


def exchanged(command: CardCommand, face: RelayFace, memory: Memory) -> bytes:
    """What the exchange adds to a combined signature: the terminal's entropy and the whole answer of the card. Raises `Refusal` for another length."""
    command.need_no_parameters()
    if len(command.data) != _ENTROPY_BYTES:
        raise Refusal(StatusWord.WRONG_LENGTH)
    own = memory.random(b"relay", command.data)[:_ENTROPY_BYTES]
    times = b"".join(one.to_bytes(2) for one in (face.least, face.most, face.transmission))
    return command.data + own + times


def answer_of(exchange: bytes) -> bytes:
    """The card's part of the exchange, as it answers it."""
    return tlv.encode(tags.RESPONSE_FORMAT_1, exchange[_ENTROPY_BYTES:])
