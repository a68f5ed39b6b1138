"""The tester of power cuts has teeth: where something is not made durable when it is said to be, it finds what is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from terminal_sim.bench import card_memory
from terminal_sim.files import PLAIN, write_all
from terminal_sim.host import ledger_file
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.ledger_file import LedgerFile
from terminal_sim.journal import file as journal_file
from terminal_sim.journal import head
from terminal_sim.journal.head import HeadFile, Mark
from terminal_sim.runtime import card_vault, key_store
from tests.crash.cuts import cut
from tests.crash.shop import Recording
from tests.crash.shops import SHOPS
from tests.proof import ProofCount

Carelessness = Callable[[pytest.MonkeyPatch], None]


def _synchronous(level: str) -> Carelessness:
    def careless(patch: pytest.MonkeyPatch) -> None:
        sound = journal_file._pragma
        patch.setattr(journal_file, "_pragma", lambda db, text: sound(db, text.replace("=full", f"={level}")))

    return careless


def _without_sync(patch: pytest.MonkeyPatch) -> None:
    def sync(books: LedgerFile) -> None:
        if not books._synced:
            books._head.write(books.index.mark)
            books._synced = True

    patch.setattr(LedgerFile, "sync", sync)


def _unsynced_replacement(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | PLAIN, 0o600)
    write_all(descriptor, content)
    os.close(descriptor)
    fresh.replace(path)


def _without_replacement(patch: pytest.MonkeyPatch) -> None:
    for module in (key_store, card_memory, card_vault, head):
        patch.setattr(module, "replace_private", _unsynced_replacement)


def _without_folders(patch: pytest.MonkeyPatch) -> None:
    for module in (journal_file, ledger_file, card_memory):
        patch.setattr(module, "sync_folder", lambda _: None)


def _head_in_its_place(patch: pytest.MonkeyPatch) -> None:
    def start(made: HeadFile, mark: Mark) -> None:
        made._descriptor = os.open(made.path, os.O_WRONLY | os.O_CREAT | PLAIN, 0o600)
        made.write(mark)

    patch.setattr(HeadFile, "start", start)


def _every_torn_line_is_damage(patch: pytest.MonkeyPatch) -> None:
    sound: Any = LedgerFile._read_records

    def read(books: LedgerFile, content: bytes, counted: Mark) -> None:
        sound(books, content, counted)
        if content.count(b"\n") + books.index.mark.count - len(books.found) > books.index.mark.count:
            raise ledger_file.LedgerFileError("a line behind the counted ones is no record")

    patch.setattr(LedgerFile, "_read_records", read)


CARELESS: dict[str, tuple[str, Carelessness]] = {
    "the journal is never synced": ("sales", _synchronous("off")),
    "the journal is synced at a checkpoint alone": ("sales", _synchronous("normal")),
    "the acquirer's books are never synced": ("sales", _without_sync),
    "an answer leaves before its books are durable": (
        "sales",
        lambda patch: patch.setattr(Acquirer, "make_durable", lambda _: None),
    ),
    "the name of a new file is not durable": ("sales", _without_folders),
    "a file is replaced by one that was not synced": ("PINs under derived keys", _without_replacement),
    "a page is written and not synced": (
        "PINs that the card counts",
        lambda patch: patch.setattr(card_memory, "sync_content", lambda _: None),
    ),
    "a head is made in its place": ("sales", _head_in_its_place),
    "a torn line of the books is damage": ("by mail, and a refund", _every_torn_line_is_damage),
}


@pytest.mark.parametrize("what", CARELESS)
def test_the_tester_finds_what_is_lost_where(what: str, place: Path, proof: ProofCount) -> None:
    name, careless = CARELESS[what]
    shop = next(one for one in SHOPS if one.name == name)
    with pytest.MonkeyPatch.context() as patch:
        careless(patch)
        _, lost = cut(Recording.of(shop, place / "run"), place, Random(1))
    assert lost
    proof(planted=1)
