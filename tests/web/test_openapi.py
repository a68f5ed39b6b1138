"""The served document is true: whatever a program makes of it, the bench answers as the document says, and never breaks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.web.kit import API, served

LARGE = pytest.param(40, id="many", marks=pytest.mark.soak)


@pytest.mark.parametrize("examples", [LARGE])
def test_generated_requests_meet_no_answer_that_is_not_in_the_document(examples: int, tmp_path: Path) -> None:
    pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    (tmp_path / "schemathesis.toml").write_text(
        '[parameters]\n"path.terminal" = "v400m-1"\n"path.number" = "1"\n', "utf-8"
    )
    with served("v400m") as bench:
        ran = subprocess.run(
            [
                sys.executable, "-m", "schemathesis.cli", "run", f"{bench.address.url}{API}/openapi.json",
                "-H", f"Authorization: Bearer {bench.address.token}", "--max-examples", str(examples), "--phases", "fuzzing",
                "--checks", "not_a_server_error,status_code_conformance,content_type_conformance",
                "--exclude-path", f"{API}/events", "--request-timeout", "20", "--generation-database", "none", "--no-color",
            ],
            cwd=tmp_path,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
        assert "Test cases:" in ran.stdout
        assert bench.get("/bench")["violations"] == []
