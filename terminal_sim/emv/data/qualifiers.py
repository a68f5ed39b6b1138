"""Bits of the terminal transaction qualifiers (9F66) and the card transaction qualifiers (9F6C); EMV Book C-3, annex A.

The number in a name is the byte, counted from 1, that the bit stands in.
"""

from __future__ import annotations

from typing import Final

TTQ1_EMV_MODE: Final = 0x20
TTQ1_CONTACT_CHIP: Final = 0x10
TTQ1_ONLINE_PIN: Final = 0x04
TTQ1_SIGNATURE: Final = 0x02
TTQ2_ONLINE_CRYPTOGRAM: Final = 0x80
TTQ2_CVM_REQUIRED: Final = 0x40
TTQ3_ON_DEVICE: Final = 0x40

CTQ1_ONLINE_PIN: Final = 0x80
CTQ1_SIGNATURE: Final = 0x40
CTQ2_ON_DEVICE: Final = 0x80
