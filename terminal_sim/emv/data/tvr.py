"""Bits of the Terminal Verification Results (95) and the Transaction Status Information (9B); EMV Book 3, C5 and C6.

Both are kept as whole numbers of 5 and 2 bytes, so that setting a bit is `|=`.
"""

from __future__ import annotations

from typing import Final

ODA_NOT_PERFORMED: Final = 0x80_00_00_00_00
ICC_DATA_MISSING: Final = 0x20_00_00_00_00

DIFFERENT_VERSIONS: Final = 0x80_00_00_00
EXPIRED: Final = 0x40_00_00_00
NOT_YET_EFFECTIVE: Final = 0x20_00_00_00
SERVICE_NOT_ALLOWED: Final = 0x10_00_00_00

CVM_FAILED: Final = 0x80_00_00
CVM_UNRECOGNISED: Final = 0x40_00_00
PIN_TRIES_EXCEEDED: Final = 0x20_00_00
PIN_PAD_MISSING: Final = 0x10_00_00
PIN_NOT_ENTERED: Final = 0x08_00_00
ONLINE_PIN_ENTERED: Final = 0x04_00_00

FLOOR_LIMIT_EXCEEDED: Final = 0x80_00

DEFAULT_TDOL_USED: Final = 0x80
ISSUER_AUTHENTICATION_FAILED: Final = 0x40
SCRIPT_FAILED_BEFORE: Final = 0x20
SCRIPT_FAILED_AFTER: Final = 0x10

TSI_CVM_PERFORMED: Final = 0x40_00
TSI_CARD_RISK_PERFORMED: Final = 0x20_00
TSI_ISSUER_AUTHENTICATION_PERFORMED: Final = 0x10_00
TSI_RISK_PERFORMED: Final = 0x08_00
TSI_SCRIPT_PERFORMED: Final = 0x04_00
