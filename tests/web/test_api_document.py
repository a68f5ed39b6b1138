"""The sale of docs/api.md, run as it stands there in each of its languages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.web.kit import API, Client

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
PROGRAMS = {
    "sh": ("curl", ["sh", "-eu", "-c"]),
    "py": (sys.executable, [sys.executable, "-c"]),
    "js": ("node", ["node", "--input-type=module", "-e"]),
}


def sale_in(language: str) -> str:
    """The first code of this language below the head `A whole sale`."""
    text = DOCUMENT.read_text("utf-8").partition("## A whole sale")[2]
    found = re.search(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("language", PROGRAMS)
def test_the_sale_of_the_document_is_approved(bench: Client, language: str) -> None:
    program, command = PROGRAMS[language]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    ran = subprocess.run(
        [*command, sale_in(language)],
        env={**os.environ, "API": bench.address.url + API, "TOKEN": bench.address.token, "no_proxy": "*"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert "$12.50" in ran.stdout
    assert bench.get("/terminals/v400m-1/screen")["id"] == "approved"
    assert [each["kind"] for each in bench.get("/host/messages")] == ["sale"]
