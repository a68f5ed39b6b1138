"""Where a system lacks what only POSIX has, every module can be imported, sales run and are kept, and what cannot be had is one sentence.

Another process plays such a system: it hides the modules and calls that Windows lacks, after Python's own library has been imported.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

if sys.platform == "win32":
    pytest.skip("this is the system itself", allow_module_level=True)

PLAYED = r"""
import asyncio, contextlib, ctypes, fcntl, importlib, io, json, multiprocessing.connection, os, pkgutil, select, selectors, signal, socket
import ssl, subprocess, sys, tempfile, types, _pytest.config, apsw, construct, cryptography.hazmat.primitives.ciphers, lark, msgspec
import serial, serial.tools.list_ports, PIL.Image

def locking(descriptor, mode, count):
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

sys.modules["msvcrt"] = types.SimpleNamespace(locking=locking, LK_NBLCK=2)
for name in ("fcntl", "grp", "pty", "pwd", "readline", "resource", "termios", "tty"):
    sys.modules[name] = None
for module, names in (
    (os, "O_CLOEXEC O_NOFOLLOW O_NONBLOCK fchmod fchown fork geteuid getuid mkfifo openpty pread pwrite register_at_fork ttyname"),
    (select, "poll epoll"),
    (signal, "SIGALRM SIGKILL pause pthread_sigmask setitimer"),
):
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
platform, sys.platform = sys.platform, "win32"

import terminal_drivers.base, terminal_sim

imported = []
for package in (terminal_drivers, terminal_sim):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not found.name.endswith("__main__"):
            try:
                importlib.import_module(found.name)
            except terminal_drivers.base.Misuse:  # an extra package that is not installed
                pass
            except ModuleNotFoundError as missing:  # the modules of an adapter are imported by what they adapt to
                if missing.name != "labgrid":
                    raise
            imported.append(found.name)

sys.platform = platform  # what follows is Python's own, and of other packages

from terminal_sim.cli.main import main

told = {"modules": len(imported)}
for line in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(line.split())
        except SystemExit as leaving:
            code = leaving.code
    told[line] = [int(code), out.getvalue(), err.getvalue()]
print(json.dumps(told))
"""

SALE = """keys 1
terminal v400m
scenario "A sale"
  press OK 1000 OK
  insert visa-credit
  expect screen "Approved"
  expect journal sale count=1
scenario "Another sale"
  press OK 2000 OK
  tap-card visa-credit
  expect screen "Approved"
"""
LINES = {
    "run sale.keys --state kept": (0, ""),
    "run sale.keys -j 2": (0, ""),
    "report totals --state kept": (0, ""),
    "profiles list": (0, ""),
    "readers list": (0, ""),
    "shell v400m": (0, ""),
    "doctor": (0, ""),
    "run sale.keys --reader pty": (2, "this system has no pseudo-terminals"),
    "readers probe ccid+pty:": (2, "this system has no pseudo-terminals"),
    "readers serve ccid+pty:": (2, "this system cannot serve readers"),
    "readers serve msr+usbip:": (2, "this system cannot serve readers"),
}


@dataclass(frozen=True, slots=True)
class Said:
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Said]:
    """What the command says to each of `LINES` on such a system, all in one process."""
    folder = tmp_path_factory.mktemp("windows")
    (folder / "sale.keys").write_text(SALE, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", PLAYED, json.dumps([*LINES])],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said.pop("modules") > 300
    return {line: Said(*what) for line, what in said.items()}


@pytest.mark.parametrize("line", LINES)
def test_a_command_works_or_says_in_one_sentence_why_it_cannot(line: str, told: dict[str, Said]) -> None:
    code, sentence = LINES[line]
    said = told[line]
    assert said.code == code, said
    assert sentence in said.err
    assert said.err.count("\n") == bool(sentence)
