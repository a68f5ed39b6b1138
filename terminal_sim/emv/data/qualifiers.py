"""Bits of the terminal transaction qualifiers (9F66) and the card transaction qualifiers (9F6C); EMV Book C-3, annex A.

The number in a name is the byte, counted from 1, that the bit stands in; a value is a mask within that byte, at the place of the table in `bits`.
"""

from __future__ import annotations

from typing import Final

from terminal_sim.emv.data import tags
from terminal_sim.emv.data.bits import byte_mask

TTQ1_EMV_MODE: Final = byte_mask(tags.TTQ, 1, 6)
TTQ1_CONTACT_CHIP: Final = byte_mask(tags.TTQ, 1, 5)
TTQ1_OFFLINE_ONLY: Final = byte_mask(tags.TTQ, 1, 4)
TTQ1_ONLINE_PIN: Final = byte_mask(tags.TTQ, 1, 3)
TTQ1_SIGNATURE: Final = byte_mask(tags.TTQ, 1, 2)
TTQ1_ODA_FOR_ONLINE: Final = byte_mask(tags.TTQ, 1, 1)
TTQ2_ONLINE_CRYPTOGRAM: Final = byte_mask(tags.TTQ, 2, 8)
TTQ2_CVM_REQUIRED: Final = byte_mask(tags.TTQ, 2, 7)
TTQ3_ISSUER_UPDATE: Final = byte_mask(tags.TTQ, 3, 8)
TTQ3_ON_DEVICE: Final = byte_mask(tags.TTQ, 3, 7)

CTQ1_ONLINE_PIN: Final = byte_mask(tags.CTQ, 1, 8)
CTQ1_SIGNATURE: Final = byte_mask(tags.CTQ, 1, 7)
CTQ1_ONLINE_IF_ODA_FAILED: Final = byte_mask(tags.CTQ, 1, 6)
CTQ1_SWITCH_IF_ODA_FAILED: Final = byte_mask(tags.CTQ, 1, 5)
CTQ1_ONLINE_IF_EXPIRED: Final = byte_mask(tags.CTQ, 1, 4)
CTQ1_SWITCH_FOR_CASH: Final = byte_mask(tags.CTQ, 1, 3)
CTQ1_SWITCH_FOR_CASHBACK: Final = byte_mask(tags.CTQ, 1, 2)
CTQ1_NOT_AT_ATM: Final = byte_mask(tags.CTQ, 1, 1)
CTQ2_ON_DEVICE: Final = byte_mask(tags.CTQ, 2, 8)
CTQ2_ISSUER_UPDATE: Final = byte_mask(tags.CTQ, 2, 7)
