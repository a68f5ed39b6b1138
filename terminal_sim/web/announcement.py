"""How commands of the same user find the benches that are served: each has a private file in the user's runtime folder.

The first one is announced in `serve.json`, and one that is served beside it in a file that has its port in the name. A bench whose process was killed leaves its file
behind, and takes no connection any more.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from terminal_sim.files import NO_LINK, PLAIN, keep_private, runtime_folder

_PATIENCE = 2.0  # s: a bench on this machine takes a connection at once


@dataclass(frozen=True, slots=True)
class Announcement:
    """Where a bench is served, and by which process; `certificate` is the file of its own certificate, "" where it has none."""

    url: str
    token: str
    pid: int
    certificate: str = ""

    @classmethod
    def read(cls, file: Path) -> Announcement:
        """What `file` says. Raises `OSError` and `ValueError`."""
        said = json.loads(file.read_text("utf-8"))
        try:
            return cls(said["url"], said["token"], said["pid"], said["certificate"])
        except (KeyError, TypeError) as missing:
            raise ValueError(f"it announces no bench: {missing}") from None

    @property
    def lives(self) -> bool:
        """Whether the bench takes connections."""
        at = urlsplit(self.url)
        try:
            socket.create_connection((at.hostname, at.port), _PATIENCE).close()
        except (OSError, ValueError):
            return False
        return True


def announcements() -> Mapping[Path, Announcement]:
    """The benches of this user that live, by their files; the one that began last is the first one."""
    found = [(file, said) for file in runtime_folder().glob("serve*.json") if (said := _said(file))]
    return {file: said for file, said in sorted(found, key=_began, reverse=True) if said.lives}


@asynccontextmanager
async def announced(url: str, token: str, certificate: Path | None) -> AsyncIterator[Path]:
    """Keeps a file, which its owner alone can read, while the block runs."""
    folder = runtime_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    said = Announcement(url, token, os.getpid(), "" if certificate is None else str(certificate.resolve()))
    file = folder / "serve.json"
    if _is_taken(file, url):
        file = folder / f"serve-{urlsplit(url).port}.json"
    fresh = file.with_suffix(f".{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | NO_LINK | PLAIN, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        keep_private(opened.fileno())
        opened.write(json.dumps(asdict(said)).encode())
    fresh.replace(file)
    try:
        yield file
    finally:
        # Another bench may have been announced since, which began at the same moment.
        if _said(file) == said:
            file.unlink()


def _said(file: Path) -> Announcement | None:
    """What `file` says; None where it has gone meanwhile, or says nothing of use."""
    try:
        return Announcement.read(file)
    except (OSError, ValueError):
        return None


def _began(found: tuple[Path, Announcement]) -> int:
    file, _ = found
    return file.stat().st_mtime_ns if file.exists() else 0


def _is_taken(file: Path, url: str) -> bool:
    """Whether a bench that lives is announced there, and none that had this address before."""
    said = _said(file)
    return said is not None and said.url != url and said.lives
