"""What the values of a script are judged by."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from terminal_sim.bench import Profile
from terminal_sim.script.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Scope:
    """The names there are, the profiles that the script runs on, and its folders of cards.

    `judged` has what is wrong with each card that was looked at: its file is read once, however often a script names it.
    `rehearsed` has the same of each line that was rehearsed.
    """

    vocabulary: Vocabulary
    profiles: tuple[Profile, ...]
    cards: frozenset[str]
    decks: tuple[Path, ...] = ()
    judged: dict[str, str] = field(default_factory=dict, compare=False)
    rehearsed: dict[str, str] = field(default_factory=dict, compare=False)
