"""The parameters of a slot as an ATR asks for them: what a host sets, and what a reader sets by itself (6.1.7)."""

from terminal_drivers.iso7816.atr import INVERSE, Atr
from terminal_drivers.readers.ccid.messages import T0Parameters, T1Parameters

INVERSE_CONVENTION = 0x02  # bmTCCKST0, bit 1
CHECKSUM_CRC, INVERSE_T1, T1_FIXED = 0x01, 0x02, 0x10  # bmTCCKST1


def parameters_of(atr: Atr, fi_di: int) -> T0Parameters | T1Parameters:
    """What an ATR says of the line (6.1.7)."""
    inverse = atr.convention == INVERSE
    if atr.protocol == T1Parameters.PROTOCOL:
        checksum = T1_FIXED | (CHECKSUM_CRC if atr.crc else 0) | (INVERSE_T1 if inverse else 0)
        return T1Parameters(fi_di, checksum, atr.guard_time, atr.bwi_cwi, ifsc=atr.ifsc)
    convention = INVERSE_CONVENTION if inverse else 0
    return T0Parameters(fi_di, convention, atr.guard_time, atr.waiting_integer)
