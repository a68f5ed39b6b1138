"""A shop whose state folder is recorded: what is done there, what was acknowledged when, and what is found after a power cut."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

from terminal_sim import files
from terminal_sim.bench import (
    Bench,
    BenchMisuse,
    Duration,
    JournalError,
    TerminalUnderTest,
    Trace,
    card_memory,
    plain,
)
from terminal_sim.bench.card_memory import CardMemoryFolder
from terminal_sim.cards.catalogue import CardState
from terminal_sim.display.texts import Texts
from terminal_sim.host.ledger_file import LedgerFile
from terminal_sim.journal.store import Journal
from terminal_sim.runtime import card_vault, key_store
from tests.crash.images import Image
from tests.crash.recorded_disk import RecordedDisk

TEXTS = Texts.load()
SETTLED = Duration.parse("26h")
Days = Sequence[Callable[[Bench, list[TerminalUnderTest]], None]]


@dataclass(frozen=True, slots=True)
class Shop:
    """`models` are its terminals with their options, and each of `days` is what one life of the bench does; `host` is its host file."""

    name: str
    models: tuple[tuple[str, Mapping[str, object]], ...]
    days: Days
    host: Callable[[Path], str | Path] = lambda _: "test-acquirer"

    def opened(self, state: Path, host: str | Path, trace: Trace | Literal[False] = False) -> Bench:
        """A bench of the shop on this state folder."""
        return Bench(state=state, host=host, texts=TEXTS, trace=trace)

    def terminals(self, bench: Bench) -> list[TerminalUnderTest]:
        return [bench.add_terminal(model, options=options) for model, options in self.models]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What was acknowledged after the operation `done`: how much of a growing file, or which version of a replaced one."""

    done: int
    what: str
    count: int


@dataclass
class Acknowledgements:
    """All that was acknowledged in a run, and what is looked for after a cut: hashes of rows, and the versions of replaced files and of what cards remember."""

    made: list[Acknowledged] = field(default_factory=list)
    hashes: dict[str, list[bytes]] = field(default_factory=dict)
    versions: dict[str, list[bytes]] = field(default_factory=dict)

    def at(self, done: int) -> dict[str, int]:
        """What must be there after a cut behind the operation `done`."""
        least: dict[str, int] = {}
        for one in self.made:
            if one.done <= done:
                least[one.what] = max(one.count, least.get(one.what, 0))
        return least

    @contextmanager
    def noting(self, disk: RecordedDisk) -> Iterator[None]:
        """Note within what the stores say is durable, when they say so."""
        append_many, sync, replace_private = Journal.append_many, LedgerFile.sync, files.replace_private
        keep = CardMemoryFolder.keep

        def appended(journal: Journal, batches: Any) -> Any:
            rows = append_many(journal, batches)
            name = Path(journal.path).name
            self.hashes.setdefault(name, []).extend(row.hash for row in rows)
            self.made.append(Acknowledged(len(disk.log), name, journal.row_count))
            return rows

        def synced(books: LedgerFile) -> None:
            sync(books)
            self.made.append(Acknowledged(len(disk.log), "answers", books.index.mark.count))

        def replaced(path: Path, content: bytes) -> None:
            name = os.fspath(path.relative_to(disk.root))
            self.versions.setdefault(name, []).append(content)
            replace_private(path, content)
            self.made.append(Acknowledged(len(disk.log), name, len(self.versions[name])))

        def kept(cards: CardMemoryFolder, card: str, state: CardState) -> None:
            name = os.fspath((cards._folder / f"{card}.json").relative_to(disk.root))
            self.versions.setdefault(name, []).append(msgspec.json.encode(plain.encoded(state)))
            keep(cards, card, state)
            self.made.append(Acknowledged(len(disk.log), name, len(self.versions[name])))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Journal, "append_many", appended)
            patch.setattr(LedgerFile, "sync", synced)
            patch.setattr(CardMemoryFolder, "keep", kept)
            for module in (card_vault, key_store):
                patch.setattr(module, "replace_private", replaced)
            yield


@dataclass(frozen=True, slots=True)
class Found:
    """What an image holds: how much of each file, and what is wrong after its terminals have recovered; `refused` is why it does not open."""

    held: Mapping[str, int]
    wrong: tuple[str, ...]
    refused: str = ""

    def lacks(self, least: Mapping[str, int]) -> list[str]:
        """What was acknowledged and is not there, and what is wrong."""
        if self.refused:
            return [f"it does not open: {self.refused}"]
        missing = [
            f"{what}: {count} were acknowledged, {self.held.get(what, 0)} are there"
            for what, count in least.items()
            if self.held.get(what, 0) < count
        ]
        return [*missing, *self.wrong]


@dataclass
class Recording:
    """A run of a shop: the disk with its log, what was acknowledged, and the host file."""

    shop: Shop
    disk: RecordedDisk
    acknowledged: Acknowledgements
    host: str | Path

    @classmethod
    def of(cls, shop: Shop, place: Path) -> Recording:
        """Does all that is done in the shop, in a folder of `place`."""
        place.mkdir(mode=0o700)
        host, state = shop.host(place), place / "state"
        state.mkdir(mode=0o700)
        made = cls(shop, RecordedDisk(state), Acknowledgements(), host)
        with made.disk.recording(), made.acknowledged.noting(made.disk):
            for day in shop.days:
                with shop.opened(state, host) as bench:
                    day(bench, shop.terminals(bench))
        assert made.disk.missed() == {}
        return made

    def again(self, image: Image, state: Path) -> Recording:
        """A recording of the recovery from `image`, which is put into the folder `state`."""
        image.write(state)
        made = Recording(self.shop, RecordedDisk(state), Acknowledgements(), self.host)
        least = self.acknowledged.at(image.done)
        made.acknowledged.made = [Acknowledged(0, what, count) for what, count in least.items()]
        for name in self.acknowledged.versions:
            made.acknowledged.versions[name] = self.acknowledged.versions[name][: self._version(name, image)]
        with (
            made.disk.recording(),
            made.acknowledged.noting(made.disk),
            self.shop.opened(state, self.host) as bench,
        ):
            for name, count in self._rows(bench).items():
                made.acknowledged.hashes[name] = self.acknowledged.hashes.get(name, [])[:count]
            self.shop.terminals(bench)
            bench.advance(Duration.parse("10min"))
        return made

    def found(self, image: Image, state: Path) -> Found:
        """What is found after the cut: the image is put into the folder `state`, opened, and its terminals have a day."""
        image.write(state)
        held = {name: self._version(name, image) for name in self.acknowledged.versions}
        try:
            with self.shop.opened(state, self.host) as bench:
                held |= self._rows(bench)
                wrong = self._strange(bench)
                self.shop.terminals(bench)
                bench.advance(SETTLED)
                return Found(held, (*wrong, *bench.violations(resolved=True)))
        except (BenchMisuse, JournalError) as refused:
            return Found(held, (), str(refused))

    def _version(self, name: str, image: Image) -> int:
        content = image.content.get(name)
        if content is not None and name.startswith("cards"):
            with suppress(plain.NotPlain):
                content = card_memory._content(content)
        versions = self.acknowledged.versions[name]
        return (
            0 if content is None or content not in versions else len(versions) - versions[::-1].index(content)
        )

    def _rows(self, bench: Bench) -> dict[str, int]:
        folder = bench._folder
        assert folder is not None
        sales = {"pos.db": folder.sales.row_count} if folder.sales is not None else {}
        return {"journal.db": folder.journal.row_count, "answers": len(folder.books.records), **sales}

    def _strange(self, bench: Bench) -> list[str]:
        """Rows that are not the first ones of the run."""
        folder = bench._folder
        assert folder is not None
        journals = [folder.journal, *([folder.sales] if folder.sales is not None else [])]
        wrong = []
        for journal in journals:
            name = Path(journal.path).name
            rows = sorted(
                (row for one in journal.terminals() for row in journal.rows(one)), key=lambda row: row.seq
            )
            hashes = [row.hash for row in rows]
            if hashes != self.acknowledged.hashes.get(name, [])[: len(hashes)]:
                wrong.append(f"{name}: its rows are not those that were stored")
        return wrong
