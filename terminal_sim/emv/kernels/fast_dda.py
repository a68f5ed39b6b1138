"""Fast DDA: the dynamic signature that a card of kernel 3 gives without being asked by a command of its own (EMV Book C-3, annex C).

1. The card signs with its answer to GET PROCESSING OPTIONS, since the PDOL has the terminal's unpredictable number; 9F4B stands there or in a record.
2. The ICC dynamic number is the transaction counter of the same answer (9F36).
3. What is signed besides: the unpredictable number; where the card authentication data (9F69) are of version 1, also amount, currency and
   those data.
"""

from __future__ import annotations

from typing import Final

from terminal_sim.emv.data import tags
from terminal_sim.emv.keys import certificates
from terminal_sim.emv.keys.certificates import CertificateError
from terminal_sim.emv.steps import authenticate
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.rules import Rule

_AIP_DDA: Final = 0x20
_VERSION_1: Final = 0x01


def proves(transaction: Transaction) -> bool:
    """Whether the card's signature proves its answer; a failure is kept as a reason, and the TVR stays as the card certified it."""
    try:
        _check(transaction)
    except CertificateError as failed:
        transaction.note(Rule.ODA_DDA_FAILED, detail=str(failed))
        return False
    return True


def _check(transaction: Transaction) -> None:
    card = transaction.card
    if not card[tags.AIP][0] & _AIP_DDA or tags.SIGNED_DYNAMIC_DATA not in card:
        raise CertificateError("the card has signed nothing", "C-3 C")
    key = authenticate.card_key(transaction)
    signed = certificates.dynamic_signature(
        key, card[tags.SIGNED_DYNAMIC_DATA], terminal_dynamic_data(transaction), "C-3 C"
    )
    if signed.number != card[tags.ATC]:
        raise CertificateError("the signature is of another transaction of this card", "C-3 C")


def terminal_dynamic_data(transaction: Transaction) -> bytes:
    """What the card signs besides its own dynamic number."""
    terminal = transaction.terminal
    unpredictable = terminal[tags.UNPREDICTABLE_NUMBER]
    more = transaction.card.get(tags.CARD_AUTHENTICATION_DATA, b"")
    if more[:1] != bytes((_VERSION_1,)):
        return unpredictable
    return unpredictable + terminal[tags.AMOUNT] + terminal[tags.CURRENCY] + more
