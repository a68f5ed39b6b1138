"""The served document is true: whatever a program makes of it, the bench answers as the document says, and never breaks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE
from tests.web.kit import API, Client, served

PARAMETERS = """[parameters]
"path.terminal" = "v400m-1"
"path.number" = "1"
"path.name" = "b1"
"path.other" = "b1"
"path.run" = "r1"
"path.flow" = "sale"
"""
LARGE = pytest.param(40, id="many", marks=pytest.mark.soak)


@pytest.mark.parametrize("examples", [LARGE])
def test_generated_requests_meet_no_answer_that_is_not_in_the_document(examples: int, tmp_path: Path) -> None:
    pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    (tmp_path / "schemathesis.toml").write_text(PARAMETERS, "utf-8")
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
        (count,) = re.findall(r"Test cases:\s+(\d+)", ran.stdout)
        assert int(count) >= 2_000, ran.stdout[-4000:]
        assert bench.get("/bench")["violations"] == []


BODIES = (b"{}", b"[]", b"null", b"{", b"\xff", b'{"\\u0000": "\\ud800"}', b'{"more": 1}', b"[" * 5_000)
QUERIES = (
    "",
    "?at=1&branch=b1&display=main&after=0&limit=3&as=jsonl&filter=kind:apdu",
    "?branch=b9",
    "?at=999999",
    "?at=-1",
    "?as=%00",
    "?x=1",
)
ODD = (None, True, -1, 1e300, 2**70, "", "a\nb", "\u202e\x00", ["a"], {"a": 1})


def requests(document: dict[str, Any]) -> Iterator[tuple[str, str, bytes | None, dict[str, Any]]]:
    """Requests of every operation that its author has not thought of: method, path, body, and what the document says of the operation."""
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            named = re.sub(r"\{(\w+)\}", lambda found: PATHS.get(found[1], "1"), path)
            if method.upper() == "POST":
                odd = ODD[len(named) % len(ODD)]
                names = (
                    said["requestBody"]["content"]
                    .get("application/json", {})
                    .get("schema", {})
                    .get("properties", {})
                )
                bodies = (
                    BODIES[len(named) % len(BODIES)],
                    b"{}",
                    json.dumps(dict.fromkeys(names, odd)).encode(),
                )
                yield from ((method.upper(), named, body, said) for body in bodies)
            elif path.endswith("/events"):
                continue  # it does not end
            else:
                which = len(named) % len(QUERIES)
                yield from (
                    (method.upper(), named + query, None, said) for query in (QUERIES[0], QUERIES[which])
                )


PATHS = {"terminal": "v400m-1", "name": "b1", "other": "b1", "run": "r1", "flow": "sale", "number": "1"}


def test_requests_that_nobody_thought_of_meet_documented_answers(bench: Client) -> None:
    document = bench.get("/openapi.json")
    bench.acts("press OK 1250 OK", "insert visa-credit")
    connection = HTTPConnection(bench.address.host, bench.address.port, timeout=PATIENCE)
    asked = 0
    for method, path, body, said in requests(document):
        media = "text/plain" if path.endswith("/lines") else "application/json"
        connection.request(
            method, path, body, {"Authorization": f"Bearer {bench.address.token}", "Content-Type": media}
        )
        answer = connection.getresponse()
        text = answer.read()
        documented = said["responses"].get(str(answer.status))
        assert documented is not None, (method, path, body, answer.status, text)
        kind = str(answer.getheader("content-type")).partition(";")[0]
        assert kind in documented["content"], (method, path, kind)
        asked += 1
    connection.close()
    assert asked >= 200
    assert bench.get("/bench")["violations"] == []
