"""The path of kernels whose order of commands is not public: where the cryptogram comes from is the card's to say.

A cryptogram in the answer to GET PROCESSING OPTIONS is judged as by kernel 3, with its CTQ; a card that answers with its file list
alone is asked by GENERATE AC. Kernel 6 (EMV Book C-6, D-PAS), kernel 7 (EMV Book C-7, qUICS) and applications of a scheme without a kernel
here take this path. It is none of those books: a D-PAS card's own processing requirements (9F71), the offline balance and the
electronic cash of qUICS, and both kernels' mag-stripe modes are not there.
"""

from __future__ import annotations

from terminal_sim.emv.data import tags
from terminal_sim.emv.kernels import kernel_3
from terminal_sim.emv.steps import tap
from terminal_sim.emv.steps.entry_point import Combination
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.conversation import Conversation


def certify(transaction: Transaction, combination: Combination) -> Conversation[None]:
    """Takes the cryptogram, or asks the card for one. Raises `Ended` where the issuer is not to be asked."""
    if tags.CRYPTOGRAM in transaction.card:
        yield from kernel_3.certify(transaction, combination)
    else:
        yield from tap.certify(transaction, combination)
