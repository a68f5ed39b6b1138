"""`terminal-sim readers`: which readers there are, what one answers, whether it keeps to its protocol, and a capture."""

from __future__ import annotations

import socket
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from terminal_sim import __version__
from terminal_sim.bench import Bench, BenchMisuse, ProfileError
from terminal_sim.bench.presentment import chip_of
from terminal_sim.cli import UserError, reader_lease
from terminal_sim.cli.console import as_user_errors, print_json, print_table
from terminal_sim.readers.diagnostics import (
    HEADER,
    SELECT_DIRECTORY,
    Result,
    capture,
    conform,
    found_readers,
    probe,
)
from terminal_sim.readers.opening import DriverError, on_error_output
from terminal_sim.script.exit_code import ExitCode


def run(given: Namespace) -> int:
    with as_user_errors(BenchMisuse, DriverError, ProfileError):
        return _ACTIONS[given.action](given)


def _list(given: Namespace) -> ExitCode:
    rows = [(one.address, "virtual" if one.virtual else "real", one.what) for one in found_readers()]
    if given.format == "json":
        print_json([dict(zip(("address", "kind", "what"), row, strict=True)) for row in rows])
    else:
        print_table("Readers", ("Address", "Kind", "What"), rows)
    return ExitCode.HELD


def _probe(given: Namespace) -> ExitCode:
    found = probe(given.address)
    if given.format == "json":
        print_json(dict(found))
        return ExitCode.HELD
    for label, value in found:
        print(f"{label:14} {value}")
    return ExitCode.HELD


def _capture(given: Namespace) -> ExitCode:
    apdus = [_apdu(text) for text in given.apdu] or [SELECT_DIRECTORY]
    for what, answer in capture(given.address, given.to, apdus, on_error_output):
        print(f"{what}\n  {answer}")
    print(f"{given.to}: open it with Wireshark; it holds the card's data in clear")
    return ExitCode.HELD


def _conform(given: Namespace) -> ExitCode:
    """Every clause with its verdict, and the frames of those that are broken."""
    with Bench() as bench:
        card = chip_of(given.card, bench.card(given.card)) if given.card else None
        results = conform(given.address, card, on_error_output)
    if given.format == "json":
        print_json(_report(given.address, results, with_frames=given.frames))
    else:
        _print(given.address, results, with_frames=given.frames)
    verdicts = {one.verdict.value for one in results}
    if "broken" in verdicts:
        return ExitCode.UNMET
    return ExitCode.HELD if "kept" in verdicts else ExitCode.NOTHING


def _print(address: str, results: Sequence[Result], *, with_frames: bool) -> None:
    rows = [(one.clause.id, one.verdict.value, one.clause.what, one.detail) for one in results]
    print_table(f"Conformance of {address}", ("Clause", "Verdict", "What must hold", "Why not"), rows)
    for one in results:
        if with_frames or one.verdict.value == "broken":
            print(f"\n{one.clause.id}: {one.clause.what} ({one.clause.source})")
            for direction, frame in one.frames:
                print(f"  {direction:12}  {_spaced(frame)}")


def _report(address: str, results: Sequence[Result], *, with_frames: bool) -> dict[str, object]:
    """The conformance report for a program: how many clauses there are of each verdict, and each clause; frames as `_print` shows them."""
    counts = Counter(one.verdict.value for one in results)
    clauses = [
        {
            "clause": one.clause.id,
            "verdict": one.verdict.value,
            "what": one.clause.what,
            "source": one.clause.source,
            "detail": one.detail,
            "frames": [
                {"direction": direction, "bytes": frame.hex().upper()}
                for direction, frame in one.frames
                if with_frames or one.verdict.value == "broken"
            ],
        }
        for one in results
    ]
    return {
        "terminal-sim": __version__,
        "address": address,
        **{verdict: counts[verdict] for verdict in ("kept", "broken", "skipped")},
        "clauses": clauses,
    }


def _pool(given: Namespace) -> int:
    if not hasattr(socket, "AF_UNIX"):
        raise UserError("this system has no Unix sockets, by which the readers of a pool are reached")
    # Imported here: a pool has servers and cards, which the other actions do without.
    from terminal_sim.cli import reader_pool

    return reader_pool.run(given)


_ACTIONS: Mapping[str, Callable[[Namespace], int]] = {
    "list": _list,
    "probe": _probe,
    "capture": _capture,
    "conform": _conform,
    "pool": _pool,
    "lease": reader_lease.run,
}


def _apdu(text: str) -> bytes:
    try:
        apdu = bytes.fromhex(text)
    except ValueError:
        raise UserError(f"{text!r} is no APDU: write its bytes in hex") from None
    if len(apdu) < HEADER:
        raise UserError(f"{text!r} is no APDU: it has at least {HEADER} bytes, CLA INS P1 P2")
    return apdu


def _spaced(data: bytes) -> str:
    return data.hex(" ").upper()
