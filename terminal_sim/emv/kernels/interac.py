"""The kernel of Interac Flash, as far as public facts go: the card makes its cryptogram by GENERATE AC after its records.

The terminal's objects of the scheme (9F58 merchant type, 9F59 terminal transaction information, 9F5A transaction type, 9F5D receipt limit,
9F5E option status, 9F5F floor limit) are elements of the application's configuration. There is no signature: above the limit of
verification a PIN goes to the issuer, above the contactless limit the card is inserted. It is not the scheme's specification, which
is not public: it authenticates offline by CDA alone, where the card has it, and knows no partial approval.
"""

from __future__ import annotations

from terminal_sim.emv.steps import cvm, tap
from terminal_sim.emv.steps.entry_point import Combination
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.conversation import Conversation


def certify(transaction: Transaction, combination: Combination) -> Conversation[None]:
    """Asks the card for its cryptogram. Raises `Ended` where the issuer is not to be asked."""
    yield from tap.certify(transaction, combination, methods=cvm.CAN_ONLINE_PIN)
