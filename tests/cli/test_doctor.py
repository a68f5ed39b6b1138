"""The doctor names what is missing, with a cure, and opens nothing that is not ours."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from terminal_drivers.readers.machine import CheckState
from terminal_drivers.readers.pcsc.machine import daemon
from terminal_drivers.readers.vpcd.machine import checks
from terminal_sim import __version__
from terminal_sim.cli import doctor
from terminal_sim.cli.main import main

ROOT_ONLY = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="only root gives files away and can be somebody else",
)
NOBODY = 65534


def test_the_doctor_finds_that_our_own_readers_work(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "readers in the process" in out
    assert "readers on pseudo-terminals" in out


def test_readers_list_marks_what_is_virtual(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["readers", "list"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["pty", "virtual"] in [row[:2] for row in rows]


def test_readers_probe_tells_what_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["readers", "probe", "ccid+virtual:"]) == 0
    assert "firmware       CCID-V1.00\nslot 0         empty\n" in capsys.readouterr().out
    assert main(["readers", "probe", "msr+virtual:"]) == 0
    assert "stripe head" in capsys.readouterr().out
    assert main(["readers", "probe", "vivotech+virtual:"]) == 0
    said = capsys.readouterr().out
    assert "NEO V1.00" in said
    assert "field          empty" in said
    assert main(["readers", "probe", "nonsense"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_readers_conform_prints_every_clause_with_its_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["readers", "conform", "ccid+virtual:", "--card", "visa-credit", "--frames"]) == 0
    out = capsys.readouterr().out
    assert "kept" in out
    assert "host->reader" in out
    assert "broken" not in out
    assert main(["readers", "conform", "vivotech+virtual:", "--card", "visa-credit"]) == 0
    said = capsys.readouterr().out
    assert "an APDU reaches the card in the slot" in said
    assert "broken" not in said
    assert main(["readers", "conform", "msr+virtual:"]) == 0


def as_json(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """What the command prints for a program."""
    assert main([*words, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_what_a_program_reads_is_what_a_person_reads(capsys: pytest.CaptureFixture[str]) -> None:
    listed = as_json(capsys, "readers", "list")
    assert {"address": "pty", "kind": "virtual"}.items() <= next(
        one.items() for one in listed if one["address"] == "pty"
    )
    probed = as_json(capsys, "readers", "probe", "ccid+virtual:")
    assert (probed["address"], probed["slot 0"]) == ("ccid+virtual:", "empty")
    checked = as_json(capsys, "doctor")
    assert {"what": "readers in the process", "state": "good", "cure": ""} in checked


def test_a_conformance_report_counts_its_clauses_and_has_what_was_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    conform = ("readers", "conform", "ccid+virtual:", "--card", "visa-credit")
    brief, whole = as_json(capsys, *conform), as_json(capsys, *conform, "--frames")
    assert brief["terminal-sim"] == __version__
    for verdict in ("kept", "broken", "skipped"):
        assert brief[verdict] == sum(one["verdict"] == verdict for one in brief["clauses"])
    assert (brief["broken"], brief["kept"] > 10) == (0, True)
    assert not any(one["frames"] for one in brief["clauses"])
    assert {frame["direction"] for one in whole["clauses"] for frame in one["frames"]} == {
        "host->reader",
        "reader->host",
    }
    assert all(one["source"] for one in whole["clauses"])


def test_a_daemon_that_answers_is_good_and_one_that_does_not_has_a_cure(tmp_path: Path) -> None:
    path = tmp_path / "pcscd.comm"
    absent = daemon(path)
    assert (absent.state, "start pcscd" in absent.cure) == (CheckState.MISSING, True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        deaf = daemon(path)
        assert (deaf.state, "restart pcscd" in deaf.cure) == (CheckState.MISSING, True)
        server.listen()
        good = daemon(path)
        assert (good.state, good.cure) == (CheckState.GOOD, "")


def test_a_vpcd_that_listens_on_every_network_is_exposed(tmp_path: Path) -> None:
    configuration = tmp_path / "vpcd"
    configuration.write_text("FRIENDLYNAME x\nDEVICENAME /dev/null:0x8C7B\n", encoding="ascii")
    assert CheckState.EXPOSED in [finding.state for finding in checks(configuration)]
    configuration.write_text("#FRIENDLYNAME x\n#DEVICENAME /dev/null:0x8C7B\n", encoding="ascii")
    assert CheckState.EXPOSED not in [finding.state for finding in checks(configuration)]


def test_a_device_file_that_may_be_opened_is_good(tmp_path: Path) -> None:
    (tmp_path / "ttyUSB0").touch()
    (tmp_path / "null").touch()
    [found] = doctor._permissions(tmp_path, tmp_path / "nothing")
    assert (found.about, found.state) == (str(tmp_path / "ttyUSB0"), CheckState.GOOD)


@ROOT_ONLY
@pytest.mark.parametrize(
    ("group", "mode", "helps"),
    [(0, 0o600, ""), (0, 0o660, ""), (5, 0o660, "tty"), (5, 0o640, ""), (54321, 0o660, "")],
)
def test_a_group_is_named_only_where_it_opens_the_device(
    tmp_path: Path, group: int, mode: int, helps: str
) -> None:
    node = tmp_path / "hidraw0"
    node.touch()
    os.chown(node, 0, group)
    node.chmod(mode)
    cure = doctor._way_in(node)
    assert ("usermod" in cure, "udev rule" in cure) == (bool(helps), True)
    assert f"-G {helps} " in cure or not helps


def test_a_device_that_is_unplugged_meanwhile_is_none(tmp_path: Path) -> None:
    (tmp_path / "ttyUSB0").symlink_to(tmp_path / "unplugged")
    assert list(doctor._permissions(tmp_path, tmp_path / "nothing")) == []


@ROOT_ONLY
def test_a_daemon_and_a_configuration_that_this_user_may_not_see_have_a_cure() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o700)
        path = Path(folder, "pcscd.comm")
        path.touch()
        os.seteuid(NOBODY)
        try:
            found, *others = daemon(path), *checks(path)
        finally:
            os.seteuid(0)
    assert others == []
    assert (found.state, f"may not use {path}: sudo chmod" in found.cure) == (CheckState.MISSING, True)
