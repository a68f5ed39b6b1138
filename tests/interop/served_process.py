"""A bench that the command line serves in a process of its own, whose state outlives it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE


class ServedProcess:
    """`terminal-sim serve PROFILE --pos API:0`, with the state in a folder."""

    def __init__(self, state: Path, profile: str, api: str) -> None:
        self._state, self._profile, self._api = state, profile, api
        self._process: subprocess.Popen[str] | None = None
        self._environment = {**os.environ, "XDG_RUNTIME_DIR": str(state.parent)}

    def start(self) -> Any:
        """Serve, and return what is said of the interface."""
        command = ("serve", self._profile, "--pos", f"{self._api}:0", "--json", "--state", str(self._state))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "terminal_sim", *command],
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        (told,) = json.loads(self._process.stdout.readline())["pos"]
        return told

    def kill(self) -> None:
        """The process is gone from one moment to the next."""
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(PATIENCE)
        self._process.stdout.close()
        self._process = None

    def close(self) -> None:
        if self._process is not None:
            self.kill()

    def send(self, *lines: str) -> None:
        """Act at the terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "terminal_sim", "send", *lines],
            env=self._environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
