"""`terminal-sim compare OLD NEW`: runs a corpus on two firmwares, and tells where what they show differs."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from contextlib import ExitStack

from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors, is_terminal, naming
from terminal_sim.datafiles.printable import printable
from terminal_sim.explore.bundle import BundleError
from terminal_sim.explore.compare.accepted import AcceptedError, block, read_accepted, write_accepted
from terminal_sim.explore.compare.comparing import FirmwareComparison, observed_twice
from terminal_sim.explore.compare.corpus import CorpusError, sessions_of
from terminal_sim.explore.compare.page import comparison_page
from terminal_sim.explore.compare.side import FirmwareSide, SideError
from terminal_sim.explore.firmware import firmware_at
from terminal_sim.script.exit_code import ExitCode

_SHOWN = 20  # differences; the page has all of them


def run(given: Namespace) -> int:
    if given.update and given.accept is None:
        raise UserError("--update writes the file of --accept: name it")
    with as_user_errors(AcceptedError, BundleError, CorpusError, SideError), ExitStack() as opened:
        is_there = given.accept is not None and (given.accept.exists() or not given.update)
        accepted = read_accepted(given.accept) if is_there else frozenset()
        sessions = sessions_of(given.corpus)
        old, new = (
            opened.enter_context(FirmwareSide(opened.enter_context(firmware_at(place)), os.environ))
            for place in (given.old, given.new)
        )
        found = FirmwareComparison(accepted)
        for session, left, right in observed_twice(sessions, old, new, pictures=given.html is not None):
            found.take(session, left, right, whole=given.update)
            if is_terminal():
                print(
                    f"\r{found.compared} of {len(sessions)} sessions\x1b[K",
                    end="",
                    file=sys.stderr,
                    flush=True,
                )
        if is_terminal():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    return _told(found, given)


def _told(found: FirmwareComparison, given: Namespace) -> ExitCode:
    if given.html is not None:
        with naming(given.html):
            given.html.write_text(
                comparison_page(found, given.old, given.new), encoding="utf-8", newline="\n"
            )
        print(f"page: {given.html}")
    if given.update:
        with naming(given.accept):
            write_accepted(found.where, given.accept)
        print(f"{given.accept}: {len(found.where)} differences are accepted now")
        return ExitCode.HELD
    unwanted = found.unwanted
    for one in unwanted[:_SHOWN]:
        first = found.where[one][0].session
        print(printable("\n".join(block(one))))
        print(
            printable(
                f"  in {first.file}, {first.title!r}, and in {len(found.where[one]) - 1} sessions more\n"
            )
        )
    if len(unwanted) > _SHOWN:
        print(f"and {len(unwanted) - _SHOWN} differences more: --html FILE shows all of them\n")
    if found.unseen:
        print(f"{len(found.unseen)} accepted differences did not come: --update leaves them out")
    wanted = sum(one in found.accepted for one in found.where)
    if not unwanted:
        print(
            f"{found.compared} sessions: the same{f' but for {wanted} accepted differences' if wanted else ''}"
        )
        return ExitCode.HELD
    print(f"{found.compared} sessions: {len(unwanted)} differences")
    return ExitCode.UNMET
