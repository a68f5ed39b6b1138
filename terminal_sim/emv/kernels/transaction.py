"""The kernel: one card transaction as a pure conversation, composed of the steps of the EMV books.

It yields what it needs (`KernelAsk`), is sent the answer, and returns an `Outcome`. Every answer of a card leads to an
`Outcome`; `TypeError` and `ValueError` are raised only where the caller breaks a rule of the conversation.
"""

from __future__ import annotations

from terminal_sim.emv.data.dol import DolError
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.kernels import contact, contactless
from terminal_sim.emv.steps.exchange import CardError, Ended
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.config import KernelConfig
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.request import Interface, Request


def transaction(config: KernelConfig, request: Request) -> Conversation[Outcome]:
    """Pays `request` with the card that answers the commands."""
    state = Transaction(config, request)
    pay = contact.pay if request.interface is Interface.CONTACT else contactless.pay
    try:
        outcome = yield from pay(state)
    except Ended as end:
        return state.outcome(end.verdict, end.reason)
    except (CardError, TlvError, DolError) as error:
        return state.outcome(Verdict.CARD_ERROR, str(error))
    return outcome
