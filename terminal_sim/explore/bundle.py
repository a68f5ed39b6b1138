"""A bundle: one run of a terminal as a value, with all that its replay needs and all that it must give again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct

from terminal_sim.explore.recorded_act import RecordedAct
from terminal_sim.readers.opening import VIRTUAL

FORMAT = 1


class BundleError(Exception):
    """A bundle that cannot be read, written or replayed, in one sentence with its cure."""


class _Said(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of `bundle.json`."""


class NamedFile(_Said, frozen=True):
    """A data file of the product or of the user, by its name and the SHA-256 of its bytes in hexadecimal."""

    name: str
    sha256: str


class BundledTerminal(_Said, frozen=True):
    """A terminal by its profile's id; `toml` is the whole profile with every option as it was, `sha256` that of `toml`."""

    profile: str
    sha256: str
    toml: str


class BundledScenario(_Said, frozen=True):
    """Where the run was written: a file by its name alone, a line of it, and the title with its row of examples."""

    file: str
    line: int
    title: str


class BundledEnd(_Said, frozen=True):
    """How the run ended: its `outcome` (held, failed, broken), the sentence that says why, after which event, and the virtual time at last."""

    outcome: str
    sentence: str
    event: int
    mono: int


class BundleHead(_Said, frozen=True):
    """`bundle.json`. `members` has the SHA-256 of each other member by its name; `secrets` are variables that the environment of a replay gives.

    `readers` are the addresses of the run; `cards` those that were presented; `card` the one that was named before the first act.
    """

    format: int
    version: str
    commit: str
    python: str
    scenario: BundledScenario
    terminals: tuple[BundledTerminal, ...]
    acquirer: NamedFile
    cards: tuple[NamedFile, ...]
    pack: str | None
    locale: str
    clock: str
    seed: int
    readers: tuple[str, ...]
    secrets: tuple[str, ...]
    card: str
    end: BundledEnd
    members: Mapping[str, str]


def has_frames(readers: tuple[str, ...]) -> bool:
    """Whether the trace of a run on these readers has their frames: on a line that takes real time they come as it happens."""
    return readers == (VIRTUAL,)


class _Numbered(Struct, frozen=True):
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """`trace` are the lines of the trace, masked; `script` does the same as the acts; `cards` are card files of the user by their names.

    `state` is the saved bench that the run began with, its secrets by name, "" for a fresh terminal. `recording` is what went over the line of a real
    reader, with card data in clear. `screens` are drawings (SVG) by the number of the event that showed them.
    """

    head: BundleHead
    acts: tuple[RecordedAct, ...]
    trace: tuple[str, ...] = field(repr=False)
    script: str = field(repr=False)
    cards: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    state: str = field(default="", repr=False)
    recording: bytes = field(default=b"", repr=False)
    screens: Mapping[int, str] = field(default_factory=dict, repr=False)

    @property
    def last_event(self) -> int:
        """The number of the last event, 0 where the trace is empty."""
        return max((msgspec.json.decode(line, type=_Numbered).n for line in self.trace[-1:]), default=0)

    @property
    def is_private(self) -> bool:
        """Whether it holds card data in clear: a recording of a real reader, or card files of the user."""
        return bool(self.recording or self.cards)
