"""How far away a window is: over a slow line the shell draws nothing in place."""

from __future__ import annotations

import os
import re
import select
import sys
from collections.abc import Mapping
from time import monotonic

SOON = 0.25  # seconds for a question and its answer; a person sees a slower one come
_LATE = 1.0  # seconds more in which a late answer is taken away, so that it is not taken for typed keys
_WHERE = b"\x1b[6n"  # where the cursor is (ECMA-48, DSR 6)
_HERE = re.compile(rb"\x1b\[\d+;\d+R")


def answers_soon(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the window says where its cursor is within `SOON`. One on this machine is near, and is not asked."""
    if "SSH_CONNECTION" not in environment or sys.platform == "win32":
        return True
    import termios
    import tty

    keyboard, window = sys.stdin.fileno(), sys.stdout.fileno()
    before = termios.tcgetattr(keyboard)
    tty.setcbreak(keyboard, termios.TCSANOW)
    try:
        began = monotonic()
        os.write(window, _WHERE)
        return _is_answered(keyboard, began + SOON + _LATE) and monotonic() - began <= SOON
    finally:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)


def _is_answered(keyboard: int, until: float) -> bool:
    """Waits for the answer; what is typed meanwhile goes with it."""
    came = b""
    while not _HERE.search(came):
        ready, _, _ = select.select([keyboard], [], [], max(until - monotonic(), 0.0))
        if not ready:
            return False
        came += os.read(keyboard, 64)
    return True
