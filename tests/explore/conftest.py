"""Runs of scripts that are kept as bundles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from terminal_sim.explore.bundle import Bundle
from terminal_sim.explore.bundle_file import read
from terminal_sim.explore.bundles import OneBundle
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse
from terminal_sim.script.plan import plan
from terminal_sim.script.run import Runner
from terminal_sim.script.vocabulary import vocabulary

KeptRun = Callable[..., Bundle]


def bundle_of(
    folder: Path,
    text: str,
    expression: str = "",
    environ: Mapping[str, str] | None = None,
    options: Options | None = None,
) -> Bundle:
    """Writes a script, runs the one scenario that `expression` selects, and gives the bundle of it."""
    file, to = folder / "test.keys", folder / "run.tsim"
    file.write_text(text, encoding="utf-8")
    program = check(parse(file), vocabulary(), environ=environ or {})
    (case,) = plan(program, expression)
    result = Runner(replace(options or Options(), keeper=OneBundle(to))).run(case)
    assert result.bundle == to, result.text
    return read(to)


@pytest.fixture
def kept(tmp_path: Path) -> KeptRun:
    """As `bundle_of`, in the test's own folder."""
    return lambda *given, **named: bundle_of(tmp_path, *given, **named)
