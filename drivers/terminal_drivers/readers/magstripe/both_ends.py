"""A stripe head with both ends of ours, on a serial line."""

from collections.abc import Mapping
from pathlib import Path

from terminal_drivers.base import Line, Stripe
from terminal_drivers.captures.interceptor import NO_INTERCEPTOR, LineInterceptor
from terminal_drivers.readers.both_ends import BothEnds
from terminal_drivers.readers.magstripe.capture import LINES, NAME
from terminal_drivers.readers.magstripe.line import BAUD
from terminal_drivers.readers.magstripe.reader import SerialStripeHead
from terminal_drivers.readers.magstripe.virtual import VirtualStripeHead, stripe_bits
from terminal_drivers.transports.lines import LineKind, line_to


class StripeControls:
    """Cards drawn through a virtual stripe head."""

    def __init__(self, head: VirtualStripeHead, line: Line) -> None:
        self._head = head
        self._line = line

    def swipe(self, stripe: Stripe) -> None:
        """Swipe a sound card: track number to text with sentinels."""
        self.swipe_bits(stripe_bits(stripe))

    def swipe_bits(self, bits: Mapping[int, str]) -> None:
        """Swipe a card whose bits may be damaged or reversed."""
        self._line.act(lambda: self._head.swipe(bits))


class VirtualStripeReader(BothEnds[SerialStripeHead, StripeControls]):
    """A serial stripe head with both ends."""


def virtual_stripe_head(
    transport: LineKind = "loopback",
    *,
    link: Path | None = None,
    record: list[tuple[str, bytes]] | None = None,
    interceptor: LineInterceptor = NO_INTERCEPTOR,
) -> VirtualStripeReader:
    """Build a serial stripe head with both ends; arguments as for `virtual_ccid`."""
    device = VirtualStripeHead()
    line = line_to(device, transport, BAUD, link=link, record=record)
    host = SerialStripeHead(interceptor.line(NAME, LINES, line.open))
    return VirtualStripeReader(host, StripeControls(device, line), line)
