"""How the line of a stripe head is captured: its bytes as they come, under the name of the protocol."""

from terminal_drivers.captures.capture import ByteLines
from terminal_drivers.captures.pcapng import LinkType

NAME = "msr"
LINES = ByteLines(LinkType.USER0)
