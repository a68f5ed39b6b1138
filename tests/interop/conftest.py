"""What the interoperability tests share: served readers, daemons over them, and cards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from terminal_drivers.served import ServedReader
from terminal_sim.cards import deck
from terminal_sim.cards.deck import VirtualCard
from terminal_sim.emv.crypto import IssuerKeys
from tests.emv.terminal import ISSUER_KEY
from tests.interop.daemon import Pcscd, need

Start = Callable[..., Pcscd]
CardNamed = Callable[[str], VirtualCard]


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a short name: the path of a socket has room for 107 characters (unix(7))."""
    with TemporaryDirectory(prefix="interop-") as folder:
        yield Path(folder)


@pytest.fixture
def start(short: Path) -> Iterator[Start]:
    """Start a pcscd over entries of its configuration; it ends with the test."""
    with ExitStack() as stack:
        yield lambda *entries, env=None: stack.enter_context(Pcscd(short, entries, env))


@pytest.fixture
def served(short: Path) -> Iterator[Callable[..., ServedReader]]:
    """Serve a virtual reader by the name of its variant; it goes with the test, after the daemon over it."""
    need("pcscd", "libccid")
    with ExitStack() as stack:

        def serve(variant: str = "gempc-twin", **more: Any) -> ServedReader:
            reader = ServedReader(variant, short / f"tty-{variant}", **more)
            stack.callback(reader.close)
            return reader

        yield serve


@pytest.fixture
def card() -> CardNamed:
    """A fresh card of the bundled deck."""
    return lambda name: deck.load(name, (), IssuerKeys(ISSUER_KEY))


@pytest.fixture
def twin(served: Callable[..., ServedReader], start: Start) -> tuple[ServedReader, Pcscd]:
    """A GemPC Twin of ours, empty, under a pcscd of its own."""
    reader = served()
    return reader, start(reader.pcscd_entry)
