"""Bits of the terminal transaction qualifiers (9F66) and the card transaction qualifiers (9F6C); EMV Book C-3, annex A.

The number in a name is the byte, counted from 1, that the bit stands in.
"""

from __future__ import annotations

from typing import Final

TTQ1_EMV_MODE: Final = 0x20
TTQ1_CONTACT_CHIP: Final = 0x10
TTQ1_OFFLINE_ONLY: Final = 0x08
TTQ1_ONLINE_PIN: Final = 0x04
TTQ1_SIGNATURE: Final = 0x02
TTQ1_ODA_FOR_ONLINE: Final = 0x01
TTQ2_ONLINE_CRYPTOGRAM: Final = 0x80
TTQ2_CVM_REQUIRED: Final = 0x40
TTQ3_ON_DEVICE: Final = 0x40

CTQ1_ONLINE_PIN: Final = 0x80
CTQ1_SIGNATURE: Final = 0x40
CTQ1_ONLINE_IF_ODA_FAILED: Final = 0x20
CTQ1_SWITCH_IF_ODA_FAILED: Final = 0x10
CTQ1_ONLINE_IF_EXPIRED: Final = 0x08
CTQ1_SWITCH_FOR_CASH: Final = 0x04
CTQ1_SWITCH_FOR_CASHBACK: Final = 0x02
CTQ1_NOT_AT_ATM: Final = 0x01
CTQ2_ON_DEVICE: Final = 0x80
