"""The shortest contactless path: directory, SELECT, GET PROCESSING OPTIONS with the cryptogram in its answer, records.

It is the path of EMV Book C-3 (qVSDC) without offline authentication; the kernels of the other books take its place by their
own `pay`, chosen by the application.

1. The terminal states its wishes in the TTQ (9F66): an online cryptogram always, cardholder verification above the limit.
2. The card answers with its own in the CTQ (9F6C): online PIN, signature, or verified on the device.
3. The TVR stays as the card certified it in its cryptogram: what follows is not written into it.
4. The issuer's answer ends the transaction; the card is not needed again. A TC is not taken, since nothing proves it offline.
"""

from __future__ import annotations

from typing import Final

from terminal_sim.emv.data import qualifiers, tags
from terminal_sim.emv.data.apdu import Cryptogram, StatusWord
from terminal_sim.emv.data.response_code import APPROVALS
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.steps import cvm, initiate, pin, read, select
from terminal_sim.emv.steps.exchange import CardError, Ended, fault
from terminal_sim.emv.steps.online import go_online
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.outcome import Outcome, Verdict

_CAPABLE_OF_CHIP: Final = 0x20


def pay(transaction: Transaction) -> Conversation[Outcome]:
    """The contactless transaction from the directory to the issuer's answer."""
    yield from _activate(transaction)
    card = transaction.card
    if tags.CRYPTOGRAM not in card:
        raise Ended(
            Verdict.USE_CHIP, "the card asks for a contactless kernel that this terminal does not have"
        )
    if tags.AFL in card:
        yield from read.read_records(transaction, card[tags.AFL])
    read.require(transaction, tags.ATC, tags.ISSUER_APPLICATION_DATA, tags.TRACK_2)
    transaction.card_data()
    kind = _kind(card)
    if kind == Cryptogram.AAC:
        return transaction.outcome(Verdict.DECLINED, "declined by the card")
    if kind != Cryptogram.ARQC:
        return transaction.outcome(
            Verdict.DECLINED, "the card would approve offline, which nothing here can check"
        )
    yield from _verify_cardholder(transaction)
    decision = yield from go_online(transaction)
    if decision.response_code is None:
        return transaction.outcome(Verdict.DECLINED, "the issuer could not be reached")
    if decision.response_code in APPROVALS:
        return transaction.outcome(Verdict.APPROVED)
    return transaction.outcome(Verdict.DECLINED, f"declined by the issuer ({decision.response_code})")


def _kind(card: dict[int, bytes]) -> int:
    """The kind of the cryptogram: bits 8 and 7 of 9F27, or where the card sends none, bits 6 and 5 of byte 5 of 9F10 (Book C-3)."""
    if tags.CRYPTOGRAM_INFORMATION in card:
        return card[tags.CRYPTOGRAM_INFORMATION][0] & 0xC0
    data = card[tags.ISSUER_APPLICATION_DATA]
    if len(data) < 5:
        raise CardError("neither 9F27 nor 9F10 says of what kind the cryptogram is")
    return (data[4] << 2) & 0xC0


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
    if _cvm_required(transaction):
        second |= qualifiers.TTQ2_CVM_REQUIRED
    return bytes((first, second, qualifiers.TTQ3_ON_DEVICE, 0))


def _activate(transaction: Transaction) -> Conversation[None]:
    """Selects the first application that accepts GET PROCESSING OPTIONS (Book B, 3.3.3; Book C-3, 4.2)."""
    found = yield from select.contactless_candidates(transaction)
    damage: CardError | TlvError | None = None
    for candidate in found:
        try:
            selected = yield from select.select_finally(transaction, candidate)
        except (CardError, TlvError) as error:
            selected, damage = False, error
        if not selected:
            continue
        transaction.terminal[tags.TTQ] = _terminal_qualifiers(transaction)
        response = yield from initiate.get_processing_options(transaction)
        if response.sw == StatusWord.OK:
            initiate.take_processing_options(transaction, response.data)
            return
        if response.sw == StatusWord.REFERENCE_UNUSABLE:
            raise Ended(Verdict.USE_CHIP, "the card wants the contact interface")
        if response.sw == StatusWord.NOT_ALLOWED:
            raise CardError("the device wants its owner's consent: look at it and tap again")
        if response.sw != StatusWord.CONDITIONS:
            raise fault("GET PROCESSING OPTIONS", response.sw)
    if damage is not None:
        raise damage
    raise Ended(Verdict.USE_CHIP, "no application of this card can be used contactless")


def _verify_cardholder(transaction: Transaction) -> Conversation[None]:
    """Does what the card asks for in the CTQ (Book C-3, 5.7). Raises `Ended` where a required verification cannot be had."""
    first, second = transaction.card.get(tags.CTQ, bytes(2))
    if first & qualifiers.CTQ1_ONLINE_PIN and cvm.takes_online_pin(transaction):
        entered = yield from pin.online(transaction)
        if not entered:
            raise Ended(Verdict.DECLINED, "the PIN was not entered")
    elif second & qualifiers.CTQ2_ON_DEVICE:
        transaction.cvm = "on-device"
    elif transaction.config.capabilities[1] & cvm.CAN_SIGNATURE and (
        first & qualifiers.CTQ1_SIGNATURE or (_cvm_required(transaction) and tags.CTQ not in transaction.card)
    ):
        transaction.cvm = "signature"
    elif _cvm_required(transaction):
        raise Ended(Verdict.DECLINED, "card and terminal share no way to verify the cardholder")
    else:
        transaction.cvm = "no-cvm"


def _cvm_required(transaction: Transaction) -> bool:
    limit = transaction.selected().contactless_cvm_limit
    return limit is not None and transaction.request.amount > limit
