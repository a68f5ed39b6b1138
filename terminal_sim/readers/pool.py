"""Readers of a pool: served virtual readers of another process, each leased by one terminal at a time.

An address is `pool:SOCKET` for any reader that is free, or `pool:SOCKET#NAME` for one; SOCKET is the path of the pool's Unix socket. A lease lasts as long as its connection: a process that ends,
however it ends, gives its reader back. Requests and answers are lines of JSON; `cli/reader_pool.py` is the other end.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Self

import msgspec
from msgspec import Struct

from terminal_drivers.base import Card, Misuse, ReaderLost
from terminal_drivers.readers.served import FIELD
from terminal_sim.readers.operator import PERSON_TIMEOUT
from terminal_sim.readers.prefixes import POOL

_PATIENCE = 60.0  # seconds for a reader to become free
_LONGEST = 1 << 20  # bytes of a line


class PoolRequest(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One of three: all readers are listed where nothing is set; `lease` names a reader, "" for any; `line` is done at the reader that is leased, as `readers serve` does it."""

    lease: str | None = None
    line: str = ""


class PooledReader(Struct, frozen=True):
    """A reader of a pool: where a terminal opens it (`address`), the `path` of its line for other software, whether somebody has it, and how often somebody had."""

    name: str
    address: str
    path: str
    leased: bool = False
    leases: int = 0


class PoolAnswer(Struct, frozen=True, omit_defaults=True):
    """`refused` says why a request was not done; `readers` are all of them, or the one that was leased."""

    readers: tuple[PooledReader, ...] = ()
    refused: str = ""


class PoolConnection:
    """A connection to the pool at the socket `path`. `Misuse`: there is none, or the platform has no Unix sockets; `ReaderLost`: it has gone."""

    def __init__(self, path: str) -> None:
        if not hasattr(socket, "AF_UNIX"):
            raise Misuse("this system has no Unix sockets, by which the readers of a pool are reached")
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(_PATIENCE)
        try:
            self._socket.connect(path)
        except OSError as error:
            self._socket.close()
            raise Misuse(
                f"no pool of readers is at {path} ({error.strerror or error}): begin one with terminal-sim readers pool"
            ) from None
        self._lines = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back what was leased."""
        self._lines.close()
        self._socket.close()

    def readers(self) -> tuple[PooledReader, ...]:
        """All readers of the pool."""
        return self._asked(PoolRequest()).readers

    def lease(self, name: str = "") -> PooledReader:
        """Have the reader `name`, or the free one that was leased least, for as long as this connection lasts; what is leased is waited for. `Misuse`: there is none of that name, or none becomes free."""
        (leased,) = self._asked(PoolRequest(lease=name)).readers
        return leased

    def act(self, line: str) -> None:
        """Have a line done at the leased reader: `insert visa-credit`, `remove`, `tap NAME`, ... `Misuse` where it cannot be done."""
        self._asked(PoolRequest(line=line))

    def _asked(self, request: PoolRequest) -> PoolAnswer:
        try:
            self._socket.sendall(msgspec.json.encode(request) + b"\n")
            line = self._lines.readline(_LONGEST)
        except OSError as error:
            raise ReaderLost(f"the pool at {self._path} does not answer: {error}") from None
        try:
            answer = msgspec.json.decode(line, type=PoolAnswer)
        except msgspec.DecodeError:
            raise ReaderLost(f"the pool at {self._path} has ended") from None
        if answer.refused:
            raise Misuse(answer.refused)
        return answer


def leased_at(address: str) -> tuple[PoolConnection, PooledReader]:
    """A lease of the reader at a `pool:` address, which the connection holds."""
    path, _, name = address.removeprefix(POOL).partition("#")
    if not path:
        raise Misuse(
            f"{address} names no pool: write {POOL}SOCKET, or {POOL}SOCKET#NAME for one reader of it"
        )
    connection = PoolConnection(path)
    try:
        return connection, connection.lease(name)
    except (Misuse, ReaderLost):
        connection.close()
        raise


class PooledOperator:
    """Presents cards at a leased reader: the pool has cards of the same names, with memories of their own that no bench can set.

    So it counts as a person, who is as quick as a line of ours.
    """

    is_human = reports_late = True
    timeout = PERSON_TIMEOUT

    def __init__(self, lease: PoolConnection) -> None:
        self.asked = ""
        self._lease = lease

    def insert(self, name: str, _: Card) -> None:
        self._do(f"insert {name}")

    def tap(self, name: str, _: Card) -> None:
        self._do(f"tap {name}")

    def leave(self) -> None:
        self._do(f"remove {FIELD}")

    def swipe(self, name: str, _: Mapping[int, str]) -> None:
        self._do(f"swipe {name}")

    def remove(self) -> None:
        self._do("remove")

    def _do(self, line: str) -> None:
        self.asked = line
        self._lease.act(line)
