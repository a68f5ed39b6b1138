"""Recovery of a torn transaction by kernel 2 (EMV Book C-2, 3.7): the card left after GENERATE AC was sent and before its answer came.

1. What was sent is kept where the terminal has a log for it (DF811D) and the card a list of what it needs for recovery, its DRDOL
   (9F51). The terminal then wants the card once more.
2. A card that comes back within the time of DF811C, in seconds, is asked by RECOVER AC after its records. Its answer counts with the
   kept data. A card that has nothing to recover makes a new cryptogram.
3. A transaction that was torn for another amount is not recovered: its cryptogram would certify an amount that the terminal
   does not take.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from terminal_sim.emv.data import dol, tags
from terminal_sim.emv.data.apdu import Cryptogram, StatusWord
from terminal_sim.emv.steps import commands, cvm, generate
from terminal_sim.emv.steps.authenticate import authenticate
from terminal_sim.emv.steps.exchange import exchange, put
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.answers import FoundTorn
from terminal_sim.emv.talk.asks import FindTorn
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.rules import Rule
from terminal_sim.emv.talk.torn import TornTransaction

_LIFETIME: Final = 0xDF811C
_RECORDS: Final = 0xDF811D
_SENT: Final = 0xDF8111
_ASKED: Final = 0xDF8114
_RELAY: Final = 0xDF8302
_KEPT: Final = (
    tags.AMOUNT,
    tags.AMOUNT_OTHER,
    tags.TRANSACTION_TYPE,
    tags.DATE,
    tags.TIME,
    tags.CURRENCY,
    tags.TERMINAL_COUNTRY,
    tags.UNPREDICTABLE_NUMBER,
    tags.CAPABILITIES,
    tags.CVM_RESULTS,
)
"""The terminal's data elements that the cryptogram may certify."""


class Recovered(Struct, frozen=True):
    """A cryptogram that was recovered: what was asked of the card, what it made, and whether it had to sign it."""

    asked: Cryptogram
    made: Cryptogram
    signed: bool


def keep(transaction: Transaction, asked: Cryptogram, *, signed: bool) -> TornTransaction | None:
    """What is kept of a transaction whose card left during GENERATE AC; None where it cannot be recovered."""
    if not any(transaction.terminal.get(_RECORDS, b"")) or tags.DRDOL not in transaction.card:
        return None
    card = transaction.card_data()
    objects = [(tag, transaction.terminal[tag]) for tag in _KEPT]
    objects += [
        (tags.TVR, transaction.tvr.to_bytes(5)),
        (_SENT, transaction.sent),
        (_ASKED, bytes((asked | (commands.COMBINED_SIGNATURE if signed else 0),))),
        (_RELAY, transaction.relay),
    ]
    return TornTransaction(pan=card.pan, sequence=card.sequence, objects=tuple(objects))


def recover(transaction: Transaction) -> Conversation[Recovered | None]:
    """Asks the card for the cryptogram of a torn transaction; None where there is none to recover."""
    if not any(transaction.terminal.get(_RECORDS, b"")) or tags.DRDOL not in transaction.card:
        return None
    card = transaction.card_data()
    found = yield from put(FindTorn(card.pan, card.sequence), FoundTorn)
    if found.torn is None:
        return None
    kept = dict(found.torn.objects)
    if not _is_recoverable(transaction, kept):
        return None
    wanted = transaction.card[tags.DRDOL]

    def value(tag: int) -> bytes | None:
        return kept[tag] if tag in kept else transaction.value(tag)

    response = yield from exchange(commands.recover_ac(dol.build(wanted, value)))
    if response.sw != StatusWord.OK:
        return None
    p1 = kept[_ASKED][0]
    asked, signed = Cryptogram(p1 & 0xC0), bool(p1 & commands.COMBINED_SIGNATURE)
    if signed:
        yield from authenticate(transaction)
    transaction.terminal |= {tag: kept[tag] for tag in _KEPT}
    transaction.tvr = int.from_bytes(kept[tags.TVR])
    transaction.sent, transaction.relay = kept[_SENT], kept[_RELAY]
    transaction.cvm = cvm.performed(kept[tags.CVM_RESULTS])
    transaction.note(Rule.TORN_RECOVERED)
    made = generate.take_answer(transaction, response.data, asked, signed=signed)
    return Recovered(asked, made, signed)


def _is_recoverable(transaction: Transaction, kept: dict[int, bytes]) -> bool:
    same = all(
        kept[tag] == transaction.terminal[tag]
        for tag in (tags.AMOUNT, tags.AMOUNT_OTHER, tags.TRANSACTION_TYPE)
    )
    lifetime = timedelta(seconds=int.from_bytes(transaction.terminal.get(_LIFETIME, b"\x01\x2c")))
    terminal = transaction.terminal
    age = _moment(terminal[tags.DATE], terminal[tags.TIME]) - _moment(kept[tags.DATE], kept[tags.TIME])
    return same and timedelta() <= age <= lifetime


def _moment(date: bytes, time: bytes) -> datetime:
    return datetime.strptime(date.hex() + time.hex(), "%y%m%d%H%M%S").replace(tzinfo=UTC)
