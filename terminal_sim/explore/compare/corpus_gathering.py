"""Gathers a corpus while an exploration runs: sessions that hold, and show together all that was seen.

A session is kept where it shows something that none before it showed, or goes an errand for the first time. At the end one is left out where the others show all of it, the latest first:
early sessions are shorter, and the ways to a place get longer. The sessions are done again on another day and in each other language: what counts time by the
wall clock, and what depends on who reads the screen, shows itself there alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from terminal_sim.explore.compare.gathered import GatheredSession
from terminal_sim.explore.compare.novelty import Novelty
from terminal_sim.explore.compare.staying import stays
from terminal_sim.explore.search.act import line_of, takes_long
from terminal_sim.explore.search.archive import Archive
from terminal_sim.explore.search.explorer import ExploredEnd, Explorer
from terminal_sim.explore.search.finding import settings
from terminal_sim.explore.search.ground import Ground
from terminal_sim.explore.search.relating import DAYS_AHEAD

CORPUS = "corpus"
_OURS = re.compile(r"[0-9]+(-[0-9]+)?\.keys")
_A_FILE = 100  # sessions


class CorpusGathering:
    """A follower of an exploration; `explorers` are those of the exploration, which has not begun."""

    def __init__(self, explorers: tuple[Explorer, ...]) -> None:
        self._explorers = explorers
        self._heard = {id(one): (number, Novelty()) for number, one in enumerate(explorers)}
        self._kept: list[list[GatheredSession]] = [[] for _ in explorers]
        self._known: list[set[str]] = [set() for _ in explorers]
        for one in explorers:
            one.subscribers.append(self._heard[id(one)][1])

    def take(self, explorer: Explorer, end: ExploredEnd) -> None:
        """See `ExplorationFollower`. A session that breaks a rule is no part of the corpus."""
        number, heard = self._heard[id(explorer)]
        items, known = [*heard.taken(), *map(errand_item, end.errands)], self._known[number]
        if not end.alarms and not known.issuperset(items):
            known.update(items)
            self._kept[number].append(GatheredSession(end.number, tuple(end.acts), tuple(items)))

    def gathered(self) -> Iterator[tuple[Ground, list[GatheredSession]]]:
        """The corpus of each ground, and what of it is done on another day and in another language."""
        archives = [one.memory.archive for one in self._explorers]
        return done_elsewhere(
            (one.ground, corpus_of(one.ground, kept, [own, *archives]))
            for one, own, kept in zip(self._explorers, archives, self._kept, strict=True)
        )


def errand_item(number: int) -> str:
    """What a session shows that went an errand for the first time: an errand is about one bound or order, which nothing else may show."""
    return f"errand {number}"


def corpus_of(
    ground: Ground, kept: Sequence[GatheredSession], archives: Sequence[Archive]
) -> list[GatheredSession]:
    """Of the sessions that were kept and of those that stay at a place of the `archives`, which `stays` describes, the ones that show together all that was seen."""
    first = max((one.number for one in kept), default=0) + 1
    return needed([*kept, *stays(ground, archives, first)])


def done_elsewhere(
    gathered: Iterable[tuple[Ground, list[GatheredSession]]],
) -> Iterator[tuple[Ground, list[GatheredSession]]]:
    """The same, and behind it the sessions of each ground on another day and in each other language of the terminal; where it has none, those in which much time passes."""
    again: list[tuple[Ground, list[GatheredSession]]] = []
    for ground, sessions in gathered:
        yield ground, sessions
        own = ground.locale or ground.model.languages[0]
        others = [tag for tag in ground.model.languages if tag != own]
        again += ((replace(ground, clock=DAYS_AHEAD, locale=tag), sessions) for tag in others)
        if not others:
            long = [one for one in sessions if any(map(takes_long, one.acts))]
            again.append((replace(ground, clock=DAYS_AHEAD), long))
    yield from ((ground, sessions) for ground, sessions in again if sessions)


def needed(kept: Sequence[GatheredSession]) -> list[GatheredSession]:
    """The sessions without those of which the others show everything."""
    shown = Counter(item for one in kept for item in one.items)
    found: list[GatheredSession] = []
    for one in reversed(kept):
        if any(shown[item] == 1 for item in one.items):
            found.append(one)
        else:
            shown.subtract(one.items)
    return found[::-1]


def keep_corpus(gathered: Iterable[tuple[Ground, list[GatheredSession]]], folder: Path) -> list[Path]:
    """Write files of scripts of each ground, each session with `verify` at its end; those of an earlier exploration go, and scripts by other names stay. Raises `OSError`."""
    files: list[Path] = []
    corpus = folder / CORPUS
    corpus.mkdir(parents=True, exist_ok=True)
    for old in corpus.glob("*.keys"):
        if _OURS.fullmatch(old.name):
            old.unlink()
    for number, (ground, sessions) in enumerate(gathered, 1):
        for part in range(0, len(sessions), _A_FILE):
            file = corpus / f"{number}-{part // _A_FILE + 1}.keys"
            file.write_text(
                "\n".join(_script(ground, sessions[part : part + _A_FILE])) + "\n",
                encoding="utf-8",
                newline="\n",
            )
            files.append(file)
    return files


def _script(ground: Ground, sessions: list[GatheredSession]) -> Iterator[str]:
    yield "keys 1"
    yield from settings(ground)
    for one in sessions:
        yield ""
        yield f'scenario "session {one.number}"'
        yield "  watch"
        yield from (f"  {line_of(act)}" for act in one.acts)
        yield "  verify"
