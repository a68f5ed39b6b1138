"""What the PC/SC service needs of the machine: pyscard, pcscd, and that it answers this user."""

import errno
import socket
from collections.abc import Iterator
from pathlib import Path

from terminal_drivers.readers.machine import CheckState, Finding, package, program

SOCKET = Path("/run/pcscd/pcscd.comm")


def checks() -> Iterator[Finding]:
    yield package("smartcard", "pcsc", "readers through PC/SC")
    yield program("pcscd", "pcscd", "readers through PC/SC")
    yield daemon()


def daemon(path: Path = SOCKET) -> Finding:
    """Whether pcscd answers."""
    with socket.socket(socket.AF_UNIX) as attempt:
        fault = attempt.connect_ex(str(path))
    cures = {
        errno.ENOENT: "it does not run: sudo systemctl start pcscd, or sudo pcscd",
        errno.EACCES: f"this user may not use {path}: sudo chmod 755 {path.parent}; sudo chmod 666 {path}",
    }
    deaf = f"{path} is there and no service answers: sudo systemctl restart pcscd"
    if fault:
        return Finding("pcscd", CheckState.MISSING, cures.get(fault, deaf))
    return Finding("pcscd", CheckState.GOOD)
