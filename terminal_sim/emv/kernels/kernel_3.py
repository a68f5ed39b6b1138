"""A cryptogram that the card gives in its answer to GET PROCESSING OPTIONS: the path of EMV Book C-3 (qVSDC) without offline authentication.

1. The terminal has stated its wishes in the TTQ (9F66): an online cryptogram always, cardholder verification above the limit.
2. The card answers with its own in the CTQ (9F6C): online PIN, signature, or verified on the device.
3. The TVR stays as the card certified it in its cryptogram: what follows is not written into it.
4. A TC is not taken, since nothing proves it offline.
"""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.emv.data import qualifiers, tags
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.steps import cvm, pin, read
from terminal_sim.emv.steps.exchange import CardError, Ended
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.rules import Rule


def certify(transaction: Transaction) -> Conversation[None]:
    """Judges the cryptogram that is there and verifies the cardholder. Raises `Ended` where the issuer is not to be asked."""
    read.require(transaction, tags.ATC, tags.ISSUER_APPLICATION_DATA, tags.TRACK_2)
    transaction.card_data()
    kind = kind_of_cryptogram(transaction.card)
    if kind == Cryptogram.AAC:
        raise Ended(Verdict.DECLINED, Rule.CARD_DECLINED)
    if kind != Cryptogram.ARQC:
        raise Ended(Verdict.DECLINED, Rule.CARD_OFFLINE_UNPROVEN)
    yield from _verify_cardholder(transaction)


def kind_of_cryptogram(card: Mapping[int, bytes]) -> int:
    """The kind of the cryptogram: bits 8 and 7 of 9F27, or where the card sends none, bits 6 and 5 of byte 5 of 9F10 (Book C-3)."""
    if tags.CRYPTOGRAM_INFORMATION in card:
        return card[tags.CRYPTOGRAM_INFORMATION][0] & 0xC0
    data = card[tags.ISSUER_APPLICATION_DATA]
    if len(data) < 5:
        raise CardError("neither 9F27 nor 9F10 says of what kind the cryptogram is")
    return (data[4] << 2) & 0xC0


def _verify_cardholder(transaction: Transaction) -> Conversation[None]:
    """Does what the card asks for in the CTQ (Book C-3, 5.7). Raises `Ended` where a required verification cannot be had."""
    first, second = transaction.card.get(tags.CTQ, bytes(2))
    if first & qualifiers.CTQ1_ONLINE_PIN and cvm.takes_online_pin(transaction):
        entered = yield from pin.online(transaction)
        if not entered:
            raise Ended(Verdict.DECLINED, Rule.CVM_PIN_BYPASSED)
    elif second & qualifiers.CTQ2_ON_DEVICE:
        transaction.cvm = "on-device"
    elif transaction.config.capabilities[1] & cvm.CAN_SIGNATURE and (
        first & qualifiers.CTQ1_SIGNATURE
        or (cvm.required_contactless(transaction) and tags.CTQ not in transaction.card)
    ):
        transaction.cvm = "signature"
    elif cvm.required_contactless(transaction):
        raise Ended(Verdict.DECLINED, Rule.CVM_NONE_SHARED)
    else:
        transaction.cvm = "no-cvm"
