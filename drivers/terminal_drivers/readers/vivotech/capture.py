"""How the line of a ViVOtech2 reader is captured: its bytes as they come, each command named by its number."""

from terminal_drivers.captures.capture import ByteLines
from terminal_drivers.captures.pcapng import LinkType
from terminal_drivers.readers.vivotech.codec import HEADER

NAME = "vivotech"


def command_name(message: bytes) -> str:
    """The number of a command, as in the guide: `2C-12`."""
    numbers = message.removeprefix(HEADER)[:2]
    return numbers.hex("-").upper()


LINES = ByteLines(LinkType.USER1, command_name)
