"""The kernel: one card transaction as a pure conversation, composed of the steps of the EMV books.

It yields what it needs (`KernelAsk`), is sent the answer, and returns an `Outcome`. Every answer of a card leads to an
`Outcome`; `TypeError` and `ValueError` are raised only where the caller breaks a rule of the conversation.
"""

from __future__ import annotations

from msgspec import structs

from terminal_sim.emv.data.dol import DolError
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.kernels import contact, contactless
from terminal_sim.emv.steps.exchange import LOST, CardError, Ended, Gone
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.answers import Loss
from terminal_sim.emv.talk.config import KernelConfig
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.request import Interface, Request
from terminal_sim.emv.talk.rules import Rule


def transaction(config: KernelConfig, request: Request) -> Conversation[Outcome]:
    """Pays `request` with the card that answers the commands."""
    state = Transaction(config, request)
    if request.interface is Interface.CONTACT:
        return (yield from _ended(state, contact.pay(state)))
    outcome = yield from _ended(state, contactless.pay(state))
    return contactless.with_parameters(outcome)


def _ended(state: Transaction, pay: Conversation[Outcome]) -> Conversation[Outcome]:
    try:
        outcome = yield from pay
    except Ended as end:
        ended = state.outcome(end.verdict, end.rule, end.detail)
        return structs.replace(
            ended, start=end.start, messages=end.messages, field_off=end.field_off, torn=end.torn
        )
    except Gone as gone:
        verdict = Verdict.CARD_GONE if gone.loss is Loss.REMOVED else Verdict.CARD_ERROR
        return state.outcome(verdict, LOST[gone.loss], gone.detail)
    except (CardError, TlvError, DolError) as error:
        return state.outcome(Verdict.CARD_ERROR, Rule.CARD_ERROR, str(error))
    return outcome
