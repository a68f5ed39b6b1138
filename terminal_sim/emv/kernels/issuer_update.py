"""Issuer update of kernel 3 (EMV Book C-3): what the issuer sent with its answer goes to the card at a second tap.

1. It is done where the terminal (TTQ, byte 3, bit 8) and the card (CTQ, byte 2, bit 7) support it, and the answer has authentication data
   (91) or scripts (71, 72).
2. The card is asked for once more and selected by the name that it had; EXTERNAL AUTHENTICATE and the commands of the scripts follow.
3. Nothing of it changes the issuer's decision or the TVR, which the card has certified: what fails is a reason.
"""

from __future__ import annotations

from terminal_sim.emv.data import qualifiers, tags
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.steps import commands, complete
from terminal_sim.emv.steps.entry_point import Combination
from terminal_sim.emv.steps.exchange import CardError, Ended, Gone, exchange, fault, put
from terminal_sim.emv.steps.online import IssuerAnswer
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.answers import PresentedAgain
from terminal_sim.emv.talk.asks import PresentAgain, Step
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.rules import Rule


def update(transaction: Transaction, combination: Combination, answer: IssuerAnswer) -> Conversation[None]:
    """Gives the card what its issuer sent, where both support it and there is something to give."""
    if not _supported(transaction, combination) or not (answer.authentication or answer.scripts):
        return
    again = yield from put(PresentAgain(transaction.languages()), PresentedAgain)
    if not again.there:
        transaction.note(Rule.ISSUER_UPDATE_MISSED)
        return
    try:
        yield from _give(transaction, answer)
    except (CardError, Ended, Gone) as failed:
        transaction.note(Rule.ISSUER_UPDATE_FAILED, detail=str(failed))


def _supported(transaction: Transaction, combination: Combination) -> bool:
    wishes = transaction.card.get(tags.CTQ, bytes(2))
    return bool(
        combination.qualifiers[2] & qualifiers.TTQ3_ISSUER_UPDATE
        and wishes[1] & qualifiers.CTQ2_ISSUER_UPDATE
    )


def _give(transaction: Transaction, answer: IssuerAnswer) -> Conversation[None]:
    response = yield from exchange(commands.select(transaction.directory[tags.DF_NAME]))
    if response.sw != StatusWord.OK:
        raise fault("SELECT", response.sw)
    if answer.authentication:
        genuine = yield from complete.authenticates(answer.authentication)
        if not genuine:
            transaction.note(Rule.ISSUER_AUTHENTICATION_FAILED)
    for _, script in answer.scripts:
        done = yield from complete.run_script(transaction, script, Step.OTHER)
        if not done:
            transaction.note(Rule.SCRIPT_FAILED)
