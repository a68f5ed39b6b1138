"""`terminal-sim doctor`: what this machine lacks for card readers, each with its cure.

Nothing that it names keeps the virtual readers from working, so it ends with 0 unless those do not work either.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import stat
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec
from pathlib import Path

from terminal_sim.cli.console import print_table
from terminal_sim.readers.opening import PTY, VIRTUAL, DriverError, open_hardware
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
GROUP_READS_AND_WRITES = stat.S_IRGRP | stat.S_IWGRP


class CheckState(Enum):
    GOOD = "good"
    MISSING = "missing"
    EXPOSED = "exposed"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    about: str
    state: CheckState
    cure: str = ""


def run(_: Namespace) -> int:
    findings = [*_own(), *_packages(), *_programs(), *_daemon(), *_permissions(Path("/dev"))]
    rows = [(finding.about, finding.state.value, finding.cure) for finding in findings]
    print_table("Doctor", ("What", "CheckState", "Cure"), rows)
    return (
        ExitCode.BROKEN if any(finding.state is CheckState.BROKEN for finding in findings) else ExitCode.HELD
    )


def _own() -> Iterator[Finding]:
    """Our own readers, opened and closed."""
    for address, about in ((VIRTUAL, "readers in the process"), (PTY, "readers on pseudo-terminals")):
        try:
            open_hardware(address).close()
        except (DriverError, OSError) as error:
            yield Finding(about, CheckState.BROKEN, f"{error}; a container needs /dev/pts")
        else:
            yield Finding(about, CheckState.GOOD)


def _packages() -> Iterator[Finding]:
    for module, (extra, use) in EXTRAS.items():
        there = find_spec(module) is not None
        cure = "" if there else f'pip install "terminal-sim[{extra}]"'
        yield Finding(f"{use} (Python package)", CheckState.GOOD if there else CheckState.MISSING, cure)


def _programs() -> Iterator[Finding]:
    for file, (package, use) in PROGRAMS.items():
        there = any((folder / file).exists() for folder in FOLDERS)
        cure = "" if there else f"sudo apt-get install {package}"
        yield Finding(f"{use} ({package})", CheckState.GOOD if there else CheckState.MISSING, cure)


def _daemon(path: Path = SOCKET, vpcd: Path = VPCD) -> Iterator[Finding]:
    """Whether pcscd answers, and whether its virtual reader would open a port to the network."""
    with socket.socket(socket.AF_UNIX) as attempt:
        fault = attempt.connect_ex(str(path))
    cures = {
        errno.ENOENT: "it does not run: sudo systemctl start pcscd, or sudo pcscd",
        errno.EACCES: f"this user may not use {path}: sudo chmod 755 {path.parent}; sudo chmod 666 {path}",
    }
    deaf = f"{path} is there and nobody answers: sudo systemctl restart pcscd"
    if fault:
        yield Finding("pcscd", CheckState.MISSING, cures.get(fault, deaf))
    else:
        yield Finding("pcscd", CheckState.GOOD)
    if re.search(r"^\s*DEVICENAME\s+/dev/null:", _text(vpcd), re.MULTILINE):
        cure = f"pcscd with vpcd listens on every network: sudo sed -i s/^/#/ {vpcd}, and restart pcscd"
        yield Finding("vpcd", CheckState.EXPOSED, cure)


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


def _text(file: Path) -> str:
    """What a file says; nothing where this user may not read it, or there is none."""
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""
