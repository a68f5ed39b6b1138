"""The contactless transaction: directory, SELECT, GET PROCESSING OPTIONS, records, the card's cryptogram, the issuer's answer.

Where the cryptogram comes from is the card's to say. In the answer to GET PROCESSING OPTIONS it is one of EMV Book C-3
(`kernel_3`); a card that answers with its file list alone is asked by GENERATE AC (`kernel_2`), as in the Books C-2 and C-4. Either
way one cryptogram is all that is taken: the card has left when the issuer answers, and the issuer's answer ends the transaction.
"""

from __future__ import annotations

from typing import Final

from terminal_sim.emv.data import qualifiers, tags
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.data.response_code import APPROVALS
from terminal_sim.emv.kernels import kernel_2, kernel_3
from terminal_sim.emv.steps import cvm, initiate, read, select
from terminal_sim.emv.steps.exchange import CardError, Ended, fault
from terminal_sim.emv.steps.online import go_online
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.rules import Rule

_CAPABLE_OF_CHIP: Final = 0x20


def pay(transaction: Transaction) -> Conversation[Outcome]:
    """The contactless transaction from the directory to the issuer's answer."""
    yield from _activate(transaction)
    card = transaction.card
    if tags.AFL in card:
        yield from read.read_records(transaction, card[tags.AFL])
    if tags.CRYPTOGRAM in card:
        yield from kernel_3.certify(transaction)
    else:
        yield from kernel_2.certify(transaction)
    decision = yield from go_online(transaction)
    if decision.response_code is None:
        return transaction.outcome(Verdict.DECLINED, Rule.ISSUER_UNREACHED)
    if decision.response_code in APPROVALS:
        return transaction.outcome(Verdict.APPROVED)
    return transaction.outcome(
        Verdict.DECLINED, Rule.ISSUER_DECLINED, f"declined by the issuer ({decision.response_code})"
    )


def _terminal_qualifiers(transaction: Transaction) -> bytes:
    """The TTQ for the selected application (Book A, 5.7)."""
    capabilities = transaction.config.capabilities
    first = qualifiers.TTQ1_EMV_MODE
    if capabilities[0] & _CAPABLE_OF_CHIP:
        first |= qualifiers.TTQ1_CONTACT_CHIP
    if cvm.takes_online_pin(transaction):
        first |= qualifiers.TTQ1_ONLINE_PIN
    if capabilities[1] & cvm.CAN_SIGNATURE:
        first |= qualifiers.TTQ1_SIGNATURE
    second = qualifiers.TTQ2_ONLINE_CRYPTOGRAM
    if cvm.required_contactless(transaction):
        second |= qualifiers.TTQ2_CVM_REQUIRED
    return bytes((first, second, qualifiers.TTQ3_ON_DEVICE, 0))


def _activate(transaction: Transaction) -> Conversation[None]:
    """Selects the first application that accepts GET PROCESSING OPTIONS (Book B, 3.3.3; Book C-3, 4.2)."""
    found = yield from select.contactless_candidates(transaction)
    for candidate in found:
        refused = yield from select.select_finally(transaction, candidate)
        if refused is not None:
            continue
        transaction.terminal[tags.TTQ] = _terminal_qualifiers(transaction)
        response = yield from initiate.get_processing_options(transaction)
        if response.sw == StatusWord.OK:
            initiate.take_processing_options(transaction, response.data)
            return
        if response.sw == StatusWord.REFERENCE_UNUSABLE:
            raise Ended(Verdict.USE_CHIP, Rule.CONTACTLESS_OTHER_INTERFACE)
        if response.sw == StatusWord.NOT_ALLOWED:
            raise CardError("the device wants its owner's consent: look at it and tap again")
        if response.sw != StatusWord.CONDITIONS:
            raise fault("GET PROCESSING OPTIONS", response.sw)
    raise Ended(Verdict.USE_CHIP, Rule.SELECT_CONTACTLESS_NONE_LEFT)
