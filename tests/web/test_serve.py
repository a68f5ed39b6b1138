"""`terminal-sim serve` and `terminal-sim send`, as a person and as another program use them."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from terminal_sim.cli.main import main
from terminal_sim.web.serving import ServedAddress
from tests.host.network.kit import Serving
from tests.patience import PATIENCE
from tests.recipes.tree import ROOT
from tests.web.kit import Client


@contextmanager
def serve(folder: Path, *words: str) -> Iterator[dict[str, Any]]:
    """`terminal-sim serve --json` in a process of its own; it is interrupted at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "terminal_sim", "serve", "--json", *words],
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}",
            "XDG_RUNTIME_DIR": str(folder),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        process.stdout.close()


def _ask_for_a_checkout(square: Any) -> None:
    body = {
        "idempotency_key": "T-1",
        "checkout": {
            "amount_money": {"amount": 700, "currency": "CAD"},
            "device_options": {"device_id": square["devices"]["square-terminal-1"]},
        },
    }
    token = Path(square["token"]).read_text("ascii").strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    asked = Request(f"{square['square']}/v2/terminals/checkouts", json.dumps(body).encode(), headers)
    with urlopen(asked, timeout=PATIENCE) as made:
        assert json.load(made)["checkout"]["status"] == "PENDING"


def test_without_the_page_points_of_sale_and_lines_are_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    ports = ("--pos", "adyen:0", "--pos", "square:0", "--state", str(tmp_path / "shop"))
    with serve(tmp_path, "v400m", "square-terminal", "--no-page", *ports) as said:
        assert "link" not in said
        adyen, square = said["pos"]
        assert (adyen["poiid"], adyen["key"], adyen["version"]) == ("V400m-999000001", "V4000001", 1)
        assert all(Path(file).is_file() for file in (adyen["passphrase"], adyen["ca"], square["token"]))
        assert adyen["url"] in adyen["sdk"]["Node"]
        assert square["square"] in square["sdk"]["Python"]
        assert main(["send", "press OK 1250 OK", "fault api slow"]) == 0
        buyer = ["send", "--terminal", "square-terminal-1", "--await", "id:present-card"]
        assert main([*buyer, "--patience", "0", "press RED"]) == 1
        assert "id:present-card" in capsys.readouterr().err
        _ask_for_a_checkout(square)
        assert main([*buyer, "press RED"]) == 0
        assert main([*buyer[:-1], "id:", "press RED"]) == 2
        with pytest.raises(HTTPError, match="404"):
            urlopen(said["url"])


def test_a_bench_is_found_driven_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with serve(tmp_path, "v400m", "square-terminal") as said:
        assert said["terminals"] == ["v400m-1", "square-terminal-1"]
        assert said["link"] == f"{said['url']}/#token={said['token']}"
        file = Path(said["file"])
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert main(["send", "press OK 1250 OK", "insert visa-credit", 'expect screen "Approved"']) == 0
        assert main(["send", "press 700", "--terminal", "square-terminal-1"]) == 0
        assert main(["send", "press OK 1"]) in (0, 1)
        assert main(["send", 'expect screen "Nothing" within 1s']) == 1
        assert "there was" in capsys.readouterr().err
        assert main(["send", "prss OK"]) == 2
        assert "did you mean 'press'?" in capsys.readouterr().err
        port = int(said["url"].rpartition(":")[2])
        assert Client(ServedAddress("127.0.0.1", port, said["token"])).get("/bench")["violations"] == []
    assert not file.exists()
    assert main(["send", "press OK"]) == 2
    assert "terminal-sim serve" in capsys.readouterr().err


def test_of_several_benches_the_newest_that_lives_is_found_and_each_by_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))

    def amount_on(bench: dict[str, Any], digits: str) -> bool:
        return main(["send", f'expect screen "{digits}"', "--to", bench["file"]]) == 0

    with serve(tmp_path, "v400m") as older:
        with serve(tmp_path, "v400m") as newer:
            assert older["file"] != newer["file"]
            assert main(["send", "press OK 1250"]) == 0
            assert main(["send", "press OK 777", "--to", older["file"]]) == 0
            assert amount_on(newer, "12.50")
            assert amount_on(older, "7.77")
        assert main(["send", "press OK", "--to", newer["file"]]) == 2
        assert newer["file"] in capsys.readouterr().err
        left = Path(newer["file"])
        left.write_text(
            Path(older["file"]).read_text("utf-8").replace(older["url"], "http://127.0.0.1:1"), "utf-8"
        )
        assert main(["send", "press CLEAR"]) == 0
        assert amount_on(older, "0.77")


def test_a_state_folder_is_kept_and_one_that_is_in_use_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    with serve(tmp_path, "v400m", "--state", str(state)):
        assert main(["serve", "v400m", "--state", str(state)]) == 2
        assert "state" in capsys.readouterr().err
    assert main(["verify", str(state)]) == 0


def test_a_bench_pays_at_a_host_on_a_network_while_time_runs_by_the_wall(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with (
        Serving("iso8583://127.0.0.1:0?dialect=iso8583-1993") as host,
        serve(
            tmp_path,
            "v400m",
            "--host",
            f"{host.address}&sign-on=yes&echo=1s",
            "--first-terminal",
            "7",
            "--state",
            str(tmp_path / "state"),
        ) as said,
    ):
        client = Client(ServedAddress("127.0.0.1", int(said["url"].rpartition(":")[2]), said["token"]))
        assert main(["send", "press OK 1250 OK", "insert visa-credit"]) == 0
        shown = [message for message in _until(client, "/host/messages") if message["response"]]
        assert [(message["kind"], message["mti"], message["terminal"]) for message in shown] == [
            ("sale", "1100", "V4000007")
        ]
        assert main(["send", "host answers declined"]) == 1
        assert "what it answers is set there" in capsys.readouterr().err
        assert client.get("/bench")["violations"] == []
    assert [m.note for m in host.messages if "sign-o" in m.note] == [
        "sign-on of V4000007: 00",
        "sign-off of V4000007: 00",
    ]


def _until(client: Client, path: str) -> list[dict[str, Any]]:
    """What is there once the host has answered: the bench runs by itself."""
    limit = monotonic() + PATIENCE
    while monotonic() < limit:
        found: list[dict[str, Any]] = client.get(path)
        if found and found[-1]["response"]:
            return found
    raise TimeoutError(f"{path} has no answer")
