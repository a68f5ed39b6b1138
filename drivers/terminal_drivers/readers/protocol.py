"""What a reader protocol is to all code outside its folder: one value, `PROTOCOL` in its module `protocol`.

Everything that opens, lists, serves, tests or records readers by address goes through this value. A folder under `readers` that
has such a module is a protocol by having it; no table names it. The module imports the rest of its folder only where a field is
called, so that a list of the protocols costs no codec.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from terminal_drivers.base import (
    Card,
    ContactlessField,
    ContactSlot,
    PartedReader,
    Presence,
    ReaderPart,
    Stripe,
    StripeHead,
    Trace,
)
from terminal_drivers.captures.interceptor import NO_INTERCEPTOR, LineInterceptor
from terminal_drivers.readers.address import Address
from terminal_drivers.readers.both_ends import BothEnds
from terminal_drivers.readers.clauses import Kit
from terminal_drivers.readers.machine import Finding
from terminal_drivers.readers.pin_prompt import Person, absent_cardholder
from terminal_drivers.readers.served import Served


class HostReader(Protocol):
    """The host end of a reader as it is opened by address."""

    def parted(self) -> PartedReader:
        """Return the reader as a terminal has it; it is closed by that, too."""
        ...

    def about(self) -> Iterator[tuple[str, str]]:
        """Yield label and value of what the reader says of itself."""
        ...

    def places(self) -> Mapping[str, ContactSlot]:
        """Return its slots and fields by their names, those that take chip cards first; none for a stripe head."""
        ...

    def wait(self, timeout: float) -> None:
        """Let up to `timeout` s pass while the reader may report a card."""
        ...

    def close(self) -> None: ...


class CardControls(Protocol):
    """Cards in front of a terminal's reader of ours. An act that cannot be is `Misuse`.

    Where a reader `reports_late`, it may report other things between an act and the news of it.
    """

    reports_late: bool

    def insert(self, card: Card) -> None: ...
    def tap(self, card: Card) -> None:
        """Hold a card into the field, where it stays until `leave` or `remove`."""
        ...

    def leave(self) -> None:
        """Take the card away that is in the field."""
        ...

    def swipe(self, stripe: Stripe) -> None: ...
    def remove(self) -> None:
        """Take away every card that is in the slot or in the field."""
        ...


class OwnReader(Protocol):
    """A reader of ours with both ends as the whole reader of a terminal."""

    @property
    def contact(self) -> ContactSlot: ...
    @property
    def contactless(self) -> ContactlessField: ...
    @property
    def stripe(self) -> StripeHead: ...
    @property
    def controls(self) -> CardControls: ...
    def poll(self, timeout: float = 0.0) -> list[Presence]:
        """Return what happened since the last call; where it is nothing, wait up to `timeout` s."""
        ...

    def close(self) -> None: ...


class Opening(Struct, frozen=True):
    """How a reader is opened, as far as its protocol has these: `variant` says which of its models, `timeout` (s) is the longest
    wait for an answer, `trace` gets the frames, and `interceptor` stands between the host end and its line.
    """

    variant: str
    timeout: float
    trace: Trace | None = None
    interceptor: LineInterceptor = NO_INTERCEPTOR


class Variants(Struct, frozen=True):
    """What `variant=` of an address may be, over which transports (None: over each), and what it is unless it is given:
    `hardware` for a reader at a line, `own` for one with both ends of ours.
    """

    choices: Callable[[], tuple[str, ...]]
    hardware: str
    own: str
    over: tuple[str, ...] | None = None

    def allow(self, transport: str) -> bool:
        """Whether an address over this transport may name a variant."""
        return self.over is None or transport in self.over


class ServedAt(Struct, frozen=True):
    """Where a virtual reader is served, and who is shown the prompts of its PIN pad; port 0 takes the usual or a free one."""

    link: Path | None = None
    port: int = 0
    variant: str | None = None
    person: Person = absent_cardholder


class Service(Struct, frozen=True):
    """A way in which virtual readers are served to other software: at a port, or at a pseudo-terminal."""

    transport: str
    serve: Callable[[ServedAt], Served]
    at_port: bool = False


class UsbMatch(Struct, frozen=True):
    """USB interfaces behind which there is such a reader: by their class as sysfs writes it, and by vendor where that is not enough."""

    interface_class: str
    transport: str
    vendor: str = ""


class Parser(Struct, frozen=True):
    """Reads bytes of the peer and raises nothing but `FrameError`; `seeds` are good inputs as hex."""

    name: str
    parse: Callable[[bytes], object]
    seeds: tuple[str, ...] = ()


class ReaderProtocol(Struct, frozen=True, kw_only=True):
    """A reader protocol.

    `transports` are those of its addresses, `""` where an address is `NAME:` and the name of a reader; `open_host` opens each of
    them but `virtual` and `pty`, which `open_both` does. `own` makes a terminal's whole reader of both ends; None where they are
    not one. `names` lists the readers that a service of the system knows now, and `checks` says what of the
    machine the protocol needs.
    """

    name: str
    title: str
    parts: tuple[ReaderPart, ...]
    transports: tuple[str, ...] = ()
    variants: Variants | None = None
    open_host: Callable[[Address, Opening], HostReader] | None = None
    open_both: Callable[[Address, Opening], BothEnds[HostReader, object]] | None = None
    own: Callable[[BothEnds[Any, Any]], OwnReader] | None = None
    services: tuple[Service, ...] = ()
    kit: Callable[[], Kit] | None = None
    usb: tuple[UsbMatch, ...] = ()
    names: Callable[[], Iterable[str]] | None = None
    parsers: Callable[[], tuple[Parser, ...]] = tuple
    checks: Callable[[], Iterable[Finding]] = tuple

    @property
    def schemes(self) -> tuple[str, ...]:
        """The beginnings of its addresses."""
        return tuple(scheme(self.name, each) for each in self.transports)

    def variant(self, where: Address) -> str:
        """The variant of a reader at an address."""
        if self.variants is None:
            return ""
        ours = where.transport in OWN_TRANSPORTS
        return where.variant or (self.variants.own if ours else self.variants.hardware)


OWN_TRANSPORTS = "virtual", "pty"
"""The transports on which both ends are ours."""


def scheme(name: str, transport: str) -> str:
    """The beginning of an address."""
    return f"{name}+{transport}:" if transport else f"{name}:"
