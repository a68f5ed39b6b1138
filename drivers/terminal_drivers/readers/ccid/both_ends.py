"""A CCID reader with both ends of ours, on a loopback, a pseudo-terminal or a TCP port."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from terminal_drivers.base import Card, Line, Trace
from terminal_drivers.captures.interceptor import NO_INTERCEPTOR, LineInterceptor
from terminal_drivers.iso7816.t1card import Interlude
from terminal_drivers.readers.both_ends import BothEnds
from terminal_drivers.readers.ccid.capture import LINES, NAME
from terminal_drivers.readers.ccid.gempc import BAUD, BUILT_IN, GemPcDevice, GemPcLink, GemPcVariant
from terminal_drivers.readers.ccid.link import CcidLine
from terminal_drivers.readers.ccid.reader import TIMEOUT, CcidReader
from terminal_drivers.readers.ccid.virtual import FIRMWARE, VirtualCcid
from terminal_drivers.readers.ccid.waking import line_device, wake
from terminal_drivers.readers.pin_prompt import Key, Person, absent_cardholder
from terminal_drivers.transports.lines import LineKind, line_to


class CcidControls:
    """Cards in front of a virtual CCID reader, by slot."""

    def __init__(self, reader: VirtualCcid, line: Line) -> None:
        self._reader = reader
        self._line = line

    def insert(self, slot: int, card: Card, interludes: Iterable[Interlude] = ()) -> None:
        """Put a card in; `interludes` are what it does on its T=1 line before it answers."""
        self._line.act(lambda: self._reader.insert(slot, card, interludes))

    def put(self, card: Card) -> None:
        self.insert(0, card)

    def remove(self, slot: int) -> None:
        self._line.act(lambda: self._reader.remove(slot))

    def holds(self, slot: int) -> bool:
        return self._reader.holds(slot)

    def restart(self) -> None:
        """Plug the reader in anew: it has forgotten its host, and reports the cards that are in."""
        self._line.act(self._reader.reset)

    def press(self, *keys: str | Key) -> None:
        """Press keys of the reader's PIN pad: strings of digits, and `Key`."""
        self._line.act(lambda: self._reader.press(*keys))

    def time_out(self) -> None:
        """Let the time for a PIN entry pass."""
        self._line.act(self._reader.time_out)


@dataclass(frozen=True, slots=True)
class VirtualCcidReader(BothEnds[CcidReader, CcidControls]):
    """A CCID reader with both ends; `framing` is what the host puts its messages on the line with, `framed` the same at the device end."""

    framing: GemPcLink
    framed: GemPcDevice


def virtual_ccid(
    transport: LineKind = "loopback",
    variant: GemPcVariant = BUILT_IN,
    *,
    firmware: str = FIRMWARE,
    timeout: float = TIMEOUT,
    trace: Trace | None = None,
    link: Path | None = None,
    record: list[tuple[str, bytes]] | None = None,
    person: Person = absent_cardholder,
    interceptor: LineInterceptor = NO_INTERCEPTOR,
) -> VirtualCcidReader:
    """Build a CCID reader with both ends. `link` names the pty; `record` is of the loopback; `person` stands
    before its PIN pad; `interceptor` stands between the host and its line.
    """
    device = VirtualCcid(variant.features, firmware, descriptor=variant.descriptor, person=person)
    framed = GemPcDevice(device, variant)
    line = line_to(line_device(framed, device, variant), transport, BAUD, link=link, record=record)
    framing = wake(GemPcLink(line.open(), variant))
    end = interceptor.line(NAME, LINES, lambda: CcidLine(framing, variant.features, variant.descriptor))
    host = CcidReader(end.link, end.features, descriptor=end.descriptor, timeout=timeout, trace=trace)
    return VirtualCcidReader(host, CcidControls(device, line), line, framing, framed)
