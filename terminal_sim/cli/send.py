"""`terminal-sim send LINE...`: lines of the script language at the bench that `terminal-sim serve` runs, with the exit codes of `run`."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from argparse import Namespace
from pathlib import Path

from terminal_sim.cli import UserError
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.web.announcement import Announcement, announcements

_LONGEST_WAIT = 600.0  # s
_CODES = {409: ExitCode.UNMET, 500: ExitCode.BROKEN}


def run(given: Namespace) -> int:
    bench = _served(given.to)
    query = f"?{urllib.parse.urlencode({'terminal': given.terminal})}" if given.terminal else ""
    request = urllib.request.Request(
        f"{bench.url}/api/v1/lines{query}",
        data="\n".join(given.lines).encode(),
        headers={"Authorization": f"Bearer {bench.token}", "Content-Type": "text/plain; charset=utf-8"},
    )
    # A proxy of the environment has nothing to do with this machine's own address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), *_trusting(bench.certificate))
    try:
        with opener.open(request, timeout=_LONGEST_WAIT) as answer:
            for note in json.load(answer)["notes"]:
                print(f"# {note}")
    except urllib.error.HTTPError as refused:
        problem = json.load(refused)
        field = problem.get("field", "")
        at = int(field.split(".")[1]) if field.startswith("lines.") else 0
        print(
            f"{given.lines[at]}: {problem['detail']}" if given.lines else problem["detail"], file=sys.stderr
        )
        return _CODES.get(refused.code, ExitCode.WRONG)
    except OSError as gone:
        raise UserError(
            f"the bench at {bench.url} does not answer: {gone}; start one with `terminal-sim serve`"
        ) from None
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
