"""The contact transaction: the steps of EMV Book 3, figure 7, in their order."""

from __future__ import annotations

from terminal_sim.emv.data import tags, tvr
from terminal_sim.emv.data.apdu import Cryptogram, StatusWord
from terminal_sim.emv.data.response_code import OFFLINE_DECLINED
from terminal_sim.emv.steps import analysis, cvm, generate, initiate, read, restrictions, risk, select
from terminal_sim.emv.steps.analysis import Reach
from terminal_sim.emv.steps.authenticate import authenticate
from terminal_sim.emv.steps.complete import complete, decline_unproven, note_advice
from terminal_sim.emv.steps.exchange import Ended, fault
from terminal_sim.emv.steps.online import IssuerAnswer, go_online
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.asks import Step
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.rules import Rule


def pay(transaction: Transaction) -> Conversation[Outcome]:
    """The contact transaction from the directory to the card's last cryptogram."""
    yield from _initiate(transaction)
    read.require(transaction, tags.AFL)
    yield from read.read_records(transaction, transaction.card[tags.AFL])
    read.require(transaction, tags.PAN, tags.EXPIRATION_DATE, tags.CDOL1, tags.CDOL2)
    transaction.card_data()
    if transaction.request.reads_only:
        return transaction.outcome(Verdict.READ)
    yield from authenticate(transaction)
    restrictions.check(transaction)
    yield from cvm.verify(transaction)
    yield from risk.manage(transaction)
    asked = analysis.first_decision(transaction)
    signed = generate.wants_signature(transaction, asked)
    made = yield from generate.generate_ac(transaction, asked, tags.CDOL1, Step.GENAC1, signed=signed)
    if made is Cryptogram.AAC:
        transaction.terminal[tags.AUTHORISATION_RESPONSE_CODE] = OFFLINE_DECLINED
        note_advice(transaction)
        raise generate.refused(transaction, asked)
    unproven = signed and bool(transaction.tvr & tvr.CDA_FAILED)
    if made is Cryptogram.TC:
        if unproven:
            transaction.terminal[tags.AUTHORISATION_RESPONSE_CODE] = OFFLINE_DECLINED
            raise Ended(Verdict.DECLINED, Rule.ODA_CDA_FAILED)
        return transaction.outcome(Verdict.APPROVED, Rule.CARD_APPROVED_OFFLINE)
    if unproven:
        outcome = yield from decline_unproven(transaction)
        return outcome
    transaction.terminal.pop(tags.AUTHORISATION_RESPONSE_CODE, None)
    if analysis.reach(transaction) is Reach.OFFLINE_ONLY:
        answer = IssuerAnswer(None)
    else:
        answer = yield from go_online(transaction)
    outcome = yield from complete(transaction, answer)
    return outcome


def _initiate(transaction: Transaction) -> Conversation[None]:
    """Selects an application that accepts GET PROCESSING OPTIONS; one that answers 6985 is not usable here (Book 4, 6.3.1)."""
    found = yield from select.candidates(transaction)
    while True:
        candidate = yield from select.choose(transaction, found)
        response = yield from initiate.get_processing_options(transaction)
        if response.sw == StatusWord.OK:
            initiate.take_processing_options(transaction, response.data)
            return
        if response.sw != StatusWord.CONDITIONS:
            raise fault("GET PROCESSING OPTIONS", response.sw)
        found.remove(candidate)
