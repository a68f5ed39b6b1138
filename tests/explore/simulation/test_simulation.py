"""Simulated shops in which everything fails come to agree with their acquirer to the cent, and the same seed does the same everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from terminal_sim.cli.main import main
from terminal_sim.explore.simulation.simulation import simulate
from terminal_sim.explore.simulation.story import Story, TraceDigest
from tests.proof import ProofCount
from tests.secrets.encodings import spellings

PARTS, SEEDS = 8, 20
SOAK_PARTS, SOAK_SEEDS = 20, 1_000
HASHES = """
import sys
from terminal_sim.explore.simulation.simulation import simulate
from terminal_sim.explore.simulation.story import TraceDigest

for seed in range(int(sys.argv[1])):
    digest = TraceDigest()
    simulate(seed, digest)
    print(digest.hexadecimal)
"""


def prove(first: int, seeds: int, proof: ProofCount) -> None:
    payments = 0
    for seed in range(first, first + seeds):
        end = simulate(seed)
        if end.violations:
            proof(violations=len(end.violations))
        assert end.violations == (), f"terminal-sim simulate --seed {seed}"
        payments += end.payments
    proof(seeds=seeds)
    assert payments > seeds


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_or_charged_twice_whatever_fails(part: int, proof: ProofCount) -> None:
    prove(part * SEEDS, SEEDS, proof)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(SOAK_PARTS))
def test_nothing_is_lost_or_charged_twice_in_twenty_thousand_shops(part: int, proof: ProofCount) -> None:
    prove(PARTS * SEEDS + part * SOAK_SEEDS, SOAK_SEEDS, proof)


@pytest.mark.parametrize("hashed", [6, pytest.param(100, marks=pytest.mark.soak)])
def test_a_seed_leaves_the_same_trace_in_another_process_under_another_hash_seed(hashed: int) -> None:
    root = Path(__file__).resolve().parents[3]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", HASHES, str(hashed)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{root}{os.pathsep}{root / 'drivers'}"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    first, second = (process.communicate()[0].splitlines() for process in running)
    assert first == second
    assert len(set(first)) == hashed


def test_a_run_without_a_trace_ends_as_one_with_it() -> None:
    for seed in range(5):
        assert simulate(seed) == simulate(seed, TraceDigest())


def test_a_story_tells_what_was_done_and_shows_no_card_number() -> None:
    told = []
    for seed in range(10):
        story = Story()
        simulate(seed, story)
        told += story.lines
    text = "\n".join(told)
    assert "journal row=sale" in text
    assert "act line=fault" in text
    for card in ("4111111111111111", "4242424242424242"):
        assert [way for way, spelled in spellings(card).items() if spelled in text.encode()] == []


def test_the_command_tells_one_seed_and_counts_many(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--seed", "3"]) == 0
    assert "seed 3: " in capsys.readouterr().out
    assert main(["simulate", "--seeds", "3"]) == 0
    assert "3 seeds (" in capsys.readouterr().out
