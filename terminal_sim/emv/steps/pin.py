"""The PIN as cardholder verification: online as an enciphered PIN block, offline in clear to the card (EMV Book 3, 10.5)."""

from __future__ import annotations

from terminal_sim.emv.data import tags, tlv, tvr
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.steps import commands
from terminal_sim.emv.steps.exchange import CardError, exchange, fault, put
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.answers import PinBlock
from terminal_sim.emv.talk.asks import EnterPin
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.rules import Rule


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
    transaction.pin_block = entered.block
    transaction.cvm = "online-pin"
    return True


def offline_plaintext(transaction: Transaction) -> Conversation[bool]:
    """Lets the card compare the PIN until it is right, bypassed or the tries are used up; whether it was right (10.5.1)."""
    if transaction.pin_bypassed:
        transaction.mark(tvr.PIN_NOT_ENTERED, Rule.CVM_PIN_BYPASSED)
        return False
    tries = yield from _tries_left()
    wrong = False
    languages = transaction.languages()
    while tries != 0:
        ask = EnterPin(tries_left=tries, wrong=wrong, languages=languages)
        entered = yield from put(ask, PinBlock)
        if entered.block is None:
            transaction.pin_bypassed = True
            transaction.mark(tvr.PIN_NOT_ENTERED, Rule.CVM_PIN_BYPASSED)
            return False
        response = yield from exchange(commands.verify_plaintext_pin(entered.block))
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


def _tries_left() -> Conversation[int | None]:
    """The PIN try counter, or None where the card does not give it (Book 3, 6.5.7)."""
    response = yield from exchange(commands.get_data(tags.PIN_TRY_COUNTER))
    if response.sw != StatusWord.OK:
        return None
    value = tlv.only(response.data, tags.PIN_TRY_COUNTER)
    if len(value) != 1:
        raise CardError("the PIN try counter has other than one byte")
    return value[0]
