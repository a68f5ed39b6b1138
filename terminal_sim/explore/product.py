"""Which product made a bundle or does a job: its version, the commit of its checkout where it runs from one, the digest of its files, and the Python that ran it."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from terminal_sim import __version__
from terminal_sim.datafiles.bundled import bundled

_CODE = (".py", ".toml", ".po", ".json", ".lark", ".sql")
_DATA = "_profiles"  # in a wheel within the package, in a checkout beside it

VERSION = __version__
PYTHON = platform.python_version()


@cache
def commit() -> str:
    """The commit of the checkout; "" where the product is installed, or git is not."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return ""
    try:
        found = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""


@cache
def digest() -> str:
    """SHA-256 over the names and bytes of the product's modules and data: where it is equal on two machines they have the same firmware."""
    own = Path(__file__).resolve().parents[1]
    drivers = find_spec("terminal_drivers")
    found = hashlib.sha256()
    for root in (own, Path(drivers.origin).parent if drivers and drivers.origin else own, bundled()):
        for file in sorted(root.rglob("*")):
            if file.suffix in _CODE and file.is_file() and (root != own or _DATA not in file.parts):
                found.update(f"{file.relative_to(root).as_posix()}\0".encode())
                found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()
