"""A shop with one point of sale: what its people do, and what became of each payment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from terminal_sim import profile as profiles
from terminal_sim.bench import Bench, Duration, TerminalUnderTest
from terminal_sim.core.config import Profile
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.payment import PaymentState
from terminal_sim.display.texts import Texts
from terminal_sim.journal.invariants import violations

TEXTS = Texts.load()
DEVICES = ("square-reader", "square-stand", "square-register", "square-terminal")
SECOND = Duration.parse("1s")
HOUR = Duration.parse("1h")
DAY = Duration.parse("24h")


ALLOWED = {"offline.allowed": True}


@cache
def stock(name: str) -> Profile:
    """A device whose merchant has allowed offline payments; it is delivered without."""
    return profiles.load(name, ALLOWED)


class Shop:
    """A bench with one point of sale and somebody at it."""

    def __init__(self, device: str | Profile, *, state: Path | None = None) -> None:
        self.profile = stock(device) if isinstance(device, str) else device
        self.bench = Bench(texts=TEXTS, trace=False, state=state)
        self.terminal: TerminalUnderTest = self.bench.add_terminal(self.profile)

    # Hands.

    def charge(self, amount: int = 1000, card: str = "visa-credit") -> str:
        """What the display says of a payment with a card; its reference is that of the newest payment."""
        self.terminal.touch("home")
        self.terminal.press("CLEAR")
        for digit in str(amount):
            self.terminal.press(digit)
        self.terminal.press("OK")
        if not self.terminal.wants_card("insert"):
            told = self.told()
            while self.terminal.press("CLEAR"):
                pass
            return told
        self.terminal.insert(card)
        if self.terminal.firmware.durable.outage is None:
            self.bench.advance(SECOND)
        told = self.told()
        self.terminal.remove_card()
        self.terminal.touch("home")
        return told

    def told(self) -> str:
        """The id of what the screen says."""
        screen = self.terminal.view().screen
        complaint = getattr(self.terminal.firmware.stack[-1], "complaint", None)
        return complaint.id if complaint is not None else screen.id

    def pass_time(self, duration: int) -> None:
        self.bench.advance(duration)

    def leave(self, act: str) -> None:
        """Sign out, or the like, warning or not."""
        self.terminal.touch("more")
        self.terminal.touch(act)
        self.terminal.press("OK")
        self.terminal.press("OK")

    # Eyes.

    @property
    def durable(self) -> DurableState:
        return DurableState.of(stored.row for stored in self.terminal.journal())

    def fates(self) -> list[PaymentState]:
        """The states of all payments, oldest first."""
        return [payment.state for payment in self.durable.payments.values()]

    def kinds(self, prefix: str = "offline.") -> list[str]:
        return [row.kind for row in self.terminal.journal() if row.kind.startswith(prefix)]

    def advices(self) -> list[str]:
        """The references that the acquirer was sent as advices, in order."""
        return [str(m.fields["reference"]) for m in self.bench.host_messages() if m.kind == "advice"]

    def wrong(self, *, resolved: bool = False) -> list[str]:
        bench = self.bench
        return violations(bench.journal, bench.acquirer.entries(), bench.host_messages(), resolved=resolved)


@contextmanager
def shop(device: str | Profile, *, state: Path | None = None) -> Iterator[Shop]:
    """Every invariant holds when it closes, and the terminal's books are the fold of its journal."""
    opened = Shop(device, state=state)
    try:
        yield opened
        assert opened.wrong() == []
        if opened.terminal.board.firmware is not None:
            assert opened.terminal.firmware.durable == opened.durable
    finally:
        opened.bench.close()


def with_rules(device: str, **changes: object) -> Profile:
    """The device with other rules for offline payments."""
    profile = stock(device)
    return replace(profile, offline=replace(profile.offline, **changes))  # type: ignore[arg-type]
