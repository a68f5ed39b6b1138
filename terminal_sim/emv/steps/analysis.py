"""Terminal action analysis (EMV Book 3, 10.7; Book 4, 6.3.6): what a GENERATE AC asks for, by the TVR of that moment.

1. Denial codes that meet the TVR decline: AAC, with the response code Z1.
2. What then follows is the terminal's type (9F35, Book 4, annex A1). One that is online only asks for an ARQC. One that is both asks
   for an ARQC where the online codes meet the TVR, else for a TC (Y1). One that is offline only declines where the default
   codes meet the TVR, else asks for a TC.
3. Where the issuer cannot be reached, default codes that meet the TVR decline (Z3); else a TC is asked for (Y3).
4. A refund is asked of the issuer where the terminal can, and declined where he is out of reach: the acquirer takes no advice of one.
5. An action code that the card leaves out: denial all zeros, online and default all ones. The terminal's are ORed to them.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from terminal_sim.emv.data import bits, tags
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.data.response_code import (
    OFFLINE_APPROVED,
    OFFLINE_DECLINED,
    UNREACHED_APPROVED,
    UNREACHED_DECLINED,
)
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.rules import Rule

_NEVER: Final = bytes(5)
_ALWAYS: Final = b"\xff" * 5


class Reach(Enum):
    """Whether a terminal asks the issuer: the last digit of its type, 1 to 3 attended and 4 to 6 unattended."""

    ONLINE_ONLY = "14"
    BOTH = "25"
    OFFLINE_ONLY = "36"


_REACH: Final = {int(digit): kind for kind in Reach for digit in kind.value}


def reach(transaction: Transaction) -> Reach:
    """The reach of the terminal by its type (9F35)."""
    return _REACH.get(transaction.terminal[tags.TERMINAL_TYPE][-1] & 0x0F, Reach.ONLINE_ONLY)


def first_decision(transaction: Transaction) -> Cryptogram:
    """What the first GENERATE AC asks for; without an ARQC the response code (8A) is the terminal's own."""
    if _denied(transaction):
        return _answer(transaction, OFFLINE_DECLINED)
    kind = reach(transaction)
    if kind is Reach.OFFLINE_ONLY:
        met = _meets_default(transaction)
        return _answer(transaction, OFFLINE_DECLINED if met else OFFLINE_APPROVED)
    if kind is Reach.ONLINE_ONLY or transaction.is_refund or _meets_online(transaction):
        return Cryptogram.ARQC
    return _answer(transaction, OFFLINE_APPROVED)


def unreached_decision(transaction: Transaction) -> Cryptogram:
    """What the second GENERATE AC asks for where the issuer could not be reached."""
    met = transaction.is_refund or _meets_default(transaction)
    return _answer(transaction, UNREACHED_DECLINED if met else UNREACHED_APPROVED)


def _answer(transaction: Transaction, code: bytes) -> Cryptogram:
    """Sets the terminal's own response code, and says what is asked for with it."""
    transaction.terminal[tags.AUTHORISATION_RESPONSE_CODE] = code
    return Cryptogram.TC if code in (OFFLINE_APPROVED, UNREACHED_APPROVED) else Cryptogram.AAC


def _denied(transaction: Transaction) -> bool:
    issuer = transaction.card.get(tags.IAC_DENIAL, _NEVER)
    return _met(transaction, transaction.selected().tac_denial, issuer, Rule.TAA_DENIAL)


def _meets_online(transaction: Transaction) -> bool:
    issuer = transaction.card.get(tags.IAC_ONLINE, _ALWAYS)
    return _met(transaction, transaction.selected().tac_online, issuer, Rule.TAA_ONLINE)


def _meets_default(transaction: Transaction) -> bool:
    issuer = transaction.card.get(tags.IAC_DEFAULT, _ALWAYS)
    return _met(transaction, transaction.selected().tac_default, issuer, Rule.TAA_DEFAULT)


def _met(transaction: Transaction, acquirer: bytes, issuer: bytes, rule: Rule) -> bool:
    """Whether codes of acquirer or issuer meet the TVR; the reason names the bits where they do."""
    met = transaction.tvr & (int.from_bytes(acquirer) | int.from_bytes(issuer))
    if met:
        transaction.note(rule, tags.TVR, bits.names(tags.TVR, met.to_bytes(5)))
    return bool(met)
