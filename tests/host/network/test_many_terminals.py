"""Many terminals in several processes pay at one served host while terminals, disks and connections fail: nothing is lost, nothing is charged twice, nothing grows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import IO

import pytest

from terminal_sim.bench.served_acquirer import CONNECTION_FAULTS
from terminal_sim.bench.state_check import checked
from terminal_sim.datafiles.bundled import bundled

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}"}
PROCESSES, TERMINALS, PAYMENTS = 4, 8, 2_500
GROWTH = 1.05  # of the host's memory, once its books are loaded
LONGEST_LINE = 1_024  # bytes of the host's log for a message
LARGEST_WAL = 16 << 20  # bytes
PER_PAYMENT = 4_096  # bytes that the host may keep of a payment: its entry, and the answer that repeats get


def piped(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def resident(pid: int) -> int:
    """Memory of a process, bytes."""
    (line,) = (one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


@pytest.mark.soak
@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="memory and descriptors are read from /proc"
)
def test_every_charge_has_its_payment_and_the_host_does_not_grow(tmp_path: Path) -> None:
    quick = tmp_path / "quick.toml"
    text = (bundled() / "hosts" / "test-acquirer.toml").read_text("utf-8")
    quick.write_text(text.replace('delay = "300ms"', 'delay = "0ms"'), "utf-8")
    chance, books = Random(17), tmp_path / "books"
    with ExitStack() as running:
        host = running.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "terminal_sim", "host", "serve", "iso8583://127.0.0.1:0", "--json", "--host", str(quick),
                 "--state", str(books), "--log", str(tmp_path / "log")],
                env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
        )  # fmt: skip
        running.callback(host.kill)
        address = json.loads(piped(host.stdout).readline())["host"]
        workers = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.host.network.worker", address, str(tmp_path / str(number)),
                 str(1 + number * TERMINALS), str(TERMINALS), str(PAYMENTS)],
                env=ENVIRONMENT, cwd=ROOT, stdout=subprocess.PIPE, text=True,
            )
            for number in range(PROCESSES)
        ]  # fmt: skip
        idle, early, ends = descriptors(host.pid), 0, []
        for worker in workers:
            running.enter_context(worker)
            running.callback(worker.kill)
        for round_ in range(PAYMENTS // 100):
            piped(host.stdin).write(f"fault {chance.choice(CONNECTION_FAULTS)}\n" * 4)
            piped(host.stdin).flush()
            for worker in workers:
                assert piped(worker.stdout).readline().startswith("paid")
            if round_ == PAYMENTS // 400:
                early = resident(host.pid)
            assert descriptors(host.pid) <= idle + PROCESSES * TERMINALS
        late = resident(host.pid)
        for worker in workers:
            ends.append(json.loads(piped(worker.stdout).read()))
            assert worker.wait(60) == 0
        assert descriptors(host.pid) == idle
    kept = PER_PAYMENT * PROCESSES * PAYMENTS * 3 // 4
    assert late <= early * GROWTH + kept
    assert all(set(states) <= {"COMPLETED", "DECLINED", "REVERSED"} for states in ends)
    begun = sum(sum(states.values()) for states in ends)
    assert PROCESSES * PAYMENTS // 2 < begun <= PROCESSES * PAYMENTS
    assert all(states["COMPLETED"] > states["REVERSED"] > 0 for states in ends)
    assert max(map(len, (tmp_path / "log").read_bytes().splitlines())) <= LONGEST_LINE
    assert all(wal.stat().st_size <= LARGEST_WAL for wal in tmp_path.glob("*/journal.db-wal"))
    for number in range(PROCESSES):
        *_, last = checked(tmp_path / str(number), books)
        assert last.endswith("none is broken")
