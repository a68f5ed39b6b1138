"""The names that scripts may say: profiles, cards, texts, features, journal kinds and messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from terminal_sim import profile
from terminal_sim.bench import Bench, Profile
from terminal_sim.bench.words import MESSAGE_KINDS
from terminal_sim.display.texts import Texts
from terminal_sim.readers.tearing import CARD_STEPS

# Steps of a card's conversation; `apdu N` counts its commands.
TEAR_STEPS = (*CARD_STEPS, "apdu")
_MESSAGE_TYPE = re.compile(r"\d{4}", re.ASCII)
# The rows of lists carry a number, the keys of a keypad their name; neither has a text of its own.
_NUMBERED = re.compile(r"(txn-\d+|application-\d+|order-\d+|key-\S+)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The names that do not depend on a script."""

    profiles: tuple[str, ...]
    features: frozenset[str]
    flows: frozenset[str]
    texts: Texts

    @property
    def ids(self) -> frozenset[str]:
        """Every id that an element of a screen may have."""
        return self.texts.ids

    def load(self, name: str | Path) -> Profile:
        """A profile by name or path, in which nothing is wrong. Raises `profile.ProfileError` with the cure."""
        loaded = profile.load(name)
        profile.check(loaded, self.flows, self.texts, file=profile.file_of(name))
        return loaded

    def cards(self, catalogues: Sequence[Path]) -> frozenset[str]:
        """The cards of the decks and the bundled ones."""
        with Bench(catalogues=catalogues) as bench:
            return frozenset(bench.card_names())

    def check_card(self, name: str, catalogues: Sequence[Path]) -> None:
        """Whether the file of a card is right. Raises `profile.ProfileError` with the cure."""
        with Bench(catalogues=catalogues) as bench:
            bench.card(name)

    def has_id(self, name: str, profiles: Sequence[Profile]) -> bool:
        """Whether some screen of these profiles may have an element of this id, or be it."""
        if name in self.ids or name == "off" or _NUMBERED.fullmatch(name):
            return True
        return any(name.removeprefix("menu-") in one.menus for one in profiles)


@cache
def vocabulary() -> Vocabulary:
    """Of everything that is bundled."""
    names = tuple(profile.names())
    features = frozenset(feature for name in names for feature in profile.load(name).features)
    with Bench() as bench:
        return Vocabulary(profiles=names, features=features, flows=frozenset(bench.flows), texts=bench.texts)


def check_answer(text: str) -> None:
    """Checks with a bench of its own that a host can answer so. Raises `BenchMisuse` with the words there are."""
    with Bench() as bench:
        bench.host_answers([text])


def check_clock(text: str) -> None:
    """Whether a bench can begin at this time. Raises `BenchMisuse` with the cure."""
    with Bench(clock=text):
        pass


def is_message(word: str) -> bool:
    """A kind of host message, or a message type of four digits."""
    return word in MESSAGE_KINDS or _MESSAGE_TYPE.fullmatch(word) is not None
