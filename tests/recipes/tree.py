"""A copy of the project in which a test adds files and runs commands, so that nothing of it stays in the project itself.

1. The copy holds the files that git lists, as they are in the working tree. A file that is not versioned is not copied.
2. What Python, mypy and import-linter have kept of these files comes with them, where it is there: each checks what it kept against the
   file, and saves the time of reading the whole tree again.
3. Commands run with the interpreter of the tests and import `terminal_sim` and `terminal_drivers` from the copy.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent

from tests.forked import run_python

ROOT = Path(__file__).resolve().parents[2]

# The modules behind the commands, as `python -m` or as a statement for `python -c`.
_COMMANDS: dict[str, tuple[str, ...]] = {
    "python": (),
    "pytest": ("-m", "pytest"),
    "terminal-sim": ("-m", "terminal_sim"),
    "mypy": ("-m", "mypy"),
    "ruff": ("-m", "ruff"),
    "lint-imports": (
        "-c",
        "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()",
    ),
}


_KEPT = (Path(".mypy_cache"), Path(".import_linter_cache"))


class Tree:
    """A copy of the project at `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def copy(cls, folder: Path) -> Tree:
        """Copies the versioned files of the project into `folder`, which need not exist."""
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        folder.mkdir(parents=True, exist_ok=True)
        folders = {Path()}
        for name in map(Path, filter(None, listed.stdout.split("\0"))):
            # A file that is deleted in the working tree is still listed until that is staged.
            if (ROOT / name).is_file():
                if name.parent not in folders:
                    (folder / name.parent).mkdir(parents=True, exist_ok=True)
                    folders.add(name.parent)
                shutil.copy2(
                    ROOT / name, folder / name
                )  # with its time, by which what was kept of it is known
        for kept in (*_KEPT, *(inner / "__pycache__" for inner in folders)):
            if (ROOT / kept).is_dir():
                shutil.copytree(ROOT / kept, folder / kept, ignore=shutil.ignore_patterns("*.pyc.*"))
        return cls(folder)

    def add(self, path: str, text: str) -> None:
        """Writes a new file. Raises `FileExistsError` where the project has it."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(text)

    def insert(self, path: str, before: str, text: str) -> None:
        """Puts `text` before the one line of a file that contains `before`, as far indented as that line.

        An empty line follows where one stands before that line. Raises `LookupError` where not exactly one line contains it.
        """
        target = self.root / path
        lines = target.read_text("utf-8").splitlines(keepends=True)
        found = [at for at, line in enumerate(lines) if before in line]
        if len(found) != 1:
            raise LookupError(f"{path} has {len(found)} lines with {before!r}, and one is wanted")
        (at,) = found
        margin = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        gap = "" if lines[at - 1].strip() else "\n"
        lines[at:at] = [indent(text, margin), gap]
        target.write_text("".join(lines), "utf-8")

    def run(self, words: Sequence[str], *, typed: str = "", code: int = 0) -> str:
        """Runs a command of `_COMMANDS` in the copy and returns all that it prints; `typed` is its input.

        Another exit code than `code` fails the test.
        """
        ran = subprocess.run(
            [sys.executable, *_COMMANDS[words[0]], *words[1:]],
            cwd=self.root,
            env=self._environment(),
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert ran.returncode == code, f"{' '.join(words)}: exit code {ran.returncode}\n{ran.stdout}"
        return ran.stdout

    def run_as_it_was(self, words: Sequence[str], *, typed: str = "") -> None:
        """As `run`, in a tenth of its time, for a copy in which no code has changed: what the tests have imported is that of the copy.

        pytest warns of a plugin that is imported already, and begins anew.
        """
        if words[0] == "pytest":
            self.run(words, typed=typed)
            return
        environment = self._environment()
        ran = run_python(
            [*_COMMANDS[words[0]], *words[1:]], folder=self.root, environment=environment, typed=typed
        )
        assert ran.returncode == 0, f"{' '.join(words)}: exit code {ran.returncode}\n{ran.stdout}"

    def _environment(self) -> dict[str, str]:
        """The environment of the tests without what pytest and its workers left in it."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))
        }
        return kept | {"PYTHONPATH": os.pathsep.join((str(self.root), str(self.root / "drivers")))}
