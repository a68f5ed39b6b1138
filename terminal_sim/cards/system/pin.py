"""How a chip compares a PIN: plain, or enciphered for its key with its last challenge (EMV Book 3, 6.5.12; Book 2, 7)."""

from __future__ import annotations

import hmac
from typing import Final

from terminal_sim.cards.profile.faces import ChipFace
from terminal_sim.cards.system import signing
from terminal_sim.cards.system.command import CardCommand, Refusal
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.keys import pinblock
from terminal_sim.emv.keys.pinblock import PinBlockError
from terminal_sim.emv.keys.rsa import RsaError
from terminal_sim.secret import Secret

_HEADER: Final = 0x7F
_PLAIN, _ENCIPHERED = 0x80, 0x88
"""P2 of VERIFY."""


def is_enciphered(face: ChipFace, command: CardCommand, *, has_pin: bool) -> bool:
    """Whether VERIFY brings its PIN enciphered. Raises `Refusal` where the card takes it no such way, or has none."""
    if command.p1 or command.p2 not in (_PLAIN, _ENCIPHERED):
        raise Refusal(StatusWord.WRONG_PARAMETERS)
    enciphered = command.p2 == _ENCIPHERED
    if enciphered and not face.deciphers_pin:
        raise Refusal(StatusWord.WRONG_PARAMETERS)
    plain = any(rule.compares_pin and not rule.deciphers_pin for rule in face.rules)
    if not has_pin or not (enciphered or plain):
        raise Refusal(StatusWord.REFERENCE_UNUSABLE)
    return enciphered


def read_block(block: bytes) -> Secret[str]:
    """The PIN of a format 2 block. Raises `Refusal` where it is none."""
    try:
        return pinblock.read_format2(Secret(block))
    except PinBlockError:
        raise Refusal(StatusWord.WRONG_DATA) from None


def deciphered(data: bytes, challenge: bytes) -> bytes:
    """The PIN block of an enciphered PIN. Raises `Refusal` where it does not carry `challenge`, or there was none."""
    if not challenge:
        raise Refusal(StatusWord.CONDITIONS)
    try:
        plain = signing.pin_key().apply(data)
    except RsaError:
        raise Refusal(StatusWord.WRONG_DATA) from None
    if plain[0] != _HEADER or not hmac.compare_digest(plain[9:17], challenge):
        raise Refusal(StatusWord.WRONG_DATA)
    return plain[1:9]
