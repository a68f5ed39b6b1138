"""The command line is killed at random moments; what it said to hold stands in its state folder, once, on both sides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from terminal_sim.bench import Bench
from terminal_sim.bench.state_check import checked
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.display.texts import Texts
from terminal_sim.host.ledger import Ledger
from terminal_sim.journal.invariants import violations
from tests.cli.killable import run_and_kill
from tests.proof import ProofCount

HOUR = 3_600_000_000
KILLS_A_FOLDER = 20
SCENARIOS_A_SCRIPT = 25
SQUARE = ("square-reader", "square-stand", "square-register", "square-terminal")
MODELS = ("s1f2", "v400m", *SQUARE)
HELD = re.compile(r"^held +\S+: (\w+) (\d+) on ", re.MULTILINE)

BEGIN = {
    "s1f2": 'tap "Payment"\n  press {} OK\n  ',
    "v400m": "press OK {} OK\n  ",
    **dict.fromkeys(SQUARE, "press {}\n  tap id:charge\n  "),
}
HISTORY = {
    "s1f2": 'tap "Transactions"\n  tap "History"',
    "v400m": 'press 9 OK 0856 OK\n  tap "Transactions"\n  tap "History"\n  tap "Transactions"',
    **dict.fromkeys(SQUARE, 'tap "Transactions"'),
}
CARD = "4111111111111111 OK 0330 OK 737 OK"
MOTO = {
    "v400m": f'press 8 OK 0856 OK\n  tap "Moto payment"\n  press {{}} OK {CARD}\n  expect screen "Approved"',
    **dict.fromkeys(
        SQUARE,
        f'press {{}}\n  tap id:charge\n  tap "Manual card entry"\n  press {CARD}\n  expect screen "Approved"',
    ),
}
INSERT = 'insert visa-credit\n  expect screen "Approved"\n  remove card\n  wait 20s'
ENDS = {
    "sale": (PaymentState.COMPLETED, 1),
    "moto": (PaymentState.COMPLETED, 1),
    "forward": (PaymentState.COMPLETED, 1),
    "late": (PaymentState.REVERSED, 0),
    "void": (PaymentState.VOIDED, 0),
}
"""How a payment of each kind ends, and how many times its amount the merchant is left with."""


def profile(model: str) -> str:
    """The model as it is, with offline payments allowed where it takes them."""
    offline = "[offline]\nallowed = true\nlimit = 100000\n" if model in SQUARE else ""
    return f'extends = "{model}"\nid = "{model}"\n{offline}'


def steps(kind: str, model: str, amount: int) -> str:
    begin = BEGIN[model].format(amount)
    return {
        "sale": f"{begin}{INSERT}",
        "moto": MOTO.get(model, "").format(amount),
        "late": f"{begin}host answers late:130s\n  insert visa-credit\n  wait 30min",
        "void": f"{begin}{INSERT}\n  {HISTORY[model]}\n  tap id:txn-1\n  tap id:void\n  wait 10s",
        "forward": f"network down\n  {begin}insert visa-credit\n  expect screen id:accepted-offline\n  network up\n"
        f"  wait 30s\n  expect journal offline.forwarded amount={amount}",
    }[kind]


def script(model: str, amounts: range, random: Random) -> str:
    """A payment in each scenario, of an amount of its own."""
    kinds = ["sale", "void", "late"] + ["moto"] * (model in MOTO) + ["forward"] * (model in SQUARE)
    lines = ["keys 1", f'terminal "my-{model}.toml"', "locale en-CA", "clock 2026-01-15T09:00:00"]
    for amount in amounts:
        kind = random.choice(kinds)
        state = ENDS[kind][0].value
        end = f"expect journal sale amount={amount} state={state}".replace(
            "sale", "moto" if kind == "moto" else "sale"
        )
        lines += [f'\nscenario "{kind} {amount}"', f"  {steps(kind, model, amount)}", f"  {end}"]
    return "\n".join(lines) + "\n"


@dataclass
class Killed:
    """A state folder whose processes are killed; `held` has the kind of each amount that was said to hold."""

    place: Path
    random: Random
    held: dict[int, str]
    amount: int = 100
    kills: int = 0

    def one(self) -> None:
        files = []
        for model in self.random.sample(MODELS, 2):
            amounts = range(self.amount, self.amount + SCENARIOS_A_SCRIPT)
            self.amount = amounts.stop
            (self.place / f"my-{model}.toml").write_text(profile(model), "utf-8")
            files.append(self.place / f"{model}.keys")
            files[-1].write_text(script(model, amounts, self.random), "utf-8")
        words = [
            "run",
            *map(str, files),
            "--state",
            str(self.place / "state"),
            "--out",
            str(self.place / "out"),
        ]
        said, killed = run_and_kill(
            words, self.place / "said", self.random.randrange(12), self.random.uniform(0, 0.2)
        )
        self.kills += killed
        assert not re.search("broke|cannot be set up|Traceback", said), said
        self.held |= {int(amount): kind for kind, amount in HELD.findall(said)}

    def check(self) -> None:
        """The folder is sound, and whatever was said to hold is there on both sides, once."""
        state = self.place / "state"
        if not (state / "journal.db").exists():
            assert not self.held
            return
        list(checked(state))

    def recover(self) -> None:
        """All terminals are switched on once more, and a day later nothing is in doubt."""
        with Bench(state=self.place / "state", texts=Texts.load(), trace=False) as bench:
            for model in MODELS:
                bench.add_terminal(model)
            bench.advance(50 * HOUR)
            entries = bench.acquirer.entries()
            assert violations(bench.journal, entries, bench.host_messages(), resolved=True) == []
            ledger = Ledger()
            ledger.recall(entries)
            payments: dict[str, Payment] = {}
            for name in bench.journal.terminals():
                for stored in bench.journal.rows(name):
                    if isinstance(row := stored.row, Payment) and row.kind.charges:
                        payments[row.reference] = row
        assert len({one.amount.minor for one in payments.values()}) == len(payments)
        found = {one.amount.minor: one for one in payments.values()}
        for amount, kind in self.held.items():
            state, times = ENDS[kind]
            assert (found[amount].state, ledger.net(found[amount].reference)) == (state, times * amount)
        for amount, one in found.items():
            left = ledger.net(one.reference)
            assert left == (amount if one.state is PaymentState.COMPLETED else 0), one


def kill(times: int, place: Path, seed: str, proof: ProofCount) -> None:
    random, kills, held = Random(seed), 0, 0
    for number in range(0, times, KILLS_A_FOLDER):
        folder = place / str(number)
        folder.mkdir()
        one = Killed(folder, random, {})
        for _ in range(min(KILLS_A_FOLDER, times - number)):
            one.one()
            one.check()
        one.recover()
        kills, held = kills + one.kills, held + len(one.held)
    proof(kills=kills)
    assert held
    assert kills > 0.8 * times


def test_what_a_killed_run_said_to_hold_is_kept_once_on_both_sides(tmp_path: Path, proof: ProofCount) -> None:
    kill(3, tmp_path, "short", proof)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(4))
def test_what_a_thousand_killed_runs_said_to_hold_is_kept_once_on_both_sides(
    part: int, tmp_path: Path, proof: ProofCount
) -> None:
    kill(250, tmp_path, f"soak {part}", proof)
