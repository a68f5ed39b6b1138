"""The conformance kits of the protocols, and the test of one opened reader."""

from collections.abc import Iterator

from terminal_drivers.base import Misuse
from terminal_drivers.readers.clauses import Kit, Result, run
from terminal_drivers.wiring.table import protocols


def kits() -> Iterator[Kit]:
    """The kits of all protocols that have one, in the order of the table."""
    for protocol in protocols():
        if protocol.kit is not None:
            yield protocol.kit()


def conform(reader: object) -> list[Result]:
    """Test the device end of an opened reader; `Misuse` where no kit knows its protocol."""
    for kit in kits():
        subject = kit.device_of(reader)
        if subject is not None:
            return run(kit.device, subject)
    known = ", ".join(kit.protocol for kit in kits())
    raise Misuse(f"there is no conformance kit for {type(reader).__name__}: there are kits for {known}")
