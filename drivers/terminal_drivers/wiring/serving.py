"""Virtual readers for other software: the device end is ours, and what opens the other end is the host.

An address is `<protocol>+pty:[LINK][?variant=NAME]`, or `<protocol>+<transport>:[PORT]` of loopback, or `<protocol>:[PORT]`; each
protocol's `services` say which of them it has. A served reader lives until `close`.
"""

from pathlib import Path

from terminal_drivers.base import Misuse
from terminal_drivers.readers.pin_prompt import Person, absent_cardholder
from terminal_drivers.readers.protocol import ServedAt, Service, scheme
from terminal_drivers.readers.served import Served
from terminal_drivers.wiring.address import parse_address
from terminal_drivers.wiring.table import protocols


def services() -> dict[str, Service]:
    """Each way in which a virtual reader is served, by the beginning of its address."""
    return {
        scheme(protocol.name, service.transport): service
        for protocol in protocols()
        for service in protocol.services
    }


def serve(address: str, link: Path | None = None, person: Person = absent_cardholder) -> Served:
    """Serve the virtual reader of an address; `link` is the path of a pseudo-terminal where the address has none.

    `person` is shown each prompt of its PIN pad.

    `Misuse`: no such reader can be served, or the link or port cannot be had.
    """
    there = services()
    beginning, colon, rest = address.partition(":")
    service = there.get(beginning + colon)
    if service is None:
        parse_address(address)  # one that is none says so
        raise Misuse(f"{address} is not served to other software: {', '.join(there)} are")
    if service.at_port:
        if link is not None:
            raise Misuse(f"{address} is reached at a port and has no link: leave the link out")
        return service.serve(ServedAt(port=_port(rest), person=person))
    where = parse_address(address)
    if where.where and link is not None:
        raise Misuse("the link is named twice: in the address and beside it")
    path = Path(where.where) if where.where else link
    return service.serve(ServedAt(path, variant=where.variant, person=person))


def _port(digits: str) -> int:
    if not digits:
        return 0
    if not (digits.isascii() and digits.isdigit() and int(digits[:6]) <= 0xFFFF):
        raise Misuse(f"{digits!r} is no port: write a number up to 65535")
    return int(digits[:6])
