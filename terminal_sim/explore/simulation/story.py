"""What a simulation leaves of its trace: a digest of every entry, by which two runs are known to be the same, and the story for a person."""

from __future__ import annotations

from hashlib import sha256

from terminal_sim.bench import TraceEntry, contents

_TOLD = ("act", "host", "journal", "note", "receipt", "screen", "touch")


class TraceDigest:
    """SHA-256 of all entries of a trace as lines of JSON, the texts of the screens among them."""

    wants_frames = wants_bytes = False

    def __init__(self) -> None:
        self._hash = sha256()

    def take(self, entry: TraceEntry) -> None:
        self._hash.update(entry.json().encode())

    @property
    def hexadecimal(self) -> str:
        """The digest of what was taken so far."""
        return self._hash.hexdigest()


class Story:
    """The entries that a person needs, a line each, card data masked as the trace has them; keys that follow each other are one line."""

    wants_frames = wants_bytes = False

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._keys: list[TraceEntry] = []

    def take(self, entry: TraceEntry) -> None:
        if isinstance(entry.content, contents.KeyPress):
            if self._keys and self._keys[0].terminal != entry.terminal:
                self._write_keys()
            self._keys.append(entry)
        elif entry.kind in _TOLD:
            self._write_keys()
            self._lines.append(_line(entry))

    @property
    def lines(self) -> list[str]:
        """What was told so far."""
        self._write_keys()
        return self._lines

    def _write_keys(self) -> None:
        if self._keys:
            names = " ".join(str(entry.fields["key"]) for entry in self._keys)
            self._lines.append(f"{_where(self._keys[0])} press {names}")
            self._keys = []


def _where(entry: TraceEntry) -> str:
    """When it was and at which terminal, as `TraceEntry.line` begins."""
    clock, terminal, _ = entry.line().split(" ", 2)
    return f"{clock} {terminal}"


def _line(entry: TraceEntry) -> str:
    content = entry.content
    return (
        f"{_where(entry)} screen {content.screen}"
        if isinstance(content, contents.ScreenShown)
        else entry.line()
    )
