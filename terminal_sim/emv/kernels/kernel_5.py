"""Kernel 5 (EMV Book C-5, J/Speedy), as far as public facts go: the card makes its cryptogram by GENERATE AC after its records.

It is the common path of `tap`, with CDA. It is not the whole of Book C-5: it has no mag-stripe and no legacy mode, no terminal interchange profile (9F53), no transaction recovery and no data storage, so that a card which asks
for them in a DOL gets zeros.
"""

from __future__ import annotations

from terminal_sim.emv.steps import tap
from terminal_sim.emv.steps.entry_point import Combination
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.conversation import Conversation


def certify(transaction: Transaction, combination: Combination) -> Conversation[None]:
    """Asks the card for its cryptogram. Raises `Ended` where the issuer is not to be asked."""
    yield from tap.certify(transaction, combination)
