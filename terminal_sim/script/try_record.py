"""What one try of a scenario leaves behind, as values that go through processes and into JSON.

1. Every text and every byte is masked: card data, hidden fields and the secrets of the script are in no record.
2. A picture is kept once for each look of the device, by the digest of its drawing; steps name it by that.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct


class StepPart(Enum):
    """Which part of the script a step belongs to."""

    SETUP = "setup"
    SCENARIO = "scenario"
    TEARDOWN = "teardown"


class StepVerdict(Enum):
    """How a step ended; one that comes after a failed one is not run."""

    HELD = "held"
    FAILED = "failed"
    BROKEN = "broken"
    NOT_RUN = "not run"


class SourceLine(Struct, frozen=True):
    """A line of a script as it is written there."""

    file: str
    line: int
    source: str


class StepRecord(Struct, frozen=True, kw_only=True):
    """One step: a line that does or expects something. `callers` are the macro calls that led to it, outermost first.

    `at` and `took` are microseconds of virtual time, `seconds` that of the wall. The step caused the events `first` to `last` of the trace; it caused none
    where `last` is smaller. `picture` is the digest of what all displays show after it, `receipts` are those of the papers that came out. `why` says
    what a failed step expected and what there was.
    """

    line: SourceLine
    verdict: StepVerdict
    part: StepPart = StepPart.SCENARIO
    callers: tuple[SourceLine, ...] = ()
    at: int = 0
    took: int = 0
    seconds: float = 0.0
    first: int = 0
    last: int = 0
    picture: str = ""
    receipts: tuple[str, ...] = ()
    why: str = ""


class PictureRecord(Struct, frozen=True):
    """A look of the device, or a receipt: as text and as an SVG document."""

    text: str
    svg: str


class PartRecord(Struct, frozen=True):
    """The bytes from `first` up to `end`, their tag and name, and their value; `parts` lie within."""

    name: str
    first: int
    end: int
    value: str = ""
    tag: str = ""
    parts: tuple[PartRecord, ...] = ()


class BytesRecord(Struct, frozen=True):
    """Bytes of an entry: `name` is `command`, `response` or `message`; a hidden byte is `••` in `hex`."""

    name: str
    hex: str
    parts: tuple[PartRecord, ...]


class EntryRecord(Struct, frozen=True, kw_only=True):
    """An entry of the trace. `lane` is where a timeline shows it, "" where it shows it nowhere; `label` is the whole of it in a few words.

    `cause` is the number of the act that it follows from. `fields` are the flat fields of its JSON line, without a screen's text.
    """

    number: int
    cause: int
    at: int
    terminal: str
    kind: str
    label: str
    lane: str = ""
    detail: str = ""
    is_wrong: bool = False
    fields: Mapping[str, str | int] = {}
    bytes: tuple[BytesRecord, ...] = ()


class TryRecord(Struct, frozen=True, kw_only=True):
    """One try: its steps in the order in which they were done, its pictures by their digests, and its timeline."""

    steps: tuple[StepRecord, ...]
    pictures: Mapping[str, PictureRecord]
    timeline: tuple[EntryRecord, ...]
