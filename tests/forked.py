"""Python programs and runs of pytest for a test that asks what they say, without a new start of Python.

The process of the test is copied (`os.fork`), the copy runs the program and ends: it has all modules that the tests have, and what the
program does to them is gone with it. That takes a tenth of the time of a new process, most of which goes into imports.
"""

from __future__ import annotations

import gc
import os
import pickle
import runpy
import sys
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryFile
from typing import NoReturn

import pytest

WITHOUT_OTHERS = ("-p", "no:hypothesispytest", "-p", "no:schemathesis")
"""For pytest in a folder of its own that has our plugin as it is installed: two plugins of others, which are installed for our own tests.

In a copy hypothesis would read the source of every module that the tests have imported, for the constants in it, and any process takes
0.5 s of processor time to import the two.
"""


def run_pytest(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """What pytest says in the folder of `project`. Raises `ChildProcessError` where it ends without a word."""
    with TemporaryFile() as file:

        def tell() -> None:
            _forget(arguments)
            result = project.runpytest_inprocess(*arguments)
            file.write(pickle.dumps((int(result.ret), result.outlines, result.errlines, result.duration)))
            file.flush()

        _copied(tell)
        file.seek(0)
        said = file.read()
    if not said:
        raise ChildProcessError(f"pytest {' '.join(arguments)} ended without a word")
    return pytest.RunResult(*pickle.loads(said))


def _forget(arguments: Sequence[str]) -> None:
    """Have pytest import the plugins that are named anew, as it does at a start: of one that is there it warns."""
    for flag, plugin in pairwise(arguments):
        for name in [one for one in sys.modules if flag == "-p" and one.startswith(plugin)]:
            del sys.modules[name]


def run_python(
    words: Sequence[str],
    *,
    folder: Path,
    path: Sequence[Path] = (),
    environment: Mapping[str, str],
    typed: str = "",
) -> CompletedProcess[str]:
    """What `python WORDS` does in `folder`, where the first word is `-m` with a module's name or the file of a program.

    Modules are looked for in `path`, too. `stdout` has all that is printed, to whichever stream.
    """
    with TemporaryFile() as given, TemporaryFile() as printed:
        given.write(typed.encode())
        given.seek(0)

        def start() -> None:
            for descriptor, file in ((0, given), (1, printed), (2, printed)):
                os.dup2(file.fileno(), descriptor)
            sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115 - to its end
            sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]
            os.environ.clear()
            os.environ.update(environment)
            os.chdir(folder)
            warnings.resetwarnings()
            _run(words, [*map(str, path)])

        code = _copied(start)
        printed.seek(0)
        return CompletedProcess(list(words), code, printed.read().decode(), "")


def _run(words: Sequence[str], path: Sequence[str]) -> None:
    if words[0] == "-m":
        sys.argv = list(words[1:])
        sys.path[:0] = [os.getcwd(), *path]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = list(words)
        sys.path[:0] = [str(Path(words[0]).resolve().parent), *path]
        runpy.run_path(words[0], run_name="__main__")


def _copied(call: Callable[[], None]) -> int:
    """The exit code of a copy of this process that does nothing but `call`."""
    child = os.fork()
    if child == 0:
        gc.freeze()  # what is there from before would be copied, page by page, for the garbage collector alone
        _end(call)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _end(call: Callable[[], None]) -> NoReturn:
    """Leave by the exit code of `call`, without anything of what the process would do at its own end."""
    code: object = 1
    try:
        call()
        code = 0
    except SystemExit as end:
        code = end.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
    except BaseException:  # noqa: BLE001 - told as Python tells it at its end
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)
