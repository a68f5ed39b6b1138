"""A bench that is served: its own thread does everything, and the server's loop hands it work.

1. Whatever touches the bench is a call given to `ServedBench.do`; calls run one after the other, in the order in which they were given.
2. Terminals are named `v400m-1`, `v400m-2`, ... in the order in which they were set up.
3. Virtual time stands still, or it runs by the wall: then the loop lets it pass in steps of `STEP`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TypeVar

from terminal_sim.bench import Bench, Duration, ReceiptTaker, TerminalUnderTest, Trace
from terminal_sim.script.recorder import IdleTime, ScriptHead, ScriptRecorder
from terminal_sim.script.typed_lines import TypedLines
from terminal_sim.web.catalogue import WAYS
from terminal_sim.web.history import TraceHistory
from terminal_sim.web.problem import ApiProblem, ProblemKind

T = TypeVar("T")
STEP = 0.05  # s
MICROS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchOptions:
    """What a served bench begins with; as the arguments of `Bench`."""

    seed: int = 0
    clock: str | None = None
    state: Path | None = None
    pack: str | None = None
    receipts: Sequence[ReceiptTaker] = ()


class ServedTerminal:
    """One terminal, by the name that the API gives it."""

    def __init__(self, name: str, bench: Bench, terminal: TerminalUnderTest, head: ScriptHead) -> None:
        self.id = name
        self.terminal = terminal
        self.lines = TypedLines(bench, terminal, keeps_files=False)
        self.recorder = ScriptRecorder(bench, terminal, head, idle=IdleTime.LEFT_OUT)

    def screen_now(self, display: str = "main") -> dict[str, object]:
        """The generation of the screen and its id; a terminal that is off has neither."""
        if not self.terminal.is_on:
            return {"generation": 0, "screen": "off"}
        return {"generation": self.terminal.generation, "screen": self.terminal.view(display).screen.id}

    def notes(self) -> list[str]:
        """The notes of acts since they were read last."""
        notes = [self.lines.mask(note) for note in self.lines.tester.notes]
        self.lines.tester.notes.clear()
        return notes

    def about(self) -> dict[str, object]:
        """What it is and how it stands."""
        terminal = self.terminal
        return {
            "id": self.id,
            "name": terminal.name,
            "profile": terminal.profile.id,
            "model": terminal.profile.name,
            "maker": terminal.profile.maker,
            "locale": terminal.locale,
            "locales": list(terminal.profile.languages),
            "on": terminal.is_on,
            "displays": list(terminal.profile.displays),
            "lights": dict(terminal.lights) if terminal.is_on else {},
            "card": terminal.card_in_slot,
            "conditions": terminal.conditions(),
            "flows": [f"{flow}.{state}" for flow, state in terminal.running_flows],
            "takes": [verb for verb, way in WAYS.items() if terminal.wants_card(way)]
            if terminal.is_on
            else [],
            "has": self._parts(),
            "battery": terminal.battery_charge,
            "link": terminal.link,
            "links": list(terminal.profile.links),
            "standalone": terminal.takes_standalone,
            "receipts": len(terminal.receipts),
            **self.screen_now(),
        }

    def _parts(self) -> list[str]:
        """The parts and services that not every terminal has."""
        profile = self.terminal.profile
        parts = {
            "printer": profile.printer is not None,
            "battery": profile.battery is not None,
            "orders": any(entry.id == "orders" for entry in profile.home.entries),
            "app": profile.app,
        }
        return [part for part, there in parts.items() if there]


class ServedBench:
    """`open` makes one. Everything but `do`, `run`, `pause` and `close` is for calls given to `do`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, options: BenchOptions) -> None:
        self._options = options
        self.history = TraceHistory(loop)
        self.terminals: dict[str, ServedTerminal] = {}
        self._loop = loop
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bench")
        self._numbers: Counter[str] = Counter()
        self._pacer: asyncio.Task[None] | None = None
        self._bench: Bench | None = None

    @classmethod
    async def open(cls, options: BenchOptions) -> ServedBench:
        """Raises what `Bench` raises."""
        served = cls(asyncio.get_running_loop(), options)

        def make() -> Bench:
            return Bench(
                seed=options.seed,
                clock=options.clock,
                state=options.state,
                pack=options.pack,
                trace=Trace(served.history),
                receipts=options.receipts,
            )

        try:
            served._bench = await served.do(make)
        except BaseException:
            served._thread.shutdown()
            raise
        return served

    async def do(self, what: Callable[[], T]) -> T:
        """Runs `what` on the bench's thread and returns what it returns."""
        try:
            return await self._loop.run_in_executor(self._thread, what)
        except RuntimeError as closed:
            if self._bench is None:
                raise ApiProblem(ProblemKind.STOPPING, "the bench is being closed") from closed
            raise

    async def close(self) -> None:
        """Switches everything off. A call that runs is let finish."""
        await self.pause()
        bench, self._bench = self.bench, None
        await self._loop.run_in_executor(self._thread, bench.close)
        self._thread.shutdown()

    # On the bench's thread.

    @property
    def bench(self) -> Bench:
        if self._bench is None:
            raise ApiProblem(ProblemKind.STOPPING, "the bench is being closed")
        return self._bench

    def add(
        self, profile: str, *, locale: str | None = None, options: Mapping[str, object] | None = None
    ) -> ServedTerminal:
        """Raises `ProfileError` and `BenchMisuse`."""
        terminal = self.bench.add_terminal(profile, locale=locale, options=options)
        self._numbers[terminal.profile.id] += 1
        name = f"{terminal.profile.id}-{self._numbers[terminal.profile.id]}"
        head = ScriptHead(
            profile=profile,
            locale=terminal.locale,
            options={key: written(value) for key, value in (options or {}).items()},
            pack=self._options.pack or "",
            clock=self._options.clock or "",
            seed=self._options.seed,
        )
        self.terminals[name] = ServedTerminal(name, self.bench, terminal, head)
        return self.terminals[name]

    def terminal(self, name: str) -> ServedTerminal:
        """Raises `ApiProblem`."""
        try:
            return self.terminals[name]
        except KeyError:
            there = ", ".join(self.terminals) or "none"
            raise ApiProblem(
                ProblemKind.NOT_FOUND, f"there is no terminal {name!r}; there is {there}"
            ) from None

    # The clock.

    @property
    def is_running(self) -> bool:
        """Whether virtual time runs by the wall; it stops by itself where no more time can pass."""
        return self._pacer is not None and not self._pacer.done()

    async def run(self) -> None:
        """Let virtual time run by the wall, second for second."""
        if not self.is_running:
            self._pacer = asyncio.create_task(self._pace())

    async def pause(self) -> None:
        """Let virtual time stand still."""
        pacer, self._pacer = self._pacer, None
        if pacer is not None:
            pacer.cancel()
            await asyncio.gather(pacer, return_exceptions=True)

    async def _pace(self) -> None:
        then = monotonic()
        while True:
            await asyncio.sleep(STEP)
            now = monotonic()
            passed = Duration(round((now - then) * MICROS))
            then = now
            await self.do(partial(self._advance, passed))

    def _advance(self, by: Duration) -> None:
        self.bench.advance(by)


def written(value: object) -> str:
    """An option's value as `with KEY=VALUE` has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
