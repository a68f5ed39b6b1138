"""The steps that contactless kernels share: card read, verification within a tap, the cryptogram of GENERATE AC.

1. The steps between records and cryptogram are those of the contact transaction: restrictions, verification, risk, action codes.
2. Up to the limit the terminal takes no verification of the cardholder, above it those that a tap allows; 9F33 says so, and
   the card's CVM list is walked with it. A device that has verified its owner needs no list (Book C-2, 3.8).
3. An online PIN is typed when the card has left: its cryptogram certifies that it will be.
4. The method of offline data authentication is CDA: a signature is asked for with all but an AAC, and one that fails declines.
5. There is no second GENERATE AC.
"""

from __future__ import annotations

from typing import Final

from terminal_sim.emv.data import tags, tvr
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.steps import analysis, cvm, generate, pin, read, restrictions, risk
from terminal_sim.emv.steps.authenticate import authenticate
from terminal_sim.emv.steps.entry_point import Combination
from terminal_sim.emv.steps.exchange import Ended, show
from terminal_sim.emv.steps.state import OdaMethod, Transaction
from terminal_sim.emv.talk.asks import Step
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.rules import Rule

ONLINE_PIN_OR_SIGNATURE: Final = cvm.CAN_ONLINE_PIN | cvm.CAN_SIGNATURE

CONSENT: Final = 13
"""How long the field stays off while the owner looks at the device, in units of 100 ms (Book C-3, 4.2)."""

_AIP_ON_DEVICE: Final = 0x02
_ON_DEVICE: Final = bytes((0x01, 0x00, 0x02))
_NOT_NEEDED: Final = bytes((0x3F, 0x00, 0x02))


def read_card(transaction: Transaction) -> Conversation[None]:
    """Reads the records where the card has a file list; a card whose answer to GET PROCESSING OPTIONS says all has none."""
    if tags.AFL in transaction.card:
        yield from read.read_records(transaction, transaction.card[tags.AFL])


def card_read(transaction: Transaction) -> Conversation[None]:
    """Says that the card may leave: all is known that it is needed for (Book A, 9.4)."""
    transaction.card_data()
    yield from show(DisplayMessage.CARD_READ_OK)


def require(transaction: Transaction) -> None:
    """Raises `Ended` where the card has no CDOL1 and so is of another kernel, `CardError` where its records lack what is needed."""
    if tags.CDOL1 not in transaction.card:
        raise Ended(Verdict.USE_CHIP, Rule.CONTACTLESS_NO_KERNEL)
    read.require(transaction, tags.PAN, tags.EXPIRATION_DATE)
    transaction.card_data()


def check(transaction: Transaction, combination: Combination) -> Conversation[None]:
    """What the terminal finds out by itself: restrictions, exception file, the merchant's wish, the floor limit; sets TVR and TSI."""
    restrictions.check(transaction)
    yield from risk.check_exceptions(transaction)
    if combination.floor_limit_exceeded:
        transaction.mark(tvr.FLOOR_LIMIT_EXCEEDED, Rule.RISK_FLOOR_LIMIT)
    transaction.tsi |= tvr.TSI_RISK_PERFORMED


def verify_cardholder(
    transaction: Transaction, combination: Combination, methods: int = ONLINE_PIN_OR_SIGNATURE
) -> Conversation[None]:
    """Verifies the cardholder by the CVM list and those of `methods` (bits of 9F33, byte 2) that the terminal has, or by the device."""
    first, second, third = transaction.config.capabilities
    second = second & methods if combination.cvm_required else cvm.CAN_NO_CVM
    transaction.terminal[tags.CAPABILITIES] = bytes((first, second, third))
    yield from walk(transaction, combination)


def walk(transaction: Transaction, combination: Combination) -> Conversation[None]:
    """Verifies the cardholder with the capabilities (9F33) that stand already."""
    required = combination.cvm_required
    if transaction.card[tags.AIP][0] & _AIP_ON_DEVICE:
        transaction.cvm = "on-device" if required else "no-cvm"
        transaction.terminal[tags.CVM_RESULTS] = _ON_DEVICE if required else _NOT_NEEDED
        return
    yield from cvm.verify(transaction, pin_later=True)


def authenticate_card(transaction: Transaction) -> Conversation[None]:
    """Recovers the card's key where card and terminal have CDA, the one method of these kernels; sets the TVR."""
    yield from authenticate(transaction, (OdaMethod.CDA,))


def wants_signature(transaction: Transaction, asked: Cryptogram) -> bool:
    """Whether the cryptogram is to come with a combined signature (Book C-2, 6.9)."""
    return generate.can_sign(transaction) and asked is not Cryptogram.AAC


def generate_signed(transaction: Transaction, asked: Cryptogram, *, signed: bool) -> Conversation[Cryptogram]:
    """GENERATE AC. Raises `Ended` where the signature that it asked for does not prove the answer."""
    made = yield from generate.generate_ac(transaction, asked, tags.CDOL1, Step.GENAC1, signed=signed)
    require_proof(transaction, made, signed=signed)
    return made


def require_proof(transaction: Transaction, made: Cryptogram, *, signed: bool) -> None:
    """Raises `Ended` where a signature was asked for and failed: the card is declined before the issuer is asked."""
    if signed and made is not Cryptogram.AAC and transaction.tvr & tvr.CDA_FAILED:
        transaction.terminal.pop(tags.AUTHORISATION_RESPONSE_CODE, None)
        raise Ended(Verdict.DECLINED, Rule.ODA_CDA_FAILED)


def certify(
    transaction: Transaction, combination: Combination, methods: int = ONLINE_PIN_OR_SIGNATURE
) -> Conversation[None]:
    """From the records to a cryptogram for the issuer. Raises `Ended` where the issuer is not asked."""
    yield from read_card(transaction)
    require(transaction)
    yield from authenticate_card(transaction)
    yield from check(transaction, combination)
    yield from verify_cardholder(transaction, combination, methods)
    asked = analysis.first_decision(transaction)
    signed = wants_signature(transaction, asked)
    made = yield from generate_signed(transaction, asked, signed=signed)
    yield from conclude(transaction, asked, made)


def conclude(transaction: Transaction, asked: Cryptogram, made: Cryptogram) -> Conversation[None]:
    """What follows the card's only cryptogram: the PIN for the issuer, or the end (`Ended`)."""
    yield from card_read(transaction)
    if made is Cryptogram.AAC:
        raise generate.refused(transaction, asked)
    if made is Cryptogram.TC:
        raise Ended(Verdict.APPROVED, Rule.CARD_APPROVED_OFFLINE)
    transaction.terminal.pop(tags.AUTHORISATION_RESPONSE_CODE, None)
    if transaction.cvm == "online-pin" and not (yield from pin.online(transaction)):
        raise Ended(Verdict.DECLINED, Rule.CVM_PIN_BYPASSED)
