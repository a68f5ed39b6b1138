"""How long a person in the shell waits: for what the line may go on with, and for the device that is drawn anew."""

from __future__ import annotations

from functools import partial

from bench_rig import Figure, contest

from terminal_sim.bench import Bench, Trace
from terminal_sim.cli.shell.live import device_lines
from terminal_sim.cli.shell.offered import offered
from terminal_sim.cli.shell.session import ShellSession
from terminal_sim.cli.shell.toolbar import status

_AIM = 20.0  # milliseconds
_TYPED = {"an act": "exp", "a key": "press ", "a touch": "tap ", "a card": "insert vi"}


def shell(quick: bool) -> list[Figure]:
    """CPU time of an answer to a key, on a screen of which nothing is worked out yet."""
    with Bench(trace=Trace()) as bench:
        session = ShellSession(bench, bench.add_terminal("square-terminal"))

        def fresh() -> None:
            session.terminal.press("CLEAR")
            session.terminal.press("5")

        def completed(line: str) -> int:
            fresh()
            return len(offered(line, session).candidates)

        def drawn() -> object:
            fresh()
            status(session, 120, runs=True)
            return device_lines(session.terminal.appearance(), [], 120, 40)

        found = contest(
            {**{name: partial(completed, line) for name, line in _TYPED.items()}, "the device": drawn},
            rounds=5 if quick else 25,
            calls=2,
        )
    return [
        *(_figure(f"completion of {name} in the shell", found.micros(name)) for name in _TYPED),
        _figure("the device drawn anew in the shell", found.micros("the device")),
    ]


def _figure(name: str, micros: float) -> Figure:
    return Figure(name, f"{micros / 1e3:.1f} ms", f"{_AIM:.0f} ms", micros / 1e3 <= _AIM)
