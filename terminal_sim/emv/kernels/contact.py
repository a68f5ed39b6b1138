"""The contact transaction: the steps of EMV Book 3, figure 7, in their order.

This kernel performs no offline data authentication, whose place is between the records and the restrictions (Book 3, 10.3).
The TVR states that, and the action codes of issuer and acquirer decide what follows.
"""

from __future__ import annotations

from terminal_sim.emv.data import tags, tvr
from terminal_sim.emv.data.apdu import Cryptogram, StatusWord
from terminal_sim.emv.steps import cvm, generate, initiate, read, restrictions, risk, select
from terminal_sim.emv.steps.complete import complete
from terminal_sim.emv.steps.exchange import fault
from terminal_sim.emv.steps.online import go_online
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.asks import Step
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.outcome import Outcome


def pay(transaction: Transaction) -> Conversation[Outcome]:
    """The contact transaction from the directory to the card's last cryptogram."""
    yield from _initiate(transaction)
    read.require(transaction, tags.AFL)
    yield from read.read_records(transaction, transaction.card[tags.AFL])
    read.require(transaction, tags.PAN, tags.EXPIRATION_DATE, tags.CDOL1, tags.CDOL2)
    transaction.card_data()
    transaction.tvr |= tvr.ODA_NOT_PERFORMED
    restrictions.check(transaction)
    yield from cvm.verify(transaction)
    risk.manage(transaction)
    asked = risk.first_decision(transaction)
    made = yield from generate.generate_ac(transaction, asked, tags.CDOL1, Step.GENAC1)
    if made is Cryptogram.AAC:
        raise generate.refused(transaction, asked)
    decision = yield from go_online(transaction)
    outcome = yield from complete(transaction, decision)
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
