"""The book of the script language is as the tables have it."""

from __future__ import annotations

import subprocess
import sys

from tests.recipes.tree import ROOT


def test_the_book_of_the_language_is_written_from_the_tables_as_they_are() -> None:
    ran = subprocess.run(
        [sys.executable, "tools/language_book.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, (
        f"run `make docs`, or python tools/language_book.py:\n{ran.stdout[:2000]}{ran.stderr}"
    )
