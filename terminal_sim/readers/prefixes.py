"""What an address begins with whose reader is none of a protocol: `recording:FILE` and `pool:SOCKET`."""

from typing import Final

RECORDING: Final = "recording:"
POOL: Final = "pool:"
