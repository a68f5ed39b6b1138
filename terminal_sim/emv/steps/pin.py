"""The PIN as cardholder verification (EMV Book 3, 10.5): online as an enciphered PIN block, offline to the card, in clear or enciphered.

1. The kernel never sees a PIN: the pad answers with the block that goes to the card or to the issuer.
2. A PIN for the card is asked for until it is right, bypassed, or the tries are used up. Before the last one a message says so.
3. An enciphered PIN takes a challenge of the card each time (Book 2, 7.2).
"""

from __future__ import annotations

from typing import Final

from terminal_sim.emv.data import tags, tlv, tvr
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.data.entropy import draw
from terminal_sim.emv.steps import authenticate, commands
from terminal_sim.emv.steps.exchange import CardError, exchange, fault, put, show
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.answers import PinBlock
from terminal_sim.emv.talk.asks import EnterPin, PinEncipherment
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.rules import Rule

_CHALLENGE: Final = 8
_AROUND_PADDING: Final = 17
"""The bytes of the plaintext beside the padding: header 7F, PIN block 8, challenge 8."""


def online(transaction: Transaction) -> Conversation[bool]:
    """Asks for the PIN, which comes as an enciphered block, and keeps it; whether one was entered (10.5.2).

    The TVR is left to the caller: contactless, the card has certified it already.
    """
    if transaction.pin_bypassed:
        return False
    ask = EnterPin(pan=transaction.card_data().pan, languages=transaction.languages())
    entered = yield from put(ask, PinBlock)
    if entered.block is None:
        transaction.pin_bypassed = True
        return False
    transaction.pin_block, transaction.key_serial = entered.block, entered.key_serial
    transaction.cvm = "online-pin"
    return True


def offline(transaction: Transaction, *, enciphered: bool) -> Conversation[bool]:
    """Lets the card compare the PIN until it is right, bypassed or the tries are used up; whether it was right (10.5.1).

    An enciphered PIN fails where the card has no key for it or gives no challenge (Book 2, 7.1 and 7.2).
    """
    if transaction.pin_bypassed:
        transaction.mark(tvr.PIN_NOT_ENTERED, Rule.CVM_PIN_BYPASSED)
        return False
    if enciphered:
        transaction.pin_key = transaction.pin_key or authenticate.pin_key(transaction)
        if transaction.pin_key is None:
            transaction.note(Rule.CVM_PIN_KEY_MISSING)
            return False
    tries = yield from _tries_left()
    wrong = False
    languages = transaction.languages()
    while tries != 0:
        encipher = None
        if enciphered:
            encipher = yield from _encipherment(transaction)
            if encipher is None:
                transaction.note(Rule.CVM_NO_CHALLENGE)
                return False
        if tries == 1:
            yield from show(DisplayMessage.LAST_PIN_TRY)
        ask = EnterPin(tries_left=tries, wrong=wrong, languages=languages, encipher=encipher)
        entered = yield from put(ask, PinBlock)
        if entered.block is None:
            transaction.pin_bypassed = True
            transaction.mark(tvr.PIN_NOT_ENTERED, Rule.CVM_PIN_BYPASSED)
            return False
        verify = commands.verify_enciphered_pin if enciphered else commands.verify_plaintext_pin
        response = yield from exchange(verify(entered.block))
        if response.sw == StatusWord.OK:
            return True
        if response.sw in (StatusWord.AUTHENTICATION_BLOCKED, StatusWord.REFERENCE_UNUSABLE):
            break
        if response.sw & 0xFFF0 != 0x63C0:
            raise fault("VERIFY", response.sw)
        left = response.sw & 0xF
        if tries is not None and left >= tries:
            raise CardError("the card does not count the wrong PINs")
        tries, wrong = left, True
    transaction.mark(tvr.PIN_TRIES_EXCEEDED, Rule.CVM_PIN_TRIES_EXCEEDED)
    return False


def _encipherment(transaction: Transaction) -> Conversation[PinEncipherment | None]:
    """The card's key with a fresh challenge and padding for one PIN; None where the card gives no challenge of 8 bytes."""
    key = transaction.pin_key
    response = yield from exchange(commands.get_challenge())
    if (
        key is None
        or key.size < _AROUND_PADDING
        or response.sw != StatusWord.OK
        or len(response.data) != _CHALLENGE
    ):
        return None
    label = f"PIN padding {response.data.hex()}"
    padding = draw(transaction.request.entropy, label, key.size - _AROUND_PADDING)
    return PinEncipherment(key.modulus, key.exponent, response.data, padding)


def _tries_left() -> Conversation[int | None]:
    """The PIN try counter, or None where the card does not give it (Book 3, 6.5.7)."""
    response = yield from exchange(commands.get_data(tags.PIN_TRY_COUNTER))
    if response.sw != StatusWord.OK:
        return None
    value = tlv.only(response.data, tags.PIN_TRY_COUNTER)
    if len(value) != 1:
        raise CardError("the PIN try counter has other than one byte")
    return value[0]
