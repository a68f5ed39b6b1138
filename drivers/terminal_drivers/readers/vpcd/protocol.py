"""vpcd as one protocol of the table: virtual cards that are served to the driver that is part of pcscd."""

from __future__ import annotations

from collections.abc import Iterable

from terminal_drivers.base import ReaderPart
from terminal_drivers.readers.clauses import Kit
from terminal_drivers.readers.machine import Finding
from terminal_drivers.readers.protocol import Parser, ReaderProtocol, ServedAt, Service
from terminal_drivers.readers.served import Served


def _serve(at: ServedAt) -> Served:
    from terminal_drivers.readers.vpcd.serving import PORT, ServedVpcd

    return ServedVpcd(at.port or PORT)


def _kit() -> Kit:
    from terminal_drivers.readers.vpcd.conformance import KIT

    return KIT


def _parsers() -> tuple[Parser, ...]:
    from terminal_drivers.readers.vpcd.codec import Decoder

    return (Parser("vpcd", lambda data: Decoder().feed(data), ("000101000104",)),)


def _checks() -> Iterable[Finding]:
    from terminal_drivers.readers.vpcd.machine import checks

    return checks()


PROTOCOL = ReaderProtocol(
    name="vpcd",
    title="vpcd",
    parts=(ReaderPart.CONTACT,),
    services=(Service("", _serve, at_port=True),),
    kit=_kit,
    parsers=_parsers,
    checks=_checks,
)
