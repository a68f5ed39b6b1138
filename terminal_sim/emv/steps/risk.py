"""Terminal risk management and terminal action analysis of a terminal that always asks the issuer (EMV Book 3, 10.6, 10.7).

1. Of the risk checks the floor limit is made. Random selection and velocity checking only choose which offline approvals go
   online; this terminal approves none offline, so they would change nothing.
2. Denial codes (TAC, IAC) that meet the TVR ask for an AAC; otherwise an ARQC is asked.
3. The default codes decide where the issuer was to be asked and could not be.
4. An action code that the card leaves out: denial all zeros, default all ones.
"""

from __future__ import annotations

from terminal_sim.emv.data import tags, tvr
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.steps.state import Transaction


def manage(transaction: Transaction) -> None:
    """Terminal risk management; sets the TVR and the TSI."""
    if transaction.request.amount >= transaction.selected().floor_limit:
        transaction.tvr |= tvr.FLOOR_LIMIT_EXCEEDED
    transaction.tsi |= tvr.TSI_RISK_PERFORMED


def first_decision(transaction: Transaction) -> Cryptogram:
    """What the first GENERATE AC asks for."""
    denial = _codes(transaction.selected().tac_denial, transaction.card.get(tags.IAC_DENIAL, bytes(5)))
    return Cryptogram.AAC if transaction.tvr & denial else Cryptogram.ARQC


def default_decision(transaction: Transaction) -> Cryptogram:
    """What the second GENERATE AC asks for where the issuer could not be reached."""
    default = _codes(transaction.selected().tac_default, transaction.card.get(tags.IAC_DEFAULT, b"\xff" * 5))
    return Cryptogram.AAC if transaction.tvr & default else Cryptogram.TC


def _codes(terminal: bytes, issuer: bytes) -> int:
    return int.from_bytes(terminal) | int.from_bytes(issuer)
