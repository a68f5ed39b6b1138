"""The relay resistance protocol of kernel 2 (EMV Book C-2, 3.10): whether the card that answers is as near as it seems.

1. The terminal sends entropy, its unpredictable number, and the card answers with its own and with how long it takes, in units of 100 us.
2. What remains of the measured duration without the time of both messages is the card's processing time. Less than the card's minimum
   ends the transaction; more than its maximum is asked again, three times in all, and then written into the TVR.
3. A card that estimates the time of its answer far otherwise than the terminal does, or takes much longer than its minimum, exceeds the
   accuracy threshold (TVR).
4. The data of the exchange stand in the signature of CDA, which binds them to the cryptogram.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from terminal_sim.emv.data import entropy, tags, tlv, tvr
from terminal_sim.emv.data.apdu import CardResponse, StatusWord
from terminal_sim.emv.steps import commands
from terminal_sim.emv.steps.exchange import CardError, Ended, exchange, fault
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.rules import Rule

_AIP_SUPPORTED: Final = 0x01
_KERNEL_CONFIGURATION: Final = 0xDF811B
_SUPPORTED: Final = 0x10
_ATTEMPTS: Final = 3
_UNIT: Final = 100
"""Microseconds in a unit of the protocol's times."""


class RelayTimes(Struct, frozen=True):
    """What the card says of its times, in units of 100 us: its processing takes `least` to `most`, its answer `transmission`."""

    least: int
    most: int
    transmission: int


class RelayLimits(Struct, frozen=True):
    """The terminal's own numbers, in units of 100 us but for the percentage `mismatch`; the defaults are those of Book C-2."""

    command: int = 0x0012
    answer: int = 0x0018
    grace_below: int = 0x0014
    grace_above: int = 0x0032
    accuracy: int = 0x012C
    mismatch: int = 0x32


_LIMITS: Final = {
    "grace_below": 0xDF8132,
    "grace_above": 0xDF8133,
    "command": 0xDF8134,
    "answer": 0xDF8135,
    "accuracy": 0xDF8136,
    "mismatch": 0xDF8137,
}


def resist(transaction: Transaction) -> Conversation[None]:
    """Performs the protocol where card and terminal support it; sets the TVR. Raises `Ended` where the card is faster than it can be."""
    supported = transaction.terminal.get(_KERNEL_CONFIGURATION, b"\x00")[0] & _SUPPORTED
    if not supported:
        return
    if not transaction.card[tags.AIP][1] & _AIP_SUPPORTED:
        transaction.mark(tvr.RELAY_NOT_PERFORMED, Rule.RELAY_NOT_PERFORMED)
        return
    limits = limits_of(transaction)
    for attempt in range(1, _ATTEMPTS + 1):
        if attempt > 1:
            fresh = entropy.draw(transaction.request.entropy, f"relay resistance {attempt}", 4)
            transaction.terminal[tags.UNPREDICTABLE_NUMBER] = fresh
        asked = transaction.terminal[tags.UNPREDICTABLE_NUMBER]
        response = yield from exchange(commands.exchange_relay_resistance_data(asked))
        answer = _answer(response)
        times = RelayTimes(*(int.from_bytes(answer[at : at + 2]) for at in (4, 6, 8)))
        measured = processing_time(response.microseconds, times, limits)
        if measured < max(0, times.least - limits.grace_below):
            raise Ended(Verdict.CARD_ERROR, Rule.RELAY_TOO_FAST)
        transaction.relay = asked + answer
        if measured <= times.most + limits.grace_above:
            break
    else:
        transaction.mark(tvr.RELAY_LIMITS_EXCEEDED, Rule.RELAY_TIME_LIMITS)
    if is_inaccurate(measured, times, limits):
        transaction.mark(tvr.RELAY_THRESHOLD_EXCEEDED, Rule.RELAY_THRESHOLD)
    transaction.tvr |= tvr.RELAY_PERFORMED


def limits_of(transaction: Transaction) -> RelayLimits:
    """The limits that the application's configuration has, else the defaults."""
    known = {
        name: int.from_bytes(transaction.terminal[tag])
        for name, tag in _LIMITS.items()
        if tag in transaction.terminal
    }
    return RelayLimits(**known)


def processing_time(microseconds: int, times: RelayTimes, limits: RelayLimits) -> int:
    """The card's share of a round trip, in units of 100 us and never under zero."""
    return max(0, microseconds // _UNIT - limits.command - min(limits.answer, times.transmission))


def is_inaccurate(measured: int, times: RelayTimes, limits: RelayLimits) -> bool:
    """Whether the times do not fit each other as closely as the terminal wants."""
    own, cards = limits.answer, times.transmission
    if own and cards and min(cards * 100 // own, own * 100 // cards) < limits.mismatch:
        return True
    return max(0, measured - times.least) > limits.accuracy


def _answer(response: CardResponse) -> bytes:
    if response.sw != StatusWord.OK:
        raise fault("EXCHANGE RELAY RESISTANCE DATA", response.sw)
    answer = tlv.only(response.data, tags.RESPONSE_FORMAT_1)
    if len(answer) != 10:
        raise CardError(f"EXCHANGE RELAY RESISTANCE DATA is answered by {len(answer)} bytes")
    return answer
