"""Every fuzz target, by the module that it is in; those of `protocols` are the parsers that each reader protocol names."""

from __future__ import annotations

from collections.abc import Callable

from terminal_drivers.base import FrameError
from terminal_drivers.readers.protocol import Parser
from terminal_drivers.wiring.table import protocols
from tests.fuzz import ccid, emv, files, iso7816, links, stripe, vivotech
from tests.fuzz.target import Target


def _reads(parser: Parser) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        parser.parse(data)

    return run


PROTOCOLS = tuple(
    Target(f"{protocol.name}: {parser.name}", _reads(parser), (FrameError,), parser.seeds)
    for protocol in protocols()
    for parser in protocol.parsers()
)

FAMILIES: dict[str, tuple[Target, ...]] = {
    "iso7816": iso7816.TARGETS,
    "ccid": ccid.TARGETS,
    "vivotech": vivotech.TARGETS,
    "stripe": stripe.TARGETS,
    "links": links.TARGETS,
    "protocols": PROTOCOLS,
    "emv": emv.TARGETS,
    "files": files.TARGETS,
}
TARGETS = {target.name: target for family in FAMILIES.values() for target in family}
