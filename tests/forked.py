"""A pytest of its own for a test that asks what pytest says, without a new start of Python.

The process of the test is copied (`os.fork`), the copy runs pytest in itself and ends: it has all modules that the tests have, and what
it does to them is gone with it. That takes a tenth of the time of a new process, most of whose time is spent on imports.
"""

from __future__ import annotations

import os
import pickle

import pytest


def run_pytest(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """What pytest says in the folder of `project`. Raises `ChildProcessError` where it ends without a word."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - the copy is not measured
        try:
            os.close(reading)
            _tell(writing, project.runpytest_inprocess(*arguments))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    if not said:
        raise ChildProcessError(f"pytest {' '.join(arguments)} ended without a word")
    return pytest.RunResult(*pickle.loads(said))


def _tell(writing: int, result: pytest.RunResult) -> None:
    with os.fdopen(writing, "wb") as pipe:
        pickle.dump((int(result.ret), result.outlines, result.errlines, result.duration), pipe)
