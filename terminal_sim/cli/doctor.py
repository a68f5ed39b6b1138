"""`terminal-sim doctor`: what this machine lacks for card readers, each with its cure.

Nothing that it names keeps the virtual readers from working, so it ends with 0 unless those do not work either.
"""

from __future__ import annotations

import os
import stat
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from terminal_sim.bench import BenchMisuse
from terminal_sim.cli.console import as_user_errors, print_json, print_table
from terminal_sim.readers.diagnostics import CheckState, Finding, needed_findings
from terminal_sim.readers.opening import PTY, VIRTUAL, DriverError, Misuse, open_hardware
from terminal_sim.script.exit_code import ExitCode

DEVICES = ("ttyUSB*", "ttyACM*", "ttyS*", "hidraw*")
USB_NODES = Path("/dev/bus/usb")
GROUP_READS_AND_WRITES = stat.S_IRGRP | stat.S_IWGRP


def run(given: Namespace) -> int:
    findings = [*_own(), *needed_findings(), *_permissions(Path("/dev"))]
    if given.state is not None:
        with as_user_errors(BenchMisuse):
            findings += _certificates(given.state)
    rows = [(finding.about, finding.state.value, finding.cure) for finding in findings]
    if given.format == "json":
        print_json([dict(zip(("what", "state", "cure"), row, strict=True)) for row in rows])
    else:
        print_table("Doctor", ("What", "State", "Cure"), rows)
    return (
        ExitCode.BROKEN if any(finding.state is CheckState.BROKEN for finding in findings) else ExitCode.HELD
    )


def _certificates(state: Path) -> Iterator[Finding]:
    """What points of sale are shown by the terminals of this state, with its name, its chain, and how long it lasts."""
    try:
        from terminal_sim.bench.kept_certificates import certificates_of
    except ImportError as missing:
        yield Finding("certificates", CheckState.MISSING, f'pip install "terminal-sim[pos]" ({missing.name})')
        return
    for one in certificates_of(state):
        about = f"certificate {one.common_name}, issued by {one.issuer}, until {one.until:%Y-%m-%d}"
        if not one.problem:
            yield Finding(about, CheckState.GOOD)
        elif one.common_name == one.issuer:
            yield Finding(
                about, CheckState.MISSING, f"{one.problem}: remove {one.file.parent}, and serve anew"
            )
        else:
            yield Finding(about, CheckState.MISSING, f"{one.problem}: serve it again, which makes it anew")


def _own() -> Iterator[Finding]:
    """Our own readers, opened and closed."""
    for address, about in ((VIRTUAL, "readers in the process"), (PTY, "readers on pseudo-terminals")):
        try:
            open_hardware(address).close()
        except Misuse as error:
            yield Finding(about, CheckState.MISSING, str(error))
        except (DriverError, OSError) as error:
            yield Finding(about, CheckState.BROKEN, f"{error}; a container needs /dev/pts")
        else:
            yield Finding(about, CheckState.GOOD)


def _permissions(devices: Path, usb: Path = USB_NODES) -> Iterator[Finding]:
    """Which device files this user may not open."""
    nodes = [node for pattern in DEVICES for node in sorted(devices.glob(pattern))]
    for node in [*nodes, *sorted(usb.glob("*/*"))]:
        if os.access(node, os.R_OK | os.W_OK):
            yield Finding(str(node), CheckState.GOOD)
        elif node.exists():
            yield Finding(str(node), CheckState.MISSING, _way_in(node))


def _way_in(node: Path) -> str:
    """Its group, where that may open it and is not root's; by default that of no USB or hidraw node does."""
    rule = 'a udev rule with TAG+="uaccess", and plug it in again'
    status = node.stat()
    if not status.st_gid or status.st_mode & GROUP_READS_AND_WRITES != GROUP_READS_AND_WRITES:
        return rule
    try:
        return f"sudo usermod -a -G {node.group()} $USER, and log in again; or {rule}"
    except KeyError:  # a container knows the group of its host's device by number alone
        return rule
