"""Opening what stands at an address: hardware by its host end, and what is ours with both ends."""

from pathlib import Path

from terminal_drivers.base import Misuse, Trace
from terminal_drivers.readers.built_in import (
    VirtualCcidReader,
    VirtualStripeReader,
    virtual_ccid,
    virtual_stripe_head,
)
from terminal_drivers.readers.ccid.reader import TIMEOUT, CcidReader
from terminal_drivers.readers.magstripe.reader import SerialStripeHead
from terminal_drivers.readers.vivotech.both_ends import VirtualVivotechReader, virtual_vivotech
from terminal_drivers.transports.lines import LineKind
from terminal_drivers.wiring.address import VARIANTS, Address
from terminal_drivers.wiring.hosts import VIVOTECH_VARIANTS, open_host

OpenedReader = CcidReader | SerialStripeHead | VirtualCcidReader | VirtualStripeReader | VirtualVivotechReader


def open_reader(
    address: Address | str, *, timeout: float = TIMEOUT, trace: Trace | None = None
) -> OpenedReader:
    """Open what stands at an address: the host end, and for `virtual` and `pty` both ends.

    `timeout` and `trace` are for `ccid` and `vivotech`. `Misuse`: no such address, or one of a reader of other kind, which
    `hosts.open_host` opens; `ReaderLost`: nothing answers there.
    """
    where = address if isinstance(address, Address) else Address.parse(address)
    if where.transport not in ("virtual", "pty"):
        if where.protocol in ("ccid", "msr") and where.transport != "hid":
            opened = open_host(where, timeout=timeout, trace=trace)
            if isinstance(opened, CcidReader | SerialStripeHead):
                return opened
        raise Misuse(
            "the reader at this address is no CCID reader and no plain head: hosts.open_host opens it"
        )
    line: LineKind = "pty" if where.transport == "pty" else "loopback"
    link = Path(where.where) if where.where else None
    if where.protocol == "msr":
        return virtual_stripe_head(line, link=link)
    if where.protocol == "vivotech":
        order = VIVOTECH_VARIANTS[where.variant or "tables"]
        return virtual_vivotech(line, order, timeout=timeout, trace=trace, link=link)
    variant = VARIANTS[where.variant or "built-in"]
    return virtual_ccid(line, variant, timeout=timeout, trace=trace, link=link)
