"""Readers by address: what a terminal is wired to, and who puts cards in front of it.

`virtual` and `pty` are a terminal's whole set of readers with both ends of ours, and scripts put the cards in; so is a reader of
a protocol that has both ends as one terminal's. `recording:FILE` is what was recorded of any readers, and of the operator before them. `pool:SOCKET` is a reader
that another process serves and moves the cards of. At every other address a person at the bench moves the cards, is asked in one line each, and waited for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct

from terminal_drivers.base import DriverError, Misuse, PartedReader, ReaderPart, Trace, UnsafeAddress
from terminal_drivers.captures.interceptor import NO_INTERCEPTOR, LineInterceptor
from terminal_drivers.transports.lines import LineKind
from terminal_sim.readers.composite import Attend, CompositeReader, watched
from terminal_sim.readers.monitored import MonitoredReader, PolledReader, unheard
from terminal_sim.readers.operator import HumanOperator, Operator, Say, SimulatedOperator
from terminal_sim.readers.parts import Reader
from terminal_sim.readers.prefixes import POOL, RECORDING
from terminal_sim.readers.unused import UnusedReader
from terminal_sim.readers.wire import Wire

if TYPE_CHECKING:
    from terminal_drivers.readers.address import Address
    from terminal_drivers.readers.built_in.reader import VirtualReader
    from terminal_drivers.readers.protocol import OwnReader

__all__ = [
    "BOTH_ENDS",
    "POOL",
    "PTY",
    "RECORDING",
    "VIRTUAL",
    "DriverError",
    "Hardware",
    "Misuse",
    "Operator",
    "UnsafeAddress",
    "check_address",
    "is_for_many",
    "on_error_output",
    "open_hardware",
]  # fmt: skip

VIRTUAL, PTY = BOTH_ENDS = "virtual", "pty"
READER = "reader"  # the condition under which a recording has its addresses, a line each
SAME = "replay it under the conditions of its recording, or record it anew"


class Hardware(Struct, frozen=True):
    """The readers of one terminal, and the operator in front of them; `close` ends their threads. `places` has the address of each part.

    `wire` is the line to a terminal's own virtual readers; None where they are others, or a recording is made of it.
    """

    reader: Reader
    operator: Operator
    close: Callable[[], None]
    places: Mapping[ReaderPart, str]
    wire: Wire | None = None


def open_hardware(
    reader: str | Sequence[str] = VIRTUAL,
    *,
    say: Say | None = None,
    trace: Trace | None = None,
    record: Path | None = None,
    about: Mapping[str, str] | None = None,
) -> Hardware:
    """Open the readers of a terminal, at one address or at several that complete each other; `trace` gets their frames.

    `say` asks the person at the bench; where it is not given, one line on the error output does. `record` is a new file that all
    is recorded to, under the conditions `about`; a recording must have been made under the same.
    `Misuse`: no such address, file or conditions; `ReaderLost`: nothing answers there.
    """
    addresses = _checked(reader, recorded=record is not None)
    if addresses[0].startswith(POOL):
        return _leased(addresses[0], trace)
    if addresses[0].startswith(RECORDING):
        return _replayed(Path(addresses[0].removeprefix(RECORDING)), trace, about or {})
    ask = say or on_error_output
    if record is not None:
        return _recorded(addresses, ask, trace, record, about or {})
    return _opened(addresses, ask, trace, NO_INTERCEPTOR, watched)


def check_address(reader: str | Sequence[str], *, recorded: bool = False) -> None:
    """`Misuse` where no reader can stand at such an address, or not at one of several, or at none that is to be recorded."""
    _checked(reader, recorded=recorded)


def is_for_many(reader: str | Sequence[str]) -> bool:
    """Whether several terminals can have this reader at once: each opens one of its own, or a recording of its own."""
    addresses = (reader,) if isinstance(reader, str) else tuple(reader)
    return all(
        address in BOTH_ENDS
        or address.startswith(RECORDING)
        or (address.startswith(POOL) and "#" not in address)
        or (not address.startswith(POOL) and _parsed(address).transport in BOTH_ENDS)
        for address in addresses
    )


def _checked(reader: str | Sequence[str], *, recorded: bool) -> tuple[str, ...]:
    addresses = (reader,) if isinstance(reader, str) else tuple(reader)
    if not addresses:
        raise Misuse("no reader is named: write virtual for a terminal's own")
    for address in addresses:
        if address not in BOTH_ENDS and not address.startswith((RECORDING, POOL)):
            _check_parsed(_parsed(address), address, alone=len(addresses) == 1, recorded=recorded)
        elif len(addresses) > 1:
            raise Misuse(f"{address} is all the readers of a terminal: name no other beside it")
        elif address.startswith(POOL):
            if recorded:
                raise Misuse(
                    f"{address} is not recorded: name the address of a reader, as readers lease prints it"
                )
        elif not (address in BOTH_ENDS or Path(address.removeprefix(RECORDING)).exists()):
            raise Misuse(f"there is no recording {address.removeprefix(RECORDING)}: make one with --record")
        elif recorded and address.startswith(RECORDING):
            raise Misuse("what is a recording already is not recorded again: leave one of the two out")
    if len(set(addresses)) != len(addresses):
        raise Misuse("one reader is named twice: name each of them once")
    return addresses


def _parsed(address: str) -> Address:
    # Imported here, with the table of protocols: a terminal's own readers are none of it.
    from terminal_drivers.wiring.address import parse_address

    return parse_address(address)


def _check_parsed(where: Address, address: str, *, alone: bool, recorded: bool) -> None:
    from terminal_drivers.wiring.table import known

    if where.transport in BOTH_ENDS and known(where.protocol).own is None:
        raise Misuse(f"{address} has both ends of ours: for a terminal's own readers write virtual or pty")
    if where.transport in BOTH_ENDS and not alone:
        raise Misuse(f"{address} has both ends of ours, which no reader beside it completes: name it alone")
    if where.transport in BOTH_ENDS and recorded:
        raise Misuse(f"{address} is not recorded: virtual, pty and hardware are")
    if where.transport == "capture":
        raise Misuse(
            f"{address} is one line: what a terminal is recorded with --record, and replayed as {RECORDING}FILE"
        )


def _opened(
    addresses: Sequence[str], ask: Say, trace: Trace | None, interceptor: LineInterceptor, attend: Attend
) -> Hardware:
    if addresses[0] == VIRTUAL and interceptor is NO_INTERCEPTOR:
        # No frame is exchanged when it is made.
        unused = UnusedReader(_virtual_reader if trace is None else partial(_virtual_reader, trace=trace))
        return Hardware(unused, SimulatedOperator(unused), unused.close, _everywhere(VIRTUAL), Wire(unused))
    if addresses[0] in BOTH_ENDS:
        own = _virtual_reader("loopback" if addresses[0] == VIRTUAL else "pty", trace, interceptor)
        return Hardware(own, SimulatedOperator(own.device), own.close, _everywhere(addresses[0]), Wire(own))
    if len(addresses) == 1 and _parsed(addresses[0]).transport in BOTH_ENDS:
        reader_of_ours = _own(_parsed(addresses[0]), trace)
        operator = SimulatedOperator(reader_of_ours.controls)
        return Hardware(reader_of_ours, operator, reader_of_ours.close, _everywhere(addresses[0]))
    reader = _attended(addresses, trace, interceptor, attend)
    places = _places(reader, addresses)
    return Hardware(reader, HumanOperator(places, ask), reader.close, places)


def _virtual_reader(
    transport: LineKind = "loopback",
    trace: Trace | None = None,
    interceptor: LineInterceptor = NO_INTERCEPTOR,
) -> VirtualReader:
    # Imported here, as in `_replayed`: a terminal that shows its first screen has met no card yet.
    from terminal_drivers.readers.built_in.reader import virtual_reader

    return virtual_reader(transport, trace=trace, interceptor=interceptor)


def _leased(address: str, trace: Trace | None) -> Hardware:
    # Imported here: most terminals have readers of their own.
    from terminal_sim.readers.pool import PooledOperator, leased_at

    lease, found = leased_at(address)
    try:
        reader = _attended((found.address,), trace, NO_INTERCEPTOR, watched)
    except DriverError:
        lease.close()
        raise

    def close() -> None:
        reader.close()
        lease.close()

    return Hardware(reader, PooledOperator(lease), close, _places(reader, (found.address,)))


@cache
def _everywhere(address: str) -> Mapping[ReaderPart, str]:
    """One reader that has every part; all terminals that have such a one share the mapping."""
    return MappingProxyType(dict.fromkeys(ReaderPart, address))


def _places(reader: PolledReader | CompositeReader, addresses: Sequence[str]) -> Mapping[ReaderPart, str]:
    if isinstance(reader, CompositeReader):
        return reader.places
    return dict.fromkeys(reader.parts, addresses[0])


def _own(where: Address, trace: Trace | None) -> OwnReader:
    # Imported here, as in `_parsed`.
    from terminal_drivers.wiring.opening import open_both
    from terminal_drivers.wiring.table import known

    own = known(where.protocol).own
    if own is None:
        raise Misuse(f"{where} is not a terminal's whole reader: write virtual or pty")
    return own(open_both(where, trace=trace))


def _open_parted(address: str, trace: Trace | None, interceptor: LineInterceptor) -> PartedReader:
    """Open the reader at an address by its parts; it is closed where these cannot be had."""
    from terminal_drivers.wiring.opening import open_host

    opened = open_host(address, trace=trace, interceptor=interceptor)
    try:
        return opened.parted()
    except DriverError:
        opened.close()
        raise


def _attended(
    addresses: Sequence[str], trace: Trace | None, interceptor: LineInterceptor, attend: Attend
) -> PolledReader | CompositeReader:
    connects = {address: partial(_open_parted, address, trace, interceptor) for address in addresses}
    if len(addresses) > 1:
        return CompositeReader(connects, attend)
    return attend(addresses[0], connects[addresses[0]], unheard)


def _recorded(
    addresses: Sequence[str], ask: Say, trace: Trace | None, file: Path, about: Mapping[str, str]
) -> Hardware:
    # Imported here, as in `_replayed`: most benches record nothing.
    from terminal_drivers.captures.recording import Recorder
    from terminal_sim.readers.replay import RecordedLog, RecordedOperator

    recorder = Recorder(file, {**about, READER: "\n".join(addresses)})

    def attend(
        address: str, connect: Callable[[], PartedReader], on_news: Callable[[], None]
    ) -> PolledReader:
        return MonitoredReader(connect, on_news, RecordedLog(recorder, _line(address)))

    try:
        real = _opened(addresses, ask, trace, recorder, attend)
    except DriverError:
        recorder.discard()
        raise

    def close() -> None:
        real.close()
        recorder.close()

    return Hardware(real.reader, RecordedOperator(real.operator, recorder), close, real.places)


def _replayed(file: Path, trace: Trace | None, about: Mapping[str, str]) -> Hardware:
    from terminal_drivers.captures.recording import NO_RECORDING, Recording
    from terminal_drivers.readers.built_in.reader import recorded_reader
    from terminal_sim.readers.replay import Looks, ReplayedLog, ReplayedOperator, ReplayReader

    if file.is_dir():
        raise Misuse(
            f"{file} is a folder of recordings: name the one that is meant, as {RECORDING}{file}/NAME"
        )
    recording = Recording(file)
    if READER not in recording.about or not recording.about.keys() >= about.keys():
        raise Misuse(f"{file} {NO_RECORDING}")
    for condition, now in about.items():
        if (then := recording.about[condition]) != now:
            raise Misuse(f"{file} was recorded with {condition} {then}, and now it is {now}: {SAME}")
    addresses = recording.about[READER].split("\n")
    looks = Looks(recording)

    def attend(
        address: str, connect: Callable[[], PartedReader], on_news: Callable[[], None]
    ) -> PolledReader:
        line = _line(address)
        reader = PolledReader(connect, on_news, ReplayedLog(looks, line))
        looks.attended[recording.name(line)] = reader
        return reader

    built_in = addresses[0] in BOTH_ENDS
    operator = ReplayedOperator(looks, is_human=not built_in)
    if built_in:
        own = recorded_reader(recording, trace)
        return Hardware(ReplayReader(own, looks), operator, own.close, _everywhere(addresses[0]))
    inner = _attended(addresses, trace, recording, attend)
    return Hardware(ReplayReader(inner, looks), operator, inner.close, _places(inner, addresses))


def _line(address: str) -> str:
    """What a recording knows the line to a reader by."""
    return str(_parsed(address))


def on_error_output(line: str) -> None:
    """Print what the person at the bench has to do."""
    print(f"terminal-sim: {line}", file=sys.stderr, flush=True)
