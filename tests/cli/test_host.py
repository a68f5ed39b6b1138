"""`terminal-sim host serve` and `run --host`: terminals in processes of their own, and one acquirer for all of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal_sim.cli.main import main
from tests.interop.daemon import Told
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}"}
PROGRAM = (sys.executable, "-m", "terminal_sim")

SALE = """\
keys 1
terminal v400m

scenario "A sale"
  press OK 1250 OK
  swipe visa-stripe
  expect screen "Approved"
  expect host sale amount=1250 response=00 count=1
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "sale.keys"
    file.write_text(SALE, "utf-8")
    return file


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "host.jsonl"


@pytest.fixture
def host(tmp_path: Path, log: Path) -> Iterator[Told]:
    """A served acquirer in a process of its own."""
    words = [*PROGRAM, "host", "serve", "iso8583://127.0.0.1:0", "--json"]
    with Told(
        [*words, "--state", str(tmp_path / "books"), "--log", str(log)], ENVIRONMENT, stdin=True
    ) as told:
        yield told


def address(host: Told) -> str:
    return host.until(r'\{"host": "(iso8583://127\.0\.0\.1:\d+)"\}')[1]


def said(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def test_runs_in_processes_of_their_own_share_one_host(
    host: Told, script: Path, log: Path, tmp_path: Path
) -> None:
    at = address(host)
    runs = [
        subprocess.Popen(
            [*PROGRAM, "run", "-q", str(script), "--host", at, "--first-terminal", str(number), "--state", str(tmp_path / str(number))],
            env=ENVIRONMENT,
        )
        for number in (1, 2)
    ]  # fmt: skip
    assert [run.wait(PATIENCE) for run in runs] == [0, 0]
    assert sorted((line["terminal"], line["amount"], line["pan"]) for line in said(log)) == [
        ("V4000001", 1250, "401288******1881"),
        ("V4000002", 1250, "401288******1881"),
    ]
    host.tell("quit")
    assert host.ended() == 0


def test_lines_change_what_the_host_answers(
    host: Told, script: Path, log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = address(host)
    host.tell("host answers nonsense")
    host.until("terminal-sim: .*nonsense", "err")
    host.tell("fault hlaf")
    host.until("a connection has no fault 'hlaf'; did you mean 'half'", "err")
    host.tell("host answers declined:51")
    host.tell("swim")
    host.until("no such line: 'swim'", "err")
    words = ["run", str(script), "--host", at, "--state", str(tmp_path / "till"), "--out", str(tmp_path)]
    assert main(words) == 1
    assert "there was" in capsys.readouterr().out
    assert [line["response"] for line in said(log)] == ["51"]


def test_a_host_needs_a_state_folder_and_an_address(
    script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(script), "--host", "iso8583://127.0.0.1:1"]) == 2
    assert "--host needs --state DIR" in capsys.readouterr().err
    assert main(["run", str(script), "--host", "127.0.0.1:1", "--state", str(tmp_path / "s")]) == 2
    assert "a host begins with iso8583:// or tls+iso8583://" in capsys.readouterr().err


def test_what_cannot_be_served_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, why in (
        (["iso8583://192.0.2.7:1"], "192.0.2.7 is not this machine"),
        (["tls+iso8583://127.0.0.1:0"], "to serve TLS takes ?certificate=FILE&key=FILE"),
        (["iso8583://127.0.0.1:0", "--host", "nobody"], "there is no host 'nobody'"),
        (["iso8583://127.0.0.1:0", "--host", str(tmp_path / "none.toml")], "none.toml"),
        (["iso8583://127.0.0.1:0", "--log", str(tmp_path / "no" / "log")], "no/log"),
    ):
        assert main(["host", "serve", *words]) != 0
        (line,) = capsys.readouterr().err.splitlines()
        assert why in line
