"""`terminal-sim cards read`: a card in a reader, application by application, with masked numbers; nothing of it is stored.

`cards record` writes a card file in its likeness, which has a test number in the place of the card's.
"""

from __future__ import annotations

import secrets
import time
from argparse import Namespace
from dataclasses import asdict, replace
from pathlib import Path

from terminal_sim.bench import Bench, BenchMisuse, ProfileError
from terminal_sim.bench.presentment import chip_of
from terminal_sim.cli.console import as_user_errors, naming, print_table
from terminal_sim.emv.kernels.examination import ApplicationFinding, CardFinding
from terminal_sim.emv.talk.config import KernelConfig
from terminal_sim.emv.talk.request import Interface, Request
from terminal_sim.profile import ca_keys
from terminal_sim.profile.kernel import kernel_config
from terminal_sim.profile.load import load
from terminal_sim.readers.card_likeness import write_likeness
from terminal_sim.readers.card_reading import read_card
from terminal_sim.readers.opening import DriverError, on_error_output
from terminal_sim.script.exit_code import ExitCode

_EVERY_METHOD = bytes.fromhex("E0E8C8")
"""9F33 of a terminal with SDA, DDA and CDA, so that whatever a card has is tried."""
_LIVE = "No test key has proven this card: it may be a live one. Nothing of it is stored."


def run(given: Namespace) -> int:
    with as_user_errors(BenchMisuse, DriverError, ProfileError):
        config = _config(given)
        with Bench() as bench:
            card = chip_of(given.card, bench.card(given.card)) if given.card else None
            found = read_card(given.address, config, _request, card, on_error_output)
        if given.action == "record":
            return _record(found, config, given.to)
    if given.format == "json":
        _print_json(found)
    else:
        for finding in found.applications:
            _print_finding(finding)
        if not found.applications:
            print("The card names no application, and knows none of the terminal's.")
    if not any(finding.test_key for finding in found.applications):
        on_error_output(_LIVE)
    return ExitCode.HELD if found.applications else ExitCode.NOTHING


def _record(found: CardFinding, config: KernelConfig, to: Path) -> int:
    with naming(to):
        write_likeness(found, config.applications, to)
    print(
        f"{to}: a test card in the likeness of the one that was read; a script takes it by `cards` and the folder"
    )
    return ExitCode.HELD


def _config(given: Namespace) -> KernelConfig:
    config = kernel_config(load(given.profile), "READER01")
    keys = ca_keys.load(given.ca_keys) if given.ca_keys is not None else config.ca_keys
    return replace(config, capabilities=_EVERY_METHOD, ca_keys=keys)


def _request(interface: Interface) -> Request:
    """A payment of nothing, now."""
    date, hour = time.strftime("%y%m%d %H%M%S").split()
    return Request(
        interface=interface,
        amount=0,
        date=date,
        time=hour,
        unpredictable=secrets.token_bytes(4),
        entropy=secrets.token_bytes(32),
    )


def _print_finding(finding: ApplicationFinding) -> None:
    title = f"{finding.label or 'application'} ({finding.aid})"
    rows = [(one.where, one.tag, one.name, one.value) for one in finding.elements]
    print_table(title, ("Where", "Tag", "Name", "Value"), rows)
    for number, logged in enumerate(finding.log, start=1):
        stated = ", ".join(f"{one.name} {one.value}" for one in logged.elements)
        print(f"logged {number:<8} {stated}")
    print(f"authentication  {_authentication(finding)}")
    for reason in finding.reasons:
        print(f"                {reason}")
    if finding.cryptogram is not None:
        print(f"cryptogram      {finding.cryptogram.name}, for an amount of zero that was declined")
    if finding.problem:
        print(f"not completed   {finding.problem}")
    print()


def _authentication(finding: ApplicationFinding) -> str:
    if finding.method is None:
        return "none: card and terminal share no method"
    if not finding.proven:
        return f"{finding.method.value}: failed"
    return f"{finding.method.value}: held, by a {'TEST' if finding.test_key else 'live'} key"


def _print_json(found: CardFinding) -> None:
    import msgspec

    rows = []
    for finding in found.applications:
        row = asdict(finding)
        row["method"] = finding.method.value if finding.method is not None else None
        row["cryptogram"] = finding.cryptogram.name if finding.cryptogram is not None else None
        rows.append(row)
    print(
        msgspec.json.format(
            msgspec.json.encode({"interface": found.interface.value, "applications": rows}), indent=2
        ).decode()
    )
