"""Which product made a bundle: its version, the commit of its checkout where it runs from one, and the Python that ran it."""

from __future__ import annotations

import platform
import subprocess
from functools import cache
from pathlib import Path

from terminal_sim import __version__

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
