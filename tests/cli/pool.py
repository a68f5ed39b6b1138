"""A pool of readers in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from terminal_sim.readers.pool import PoolConnection
from tests.patience import PATIENCE


class Pool:
    """`readers pool` with these readers, at the socket `pool` of the folder; `announced` is what it told the shell."""

    def __init__(self, folder: Path, *readers: str) -> None:
        self.socket = folder / "pool"
        command = ["readers", "pool", *readers, "--at", str(self.socket), "--format", "env"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "terminal_sim", *command], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.announced = self._process.stdout.readline()

    def await_free(self) -> None:
        """Return when every reader was given back: each can be leased."""
        names = self.states()
        connections = [PoolConnection(str(self.socket)) for _ in names]
        try:
            for connection, name in zip(connections, names, strict=True):
                connection.lease(name)
        finally:
            for connection in connections:
                connection.close()

    def states(self) -> dict[str, bool]:
        """Which readers are leased."""
        with PoolConnection(str(self.socket)) as connection:
            return {one.name: one.leased for one in connection.readers()}

    def leases(self) -> list[int]:
        """How often each reader was leased."""
        with PoolConnection(str(self.socket)) as connection:
            return [one.leases for one in connection.readers()]

    def end(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code
