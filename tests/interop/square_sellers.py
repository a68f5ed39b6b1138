"""Sellers on the vendor's own libraries, each a process of its own."""

from __future__ import annotations

import shutil
import sys
from typing import Any

import pytest

from tests.interop.library_process import HERE, OTHERS, LibraryProcess

PYTHON_LIBRARY = OTHERS / "square"
NODE_MODULES = OTHERS / "node" / "node_modules"


def python_seller(url: str, token: str) -> LibraryProcess:
    """A seller on squareup of PyPI. Skips the test where that is missing."""
    if not PYTHON_LIBRARY.is_dir():
        pytest.skip("squareup of PyPI is missing: sh tools/others.sh .venv")
    command = [sys.executable, str(HERE / "square_point_of_sale.py"), url, token]
    return LibraryProcess(command, PYTHONPATH=str(PYTHON_LIBRARY))


def node_seller(url: str, token: str) -> LibraryProcess:
    """A seller on square of npm. Skips the test where that is missing."""
    if not (NODE_MODULES / "square").is_dir() or shutil.which("node") is None:
        pytest.skip("square of npm is missing: sh tools/others.sh .venv")
    command = ["node", str(HERE / "square_point_of_sale.js"), url, token]
    return LibraryProcess(command, NODE_PATH=str(NODE_MODULES))


def told(said: Any) -> Any:
    """What a call answered, or its status and errors."""
    return said["answer"] if "answer" in said else (said["status"], said["errors"])
