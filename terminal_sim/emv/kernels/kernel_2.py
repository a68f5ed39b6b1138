"""A cryptogram that the card makes by GENERATE AC: the path of the EMV Books C-2 and C-4, and of Interac, without offline authentication.

1. The steps between records and cryptogram are those of the contact transaction: restrictions, verification, risk, action codes.
2. Up to the limit the terminal takes no verification of the cardholder, above it those that a tap allows; 9F33 says so, and
   the card's CVM list is walked with it. A device that has verified its owner needs no list (Book C-2, 3.8).
3. An online PIN is typed when the card has left: its cryptogram certifies that it will be.
4. There is no second GENERATE AC.
"""

from __future__ import annotations

from typing import Final

from terminal_sim.emv.data import tags, tvr
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.steps import analysis, cvm, generate, pin, read, restrictions, risk
from terminal_sim.emv.steps.exchange import Ended
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.asks import Step
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.rules import Rule

_AIP_ON_DEVICE: Final = 0x02
_ON_DEVICE: Final = bytes((0x01, 0x00, 0x02))
_NOT_NEEDED: Final = bytes((0x3F, 0x00, 0x02))


def certify(transaction: Transaction) -> Conversation[None]:
    """Asks the card for its cryptogram. Raises `Ended` where the issuer is not to be asked."""
    if tags.CDOL1 not in transaction.card:
        raise Ended(Verdict.USE_CHIP, Rule.CONTACTLESS_NO_KERNEL)
    read.require(transaction, tags.PAN, tags.EXPIRATION_DATE)
    transaction.card_data()
    transaction.mark(tvr.ODA_NOT_PERFORMED, Rule.ODA_NOT_PERFORMED)
    restrictions.check(transaction)
    yield from _verify_cardholder(transaction)
    risk.compare_floor_limit(transaction)
    asked = analysis.first_decision(transaction)
    made = yield from generate.generate_ac(transaction, asked, tags.CDOL1, Step.GENAC1)
    if made is Cryptogram.AAC:
        raise generate.refused(transaction, asked)
    if made is Cryptogram.TC:
        raise Ended(Verdict.APPROVED, Rule.CARD_APPROVED_OFFLINE)
    if transaction.cvm == "online-pin" and not (yield from pin.online(transaction)):
        raise Ended(Verdict.DECLINED, Rule.CVM_PIN_BYPASSED)


def _verify_cardholder(transaction: Transaction) -> Conversation[None]:
    required = cvm.required_contactless(transaction)
    first, second, third = transaction.config.capabilities
    second = second & (cvm.CAN_ONLINE_PIN | cvm.CAN_SIGNATURE) if required else cvm.CAN_NO_CVM
    transaction.terminal[tags.CAPABILITIES] = bytes((first, second, third))
    if transaction.card[tags.AIP][0] & _AIP_ON_DEVICE:
        transaction.cvm = "on-device" if required else "no-cvm"
        transaction.terminal[tags.CVM_RESULTS] = _ON_DEVICE if required else _NOT_NEEDED
        return
    yield from cvm.verify(transaction, pin_later=True)
