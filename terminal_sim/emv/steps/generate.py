"""GENERATE AC and its answer (EMV Book 3, 6.5.5): what the card certifies about the transaction."""

from __future__ import annotations

import hashlib
from typing import Final

from terminal_sim.emv.data import dol, tags, tlv, tvr
from terminal_sim.emv.data.apdu import Cryptogram, StatusWord
from terminal_sim.emv.keys import certificates
from terminal_sim.emv.keys.certificates import CertificateError
from terminal_sim.emv.steps import commands
from terminal_sim.emv.steps.card_objects import CardObjects, DataOrigin, Source
from terminal_sim.emv.steps.exchange import CardError, Ended, exchange, fault
from terminal_sim.emv.steps.state import OdaMethod, Transaction
from terminal_sim.emv.talk.asks import Step
from terminal_sim.emv.talk.config import CdaMode
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.rules import Rule

_NEEDED: Final = (tags.CRYPTOGRAM_INFORMATION, tags.ATC, tags.CRYPTOGRAM)
_REASON: Final = 0x07
_SERVICE_NOT_ALLOWED: Final = 0x01
_RANK: Final = {Cryptogram.AAC: 0, Cryptogram.ARQC: 1, Cryptogram.TC: 2}


def generate_ac(
    transaction: Transaction, asked: Cryptogram, cdol: int, step: Step, *, signed: bool = False
) -> Conversation[Cryptogram]:
    """Asks for `asked` with the data of the DOL in tag `cdol`; what the card gives is kept, its kind returned.

    A card may answer lower than asked, never higher (Book 3, 9). Raises `CardError` otherwise. With `signed` a combined signature is
    asked for; where that fails the TVR says so, and the cryptogram is not kept (Book 2, 6.6.2).
    """
    wanted = transaction.card[cdol]
    if tags.TC_HASH in dol.tags_of(wanted):
        transaction.terminal[tags.TC_HASH] = _tc_hash(transaction)
    data = dol.build(wanted, transaction.value)
    transaction.sent += data
    response = yield from exchange(commands.generate_ac(asked, data, step, signed=signed, cdol=wanted))
    if response.sw != StatusWord.OK:
        raise fault("GENERATE AC", response.sw)
    return take_answer(transaction, response.data, asked, signed=signed)


def take_answer(transaction: Transaction, data: bytes, asked: Cryptogram, *, signed: bool) -> Cryptogram:
    """Keeps what the card certifies by the answer `data` to a command that asked for `asked`, and returns its kind."""
    answer = _read(data, signed=signed)
    try:
        kind = Cryptogram(answer[tags.CRYPTOGRAM_INFORMATION][0] & 0xC0)
    except ValueError:
        raise CardError("GENERATE AC is answered by a cryptogram of no known kind") from None
    if _RANK[kind] > _RANK[asked]:
        raise CardError(f"the card answers {kind.name} where {asked.name} was asked")
    transaction.cryptogram = answer
    if signed and kind is not Cryptogram.AAC:
        _check_signature(transaction, data)
    transaction.tsi |= tvr.TSI_CARD_RISK_PERFORMED
    return kind


def refused(transaction: Transaction, asked: Cryptogram) -> Ended:
    """The end of a transaction that the card refuses by an AAC at the first GENERATE AC, where `asked` was asked of it."""
    if transaction.cryptogram[tags.CRYPTOGRAM_INFORMATION][0] & _REASON == _SERVICE_NOT_ALLOWED:
        return Ended(Verdict.NOT_ACCEPTED, Rule.CARD_SERVICE_NOT_ALLOWED)
    return Ended(Verdict.DECLINED, Rule.TERMINAL_DECLINED if asked is Cryptogram.AAC else Rule.CARD_DECLINED)


def wants_signature(transaction: Transaction, asked: Cryptogram, *, second: bool = False) -> bool:
    """Whether GENERATE AC asks for a combined signature (Book 4, 6.3.2.1): never with an AAC, nor once CDA has failed."""
    if not can_sign(transaction):
        return False
    mode = transaction.config.cda_mode
    if asked is Cryptogram.ARQC:
        return mode in (CdaMode.ARQC_AND_TC, CdaMode.ARQC)
    if asked is Cryptogram.TC:
        return not second or mode in (CdaMode.ARQC_AND_TC, CdaMode.TC)
    return False


def can_sign(transaction: Transaction) -> bool:
    """Whether a combined signature can be asked for: CDA is the method, and the card's key was recovered."""
    return transaction.method is OdaMethod.CDA and not transaction.tvr & tvr.CDA_FAILED


def _check_signature(transaction: Transaction, response: bytes) -> None:
    """The combined signature of an answer (Book 2, 6.6.2): by it alone the cryptogram is known."""
    answer, key = transaction.cryptogram, transaction.icc_key
    transaction.tsi |= tvr.TSI_ODA_PERFORMED
    signature = answer.raw(tags.SIGNED_DYNAMIC_DATA)
    try:
        if signature is None or key is None:
            raise CertificateError("the answer to GENERATE AC is not signed", "B2 6.6.2")
        unpredictable = transaction.terminal[tags.UNPREDICTABLE_NUMBER]
        proof = certificates.combined_signature(key, signature, unpredictable)
        if proof.information != answer[tags.CRYPTOGRAM_INFORMATION][0]:
            raise CertificateError("the signature is of another kind of cryptogram", "B2 6.6.2")
        covered = certificates.transaction_hash(transaction.sent, tlv.only(response, tags.RESPONSE_FORMAT_2))
        if proof.transaction_hash != covered:
            raise CertificateError("the signature covers other data than were exchanged", "B2 6.6.2")
        if not proof.rest.startswith(transaction.relay):
            raise CertificateError("the signature is of another relay resistance exchange", "C-2 3.10")
    except CertificateError as failed:
        answer.pop(tags.CRYPTOGRAM, None)
        transaction.mark(tvr.CDA_FAILED, Rule.ODA_CDA_FAILED, str(failed))
        return
    answer[tags.CRYPTOGRAM] = proof.cryptogram
    answer[tags.ICC_DYNAMIC_NUMBER] = proof.number


def _read(data: bytes, *, signed: bool) -> CardObjects:
    objects = tlv.split(data)
    if len(objects) != 1:
        raise CardError("GENERATE AC is answered by other than one data object")
    tag, value = objects[0]
    if tag == tags.RESPONSE_FORMAT_1:
        if not 11 <= len(value) <= 43:
            raise CardError("GENERATE AC, format 1, has a wrong length")
        objects = [
            (tags.CRYPTOGRAM_INFORMATION, value[:1]),
            (tags.ATC, value[1:3]),
            (tags.CRYPTOGRAM, value[3:11]),
            (tags.ISSUER_APPLICATION_DATA, value[11:]),
        ]
    elif tag == tags.RESPONSE_FORMAT_2:
        objects = tlv.primitives(value)
    else:
        raise CardError(f"GENERATE AC is answered by {tag:X}")
    answer = CardObjects.of(objects, DataOrigin(Source.CRYPTOGRAM))
    for needed in _NEEDED[:2] if signed and tags.SIGNED_DYNAMIC_DATA in answer else _NEEDED:
        if needed not in answer:
            raise CardError(f"GENERATE AC gives no {needed:X}")
    answer.get(tags.ISSUER_APPLICATION_DATA)  # The issuer gets it, so that its format counts (7.5).
    return answer


def _tc_hash(transaction: Transaction) -> bytes:
    """SHA-1 over the data that the card's TDOL lists, else the terminal's default one, which may list nothing (Book 3, 9.2.2)."""
    tdol = transaction.card.get(tags.TDOL)
    if tdol is None:
        transaction.mark(tvr.DEFAULT_TDOL_USED, Rule.DEFAULT_TDOL)
        tdol = transaction.selected().default_tdol
    return hashlib.sha1(dol.build(tdol, transaction.value)).digest()
