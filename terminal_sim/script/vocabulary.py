"""The names that scripts may say: profiles, cards, texts, features, journal kinds and messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from terminal_sim import profile
from terminal_sim.bench import Bench, Profile
from terminal_sim.bench.words import MESSAGE_KINDS
from terminal_sim.display.texts import Texts, plain
from terminal_sim.readers.tearing import CARD_STEPS

if TYPE_CHECKING:
    from terminal_sim.oracles.oracle import Oracle

# Steps of a card's conversation; `apdu N` counts its commands.
TEAR_STEPS = (*CARD_STEPS, "apdu")
_MESSAGE_TYPE = re.compile(r"\d{4}", re.ASCII)
# The rows of lists carry a number, the keys of a keypad their name; neither has a text of its own.
_NUMBERED = re.compile(r"(txn-\d+|application-\d+|order-\d+|key-\S+)", re.ASCII)


def _entries(profile: Profile) -> list[tuple[str, str]]:
    """The entries of the home screen and of all menus: the id of each, and the flow or menu that it opens."""
    entries = [*profile.home.entries, *(entry for menu in profile.menus.values() for entry in menu.entries)]
    return [(entry.id, entry.flow or f"menu {entry.menu}") for entry in entries]


def _opened(profiles: Iterable[Profile]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for name, target in (entry for one in profiles for entry in _entries(one)):
        found[name] = found.get(name, frozenset()) | {target}
    return found


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The names that do not depend on a script."""

    profiles: tuple[str, ...]
    features: frozenset[str]
    flows: frozenset[str]
    packs: tuple[str, ...]
    texts: Texts
    opened: Mapping[str, frozenset[str]]
    """What the menu entries of each id open, over all bundled profiles."""
    own_oracles: tuple[Oracle, ...] = ()
    """Rules of a user's own, beside those of the simulator."""

    @property
    def oracles(self) -> Mapping[str, str]:
        """The sentence by its code of each rule that a script can be held to, the user's own among them."""
        from terminal_sim.oracles.catalogue import CODES, EXPLORED  # most scripts name none

        known = {code: says for code, says in CODES.items() if code not in EXPLORED}
        return {**known, **{one.code: one.sentence for one in self.own_oracles}}

    @property
    def ids(self) -> frozenset[str]:
        """Every id that an element of a screen may have."""
        return self.texts.ids

    def load(self, name: str | Path, options: Mapping[str, str] | None = None) -> Profile:
        """A profile by name or path, with options, in which nothing is wrong. Raises `profile.ProfileError` with the cure."""
        loaded = profile.load(name, options)
        profile.check(loaded, self.flows, self.texts, file=None if options else profile.file_of(name))
        return loaded

    def cards(self, decks: Sequence[Path]) -> frozenset[str]:
        """The cards of the decks and the bundled ones."""
        with Bench(decks=decks) as bench:
            return frozenset(bench.card_names())

    def check_card(self, name: str, decks: Sequence[Path]) -> None:
        """Whether the file of a card is right. Raises `profile.ProfileError` with the cure."""
        with Bench(decks=decks) as bench:
            bench.card(name)

    def worded(self, text: str) -> frozenset[str]:
        """The ids that have exactly this wording in some language."""
        return self._worded.get(plain(text), frozenset())

    @cached_property
    def _worded(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for language in self.texts.languages:
            for name, wording in self.texts.catalogue(language).items():
                found[plain(wording)] = found.get(plain(wording), frozenset()) | {name}
        return found

    def is_missing(self, name: str, profile: Profile) -> bool:
        """Whether menus show this id elsewhere, and this profile has neither the entry nor what it opens there."""
        entries = _entries(profile)
        titles = {menu.title for menu in profile.menus.values()} | profile.menus.keys()
        offered = titles | {entry for entry, _ in entries}
        here = {target for _, target in entries} | {profile.home.flow}
        there = self.opened.get(name, frozenset())
        return bool(there) and name not in offered and not there & here

    def has_id(self, name: str, profiles: Sequence[Profile]) -> bool:
        """Whether some screen of these profiles may have an element of this id, or be it."""
        # A list sums what it filters under an id made of the filter's.
        if name.removeprefix("sum-") in self.ids or name == "off" or _NUMBERED.fullmatch(name):
            return True
        return any(name.removeprefix("menu-") in one.menus for one in profiles)


@cache
def vocabulary() -> Vocabulary:
    """Of everything that is bundled."""
    names = tuple(profile.names())
    loaded = [profile.load(name) for name in names]
    features = frozenset(feature for one in loaded for feature in one.features)
    with Bench() as bench:
        return Vocabulary(
            profiles=names,
            features=features,
            flows=frozenset(bench.flows),
            packs=tuple(bench.acquirer.config.packs),
            texts=bench.texts,
            opened=_opened(loaded),
        )


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
