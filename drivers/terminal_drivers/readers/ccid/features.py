"""What a CCID reader does by itself and at which level it exchanges: dwFeatures (USB CCID rev 1.1, table
5.1-1).
"""

from enum import Enum, IntFlag


class Features(IntFlag):
    """The bits of dwFeatures that our host end acts on; the others may be set and mean nothing to it."""

    AUTO_PARAMETERS = 0x0000_0002
    TPDU = 0x0001_0000
    SHORT_APDU = 0x0002_0000
    EXTENDED_APDU = 0x0004_0000


class Level(Enum):
    """What one XfrBlock carries."""

    CHARACTER = "character"
    TPDU = "TPDU"
    SHORT_APDU = "short APDU"
    EXTENDED_APDU = "short and extended APDU"


def level(dw_features: int) -> Level:
    """Exactly one level bit is set, or none for the character level; where a reader sets more, the highest
    counts.
    """
    if dw_features & Features.EXTENDED_APDU:
        return Level.EXTENDED_APDU
    if dw_features & Features.SHORT_APDU:
        return Level.SHORT_APDU
    return Level.TPDU if dw_features & Features.TPDU else Level.CHARACTER


SERIAL_TPDU = 0x0001_0230
"""The GemPC Twin family: TPDU, NAD, automatic clock and baud rate. The host sets parameters and runs GET
RESPONSE.
"""

CONTACTLESS = 0x0002_04BE
"""A contactless interface: short APDU, everything below it automatic."""
