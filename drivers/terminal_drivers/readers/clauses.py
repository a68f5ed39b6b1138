"""Whether a reader keeps to its protocol: clauses with their sources, checks for either end, and results to print.

1. A kit belongs to a reader protocol, whose `PROTOCOL` has it.
2. A device check talks to the device end of any reader, real or virtual; a host check plays a device for our
   host end.
3. A check that finds nothing wrong returns; `Violation` says what was wrong, `NotApplicable` why nothing can
   be said. A driver error in a check is a violation too: a reader that keeps to its protocol causes none.
4. A real reader is not harmed: no check sends the card more than SELECT and the questions of the reader.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

from terminal_drivers.base import DriverError

NOT_FOUND = bytes.fromhex("6A82")

S = TypeVar("S")

Frame = tuple[str, bytes]
"""("host->reader" or "reader->host", message)."""


class Violation(Exception):
    """The end under test breaks the clause."""


class NotApplicable(Exception):
    """The end under test cannot be asked this: it lacks an ability, or a card."""


def require(holds: object, otherwise: str) -> None:
    """Raise `Violation` with that text where something does not hold."""
    if not holds:
        raise Violation(otherwise)


class ClauseVerdict(Enum):
    """What a check found."""

    KEPT = "kept"
    BROKEN = "broken"
    SKIPPED = "skipped"


class Clause(Struct, frozen=True):
    """What must hold, and where that is written; `id` is unique in its kit."""

    id: str
    what: str
    source: str


class Subject(Protocol):
    """An end under test that remembers what went over its line."""

    frames: list[Frame]


class Check(Struct, Generic[S], frozen=True):
    """A clause and how to look at it; `look` takes the kit's subject of that end."""

    clause: Clause
    look: Callable[[S], None]


def check(number: str, what: str, source: str, look: Callable[[S], None]) -> Check[S]:
    """A clause by its parts, and how to look at it."""
    return Check(Clause(number, what, source), look)


class Result(Struct, frozen=True):
    """A clause with its verdict; `detail` is empty where it is kept."""

    clause: Clause
    verdict: ClauseVerdict
    detail: str
    frames: tuple[Frame, ...]


class Kit(Struct, frozen=True):
    """The checks of a protocol.

    `device_of` makes a subject of an opened reader (None: not of this protocol), `own_devices` names readers
    of ours to test, `own_host` makes a subject of our host end, where we have one.
    """

    protocol: str
    device: tuple[Check[Any], ...]
    device_of: Callable[[object], Subject | None]
    own_devices: Mapping[str, Callable[[], Subject]]
    host: tuple[Check[Any], ...] = ()
    own_host: Callable[[], Subject] | None = None


class BlankCard(Struct, frozen=True):
    """A card that knows no application, for the readers of ours."""

    atr: bytes

    def reset(self) -> bytes:
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:  # noqa: ARG002 - it knows none
        return NOT_FOUND


def run(checks: Sequence[Check[Any]], subject: Subject) -> list[Result]:
    """Run checks one after another on one subject."""
    return [_run(check, subject) for check in checks]


def _run(check: Check[Any], subject: Subject) -> Result:
    subject.frames.clear()
    verdict, detail = ClauseVerdict.KEPT, ""
    try:
        check.look(subject)
    except Violation as violation:
        verdict, detail = ClauseVerdict.BROKEN, str(violation)
    except NotApplicable as reason:
        verdict, detail = ClauseVerdict.SKIPPED, str(reason)
    except DriverError as error:
        verdict, detail = ClauseVerdict.BROKEN, f"{type(error).__name__}: {error}"
    return Result(check.clause, verdict, detail, tuple(subject.frames))
