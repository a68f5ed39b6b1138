"""The virtual acquirer of a bench as a process of its own: it dies at a message, is away for a while, and begins again from its books.

What dies with it is what is in memory: queued answers and scripts, and what it knew of cards and terminals beside its books. The line to it is
a network: a message may be held up there and be overtaken by the one behind it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from msgspec import Struct

from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.acquirer_link import AcquirerLink
from terminal_sim.host.ledger_file import LedgerFile
from terminal_sim.host.link import CONNECT_TIMEOUT, Arrival

if TYPE_CHECKING:
    from terminal_sim.bench.bench import Bench
    from terminal_sim.bench.terminal import TerminalUnderTest

_IN_MEMORY = Path("/dev/shm")


class HostDeath(Enum):
    """When a process ends that has got a message."""

    DEAF = "deaf"
    """Before it has looked at the message."""
    KILLED = "killed"
    """It is in the books but not synced; the system keeps what was written."""
    POWERLESS = "powerless"
    """The same, and the power of its machine fails: of what was not synced a part is there, or nothing."""
    MUTE = "mute"
    """It is in the books for good, and its answer never leaves."""


class ComingDeath(Struct, frozen=True, kw_only=True):
    """The process ends as `death` says at its `message`-th message from now, and is away for `away` microseconds."""

    death: HostDeath
    message: int
    away: int

    def __str__(self) -> str:
        return f"{self.death.value}, message {self.message}, away {self.away / 1_000_000:g} s"


class HostProcess:
    """See the module. It takes the place of the acquirer of `bench`, whose terminals are then given to `take`; `chance` draws what a lost power leaves."""

    def __init__(self, bench: Bench, chance: Random) -> None:
        self._bench = bench
        self._chance = chance
        self._folder = Path(tempfile.mkdtemp(prefix="host-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None))
        self._lives = 0
        self._coming: ComingDeath | None = None
        self._listens_at = 0  # virtual time
        self._links: list[MortalLink] = []
        self._begin({})

    @property
    def acquirer(self) -> Acquirer:
        """That of its newest life."""
        return self._bench.acquirer

    @property
    def is_away(self) -> bool:
        """Whether it does not listen yet."""
        return self._bench.now.mono < self._listens_at

    def take(self, terminal: TerminalUnderTest) -> MortalLink:
        """Let `terminal` reach its host over a line to this process."""
        link = MortalLink(self)
        self._links.append(link)
        terminal.board.link = link
        return link

    def die(self, coming: ComingDeath) -> None:
        """Let it die at a message to come."""
        self._coming = coming

    def mend(self) -> None:
        """It listens and does not die, and nothing more is held up on the way."""
        self._coming, self._listens_at = None, 0
        for link in self._links:
            link.holds_next = False

    def close(self) -> None:
        """End it, and forget its books."""
        self._books.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def answer(self, link: AcquirerLink, message: bytes, stan: int) -> Sequence[Arrival]:
        """What comes back of a message that has reached the machine of the process."""
        if self.is_away:
            return [Arrival(problem="unreachable", note="the host's process is away", stan=stan)]
        coming = self._coming
        if coming is None or coming.message > 1:
            if coming is not None:
                self._coming = ComingDeath(death=coming.death, message=coming.message - 1, away=coming.away)
            return link.send(message, stan)
        self.make_durable()  # the answers to what came before have left
        if coming.death is not HostDeath.DEAF:
            link.send(message, stan)
        if coming.death is HostDeath.MUTE:
            self.make_durable()
        self._end(coming)
        return [Arrival(problem="closed", note=f"the host's process dies: {coming.death.value}")]

    def make_durable(self) -> None:
        """Sync its books, so that answers may leave."""
        self.acquirer.make_durable()

    def _begin(self, image: Mapping[str, bytes]) -> None:
        self._lives += 1
        place = self._folder / str(self._lives)
        place.mkdir()
        for name, content in image.items():
            (place / name).write_bytes(content)
        self._books = LedgerFile(place / "acquirer.jsonl")
        self._books.start()
        before = self._bench.acquirer
        acquirer = Acquirer(before.config, before.dialect)
        acquirer.messages = before.messages  # what was on the wire is the bench's to know
        acquirer.keep_books(self._books)
        self._bench.acquirer = acquirer
        self._bench.wallet.bank_at(acquirer)
        for link in self._links:
            link.line.acquirer = acquirer

    def _end(self, coming: ComingDeath) -> None:
        self._coming = None
        self._listens_at = self._bench.now.mono + coming.away
        place = self._books.path.parent
        image = {file.name: file.read_bytes() for file in place.iterdir()}
        if coming.death is HostDeath.POWERLESS:
            name = self._books.path.name
            left = self._chance.choice((0.0, 0.5, 0.9, 1.0))
            certain = self._books.synced_end
            image[name] = image[name][: certain + round((len(image[name]) - certain) * left)]
        self._books.close()
        shutil.rmtree(place)
        self._begin(image)


class MortalLink:
    """A `HostLink` of one terminal to a process that may die. `holds_next` lets its next message be overtaken by the one behind it."""

    def __init__(self, process: HostProcess) -> None:
        self.line = AcquirerLink(process.acquirer)
        self.up = True
        self.slow = 0
        self.holds_next = False
        self._process = process
        self._held: list[tuple[int, bytes]] = []

    def send(self, message: bytes, stan: int) -> Sequence[Arrival]:
        """What comes back of the message, and of the one that it has overtaken."""
        if not self.up:
            return [Arrival(delay=CONNECT_TIMEOUT, problem="unreachable")]
        self.line.slow = self.slow
        if self.holds_next:
            self.holds_next = False
            self._held.append((stan, message))
            return []
        held, self._held = self._held, []
        return [
            *self._process.answer(self.line, message, stan),
            *(
                arrival
                for number, late in held
                for arrival in self._process.answer(self.line, late, number)
                if arrival.problem != "unreachable"  # it had left: nobody tells the terminal
            ),
        ]

    def release(self) -> None:
        """Make the answers durable. Raises `StorageFailed`."""
        self._process.make_durable()

    def receive(self) -> Sequence[Arrival]:
        """Nothing: everything is known when it is sent."""
        return ()

    def close(self) -> None:
        """It holds nothing."""
