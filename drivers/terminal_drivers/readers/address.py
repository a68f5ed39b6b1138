"""Where a reader is, as a value: `<protocol>+<transport>:<where>` and what its options say."""

import re

from msgspec import Struct

from terminal_drivers.base import Misuse

DEVICE = re.compile(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})", re.ASCII)
ENDPOINT = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:/?\[\]]+):([0-9]{1,5})", re.ASCII)


class Address(Struct, frozen=True):
    """A parsed address; `where` is a path, a pyserial URL or a name, empty for what is only virtual."""

    protocol: str
    transport: str
    where: str
    baud: int | None = None
    variant: str | None = None
    beyond: bool = False
    name: str | None = None

    def __str__(self) -> str:
        """Where the reader is, without options."""
        return f"{self.protocol}{'+' if self.transport else ''}{self.transport}:{self.where}"

    def endpoint(self) -> tuple[str, int]:
        """Host and port of a `tcp` address."""
        found = ENDPOINT.fullmatch(self.where)
        if found is None:
            raise Misuse(f"{self.where!r} is no host and port")
        return found[1].strip("[]"), int(found[2])

    def device(self) -> tuple[int, int]:
        """Vendor and product of a `usb` or `hid` address."""
        found = DEVICE.fullmatch(self.where)
        if found is None:
            raise Misuse(f"{self.where!r} is no vendor and product")
        return int(found[1], 16), int(found[2], 16)
