"""`terminal-sim readers pool`: many served readers in one process, each leased by one terminal or one command at a time.

A reader that is given back has no card: the next one finds it as the first did.
"""

from __future__ import annotations

import os
import shlex
import signal
import socketserver
import sys
import threading
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import structs

from terminal_sim.bench import Bench
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors
from terminal_sim.cli.reader_lease import print_pool
from terminal_sim.cli.serve_reader import ServedReaderLines
from terminal_sim.readers.diagnostics import FIELD, Served, serve
from terminal_sim.readers.opening import DriverError, Misuse
from terminal_sim.readers.pool import PoolAnswer, PooledReader, PoolRequest
from terminal_sim.script.exit_code import ExitCode

_PTY = "+pty:"
_PATIENCE = 50.0  # seconds for a reader to become free, less than a client waits for the answer
_ENDS = (signal.SIGINT, signal.SIGTERM)
_OWNER_ALONE = 0o177  # as a umask


def run(given: Namespace) -> int:
    """Serve the readers until `quit` or Ctrl-C; the end of the input changes nothing."""
    before = {each: signal.signal(each, _interrupt) for each in _ENDS}
    try:
        with as_user_errors(DriverError), ExitStack() as opened:
            places = {
                name: _HeldReader(name, address, opened) for name, address in _named(given.readers).items()
            }
            with suppress(KeyboardInterrupt), _served(given.at, places) as server:
                _announce(given, [place.reader for place in places.values()])
                threading.Thread(target=_quit, args=(server,), daemon=True).start()
                server.serve_forever()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    return ExitCode.HELD


class _HeldReader:
    """A served reader with its hands, the lock that its lease holds, and how often it was leased."""

    def __init__(self, name: str, address: str, opened: ExitStack) -> None:
        served: Served = serve(address)
        opened.callback(served.close)
        self.lock = threading.Lock()
        self.leases = 0
        self.reader = PooledReader(name, f"{address.removesuffix(_PTY)}+serial://{served.path}", served.path)
        self.hands = ServedReaderLines(opened.enter_context(Bench(trace=False)), served)
        self._served = served

    @property
    def state(self) -> PooledReader:
        """The reader as it is now."""
        return structs.replace(self.reader, leased=self.lock.locked(), leases=self.leases)

    def clear(self) -> None:
        """Take every card out."""
        for slot in range(max(self._served.slots, FIELD + 1)):
            with suppress(DriverError):
                self._served.remove(slot)


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    places: dict[str, _HeldReader]

    def __init__(self, path: Path, places: dict[str, _HeldReader]) -> None:
        self.places = places
        self.freed = threading.Condition()
        super().__init__(str(path), _PoolClient)


class _PoolClient(socketserver.StreamRequestHandler):
    """One client: what it has leased is given back when it goes."""

    server: _Server
    _leased: _HeldReader | None = None

    def handle(self) -> None:
        for line in self.rfile:
            try:
                answer = self._answered(msgspec.json.decode(line, type=PoolRequest))
            except (UserError, Misuse, msgspec.DecodeError) as wrong:
                answer = PoolAnswer(refused=str(wrong))
            self.wfile.write(msgspec.json.encode(answer) + b"\n")

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        if self._leased is not None:
            self._leased.clear()
            self._leased.lock.release()
            with self.server.freed:
                self.server.freed.notify_all()

    def _answered(self, request: PoolRequest) -> PoolAnswer:
        if request.lease is not None:
            return PoolAnswer((self._lease(request.lease).reader,))
        if request.line:
            if self._leased is None:
                raise Misuse("no reader is leased: lease one first")
            self._leased.hands.obey(request.line)
            return PoolAnswer()
        return PoolAnswer(tuple(one.state for one in self.server.places.values()))

    def _lease(self, name: str) -> _HeldReader:
        places = self.server.places
        if self._leased is not None:
            raise Misuse(f"{self._leased.reader.name} is leased already: a connection leases one reader")
        if name and name not in places:
            raise Misuse(f"the pool has no reader {name!r}; there are {', '.join(places)}")
        wanted = [places[name]] if name else [*places.values()]
        with self.server.freed:
            if (
                self.server.freed.wait_for(lambda: self._taken(wanted), _PATIENCE)
                and self._leased is not None
            ):
                return self._leased
        raise Misuse(
            f"{name or 'every reader of the pool'} is leased, and was not given back within {_PATIENCE:g} s"
        )

    def _taken(self, wanted: Sequence[_HeldReader]) -> bool:
        least_used = sorted(wanted, key=lambda one: one.leases)
        self._leased = next((one for one in least_used if one.lock.acquire(blocking=False)), None)
        if self._leased is not None:
            self._leased.leases += 1
        return self._leased is not None


@contextmanager
def _served(path: Path, places: dict[str, _HeldReader]) -> Iterator[_Server]:
    """The server at a socket for its owner alone, which is gone at the end."""
    before = os.umask(_OWNER_ALONE)
    try:
        server = _Server(path, places)
    except OSError as error:
        raise UserError(
            f"{path}: no pool can be there ({error.strerror or error}): take the file away, or name another"
        ) from None
    finally:
        os.umask(before)
    try:
        yield server
    finally:
        server.server_close()
        path.unlink(missing_ok=True)


def _quit(server: socketserver.BaseServer) -> None:
    for line in sys.stdin:
        if line.strip() == "quit":
            server.shutdown()


def _named(given: Sequence[str]) -> dict[str, str]:
    """The addresses by their names, which are `reader-1`, ... where none is given. Raises `UserError`."""
    found: dict[str, str] = {}
    for number, text in enumerate(given, 1):
        name, equals, address = text.partition("=")
        name, address = (name, address) if equals else (f"reader-{number}", text)
        if not address.endswith(_PTY):
            raise UserError(
                f"{address}: the readers of a pool are served on pseudo-terminals, such as ccid+pty:"
            )
        if name in found:
            raise UserError(f"two readers are named {name}: give each a name of its own")
        found[name] = address
    return found


def _announce(given: Namespace, readers: Sequence[PooledReader]) -> None:
    if given.format == "env":
        print(f"export TERMINAL_SIM_POOL={shlex.quote(str(given.at))}")
    else:
        print_pool(given, readers)
    sys.stdout.flush()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
