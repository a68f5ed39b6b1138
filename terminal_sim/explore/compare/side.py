"""One of the two firmwares: a process of its own that does sessions and answers in lines of JSON."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from tempfile import TemporaryFile
from threading import Timer
from types import TracebackType
from typing import Self

import msgspec

from terminal_sim.explore.compare.observed import CorpusSession, ObservedJob, ObservedSession
from terminal_sim.explore.firmware import FirmwareTree, last_line

_MODULE = "terminal_sim.explore.compare.process"
_PATIENCE = 120  # seconds for one session
_LONGEST = 64 << 20  # bytes of an answer


class SideError(Exception):
    """A firmware that does not answer as it should, in one sentence."""


class FirmwareSide:
    """The process of a product, for as long as the context lasts."""

    def __init__(self, firmware: FirmwareTree, environ: Mapping[str, str]) -> None:
        self.name = firmware.name
        self._errors = TemporaryFile()  # noqa: SIM115 - for as long as the process
        self._process = subprocess.Popen(
            firmware.command(_MODULE),
            env=firmware.environment(environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )

    def observe(self, session: CorpusSession, *, pictures: bool = False) -> ObservedSession:
        """See `FirmwareObserver`. Raises `SideError` where the process ends, hangs, or says something else."""
        watch = Timer(_PATIENCE, self._process.kill)
        watch.start()
        try:
            line = self._exchange(msgspec.json.encode(ObservedJob(session, pictures)) + b"\n")
            return msgspec.json.decode(line, type=ObservedSession)
        except (OSError, msgspec.DecodeError) as wrong:
            raise SideError(
                f"{self.name} is no firmware that answers in lines of JSON, or ended in {session.file},"
                f" {session.title!r}: {self._last_words() or wrong}"
            ) from None
        finally:
            watch.cancel()

    def _exchange(self, job: bytes) -> bytes:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(job)
        process.stdin.flush()
        line = process.stdout.readline(_LONGEST)
        if not line.endswith(b"\n"):
            raise msgspec.DecodeError("it said nothing, or too much")
        return line

    def _last_words(self) -> str:
        self._errors.seek(0)
        return last_line(self._errors.read())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()
