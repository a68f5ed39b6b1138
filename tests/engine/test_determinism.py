"""A run is a function of profile, seed and acts: byte for byte, in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import terminal_drivers
import terminal_sim
from tests.patience import PATIENCE

ROOT = Path(terminal_sim.__file__).parent.parent
DRIVERS = Path(terminal_drivers.__file__).parent.parent

# The acts; what they print is every entry of the trace and every row of the journal.
ACTS = """
import io, json, sys
from terminal_sim.bench import Bench, JsonLines, Trace
sink = io.StringIO()
with Bench(seed=int(sys.argv[1]), trace=Trace(JsonLines(sink))) as bench:
    for profile in ("v400m", "s1f2"):
        till = bench.add_terminal(profile)
        for how, card in (("insert", "visa-online-pin"), ("tap", "phone"), ("swipe", "visa-stripe"), ("insert", "visa-declined")):
            till.touch("start" if profile == "v400m" else "payment")
            for key in ("1", "0", "0", "0", "OK"):
                till.press(key)
            getattr(till, how)(card)
            for key in ("4", "3", "2", "1", "OK"):
                till.press(key)
            bench.advance(1_000_000)
            if till.board.readers.card_in:
                till.remove_card()
            bench.advance(20_000_000)
    bench.host_answers(["timeout"])
    till.touch("payment")
    till.press("5")
    till.press("OK")
    till.swipe("visa-stripe")
    till.power_cut()
    bench.advance(5_000_000)
    till.power_on()
    bench.advance(3_600_000_000)
    sys.stdout.write(sink.getvalue())
    for terminal in bench.terminals:
        for row in terminal.journal():
            print(row.seq, row.kind, row.hash.hex(), json.dumps(dict(row.fields)))
"""


def output(seed: int, hash_seed: str) -> bytes:
    env = {
        **os.environ,
        "PYTHONHASHSEED": hash_seed,
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(DRIVERS))),
        "TZ": "America/Montreal" if hash_seed == "1" else "Asia/Tokyo",
        "LC_ALL": "C",
    }
    ran = subprocess.run(
        [sys.executable, "-c", ACTS, str(seed)], env=env, capture_output=True, check=True, timeout=PATIENCE
    )
    return ran.stdout


@pytest.fixture(scope="module")
def first() -> bytes:
    return output(7, "1")


def test_two_processes_with_other_hashes_and_time_zones_write_the_same_bytes(first: bytes) -> None:
    assert len(first.splitlines()) > 300
    assert output(7, "4242") == first


def test_another_seed_is_another_run(first: bytes) -> None:
    assert output(8, "1") != first
