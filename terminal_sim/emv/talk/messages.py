"""Messages that the kernel asks the terminal to show (EMV Contactless Book A, 9.4; for contact, Book 4, 11.2)."""

from __future__ import annotations

from enum import Enum


class DisplayMessage(Enum):
    """The value is the message identifier of Book A, 9.4; those above 0xFF are of contact and have no number there."""

    APPROVED = 0x03
    CALL_YOUR_BANK = 0x04
    NOT_AUTHORISED = 0x07
    ENTER_PIN = 0x09
    PROCESSING_ERROR = 0x0F
    REMOVE_CARD = 0x10
    TRY_AGAIN = 0x13
    WELCOME = 0x14
    PRESENT_CARD = 0x15
    PROCESSING = 0x16
    CARD_READ_OK = 0x17
    INSERT_OR_SWIPE = 0x18
    ONE_CARD_ONLY = 0x19
    APPROVED_SIGN = 0x1A
    AUTHORISING = 0x1B
    TRY_ANOTHER_CARD = 0x1C
    INSERT_CARD = 0x1D
    NOTHING = 0x1E
    SEE_PHONE = 0x20
    PRESENT_CARD_AGAIN = 0x21
    LAST_PIN_TRY = 0x100
