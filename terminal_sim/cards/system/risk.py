"""The card's own risk management: what it answers to what a terminal asks for; it never goes higher (EMV Book 3, 9.3)."""

from __future__ import annotations

from terminal_sim.cards.profile.traits import OfflineLimits
from terminal_sim.cards.system.command import Refusal
from terminal_sim.cards.system.issuer_authentication import IssuerAuthentication
from terminal_sim.cards.system.memory import Memory
from terminal_sim.emv.data.apdu import Cryptogram, StatusWord
from terminal_sim.emv.data.fields import FormatError, digits


def amount(value: bytes) -> int:
    """An amount in minor units. Raises `Refusal` where its bytes are no digits."""
    try:
        return int(digits(value))
    except FormatError:
        raise Refusal(StatusWord.WRONG_DATA) from None


def is_within(limits: OfflineLimits | None, memory: Memory, value: bytes) -> bool:
    """Whether the card approves this amount by itself; such a payment counts at once."""
    if limits is None or memory.now.online_next or not value.hex().isdigit():
        return False
    return memory.spend(int(value.hex()), limits.payments, limits.amount)


def first_word(
    asked: Cryptogram, limits: OfflineLimits | None, memory: Memory, value: bytes, *, declines: bool = False
) -> Cryptogram:
    """The first cryptogram: where a TC is asked for, the card gives one within its `limits`, and else wants the issuer's decision."""
    if asked is Cryptogram.AAC or declines or memory.now.blocked:
        return Cryptogram.AAC
    if asked is Cryptogram.TC and is_within(limits, memory, value):
        return Cryptogram.TC
    return Cryptogram.ARQC


def last_word(
    asked: Cryptogram, memory: Memory, issuer: IssuerAuthentication | None, code: bytes, *, insists: bool
) -> Cryptogram:
    """The second cryptogram: a TC only where the terminal asks for one and the issuer's authenticated answer, where there is one, approves.

    `code` is the response code that the terminal says; a card that `insists` declines without an answer of the issuer.
    """
    if asked is not Cryptogram.TC or memory.now.blocked:
        return Cryptogram.AAC
    if issuer is None:
        return Cryptogram.AAC if insists else Cryptogram.TC
    return Cryptogram.TC if issuer.approves(code) else Cryptogram.AAC
