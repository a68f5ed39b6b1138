"""The transaction log of a card, read as its owner or a help desk reads it (EMV Book 3, annex D)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from terminal_sim.emv.data import describe, dol, tags, tlv
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.data.dol import DolError
from terminal_sim.emv.data.tags import DICTIONARY
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.steps import commands
from terminal_sim.emv.steps.exchange import CardError, exchange
from terminal_sim.emv.talk.conversation import Conversation

_FIRST_FILE, _LAST_FILE = 11, 30
_MOST: Final = 30
"""Records that are read, whatever the card says that it has."""


@dataclass(frozen=True, slots=True)
class LoggedElement:
    """A data element of a log record: its tag in hexadecimal, its name, and its masked value."""

    tag: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class LoggedTransaction:
    """One record of a log, element by element as the log's format has them."""

    elements: tuple[LoggedElement, ...]


def read_log(entry: bytes) -> Conversation[list[LoggedTransaction]]:
    """The records of the log that `entry` (9F4D) names, the newest first; none where there is no log, or none that can be read."""
    if len(entry) != 2 or not _FIRST_FILE <= entry[0] <= _LAST_FILE:
        return []
    found: list[LoggedTransaction] = []
    try:
        response = yield from exchange(commands.get_data(tags.LOG_FORMAT))
        if response.sw != StatusWord.OK:
            return []
        form = tlv.only(response.data, tags.LOG_FORMAT)
        for number in range(1, min(entry[1], _MOST) + 1):
            response = yield from exchange(commands.read_record(entry[0], number))
            if response.sw != StatusWord.OK:
                break
            found.append(_transaction(form, response.data))
    except (CardError, TlvError, DolError):
        return found
    return found


def _transaction(form: bytes, record: bytes) -> LoggedTransaction:
    return LoggedTransaction(
        tuple(
            LoggedElement(
                f"{tag:X}",
                DICTIONARY[tag].name if tag in DICTIONARY else "unknown",
                describe.masked_value(tag, value),
            )
            for tag, value in dol.read(form, record).items()
        )
    )
