"""Opening what stands at an address: hardware and recordings by their host end, and what is ours with both ends."""

from terminal_drivers.base import Misuse, Trace
from terminal_drivers.captures.interceptor import NO_INTERCEPTOR, LineInterceptor
from terminal_drivers.readers.address import Address
from terminal_drivers.readers.both_ends import BothEnds
from terminal_drivers.readers.protocol import OWN_TRANSPORTS, HostReader, Opening
from terminal_drivers.wiring.address import parse_address
from terminal_drivers.wiring.table import known

TIMEOUT = 5.0  # s


def open_reader(
    address: Address | str, *, timeout: float = TIMEOUT, trace: Trace | None = None
) -> HostReader | BothEnds[HostReader, object]:
    """Open whatever stands at an address: both ends of a reader of ours, the host end of any other. Arguments and errors as for
    `open_host` and `open_both`.
    """
    where = address if isinstance(address, Address) else parse_address(address)
    opener = open_both if where.transport in OWN_TRANSPORTS else open_host
    return opener(where, timeout=timeout, trace=trace)


def open_host(
    address: Address | str,
    *,
    timeout: float = TIMEOUT,
    trace: Trace | None = None,
    interceptor: LineInterceptor = NO_INTERCEPTOR,
) -> HostReader:
    """Open a reader that is not ours, or a recorded one.

    `timeout` (s) is the longest wait for an answer and `trace` gets the frames, where the protocol has them; `interceptor` stands
    between each line and its host end.
    `Misuse`: no such address, one of both ends, or a missing package; `ReaderLost`: nothing answers there.
    """
    where = address if isinstance(address, Address) else parse_address(address)
    protocol = known(where.protocol)
    if where.transport in OWN_TRANSPORTS or protocol.open_host is None:
        raise Misuse(f"{where.protocol}+{where.transport}: has both ends of ours: opening.open_both opens it")
    return protocol.open_host(where, Opening(protocol.variant(where), timeout, trace, interceptor))


def open_both(
    address: Address | str, *, timeout: float = TIMEOUT, trace: Trace | None = None
) -> BothEnds[HostReader, object]:
    """Make both ends of a reader of ours, over `virtual` or `pty`; arguments as for `open_host`.

    `Misuse`: no such address, or one of a reader that is not ours, which `open_host` opens.
    """
    where = address if isinstance(address, Address) else parse_address(address)
    protocol = known(where.protocol)
    if where.transport not in OWN_TRANSPORTS or protocol.open_both is None:
        raise Misuse(f"{where} has no end of ours: opening.open_host opens it")
    return protocol.open_both(where, Opening(protocol.variant(where), timeout, trace))
