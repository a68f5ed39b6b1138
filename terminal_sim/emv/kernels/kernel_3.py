"""Kernel 3 (EMV Book C-3, qVSDC): the card gives its cryptogram in its answer to GET PROCESSING OPTIONS.

1. The terminal has stated its wishes in the TTQ (9F66): an online cryptogram or not, cardholder verification from the limit on.
2. The card answers with its own in the CTQ (9F6C): online PIN, signature, verified on the device, and what is to be done where the
   terminal cannot approve offline.
3. The TVR stays as the card certified it in its cryptogram: what follows is not written into it.
4. A TC is an offline approval where the card's signature proves it (`fast_dda`), else the CTQ decides what is done (5.6).

5. What the issuer sends goes to the card at a second tap (`issuer_update`).

The kernel has no mag-stripe mode.
"""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.emv.data import qualifiers, tags, tvr
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.kernels import fast_dda
from terminal_sim.emv.steps import analysis, cvm, pin, read, restrictions, risk, tap
from terminal_sim.emv.steps.analysis import Reach
from terminal_sim.emv.steps.entry_point import Combination
from terminal_sim.emv.steps.exchange import CardError, Ended
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.rules import Rule


def certify(transaction: Transaction, combination: Combination) -> Conversation[None]:
    """Judges the cryptogram that is there and verifies the cardholder. Raises `Ended` where the issuer is not to be asked."""
    yield from tap.read_card(transaction)
    if tags.CRYPTOGRAM not in transaction.card:
        raise Ended(Verdict.USE_CHIP, Rule.CONTACTLESS_NO_KERNEL)
    read.require(transaction, tags.ATC, tags.ISSUER_APPLICATION_DATA, tags.TRACK_2)
    yield from tap.card_read(transaction)
    kind = kind_of_cryptogram(transaction.card)
    if kind == Cryptogram.TC:
        offline = yield from _approves_offline(transaction, combination)
    elif kind == Cryptogram.ARQC:
        offline = False
        if tags.SIGNED_DYNAMIC_DATA in transaction.card and _proves_online(combination):
            fast_dda.proves(transaction)
    else:
        raise Ended(Verdict.DECLINED, Rule.CARD_DECLINED)
    yield from _verify_cardholder(transaction, combination, signed=kind == Cryptogram.TC)
    if offline:
        raise Ended(Verdict.APPROVED, Rule.CARD_APPROVED_OFFLINE)


def kind_of_cryptogram(card: Mapping[int, bytes]) -> int:
    """The kind of the cryptogram: bits 8 and 7 of 9F27, or where the card sends none, bits 6 and 5 of byte 5 of 9F10 (Book C-3)."""
    if tags.CRYPTOGRAM_INFORMATION in card:
        return card[tags.CRYPTOGRAM_INFORMATION][0] & 0xC0
    data = card[tags.ISSUER_APPLICATION_DATA]
    if len(data) < 5:
        raise CardError("neither 9F27 nor 9F10 says of what kind the cryptogram is")
    return (data[4] << 2) & 0xC0


def _proves_online(combination: Combination) -> bool:
    """Whether the terminal authenticates a card whose issuer is asked too; what it finds is a reason, and the issuer decides."""
    return bool(combination.qualifiers[0] & qualifiers.TTQ1_ODA_FOR_ONLINE)


def _approves_offline(transaction: Transaction, combination: Combination) -> Conversation[bool]:
    """Whether a TC is an approval; False where the CTQ or the terminal's own wish (TTQ) asks the issuer instead. Raises `Ended` for a decline or another interface."""
    wishes = _wishes(transaction.card)
    ttq = combination.qualifiers[0]
    online = analysis.reach(transaction) is not Reach.OFFLINE_ONLY
    contact = bool(ttq & qualifiers.TTQ1_CONTACT_CHIP)
    if not fast_dda.proves(transaction):
        if wishes[0] & qualifiers.CTQ1_ONLINE_IF_ODA_FAILED and online:
            return False
        if wishes[0] & qualifiers.CTQ1_SWITCH_IF_ODA_FAILED and contact:
            raise Ended(Verdict.USE_CHIP, Rule.CONTACTLESS_OTHER_INTERFACE)
        raise Ended(Verdict.DECLINED, Rule.CARD_OFFLINE_UNPROVEN)
    if (yield from risk.is_listed(transaction)):
        raise Ended(Verdict.DECLINED, Rule.RISK_EXCEPTION_FILE)
    found = restrictions.findings(transaction)
    if tvr.EXPIRED in found:
        if wishes[0] & qualifiers.CTQ1_ONLINE_IF_EXPIRED and online:
            return False
        raise Ended(Verdict.DECLINED, Rule.RESTRICT_EXPIRED)
    switches = (transaction.is_cash and wishes[0] & qualifiers.CTQ1_SWITCH_FOR_CASH) or (
        transaction.is_cashback and wishes[0] & qualifiers.CTQ1_SWITCH_FOR_CASHBACK
    )
    if switches and contact:
        raise Ended(Verdict.USE_CHIP, Rule.CONTACTLESS_OTHER_INTERFACE)
    if switches or tvr.SERVICE_NOT_ALLOWED in found:
        raise Ended(Verdict.DECLINED, Rule.RESTRICT_USAGE)
    return not combination.qualifiers[1] & qualifiers.TTQ2_ONLINE_CRYPTOGRAM


def _verify_cardholder(
    transaction: Transaction, combination: Combination, *, signed: bool
) -> Conversation[None]:
    """Does what the card asks for in the CTQ (Book C-3, 5.7). Raises `Ended` where a required verification cannot be had."""
    first, second = _wishes(transaction.card)
    required = combination.cvm_required
    if first & qualifiers.CTQ1_ONLINE_PIN and cvm.takes_online_pin(transaction):
        entered = yield from pin.online(transaction)
        if not entered:
            raise Ended(Verdict.DECLINED, Rule.CVM_PIN_BYPASSED)
    elif second & qualifiers.CTQ2_ON_DEVICE and _device_is_believed(transaction.card, signed=signed):
        transaction.cvm = "on-device"
    elif transaction.config.capabilities[1] & cvm.CAN_SIGNATURE and (
        first & qualifiers.CTQ1_SIGNATURE or (required and tags.CTQ not in transaction.card)
    ):
        transaction.cvm = "signature"
    elif required:
        raise Ended(Verdict.DECLINED, Rule.CVM_NONE_SHARED)
    else:
        transaction.cvm = "no-cvm"


def _device_is_believed(card: Mapping[int, bytes], *, signed: bool) -> bool:
    """Whether the CTQ's word that the device verified its owner counts: signed with 9F69, whose bytes 6 and 7 repeat it, or certified by an ARQC."""
    if tags.CARD_AUTHENTICATION_DATA in card:
        return card[tags.CARD_AUTHENTICATION_DATA][5:7] == card[tags.CTQ]
    return not signed


def _wishes(card: Mapping[int, bytes]) -> bytes:
    """The CTQ, all zeros where the card has none."""
    return card.get(tags.CTQ, bytes(2))
