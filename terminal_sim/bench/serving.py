"""The interfaces for points of sale, for as long as a bench serves them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from terminal_sim.bench.inbox import Inbox
from terminal_sim.bench.till import Till
from terminal_sim.errors import BenchMisuse
from terminal_sim.files import private_folder
from terminal_sim.runtime.engine import Engine

if TYPE_CHECKING:
    from terminal_sim.bench.fault import PointOfSaleInterface
    from terminal_sim.bench.square_devices import SquareAtBench
    from terminal_sim.bench.terminal import TerminalUnderTest
    from terminal_sim.bench.terminal_apis import TerminalApis
    from terminal_sim.pos.servers.on_bench import OnBench
    from terminal_sim.pos.square.webhooks.webhooks import Webhooks


class ServingBench(Protocol):
    """What is served of a bench, and with what."""

    engine: Engine
    till: Till
    inbox: Inbox
    seed: int
    state: Path | None

    @property
    def terminals(self) -> Sequence[TerminalUnderTest]: ...


class Serving:
    """What points of sale call, terminal by terminal; nothing is served outside the block of `begin`."""

    def __init__(self, bench: ServingBench) -> None:
        self._bench = bench
        self._apis: TerminalApis | None = None

    @contextmanager
    def begin(self, on_bench: OnBench, *, sealed: bool, events: str, displays: str) -> Iterator[TerminalApis]:
        """Serve the terminals that have a vendor's interface, until the block ends; `on_bench` takes what comes."""
        # Imported here: most benches serve nobody.
        from terminal_sim.bench.served_places import NotifiedUrls
        from terminal_sim.bench.terminal_apis import TerminalApis

        bench = self._bench
        with private_folder(None if bench.state is None else bench.state / "api") as folder:
            notified = NotifiedUrls(events=events, displays=displays)
            self._apis = TerminalApis(folder, bench.engine, bench.till, on_bench, notified)
            try:
                for terminal in bench.terminals:
                    if terminal.profile.api == "adyen":
                        self._apis.add(terminal, sealed=sealed)
                devices = [terminal for terminal in bench.terminals if terminal.profile.api == "square"]
                if devices:
                    self._apis.add_square(devices, bench.seed, bench.inbox)
                yield self._apis
            finally:
                self._apis.leave()
                self._apis = None

    def check_going_back(self) -> None:
        """Raises `BenchMisuse` while points of sale are served."""
        if self._apis is not None:
            raise BenchMisuse("points of sale are being served: what they were answered cannot be taken back")

    def reached(self, terminal: TerminalUnderTest) -> None:
        """`terminal` has power and a link again."""
        if self._apis is not None:
            self._apis.reached(terminal)

    def interface_of(self, terminal: TerminalUnderTest) -> PointOfSaleInterface | None:
        """What points of sale call for `terminal`, None where nothing is served."""
        return None if self._apis is None else self._apis.interface_of(terminal)

    def webhooks_of(self, terminal: TerminalUnderTest) -> Webhooks | None:
        """The webhooks of the service that serves points of sale for `terminal`, None where none does."""
        square = self._square_of(terminal)
        return None if square is None else square.webhooks

    def pair(self, terminal: TerminalUnderTest, code: str) -> None:
        """Type a device code into `terminal`. Raises `BenchMisuse` where its service is not served, or no such code can be used now."""
        square = self._square_of(terminal)
        if square is None:
            raise BenchMisuse(f"{terminal.name} has no service that gives device codes: serve it first")
        square.pair(terminal, code)

    def _square_of(self, terminal: TerminalUnderTest) -> SquareAtBench | None:
        square = None if self._apis is None else self._apis.square
        return square if square is not None and terminal.name in square.terminals else None
