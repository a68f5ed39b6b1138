"""`terminal-sim doctor`: what this machine lacks for card readers, each with its cure.

Nothing that it names keeps the virtual readers from working, so it ends with 0 unless those do not work either.
"""

from __future__ import annotations

import os
import re
import socket
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec
from pathlib import Path

from terminal_sim.commands.console import print_table
from terminal_sim.hardware import PTY, VIRTUAL, DriverError, open_hardware
from terminal_sim.script.run import ExitCode

EXTRAS = {
    "usb": ("usb", "USB readers without a driver"),
    "hid": ("hid", "HID readers"),
    "smartcard": ("pcsc", "readers through PC/SC"),
}
"""Module to the extra that brings it, and what it is for."""

PROGRAMS = {
    "pcscd": ("pcscd", "readers through PC/SC"),
    "libccidtwin.so": ("libccid", "our virtual serial reader under pcscd"),
}
FOLDERS = (Path("/usr/sbin"), Path("/usr/bin"), Path("/usr/lib/pcsc/drivers/serial"))
SOCKET = Path("/run/pcscd/pcscd.comm")
VPCD = Path("/etc/reader.conf.d/vpcd")
DEVICES = ("ttyUSB*", "ttyACM*", "ttyS*", "hidraw*")
USB_NODES = Path("/dev/bus/usb")


class State(Enum):
    GOOD = "good"
    MISSING = "missing"
    EXPOSED = "exposed"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    about: str
    state: State
    cure: str = ""


def run(_: Namespace) -> int:
    findings = [*_own(), *_packages(), *_programs(), *_daemon(), *_permissions(Path("/dev"))]
    rows = [(finding.about, finding.state.value, finding.cure) for finding in findings]
    print_table("Doctor", ("What", "State", "Cure"), rows)
    return ExitCode.BROKEN if any(finding.state is State.BROKEN for finding in findings) else ExitCode.HELD


def _own() -> Iterator[Finding]:
    """Our own readers, opened and closed."""
    for address, about in ((VIRTUAL, "readers in the process"), (PTY, "readers on pseudo-terminals")):
        try:
            open_hardware(address).close()
        except (DriverError, OSError) as error:
            yield Finding(about, State.BROKEN, f"{error}; a container needs /dev/pts")
        else:
            yield Finding(about, State.GOOD)


def _packages() -> Iterator[Finding]:
    for module, (extra, use) in EXTRAS.items():
        there = find_spec(module) is not None
        cure = "" if there else f'pip install "terminal-sim[{extra}]"'
        yield Finding(f"{use} (Python package)", State.GOOD if there else State.MISSING, cure)


def _programs() -> Iterator[Finding]:
    for file, (package, use) in PROGRAMS.items():
        there = any((folder / file).exists() for folder in FOLDERS)
        cure = "" if there else f"sudo apt-get install {package}"
        yield Finding(f"{use} ({package})", State.GOOD if there else State.MISSING, cure)


def _daemon(path: Path = SOCKET, vpcd: Path = VPCD) -> Iterator[Finding]:
    """Whether pcscd answers, and whether its virtual reader would open a port to the network."""
    with socket.socket(socket.AF_UNIX) as attempt:
        answers = not attempt.connect_ex(str(path))
    if answers:
        yield Finding("pcscd", State.GOOD)
    elif path.exists():
        yield Finding(
            "pcscd", State.MISSING, f"{path} is there and nobody answers: sudo systemctl restart pcscd"
        )
    else:
        yield Finding("pcscd", State.MISSING, "it does not run: sudo systemctl start pcscd, or sudo pcscd")
    if vpcd.is_file() and re.search(
        r"^\s*DEVICENAME\s+/dev/null:", vpcd.read_text("utf-8", "replace"), re.MULTILINE
    ):
        cure = f"pcscd with vpcd listens on every network: sudo sed -i s/^/#/ {vpcd}, and restart pcscd"
        yield Finding("vpcd", State.EXPOSED, cure)


def _permissions(devices: Path, usb: Path = USB_NODES) -> Iterator[Finding]:
    """Which device files this user may not open."""
    nodes = [node for pattern in DEVICES for node in sorted(devices.glob(pattern))]
    for node in [*nodes, *sorted(usb.glob("*/*"))]:
        if os.access(node, os.R_OK | os.W_OK):
            yield Finding(str(node), State.GOOD)
        else:
            cure = (
                f"sudo usermod -a -G {node.group()} $USER, and log in again; or a udev rule with TAG+=uaccess"
            )
            yield Finding(str(node), State.MISSING, cure)
