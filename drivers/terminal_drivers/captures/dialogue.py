"""The replay of a recorded dialogue: a host that repeats the recorded commands receives the recorded answers.

1. All turns have one order: commands (`Sent`), bytes from a reader (`Received`), and events beside the lines (`Happened`).
2. The host must take the next turn. Any other act raises `Strayed`, which names the place and the cure; the dialogue stays there.
3. Received bytes are due as soon as every turn before them is done. A recorded error of a line is raised again at its place.
4. Nothing waits and no clock is read: a read before its bytes are due finds nothing.
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
"""The errors that a replay raises with their own class; it raises any other as `DriverError`."""

Name = Callable[[bytes], str]
"""Gives the name of a command, without the card data that it carries."""


class Strayed(Misuse):
    """The host does something else than what was recorded."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A command on a line; `place` is the number of its packet, from 1."""

    line: str
    data: bytes
    place: int = 0


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes from a reader, whether they answer a command or not."""

    line: str
    data: bytes
    place: int = 0


@dataclass(frozen=True, slots=True)
class Happened:
    """An event beside the lines: an operator's act, a look at a reader, an error (`failed LINE KIND TEXT`)."""

    text: str
    place: int = 0


Turn = Sent | Received | Happened


def failure(of: str, error: DriverError) -> str:
    """Return the event that records an error of a line or of the operator."""
    return f"{FAILED} {of} {type(error).__name__} {error}"


class Dialogue:
    """A position in recorded turns. `source` names the recording in errors; `strayed` is the text of the first one, or empty."""

    def __init__(self, turns: Iterable[Turn], source: str) -> None:
        self._turns = tuple(turns)
        self._source = source
        self._at = 0
        self.strayed = ""

    @property
    def next(self) -> Turn | None:
        """The next turn; None at the end."""
        return self._turns[self._at] if self._at < len(self._turns) else None

    def next_is(self, text: str) -> bool:
        """Whether the next turn is this event."""
        return isinstance(self.next, Happened) and self.next.text == text

    def send(self, line: str, data: bytes, name: Name) -> None:
        """Send a command; `Strayed` where it is not the next turn, and the recorded error where the line failed then."""
        turn = self.next
        if turn != Sent(line, data, turn.place if turn else 0):
            there, called = self._there(), name(data)
            if isinstance(turn, Sent) and turn.line == line:
                there = f"the command {name(turn.data)} ({len(turn.data)} bytes)"
                called = f"another {called}" if name(turn.data) == called else called
            raise self._stray(there, f"the host sends {called} ({len(data)} bytes) to {line}")
        self._at += 1
        self.fail(line)

    def receive(self, line: str, wanted: Callable[[bytes], bool] = bool) -> bytes:
        """Return the bytes that are due on a line, if they are `wanted`, else none; the recorded error where the line failed."""
        self.fail(line)
        turn = self.next
        if isinstance(turn, Received) and turn.line == line and wanted(turn.data):
            self._at += 1
            return turn.data
        return b""

    def repeat(self, text: str) -> None:
        """Repeat an event; `Strayed` where it is not the next turn."""
        if not self.next_is(text):
            raise self._stray(self._there(), f"now comes `{text}`")
        self._at += 1

    def take_event(self, *words: str) -> list[str]:
        """Return the words of the next event and pass it, where its first word is one of `words`; else none."""
        turn = self.next
        if isinstance(turn, Happened) and turn.text.partition(" ")[0] in words:
            self._at += 1
            return turn.text.split(" ")
        return []

    def fail(self, of: str) -> None:
        """Raise the error that a line or the operator had at this place, if any."""
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
        return f"a command to {turn.line}" if isinstance(turn, Sent) else f"what {turn.line} says"

    def _stray(self, there: str, now: str) -> Strayed:
        place = f"packet {self.next.place} of {self._source}" if self.next else f"the end of {self._source}"
        error = Strayed(f"{place} has {there}, and {now}: {CURE}")
        self.strayed = self.strayed or str(error)
        return error
