"""`terminal-sim send LINE...`: lines of the script language at the bench that `terminal-sim serve` runs, with the exit codes of `run`."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from terminal_sim.cli import UserError
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.web.announcement import Announcement, announcements

_LONGEST_WAIT = 600.0  # s
_LOOK = 0.25  # seconds of the wall between two looks at the screen
_CODES = {409: ExitCode.UNMET, 500: ExitCode.BROKEN}


@dataclass(frozen=True, slots=True)
class _LinesRefused:
    """Why the lines were not all done, with the exit code that says it."""

    why: str
    code: ExitCode


class _ServedLines:
    """Where lines are sent: a bench that is served, at the terminal with this name, or at its first one."""

    def __init__(self, served: Announcement, terminal: str) -> None:
        self._url = served.url
        self._query = f"?{urllib.parse.urlencode({'terminal': terminal})}" if terminal else ""
        self._headers = {
            "Authorization": f"Bearer {served.token}",
            "Content-Type": "text/plain; charset=utf-8",
        }
        # A proxy of the environment has nothing to do with this machine's own address.
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), *_trusting(served.certificate)
        )

    def do(self, lines: Sequence[str]) -> Sequence[str] | _LinesRefused:
        """Do the lines, and say what they noted. Raises `UserError` where nobody answers."""
        request = urllib.request.Request(
            f"{self._url}/api/v1/lines{self._query}", data="\n".join(lines).encode(), headers=self._headers
        )
        try:
            with self._opener.open(request, timeout=_LONGEST_WAIT) as answer:
                notes: list[str] = json.load(answer)["notes"]
                return notes
        except urllib.error.HTTPError as refused:
            problem = json.load(refused)
            field = problem.get("field", "")
            at = int(field.split(".")[1]) if field.startswith("lines.") else 0
            why = f"{lines[at]}: {problem['detail']}" if lines else problem["detail"]
            return _LinesRefused(why, _CODES.get(refused.code, ExitCode.WRONG))
        except OSError as gone:
            raise UserError(
                f"the bench at {self._url} does not answer: {gone}; start one with `terminal-sim serve`"
            ) from None

    def await_screen(self, selector: str, patience: float) -> Sequence[str] | _LinesRefused:
        """Look at the screen until the selector matches, for so many seconds of the wall. Virtual time is left to itself."""
        ends = monotonic() + patience
        while True:
            said = self.do([f"expect screen {selector} within 0s"])
            if not isinstance(said, _LinesRefused) or said.code is not ExitCode.UNMET or monotonic() > ends:
                return said
            sleep(_LOOK)


def run(given: Namespace) -> int:
    bench = _ServedLines(_served(given.to), given.terminal)
    notes: Sequence[str] | _LinesRefused = ()
    if given.awaited:
        notes = bench.await_screen(given.awaited, given.patience)
    if not isinstance(notes, _LinesRefused):
        notes = bench.do(given.lines)
    if isinstance(notes, _LinesRefused):
        print(notes.why, file=sys.stderr)
        return notes.code
    for note in notes:
        print(f"# {note}")
    return ExitCode.HELD


def _trusting(certificate: str) -> list[urllib.request.BaseHandler]:
    """What trusts the bench's own certificate and nothing else, where it is served by TLS."""
    if not certificate:
        return []
    import ssl

    context = ssl.create_default_context(cafile=certificate)
    context.verify_flags |= (
        ssl.VERIFY_X509_PARTIAL_CHAIN
    )  # the certificate itself is trusted, whoever issued it
    return [urllib.request.HTTPSHandler(context=context)]


def _served(file: Path | None) -> Announcement:
    """The bench that is announced in `file`, or else the one of this user that began last and lives. Raises `UserError`."""
    try:
        if file is not None:
            return Announcement.read(file)
        return next(iter(announcements().values()))
    except StopIteration:
        raise UserError("no bench is served: start one with `terminal-sim serve`") from None
    except (OSError, ValueError) as wrong:
        raise UserError(f"{file}: {wrong}") from None
