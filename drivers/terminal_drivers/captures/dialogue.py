"""A recorded dialogue of a host with its readers, gone through again: the host does what it did, and hears what it heard.

1. There is one order of everything: commands, what was heard, and what happened around (`Happened`).
2. The host does what comes next. Anything else is `Strayed`, which names the place and the cure, and the dialogue stays there.
3. What was heard is heard as soon as all before it is done. An error of a line comes again at its place.
4. Nothing waits and no clock is read: what is not due is silence.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from terminal_drivers.base import (
    CardAbsent,
    CardMute,
    CardRemoved,
    CardUnsupported,
    DriverError,
    FrameError,
    Misuse,
    ReaderLost,
)

CURE = "run the recorded script with the recorded seed and profile, or record it anew"
FAILED = "failed"
FAILURES: dict[str, type[DriverError]] = {
    each.__name__: each
    for each in (CardAbsent, CardMute, CardRemoved, CardUnsupported, FrameError, Misuse, ReaderLost)
}
"""The errors that are raised again as what they were; another one is a `DriverError`."""

Name = Callable[[bytes], str]
"""What a command is called, without the card data that it carries."""


class Strayed(Misuse):
    """The host does something else than what was recorded."""


@dataclass(frozen=True, slots=True)
class Said:
    """A command on a line; `place` is the number of its packet, from 1."""

    line: str
    data: bytes
    place: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """What came on a line, answer or not."""

    line: str
    data: bytes
    place: int = 0


@dataclass(frozen=True, slots=True)
class Happened:
    """Something beside the lines: an act of the hands, a look at a reader, an error (`failed LINE KIND TEXT`)."""

    text: str
    place: int = 0


Turn = Said | Heard | Happened


def failure(of: str, error: DriverError) -> str:
    """The event that records an error of a line, or of the operator."""
    return f"{FAILED} {of} {type(error).__name__} {error}"


class Dialogue:
    """`source` is where it comes from, for errors. `strayed` is what the first error said, or empty."""

    def __init__(self, turns: Iterable[Turn], source: str) -> None:
        self._turns = tuple(turns)
        self._source = source
        self._at = 0
        self.strayed = ""

    @property
    def next(self) -> Turn | None:
        """What comes next; None at the end."""
        return self._turns[self._at] if self._at < len(self._turns) else None

    def next_is(self, text: str) -> bool:
        """Whether this happened next."""
        return isinstance(self.next, Happened) and self.next.text == text

    def say(self, line: str, data: bytes, name: Name) -> None:
        """Give a command; `Strayed` where it is not the next thing, and the recorded error where the line failed then."""
        turn = self.next
        if turn != Said(line, data, turn.place if turn else 0):
            there, called = self._there(), name(data)
            if isinstance(turn, Said) and turn.line == line:
                there = f"the command {name(turn.data)} ({len(turn.data)} bytes)"
                called = f"another {called}" if name(turn.data) == called else called
            raise self._stray(there, f"the host sends {called} ({len(data)} bytes) to {line}")
        self._at += 1
        self.fail(line)

    def hear(self, line: str, wanted: Callable[[bytes], bool] = bool) -> bytes:
        """What is heard on a line now, if it is `wanted`, else nothing; the recorded error where the line failed."""
        self.fail(line)
        turn = self.next
        if isinstance(turn, Heard) and turn.line == line and wanted(turn.data):
            self._at += 1
            return turn.data
        return b""

    def happen(self, text: str) -> None:
        """Do what happened; `Strayed` where it is not the next thing."""
        if not self.next_is(text):
            raise self._stray(self._there(), f"now comes `{text}`")
        self._at += 1

    def happened(self, *words: str) -> list[str]:
        """The words of what happened next, where it begins with one of `words`, and go beyond it; else none."""
        turn = self.next
        if isinstance(turn, Happened) and turn.text.partition(" ")[0] in words:
            self._at += 1
            return turn.text.split(" ")
        return []

    def fail(self, of: str) -> None:
        """Raise the error that a line, or the hands, had here, if they had one."""
        turn = self.next
        if not (isinstance(turn, Happened) and turn.text.startswith(f"{FAILED} {of} ")):
            return
        kind, _, text = turn.text.removeprefix(f"{FAILED} {of} ").partition(" ")
        self._at += 1
        raise FAILURES.get(kind, DriverError)(text)

    def _there(self) -> str:
        turn = self.next
        if turn is None:
            return "nothing more"
        if isinstance(turn, Happened):
            return f"`{turn.text}`"
        return f"a command to {turn.line}" if isinstance(turn, Said) else f"what {turn.line} says"

    def _stray(self, there: str, now: str) -> Strayed:
        place = f"packet {self.next.place} of {self._source}" if self.next else f"the end of {self._source}"
        error = Strayed(f"{place} has {there}, and {now}: {CURE}")
        self.strayed = self.strayed or str(error)
        return error
