"""A vendor's library in a process of its own: a line of JSON in for each call, and a line out with its answer when there is one."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE

HERE = Path(__file__).parent
OTHERS = HERE.parents[1] / ".venv" / "others"


class LibraryProcess:
    """The process. Raises nothing: an error of the library is its answer."""

    def __init__(self, command: Sequence[str], **environment: str) -> None:
        self._waiting: dict[int, Future[Any]] = {}
        self._asked = 0
        self._process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            self._waiting.pop(said["id"]).set_result(said)
        for answer in self._waiting.values():
            answer.set_exception(EOFError("the library's process has ended"))

    def ask(self, call: Mapping[str, Any]) -> Future[Any]:
        """The answer to come."""
        self._asked += 1
        answer: Future[Any] = Future()
        self._waiting[self._asked] = answer
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"id": self._asked, **call}) + "\n")
        self._process.stdin.flush()
        return answer
