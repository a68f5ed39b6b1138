"""What the pure rooms may not touch: clock, chance, files, network, threads. Read from their source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import terminal_drivers
import terminal_sim

_SIM, _DRIVERS = Path(terminal_sim.__file__).parent, Path(terminal_drivers.__file__).parent
FILES = sorted(
    [
        *(file for room in ("core", "flows", "emv") for file in (_SIM / room).rglob("*.py")),
        *(_DRIVERS / "iso7816").rglob("*.py"),
        *_DRIVERS.glob("readers/*/codec.py"),
        *_DRIVERS.glob("readers/*/messages.py"),
        *(_SIM / "host" / "iso8583").glob("*.py"),
        *(_SIM / "host" / name for name in ("dialect.py", "link.py")),
        _SIM / "secret.py",
    ]
)
_MODULES = {
    "time", "random", "secrets", "os", "socket", "ssl", "select", "threading", "_thread", "asyncio", "multiprocessing",
    "concurrent", "subprocess", "signal", "uuid", "tempfile", "shutil", "io", "sqlite3", "apsw", "logging.handlers", "urllib",
    "http", "serial", "usb", "hid", "smartcard",
}  # fmt: skip
_PURE = "urllib.parse"  # of a package that reaches for the network
_CALLS = {"open", "input", "print", "eval", "exec", "compile", "__import__", "breakpoint"}
_MOMENTS = {"now", "utcnow", "today", "fromtimestamp", "urandom", "uuid1", "uuid4", "getpid"}


def impure(tree: ast.AST) -> Iterator[str]:
    """Each name that reaches out of the room, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            yield f"line {node.lineno}: {node.func.id}()"
            continue
        elif isinstance(node, ast.Attribute) and node.attr in _MOMENTS and isinstance(node.value, ast.Name):
            if node.value.id in ("datetime", "date", "os", "uuid", "time"):
                yield f"line {node.lineno}: {node.value.id}.{node.attr}"
            continue
        else:
            continue
        for name in names:
            if not name.startswith(_PURE) and (name in _MODULES or name.split(".")[0] in _MODULES):
                yield f"line {node.lineno}: import {name}"


def test_the_rooms_are_found() -> None:
    rooms = {file.parent.name for file in FILES}
    assert {"core", "flows", "emv", "iso7816", "ccid", "magstripe"} <= rooms
    assert len(FILES) > 40


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_pure_room_reaches_for_nothing_outside(file: Path) -> None:
    assert list(impure(ast.parse(file.read_text()))) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_pure_room_checks_nothing_by_assert(file: Path) -> None:
    """`python -O` takes them away."""
    found = [node.lineno for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Assert)]
    assert found == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_pure_room_keeps_nothing_in_its_modules(file: Path) -> None:
    """No list, dict or set of a module is changed by a function of it: what a terminal knows is in the terminal."""
    tree = ast.parse(file.read_text())
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Global)] == []


SMUGGLED = [
    ("import time", True),
    ("import os.path", True),
    ("from random import Random", True),
    ("from datetime import datetime\nx = datetime.now()", True),
    ("from datetime import datetime\nx = datetime(2026, 1, 1)", False),
    ("x = open('f')", True),
    ("import threading as t", True),
    ("def f():\n    from socket import socket", True),
    ("import json, hashlib", False),
    ("class A:\n    def open(self): ...\nA().open()", False),
]


@pytest.mark.parametrize(("source", "is_found"), SMUGGLED)
def test_the_search_finds_what_it_looks_for(source: str, is_found: bool) -> None:
    assert bool(list(impure(ast.parse(source)))) is is_found
