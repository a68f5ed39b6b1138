"""What a reader protocol needs of the machine: a package, a program, a service; each found or missing, with its cure."""

from enum import Enum
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

FOLDERS = (Path("/usr/sbin"), Path("/usr/bin"), Path("/usr/lib/pcsc/drivers/serial"))


class CheckState(Enum):
    GOOD = "good"
    MISSING = "missing"
    EXPOSED = "exposed"
    BROKEN = "broken"


class Finding(Struct, frozen=True):
    """What is so about one thing, and the command that cures it; empty where there is nothing to cure."""

    about: str
    state: CheckState
    cure: str = ""


def package(module: str, extra: str, use: str) -> Finding:
    """Whether a Python package is installed, which the extra of that name brings."""
    there = find_spec(module) is not None
    cure = "" if there else f'pip install "terminal-sim[{extra}]"'
    return Finding(f"{use} (Python package)", CheckState.GOOD if there else CheckState.MISSING, cure)


def program(file: str, package: str, use: str) -> Finding:
    """Whether a program of a package of the system is installed."""
    there = any((folder / file).exists() for folder in FOLDERS)
    cure = "" if there else f"sudo apt-get install {package}"
    return Finding(f"{use} ({package})", CheckState.GOOD if there else CheckState.MISSING, cure)
