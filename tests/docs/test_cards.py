"""The table of docs/cards.md is what the files of the cards say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_table_of_cards_is_as_the_files_have_it() -> None:
    ran = subprocess.run([sys.executable, "tools/cards_book.py", "--check"], cwd=ROOT, check=False)
    assert ran.returncode == 0, "run `make docs`, or python tools/cards_book.py"
