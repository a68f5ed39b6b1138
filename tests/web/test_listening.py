"""Where a bench is served: this machine alone, or another address on purpose and by TLS."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.cli.main import main
from tests.host.network.kit import TestAuthority
from tests.web.test_serve import serve


@pytest.mark.parametrize(
    ("words", "code", "cure"),
    [
        (["--address", "192.0.2.1"], 4, "--certificate FILE --key FILE"),
        (["--address", "2001:db8::1"], 4, "--certificate FILE --key FILE"),
        (["--address", "0.0.0.0"], 4, "name the one"),
        (["--address", "::"], 4, "name the one"),
        (["--address", "localhost"], 2, "such as 127.0.0.1"),
        (["--certificate", "a.pem"], 2, "go together"),
        (["--key", "a.pem"], 2, "go together"),
        (["--certificate", "no.pem", "--key", "no.pem"], 2, "no such file"),
        (["--address", "192.0.2.1", "--certificate", "no.pem", "--key", "no.pem"], 2, "no such file"),
    ],
)  # fmt: skip
def test_an_address_that_others_could_reach_is_refused_before_anything_is_served(
    words: list[str], code: int, cure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "v400m", *words]) == code
    assert cure in capsys.readouterr().err


def test_files_that_are_no_certificate_and_key_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    certificate, _ = TestAuthority(tmp_path).certify("bench")
    assert main(["serve", "--certificate", str(certificate), "--key", str(certificate)]) == 2
    assert "PEM" in capsys.readouterr().err


def test_a_bench_is_served_by_tls_and_found_by_its_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    certificate, key = TestAuthority(tmp_path).certify("bench")
    with serve(tmp_path, "v400m", "--certificate", str(certificate), "--key", str(key)) as said:
        assert said["url"].startswith("https://127.0.0.1:")
        assert main(["send", "press OK 1250 OK", "insert visa-credit", 'expect screen "Approved"']) == 0
