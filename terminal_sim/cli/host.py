"""`terminal-sim host serve`: the virtual acquirer at a port, until `quit` or Ctrl-C, with lines that change what it does.

| line | what the acquirer does |
|---|---|
| `host answers ANSWER...` | the next messages get these answers, as in a script |
| `host sends SCRIPT...` | the next answer to a chip card carries this issuer script |
| `host pack NAME` | amounts decide by this pack; without a name, by none |
| `fault NAME` | the connection of the next answer has this fault: silent, closed, reset, half, pieces, twice, noise |
| `quit` | it ends |

The end of the input changes nothing. Each message is one line of JSON on the output, or in the file of `--log`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import TextIO

from terminal_sim.bench import BenchMisuse, JournalError, ProfileError
from terminal_sim.bench.served_acquirer import CONNECTION_FAULTS, ServedAcquirer, ServedMessage
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors, naming
from terminal_sim.datafiles.suggest import suggest

_LINES = "host answers ANSWER..., host sends SCRIPT..., host pack [NAME], fault NAME, quit"


def run(given: Namespace) -> int:
    with (
        as_user_errors(BenchMisuse, JournalError, ProfileError),
        suppress(KeyboardInterrupt),
        _log(given.log) as log,
    ):
        asyncio.run(_serve(given, log))
    return 0


@contextmanager
def _log(file: Path | None) -> Iterator[TextIO]:
    """Where messages are written to: the end of `file`, or the output."""
    if file is None:
        yield sys.stdout
        return
    with naming(file), file.open("a", encoding="utf-8") as opened:
        yield opened


async def _serve(given: Namespace, log: TextIO) -> None:
    def seen(message: ServedMessage) -> None:
        print(json.dumps(_shown(message)), file=log, flush=True)

    host = Path(given.host) if given.host.endswith(".toml") else given.host
    acquirer = ServedAcquirer(host=host, pack=given.pack, state=given.state, decks=given.cards)
    try:
        address = await acquirer.listen(given.address, seen)
        print(
            json.dumps({"host": str(address)})
            if given.json
            else f"# {address} until quit or Ctrl-C; lines: {_LINES}",
            flush=True,
        )
        _obey(acquirer)
        if why := await acquirer.server.ended:
            raise UserError(why)
    finally:
        await acquirer.close()


def _shown(message: ServedMessage) -> dict[str, object]:
    """A message as an object of the log; card data are masked in it."""
    shown: dict[str, object] = {"peer": message.peer}
    if message.message is not None:
        shown |= {"kind": message.message.kind, "mti": message.message.mti, **message.message.fields}
    if message.note:
        shown["note"] = message.note
    if message.fault is not None:
        shown["fault"] = message.fault.value
    return shown


def _obey(acquirer: ServedAcquirer) -> None:
    """Do what lines of the input say, on the loop; a line that cannot be done is answered by one on the error output."""
    loop = asyncio.get_running_loop()

    def obey(line: str) -> None:
        if line == "quit":
            acquirer.server.end()
            return
        try:
            act(acquirer, line)
        except (BenchMisuse, UserError) as wrong:
            print(f"terminal-sim: {wrong}", file=sys.stderr, flush=True)

    def read() -> None:
        for line in sys.stdin:
            if line.strip():
                with suppress(RuntimeError):  # the loop has ended
                    loop.call_soon_threadsafe(obey, line.strip())

    Thread(target=read, name="lines", daemon=True).start()


def act(acquirer: ServedAcquirer, line: str) -> None:
    """Do what a line says. Raises `BenchMisuse` and `UserError`."""
    match line.split():
        case ["host", "answers", *answers] if answers:
            acquirer.answers(answers)
        case ["host", "sends", *script] if script:
            acquirer.sends(script)
        case ["host", "pack"]:
            acquirer.pack("")
        case ["host", "pack", name]:
            acquirer.pack(name)
        case ["fault", name] if name in CONNECTION_FAULTS:
            acquirer.strike(name)
        case ["fault", name]:
            known = f": there are {', '.join(CONNECTION_FAULTS)}"
            raise UserError(f"a connection has no fault {name!r}{suggest(name, CONNECTION_FAULTS) or known}")
        case _:
            raise UserError(f"no such line: {line!r}; there are {_LINES}")
