"""What the tries of all scenarios left behind, with everything that is the same in several of them kept once.

Scenarios of one script do much alike: a picture, or an exchange with a card, comes up in hundreds of them. Pictures are known by their digest; what
entries of a trace say is numbered, and a timeline has those numbers.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Raw, Struct

from terminal_sim.explore.coverage import Coverage
from terminal_sim.script.try_record import BytesRecord, EntryRecord, PictureRecord, StepRecord, TryRecord

COLUMNS = 4  # of a timeline: number, cause, time in microseconds, and the number of what it says


class Said(Struct, frozen=True, omit_defaults=True):
    """What an entry of a trace says, without when."""

    kind: str
    label: str
    lane: str = ""
    detail: str = ""
    is_wrong: bool = False
    bytes: tuple[BytesRecord, ...] = ()


class TryEvidence(Struct, frozen=True):
    """The steps of a try, and its timeline as rows of `COLUMNS` numbers one after the other."""

    steps: tuple[StepRecord, ...]
    timeline: tuple[int, ...]


class Evidence:
    """Collects tries. `pictures` and `said` are what they name; `coverage` is that of all of them."""

    def __init__(self) -> None:
        self.pictures: dict[str, PictureRecord] = {}
        self.said: list[Raw] = []
        self.coverage = Coverage()
        self._numbers: dict[bytes, int] = {}
        self._encoder = msgspec.json.Encoder()

    def add(self, record: TryRecord) -> TryEvidence:
        """Keep what the try left; gives what is its own."""
        self._keep(record.pictures)
        timeline: list[int] = []
        for entry in record.timeline:
            if entry.kind == "state":
                self.coverage.change("", *(str(entry.fields[name]) for name in ("flow", "source", "dest")))
            timeline += (entry.number, entry.cause, entry.at, self._number(entry))
        return TryEvidence(record.steps, tuple(timeline))

    def _keep(self, pictures: Mapping[str, PictureRecord]) -> None:
        for digest, picture in pictures.items():
            self.pictures.setdefault(digest, picture)

    def _number(self, entry: EntryRecord) -> int:
        said = self._encoder.encode(
            Said(entry.kind, entry.label, entry.lane, entry.detail, entry.is_wrong, entry.bytes)
        )
        number = self._numbers.setdefault(said, len(self._numbers))
        if number == len(self.said):
            self.said.append(Raw(said))
        return number
