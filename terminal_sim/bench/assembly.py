"""Terminals put together: a model, readers, keys and the way to the host on one board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from terminal_drivers.base import DriverError
from terminal_drivers.base import Trace as Frames
from terminal_sim import profile as profiles
from terminal_sim.core.config import Profile
from terminal_sim.errors import BenchMisuse, Unsafe
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.acquirer_link import AcquirerLink
from terminal_sim.host.link import HostLink
from terminal_sim.profile.kernel import kernel_config
from terminal_sim.readers.opening import RECORDING, Hardware, UnsafeAddress, is_for_many, open_hardware
from terminal_sim.runtime.board import Board, Printer
from terminal_sim.runtime.card_log import CardLog
from terminal_sim.runtime.card_vault import Vault
from terminal_sim.runtime.clock import VirtualClock
from terminal_sim.runtime.contents import ReaderFrame
from terminal_sim.runtime.engine import Engine
from terminal_sim.runtime.key_store import KeyStore, pin_keys_of
from terminal_sim.runtime.line_end import TerminalLineEnd
from terminal_sim.runtime.line_keys import LineKeyStore
from terminal_sim.runtime.reader_port import ReaderPort
from terminal_sim.runtime.trace import Trace

if TYPE_CHECKING:
    from terminal_sim.bench.network_hosts import NetworkHosts


class AssemblingBench(Protocol):
    """What a terminal is wired to when it is put together."""

    acquirer: Acquirer
    network: NetworkHosts | None
    clock: VirtualClock
    engine: Engine
    trace: Trace
    seed: int
    state: Path | None


class Assembly:
    """Puts the terminals of a bench together, and keeps their readers until they are closed.

    `addresses` are those of the readers of each terminal, and `silent` are the readers that report nothing until they are listened to.
    """

    def __init__(self, bench: AssemblingBench) -> None:
        self.addresses: list[tuple[str, ...]] = []
        self.readers: list[Hardware] = []
        self.silent: set[ReaderPort] = set()
        self._bench = bench
        self._models: dict[tuple[str | Path, str], Profile] = {}

    def model(self, profile: str | Path | Profile, options: Mapping[str, object]) -> Profile:
        """A profile is read once a bench: a fleet of one model shares it."""
        if isinstance(profile, Profile):
            if options:
                raise BenchMisuse(
                    "options are set in a profile that is given by its name or file, not in a profile that is made"
                )
            return profile
        key = profile, repr(sorted(options.items()))
        if key not in self._models:
            self._models[key] = profiles.load(profile, options)
        return self._models[key]

    def put_together(
        self, name: str, model: Profile, reader: str | Sequence[str], record: Path | None
    ) -> tuple[Board, Hardware]:
        """The board of a terminal and what stands before it; the engine and a host on a network know it from now on."""
        bench = self._bench
        hardware = self._hardware(reader, name, record, {"terminal": model.id, "seed": str(bench.seed)})
        self.readers.append(hardware)
        self.addresses.append((reader,) if isinstance(reader, str) else tuple(reader))
        keys = self._keys(name)
        kernel = kernel_config(model, name)
        board = Board(
            name=name,
            readers=ReaderPort(hardware.reader, silent=self.silent),
            link=self._link(name, model, keys),
            printer=Printer(),
            kernel=kernel,
            dialect=bench.acquirer.dialect if bench.network is None else bench.network.dialect,
            keys=keys,
            cards=CardLog(kernel.exceptions),
            vault=Vault(self._file(f"{name}.key")),
        )
        bench.engine.attach(board)
        if bench.network is not None:
            bench.network.attach(board)
        return board, hardware

    def check_branch(self) -> None:
        """Raises `BenchMisuse` where another bench cannot open the readers of this one."""
        for address in (address for readers in self.addresses for address in readers):
            if address.startswith(RECORDING) or not is_for_many(address):
                raise BenchMisuse(
                    f"a bench with the reader {address} has no branch: another one cannot open it"
                )

    def close(self) -> None:
        """Let go of every reader."""
        for reader in self.readers:
            reader.close()

    def _file(self, name: str) -> Path | None:
        state = self._bench.state
        return None if state is None else state / name

    def _keys(self, name: str) -> KeyStore:
        config = self._bench.acquirer.config
        pin_keys = pin_keys_of(config, name, file=self._file(f"{name}.pin-serial"))
        return KeyStore(
            pin_keys, config.pin.block_format, LineKeyStore(config, self._file(f"{name}.line-keys"))
        )

    def _link(self, name: str, model: Profile, keys: KeyStore) -> HostLink:
        """The way of a terminal to its host."""
        bench = self._bench
        if bench.network is None:
            return AcquirerLink(bench.acquirer)
        end = TerminalLineEnd(name, bench.network.dialect, keys, lambda: bench.clock.now.civil)
        return bench.network.link(model.timeouts, end, bench.seed)

    def _hardware(
        self, reader: str | Sequence[str], name: str, record: Path | None, about: Mapping[str, str]
    ) -> Hardware:
        try:
            return open_hardware(reader, trace=self._frames(name), record=record, about=about)
        except DriverError as wrong:
            named = reader if isinstance(reader, str) else " and ".join(reader)
            kind = Unsafe if isinstance(wrong, UnsafeAddress) else BenchMisuse
            raise kind(f"reader {named}: {wrong}") from None

    def _frames(self, name: str) -> Frames | None:
        """Reader frames as entries of the trace, by name and length, for subscribers that want them: their payload is card data."""
        bench = self._bench
        if bench.engine.tracing is None:
            return None

        def write(direction: str, message: str, slot: int, sequence: int, length: int) -> None:
            if bench.trace.wants_frames:
                frame = ReaderFrame(direction, message, slot, sequence, length)
                bench.trace.emit(bench.clock.now, name, frame)

        return write
