"""The certificates of a state folder, as a user sees them."""

from __future__ import annotations

import json
import ssl
from pathlib import Path

import pytest

from terminal_sim.bench import Bench
from terminal_sim.cli.main import main

AUTHORITY = "terminal-sim test authority"
TERMINAL = "V400m-999000001.test.terminal.adyen.com"


def test_an_authority_is_made_once_and_each_library_is_told_how_to_trust_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "shop"
    said = []
    for _ in range(2):
        assert main(["pos", "certificate", str(state), "--format", "json"]) == 0
        file = state / "api" / "ca.pem"
        said.append((json.loads(capsys.readouterr().out), file.read_bytes()))
    first, again = said
    assert first == again
    assert (first[0]["name"], first[0]["file"], first[0]["problem"]) == (AUTHORITY, str(file), "")
    assert first[0]["sdk"]["Node"] == f'client.config.certificatePath = "{file}"'
    assert ssl.create_default_context(cafile=str(file)).cert_store_stats()["x509_ca"] >= 1
    with Bench(state=state) as bench, bench.serve_pos():
        assert file.read_bytes() == first[1], "what is served later is signed by it"
    assert main(["pos", "certificate", str(state)]) == 0
    assert f"CN      {AUTHORITY}\n" in capsys.readouterr().out


def findings(state: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, str]]:
    """What the doctor says of the certificates: state and cure by the common name."""
    assert main(["doctor", str(state), "--format", "json"]) == 0
    said = [one for one in json.loads(capsys.readouterr().out) if one["what"].startswith("certificate ")]
    assert all(f"issued by {AUTHORITY}, until 20" in one["what"] for one in said)
    return {one["what"].split()[1].rstrip(","): (one["state"], one["cure"]) for one in said}


def test_the_doctor_says_what_the_terminals_of_a_state_show(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "shop"
    assert main(["doctor", str(state)]) == 2
    assert "has no certificates" in capsys.readouterr().err
    with Bench(state=state) as bench:
        terminal = bench.add_terminal("v400m")
        with bench.serve_pos():
            assert findings(state, capsys)[TERMINAL] == ("good", "")
            terminal.fault("certificate", "expired")
            assert findings(state, capsys)[TERMINAL][1].startswith("it has expired")
