"""The files that a bench keeps, opened by the means that the platform has: Windows has neither rights by mode nor folders that can be synced."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

PLAIN = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
"""Flags of `os.open`: bytes are written as they are, and no child process has the file."""
NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""Flags of `os.open`: a symbolic link in its place is refused, and a fifo is opened and not waited for."""
HAS_MODES = hasattr(os, "fchmod")
"""Whether a file has rights for its owner alone."""


def keep_private(descriptor: int) -> None:
    """Take the rights that others have had on an open file."""
    if HAS_MODES:
        os.fchmod(descriptor, 0o600)


def write_all(descriptor: int, data: bytes) -> None:
    """Hand all of `data` to the system, which may take a part of it at a time. Raises `OSError`."""
    while data:
        data = data[os.write(descriptor, data) :]


def sync_content(descriptor: int) -> None:
    """Make what was written into a file durable, whose length stays as it is; its times may be lost, which saves a write of them."""
    if hasattr(os, "fdatasync"):
        os.fdatasync(descriptor)
    else:
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """A new file is durable only when the folder that names it is; Windows writes both together."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_private(path: Path, content: bytes) -> None:
    """Put a file of its owner alone in the place of `path`, on the disk when this returns: what was there stands until the new one is whole.

    Raises `OSError`.
    """
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | NO_LINK | PLAIN, 0o600)
    try:
        keep_private(descriptor)
        write_all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.replace(path)
    sync_folder(path.parent)


def remove_durably(path: Path) -> None:
    """Remove a file, where it is there, so that no power cut brings it back. Raises `OSError`."""
    if path.exists():
        path.unlink()
        sync_folder(path.parent)


def runtime_folder() -> Path:
    """Where served benches are announced to commands of the same user: in the user's runtime folder, or else among the user's states.

    XDG Base Directory Specification, 3 (XDG_RUNTIME_DIR, XDG_STATE_HOME).
    """
    base = os.environ.get("XDG_RUNTIME_DIR") or os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "terminal-sim"


@contextmanager
def private_folder(folder: Path | None) -> Iterator[Path]:
    """`folder`, or one for its owner alone that is gone when the block ends."""
    if folder is not None:
        yield folder
        return
    with TemporaryDirectory(prefix="terminal-sim-") as made:
        yield Path(made)
