"""The vendors' interfaces of the terminals of a bench: each terminal has the one that its profile names."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence
from pathlib import Path

from terminal_sim.bench.api_device import ApiTerminal, rows_of
from terminal_sim.bench.held_answers import HeldAnswers
from terminal_sim.bench.inbox import Inbox
from terminal_sim.bench.kept_secret import kept_secret
from terminal_sim.bench.served_interface import ServedInterface
from terminal_sim.bench.served_places import NotifiedUrls, ServedPlatform, ServedTerminalApi
from terminal_sim.bench.served_square import ServedSquare, SquareServer
from terminal_sim.bench.square_devices import SquareAtBench
from terminal_sim.bench.terminal import TerminalUnderTest
from terminal_sim.bench.till import Till
from terminal_sim.errors import BenchMisuse
from terminal_sim.loopback import LOOPBACK
from terminal_sim.pos.adyen.notices.announcer import Announcer
from terminal_sim.pos.adyen.notices.outbox import NotifiedUrl, Outbox
from terminal_sim.pos.adyen.platform.replies import addressee
from terminal_sim.pos.adyen.service.dialogue import Dialogues, row_of
from terminal_sim.pos.adyen.terminal_api import TerminalApi
from terminal_sim.pos.adyen.wire.seal import SharedKey
from terminal_sim.pos.servers.adyen import LocalTerminalApi
from terminal_sim.pos.servers.adyen_cloud import CloudTerminalApi, Connected
from terminal_sim.pos.servers.api_line import ApiLine
from terminal_sim.pos.servers.certificates import Authority
from terminal_sim.pos.servers.http import HttpRequest, HttpServer
from terminal_sim.pos.servers.notifications import LoopbackCourier
from terminal_sim.pos.servers.on_bench import OnBench
from terminal_sim.runtime.engine import Engine
from terminal_sim.secret import Secret

_SIGNS = string.ascii_letters + string.digits + "-+.!"
_LENGTH = 32


class TerminalApis:
    """The interfaces of terminals, with their keys and certificates in `folder`; `square` is the service of those that have that. Raises `BenchMisuse`."""

    def __init__(
        self,
        folder: Path,
        engine: Engine,
        till: Till,
        on_bench: OnBench,
        notified: NotifiedUrls,
    ) -> None:
        self._folder = folder
        self._events = NotifiedUrl.parse(notified.events) if notified.events else None
        self._displays = NotifiedUrl.parse(notified.displays) if notified.displays else None
        self._couriers: list[LoopbackCourier] = []
        self._authority = Authority(folder)
        self._clock = clock = engine.clock
        self._till = till
        self._on_bench = on_bench
        self._apis: list[tuple[TerminalUnderTest, TerminalApi]] = []
        self._servers: list[HttpServer | SquareServer] = []
        self._interfaces: dict[str, ServedInterface] = {}
        self._held = HeldAnswers(clock)
        engine.beside.append(self._held)
        self._engine = engine
        self.square: SquareAtBench | None = None

    def add(self, terminal: TerminalUnderTest, *, sealed: bool) -> TerminalApi:
        """The interface on `terminal`, with what it has answered before, and a shared key where messages are `sealed`."""
        key = self._shared_key(terminal) if sealed else None
        dialogues = Dialogues()
        for stored in self._till.journal().rows(rows_of(terminal.name)):
            dialogues.apply(row_of(stored.flat))
        device = ApiTerminal(terminal, self._clock, self._till.journal)
        api = TerminalApi(device, () if key is None else (key,), dialogues)
        terminal.board.points_of_sale.append(api)
        if self._events is not None or self._displays is not None:
            self._announce(terminal, api, device)
        self._apis.append((terminal, api))
        self._interfaces[terminal.name] = ServedInterface(self._line(), api)
        api.powered_on()
        return api

    def _announce(self, terminal: TerminalUnderTest, api: TerminalApi, device: ApiTerminal) -> None:
        """Have points of sale told of what happens at `terminal`."""

        def outbox(to: NotifiedUrl | None) -> Outbox | None:
            return None if to is None else Outbox(to, lambda: device.mono, lambda: api.is_connected)

        announcer = Announcer(device, outbox(self._events), outbox(self._displays))
        api.announcer = announcer
        terminal.board.watchers.append(announcer.watch)
        terminal.bench.engine.beside += [announcer, *announcer.outboxes]

    @property
    def _announcers(self) -> list[tuple[TerminalUnderTest, Announcer]]:
        return [(terminal, api.announcer) for terminal, api in self._apis if api.announcer is not None]

    async def notify(self) -> None:
        """Send from this loop what points of sale are to be told."""
        if not self._announcers:
            return
        outboxes = [box for _, announcer in self._announcers for box in announcer.outboxes]

        def go_on() -> None:
            for box in outboxes:
                box.go_on()

        courier = LoopbackCourier(lambda: self._on_bench(go_on))
        self._couriers.append(courier)

        def begin() -> None:
            for box in outboxes:
                box.courier = courier
            go_on()

        self._on_bench(begin)

    def add_square(self, terminals: Sequence[TerminalUnderTest], seed: int, inbox: Inbox) -> None:
        """Square's service, whose devices are `terminals`."""
        self.square = SquareAtBench(terminals, self._engine, self._till, seed, self._folder, inbox)
        interface = ServedInterface(self._line())
        self._interfaces |= {terminal.name: interface for terminal in terminals}

    def interface_of(self, terminal: TerminalUnderTest) -> ServedInterface | None:
        """What points of sale call for `terminal`, None where that is nothing."""
        return self._interfaces.get(terminal.name)

    def _line(self) -> ApiLine:
        return ApiLine(self._held.hold, self._on_bench)

    @property
    def poiids(self) -> list[str]:
        """The terminals by their names in the protocol."""
        return [api.poiid for _, api in self._apis]

    def of(self, terminal: TerminalUnderTest) -> TerminalApi:
        """The interface of `terminal`, which has one."""
        return next(api for served, api in self._apis if served is terminal)

    def reached(self, terminal: TerminalUnderTest) -> None:
        """`terminal` has booted: its interface learns what has become of what it asked."""
        for served, api in self._apis:
            if served is terminal:
                api.powered_on()

    def leave(self) -> None:
        """Ask the terminals for nothing more."""
        for terminal, announcer in self._announcers:
            terminal.board.watchers.remove(announcer.watch)
            terminal.bench.engine.beside.remove(announcer)
            for box in announcer.outboxes:
                terminal.bench.engine.beside.remove(box)
        for terminal, api in self._apis:
            api.lost_power(terminal.name)
            terminal.board.points_of_sale.remove(api)
        self._apis.clear()
        if self.square is not None:
            self.square.leave()
            self.square = None
        self._engine.beside.remove(self._held)
        self._held.release()

    def _shared_key(self, terminal: TerminalUnderTest) -> SharedKey:
        """The key that `terminal` shares with points of sale, kept in a file of the folder; made where there is none."""
        file = self._key_file(terminal.name)
        key = SharedKey(terminal.name, 1, kept_secret(file, "the passphrase of the shared key", _passphrase))
        if key.refusal():
            raise BenchMisuse(f"{file}: {key.refusal()}")
        return key

    def _key_file(self, terminal: str) -> Path:
        return self._folder / f"{terminal}.passphrase"

    async def listen(self, port: int) -> list[ServedTerminalApi]:
        """Serve each, the first one at `port` and the others at those that follow; each at a free one where it is 0. Raises `OSError`."""
        served = []
        for offset, (terminal, api) in enumerate(self._apis):
            poiid = api.poiid
            door = LocalTerminalApi(api, lambda terminal=terminal: terminal.is_on, self._on_bench)  # type: ignore[misc]
            interface = self._interfaces[terminal.name]
            interface.certificate = self._authority.of_terminal(poiid)
            line = interface.line
            server = HttpServer(door.serve, interface.certificate.context, line_of=lambda _, line=line: line)  # type: ignore[misc]
            self._servers.append(server)
            found = await server.listen(LOOPBACK, port + offset if port else 0)
            served.append(
                ServedTerminalApi(
                    terminal=terminal.name,
                    poiid=poiid,
                    url=f"https://{LOOPBACK}:{found}/nexo/",
                    key=api.keys[0] if api.keys else None,
                    key_file=self._key_file(terminal.name) if api.keys else None,
                    ca_file=self._authority.certificate_file,
                )
            )
        return served

    async def listen_cloud(self, port: int) -> ServedPlatform:
        """Serve the platform in front of all of them. Raises `OSError` and `BenchMisuse`."""
        key, key_file = self._platform_key()
        connected = {
            api.poiid: Connected(api, lambda terminal=terminal: terminal.is_on)  # type: ignore[misc]
            for terminal, api in self._apis
        }
        door = CloudTerminalApi(connected, key, lambda: self._clock.now.civil_second, self._on_bench)
        lines = {api.poiid: self._interfaces[terminal.name].line for terminal, api in self._apis}

        def line_of(request: HttpRequest) -> ApiLine | None:
            to = addressee(request.body)
            return None if to is None else lines.get(to.poiid)

        server = HttpServer(door.serve, self._authority.context("platform", "localhost"), line_of=line_of)
        self._servers.append(server)
        found = await server.listen(LOOPBACK, port)
        return ServedPlatform(
            url=f"https://{LOOPBACK}:{found}", key_file=key_file, ca_file=self._authority.certificate_file
        )

    async def listen_square(self, port: int) -> ServedSquare | None:
        """Serve Square's service, where a terminal has it. Raises `OSError` and `BenchMisuse`."""
        if self.square is None:
            return None
        first = next(iter(self.square.terminals))
        server = SquareServer(self._folder, self.square, self._interfaces[first].line, self._on_bench)
        self._servers.append(server)
        return await server.listen(port)

    def _platform_key(self) -> tuple[Secret[str], Path]:
        file = self._folder / "platform.key"
        key = kept_secret(file, "the key of the platform", lambda: secrets.token_urlsafe(_LENGTH))
        return key, file

    async def close(self) -> None:
        """Hang up everywhere."""
        for closing in (*self._servers, *self._couriers):
            await closing.close()
        self._servers.clear()
        self._couriers.clear()


def _passphrase() -> str:
    while True:
        made = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
        if not SharedKey("key", 1, Secret(made)).refusal():
            return made
