"""Bits of the Terminal Verification Results (95) and the Transaction Status Information (9B); EMV Book 3, C5 and C6.

Both are kept as whole numbers of 5 and 2 bytes, so that setting a bit is `|=`; names and places are those of the table in `bits`.
"""

from __future__ import annotations

from typing import Final

from terminal_sim.emv.data import tags
from terminal_sim.emv.data.bits import mask

ODA_NOT_PERFORMED: Final = mask(tags.TVR, 1, 8)
SDA_FAILED: Final = mask(tags.TVR, 1, 7)
ICC_DATA_MISSING: Final = mask(tags.TVR, 1, 6)
ON_EXCEPTION_FILE: Final = mask(tags.TVR, 1, 5)
DDA_FAILED: Final = mask(tags.TVR, 1, 4)
CDA_FAILED: Final = mask(tags.TVR, 1, 3)
SDA_SELECTED: Final = mask(tags.TVR, 1, 2)

DIFFERENT_VERSIONS: Final = mask(tags.TVR, 2, 8)
EXPIRED: Final = mask(tags.TVR, 2, 7)
NOT_YET_EFFECTIVE: Final = mask(tags.TVR, 2, 6)
SERVICE_NOT_ALLOWED: Final = mask(tags.TVR, 2, 5)
NEW_CARD: Final = mask(tags.TVR, 2, 4)

CVM_FAILED: Final = mask(tags.TVR, 3, 8)
CVM_UNRECOGNISED: Final = mask(tags.TVR, 3, 7)
PIN_TRIES_EXCEEDED: Final = mask(tags.TVR, 3, 6)
PIN_PAD_MISSING: Final = mask(tags.TVR, 3, 5)
PIN_NOT_ENTERED: Final = mask(tags.TVR, 3, 4)
ONLINE_PIN_ENTERED: Final = mask(tags.TVR, 3, 3)

FLOOR_LIMIT_EXCEEDED: Final = mask(tags.TVR, 4, 8)
LOWER_LIMIT_EXCEEDED: Final = mask(tags.TVR, 4, 7)
UPPER_LIMIT_EXCEEDED: Final = mask(tags.TVR, 4, 6)
SELECTED_AT_RANDOM: Final = mask(tags.TVR, 4, 5)
MERCHANT_FORCED_ONLINE: Final = mask(tags.TVR, 4, 4)

DEFAULT_TDOL_USED: Final = mask(tags.TVR, 5, 8)
ISSUER_AUTHENTICATION_FAILED: Final = mask(tags.TVR, 5, 7)
SCRIPT_FAILED_BEFORE: Final = mask(tags.TVR, 5, 6)
SCRIPT_FAILED_AFTER: Final = mask(tags.TVR, 5, 5)
RELAY_THRESHOLD_EXCEEDED: Final = mask(tags.TVR, 5, 4)
RELAY_LIMITS_EXCEEDED: Final = mask(tags.TVR, 5, 3)
RELAY_PERFORMED: Final = mask(tags.TVR, 5, 2)
RELAY_NOT_PERFORMED: Final = mask(tags.TVR, 5, 1)

TSI_ODA_PERFORMED: Final = mask(tags.TSI, 1, 8)
TSI_CVM_PERFORMED: Final = mask(tags.TSI, 1, 7)
TSI_CARD_RISK_PERFORMED: Final = mask(tags.TSI, 1, 6)
TSI_ISSUER_AUTHENTICATION_PERFORMED: Final = mask(tags.TSI, 1, 5)
TSI_RISK_PERFORMED: Final = mask(tags.TSI, 1, 4)
TSI_SCRIPT_PERFORMED: Final = mask(tags.TSI, 1, 3)
