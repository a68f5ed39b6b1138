"""What goes wrong with the host of a simulated shop as a process, and on the network before it: it dies at any message, and messages overtake each other.

It is drawn from numbers of its own: a seed without such trouble is the same shop that it would be if there were none.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from terminal_sim.bench import Bench, Duration, TerminalUnderTest
from terminal_sim.bench.host_process import ComingDeath, HostDeath, HostProcess, MortalLink

DIES, OVERTAKEN = "host process", "overtaken message"
SHARES = {DIES: 0.35, OVERTAKEN: 0.2}
"""The share of the seeds that have each kind."""
RATES = (0.02, 0.06, 0.15)
_MOST_MESSAGES = 3
_AWAY = ("0s", "1s", "30s", "5min", "3h")


class HostTrouble:
    """The kinds that a seed has, and how often they strike; without any the acquirer of `bench` stays as it is."""

    def __init__(self, bench: Bench, terminals: Sequence[TerminalUnderTest], seed: int) -> None:
        self._chance = chance = Random(f"host {seed}")
        self.on = tuple(kind for kind, share in SHARES.items() if chance.random() < share)
        self._rate = chance.choice(RATES)
        self._process = HostProcess(bench, chance) if self.on else None
        self._links: dict[str, MortalLink] = {}
        self._bench = bench
        if self._process is not None:
            self._links = {terminal.name: self._process.take(terminal) for terminal in terminals}

    def strike(self, terminal: TerminalUnderTest) -> None:
        """What comes now, where anything does; the trace has it as an act."""
        if self._process is None or self._chance.random() >= self._rate:
            return
        if self._chance.choice(self.on) == OVERTAKEN:
            with self._bench.acting(terminal, "# the next message to the host is overtaken"):
                self._links[terminal.name].holds_next = True
            return
        coming = ComingDeath(
            death=self._chance.choice(tuple(HostDeath)),
            message=self._chance.randint(1, _MOST_MESSAGES),
            away=Duration.parse(self._chance.choice(_AWAY)),
        )
        with self._bench.acting(terminal, f"# the host's process dies: {coming}"):
            self._process.die(coming)

    def mend(self) -> None:
        """The host is there and stays, and nothing is overtaken any more."""
        if self._process is not None:
            self._process.mend()

    def close(self) -> None:
        """Ends the process, where there is one."""
        if self._process is not None:
            self._process.close()
