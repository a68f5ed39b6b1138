"""A run and the host that it pays at are processes of their own, and each is killed at random moments: nothing is lost or charged twice."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from terminal_sim.bench import Bench, Duration
from terminal_sim.bench.state_check import checked
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.display.texts import Texts
from terminal_sim.host.ledger import Ledger
from terminal_sim.host.ledger_file import LedgerFile
from tests.cli.killable import RunningCommand
from tests.proof import ProofCount

KILLS_A_SHOP = 20
SCENARIOS = 25
SETTLED = Duration.parse("26h")
TEXTS = Texts.load()
MODEL = 'extends = "v400m"\nid = "v400m"\n[timeouts]\nissuer = "1s"\nreversal = "1s"\n'
HELD = re.compile(r"^held +\S+: sale (\d+) on ", re.MULTILINE)
VICTIMS = ("run", "run", "host", "both")


def script(amounts: range) -> str:
    """A payment of an amount of its own in each scenario."""
    lines = ["keys 1", 'terminal "my-v400m.toml"', "locale en-CA"]
    for amount in amounts:
        lines += [
            f'\nscenario "sale {amount}"',
            f"  press OK {amount} OK",
            "  swipe visa-stripe",
            '  expect screen "Approved" within 5s',
        ]
    return "\n".join(lines) + "\n"


@dataclass
class KilledShop:
    """A state folder, the folder of its host's books, and processes at both that are killed; `held` are the amounts that were said to hold."""

    place: Path
    random: Random
    held: set[int] = field(default_factory=set)
    kills: int = 0
    _amount: int = 100
    _host: RunningCommand | None = None

    def __post_init__(self) -> None:
        self.place.mkdir()
        (self.place / "my-v400m.toml").write_text(MODEL, "utf-8")
        quick = (bundled() / "hosts" / "test-acquirer.toml").read_text("utf-8")
        (self.place / "host.toml").write_text(quick.replace('delay = "300ms"', 'delay = "0ms"'), "utf-8")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._address = f"iso8583://127.0.0.1:{free.getsockname()[1]}"

    def one(self) -> None:
        """A run that pays, until it or its host or both are killed."""
        host = self._served()
        amounts = range(self._amount, self._amount + SCENARIOS)
        self._amount = amounts.stop
        file = self.place / "pay.keys"
        file.write_text(script(amounts), "utf-8")
        words = ["run", str(file), "--state", str(self.place / "state"), "--host", self._address]
        run = RunningCommand([*words, "--out", str(self.place / "out")], self.place / "said")
        run.until(self.random.randrange(10), self.random.uniform(0, 0.1))
        victim = self.random.choice(VICTIMS)
        if victim != "run":
            self.kills += host.kill()
            self._host = None
            run.until(1_000, self.random.uniform(0, 0.1))
        if victim == "host":
            self._served()
            run.until(1_000, self.random.uniform(0, 0.3))
        self.kills += run.kill()
        said = run.text
        assert not re.search("broke|cannot be set up|Traceback", said), said
        self.held |= set(map(int, HELD.findall(said)))

    def recover(self) -> None:
        """The terminal is switched on once more; then books and journal say the same, and hold all that was said to hold, once."""
        self._served()
        with Bench(state=self.place / "state", host_at=self._address, texts=TEXTS, trace=False) as bench:
            bench.add_terminal(self.place / "my-v400m.toml")
            bench.advance(SETTLED)
            assert bench.violations(resolved=True) == []
            payments = {
                row.reference: row
                for name in bench.journal.terminals()
                for stored in bench.journal.rows(name)
                if isinstance(row := stored.row, Payment)
            }
        self.close()
        *_, last = checked(self.place / "state", self.place / "books")
        assert last.endswith("none is broken")
        books, ledger = LedgerFile(self.place / "books" / "acquirer.jsonl"), Ledger()
        ledger.recall(entry for record in books.records for entry in record.entries)
        assert {
            one.amount.minor for one in payments.values() if one.state is PaymentState.COMPLETED
        } >= self.held
        for one in payments.values():
            left = one.amount.minor if one.state is PaymentState.COMPLETED else 0
            assert ledger.net(one.reference) == left, one

    def close(self) -> None:
        if self._host is not None:
            self._host.kill()
            self._host = None

    def _served(self) -> RunningCommand:
        """The host, which is begun anew where it was killed."""
        if self._host is None:
            words = ["host", "serve", self._address, "--json", "--state", str(self.place / "books")]
            more = ["--host", str(self.place / "host.toml"), "--log", str(self.place / "log")]
            self._host = RunningCommand([*words, *more], self.place / "host said")
            self._host.until(1)
            assert self._host.is_alive, self._host.text
        return self._host


def kill(times: int, place: Path, seed: str, proof: ProofCount) -> None:
    random, kills, held, number = Random(seed), 0, 0, 0
    while kills < times:
        number += 1
        shop = KilledShop(place / str(number), random)
        try:
            while shop.kills < min(KILLS_A_SHOP, times - kills):
                shop.one()
            shop.recover()
        finally:
            shop.close()
        kills, held = kills + shop.kills, held + len(shop.held)
    proof(kills=kills)
    assert held


def test_what_a_run_at_a_killed_host_said_to_hold_is_kept_once(tmp_path: Path, proof: ProofCount) -> None:
    kill(6, tmp_path, "short", proof)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(4))
def test_what_runs_at_a_thousand_killed_hosts_said_to_hold_is_kept_once(
    part: int, tmp_path: Path, proof: ProofCount
) -> None:
    kill(250, tmp_path, f"soak {part}", proof)
