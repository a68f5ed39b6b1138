"""The PC/SC service of the system as one protocol of the table: its readers by their names."""

from __future__ import annotations

from collections.abc import Iterable

from terminal_drivers.base import DriverError, ReaderPart
from terminal_drivers.captures.interceptor import NO_INTERCEPTOR
from terminal_drivers.readers.address import Address
from terminal_drivers.readers.machine import Finding
from terminal_drivers.readers.protocol import HostReader, Opening, Parser, ReaderProtocol


def _open_host(where: Address, how: Opening) -> HostReader:
    """A reader whose line is recorded, or is a recording, is a CCID reader: its slot is recorded as one."""
    from terminal_drivers.readers.pcsc.opening import open_recorded, open_service

    if how.interceptor is NO_INTERCEPTOR:
        return open_service(where)
    return open_recorded(where, how)


def _names() -> Iterable[str]:
    """The readers that the service knows; none where pyscard or the service is missing."""
    try:
        from terminal_drivers.readers.pcsc.client import readers

        return readers()
    except DriverError:
        return ()


def _parsers() -> tuple[Parser, ...]:
    from terminal_drivers.readers.pcsc.codec import parse_features, parse_properties

    return (
        Parser("PC/SC features", parse_features, ("060442330006070442330007",)),
        Parser("PC/SC properties", parse_properties, ("01021000020107",)),
    )


def _checks() -> Iterable[Finding]:
    from terminal_drivers.readers.pcsc.machine import checks

    return checks()


PROTOCOL = ReaderProtocol(
    name="pcsc",
    title="PC/SC",
    parts=(ReaderPart.CONTACT,),
    transports=("",),
    open_host=_open_host,
    names=_names,
    parsers=_parsers,
    checks=_checks,
)
