"""Kernel 4 (EMV Book C-4, Expresspay), as far as public facts go: the card makes its cryptogram by GENERATE AC after its records.

It is the common path of `tap`, with CDA, and with signature and online PIN by the card's CVM list. It is not the whole of Book C-4: it has no
mag-stripe mode, no reader capabilities (9F6D, 9F6E) and no delayed authorisation, so that a card
which asks for them in a DOL gets zeros.
"""

from __future__ import annotations

from terminal_sim.emv.steps import tap
from terminal_sim.emv.steps.entry_point import Combination
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.conversation import Conversation


def certify(transaction: Transaction, combination: Combination) -> Conversation[None]:
    """Asks the card for its cryptogram. Raises `Ended` where the issuer is not to be asked."""
    yield from tap.certify(transaction, combination)
