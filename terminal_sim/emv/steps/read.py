"""Read application data: the records that the AFL lists, and what must be among them (EMV Book 3, 7.2, 7.5 and 10.2)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from msgspec import Struct

from terminal_sim.emv.data import dictionaries, tags, tlv
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.steps import commands
from terminal_sim.emv.steps.card_objects import DataOrigin, Source
from terminal_sim.emv.steps.exchange import CardError, exchange, fault
from terminal_sim.emv.steps.state import SignedRecord, Transaction
from terminal_sim.emv.talk.conversation import Conversation

MAX_RECORDS = 128
"""No bound of the specification, but of patience: cards have fewer than 40, a malicious AFL could list 16,000."""

FIRST_PROPRIETARY_FILE: Final = 11
"""Files 11 to 30 belong to scheme and issuer (7.1)."""


class AflRecord(Struct, frozen=True):
    """A record that the AFL lists; `signed` says that it takes part in offline data authentication (10.3)."""

    sfi: int
    number: int
    signed: bool


@lru_cache(maxsize=256)
def afl_records(afl: bytes) -> tuple[AflRecord, ...]:
    """The records that an AFL lists, in order. Raises `CardError` where an entry breaks Book 3, 10.2."""
    if not afl or len(afl) % 4:
        raise CardError("the AFL is empty or not made of entries of 4 bytes")
    records: list[AflRecord] = []
    for at in range(0, len(afl), 4):
        first_byte, first, last, signed = afl[at : at + 4]
        sfi = first_byte >> 3
        if first_byte & 0x07 or not 1 <= sfi <= 30:
            raise CardError("the AFL names a file that cannot exist")
        if first == 0 or last < first or signed > last - first + 1:
            raise CardError("the AFL counts its records wrongly")
        records += [
            AflRecord(sfi, number, signed=number - first < signed) for number in range(first, last + 1)
        ]
    if len(records) > MAX_RECORDS:
        raise CardError(f"the AFL lists {len(records)} records, more than {MAX_RECORDS}")
    return tuple(records)


def read_records(transaction: Transaction, afl: bytes) -> Conversation[None]:
    """Reads all records of `afl`; the contents of a proprietary file are not looked at, but may be signed (7.1, 10.3)."""
    for record in afl_records(afl):
        response = yield from exchange(commands.read_record(record.sfi, record.number))
        if response.sw != StatusWord.OK:
            raise fault(f"READ RECORD {record.number} of file {record.sfi}", response.sw)
        if record.signed:
            transaction.signed.append(SignedRecord(record.sfi, record.number, response.data))
        if record.sfi < FIRST_PROPRIETARY_FILE:
            origin = DataOrigin(Source.RECORD, record.sfi, record.number)
            transaction.card.take(tlv.primitives(_template(response.data)), origin)


def _template(record: bytes) -> bytes:
    """What is within the template 70 of a record; nothing stands beside it, not even filler (Book 3, 6.5.11.4)."""
    objects = tlv.split(record, fillers=b"")
    if [tag for tag, _ in objects] != [tags.RECORD]:
        raise CardError("a record is other than one template 70")
    return objects[0][1]


def require(transaction: Transaction, *needed: int) -> None:
    """Raises `CardError` where a mandatory data element is missing (Book 3, 7.2)."""
    for tag in needed:
        if tag not in transaction.card:
            raise CardError(f"the card has no {dictionaries.name(tag)} ({tag:X})")
