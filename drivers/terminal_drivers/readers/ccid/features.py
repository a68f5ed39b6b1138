"""What a CCID reader does by itself and at which level it exchanges: dwFeatures (USB CCID rev 1.1, table
5.1-1).
"""

from enum import Enum, IntEnum


class Features(IntEnum):
    """The bits of dwFeatures that our two ends act on; the others may be set and mean nothing to them.

    They combine to plain numbers: an `IntFlag` makes a member of each combination, many times in an exchange.
    """

    AUTO_PARAMETERS = 0x0000_0002
    AUTO_NEGOTIATION = 0x0000_0040
    AUTO_PPS = 0x0000_0080
    AUTO_IFSD = 0x0000_0400
    TPDU = 0x0001_0000
    SHORT_APDU = 0x0002_0000
    EXTENDED_APDU = 0x0004_0000


class Level(Enum):
    """What one XfrBlock carries."""

    CHARACTER = "character"
    TPDU = "TPDU"
    SHORT_APDU = "short APDU"
    EXTENDED_APDU = "short and extended APDU"


RUNS_PROTOCOL = frozenset((Level.SHORT_APDU, Level.EXTENDED_APDU))
"""The levels at which the reader itself runs T=0 or T=1; below them the host does."""


class Chain(IntEnum):
    """Which part of an extended APDU a message carries: wLevelParameter and bChainParameter (6.1.4, 6.2.1)."""

    WHOLE = 0x00
    BEGINS = 0x01
    ENDS = 0x02
    CONTINUES = 0x03
    GO_ON = 0x10
    """No data: the other side may send its next part."""


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
"""The GemPC Twin family: TPDU, NAD, automatic clock and baud rate. The host does PPS, parameters, T=1 and GET
RESPONSE.
"""

SERIAL_CHARACTER = 0x0000_0230
"""The same without TPDU: procedure bytes and the end of a block are the host's too."""

AUTOMATIC = 0x0000_04BE
"""Everything below the APDU is the reader's: activation, voltage, clock, baud rate, parameters, PPS, IFSD."""

CONTACTLESS = Features.SHORT_APDU | AUTOMATIC
"""A contactless interface: short APDU, everything below it automatic."""

EXTENDED = Features.EXTENDED_APDU | AUTOMATIC
"""A contact slot that takes whole APDUs of any length."""
