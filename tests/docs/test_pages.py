"""Every page of docs/ is true: what it shows runs as shown, from an empty folder, in the order of the page."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from terminal_sim.cli.main import main, parser
from tests.docs.page import Command, Program, Script, Written, shown
from tests.forked import WITHOUT_OTHERS, run_python
from tests.recipes.tree import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
# Commands that are run: others (git, docker, pip, apt) are about the reader's own machine.
RUN = ("terminal-sim", "python", "pytest", "robot")
PATH = (ROOT, ROOT / "drivers", ROOT / "terminal_sim/adapters/robot/import_name")
# What is plugged in where the reader is.
HARDWARE = ("/dev/", "+hid:", "+usb:", "pcsc:")
# What is run by tests/adapters/test_labgrid.py, in an environment of its own.
LABGRID = "--lg-env"
PLAIN = re.compile(r"^\[(?P<name>[^\]]+)\]: |\]\((?P<target>[^)#\s]+)(?:#[^)]*)?\)", re.MULTILINE)


class Reader:
    """Somebody who follows a page in the folder `here`."""

    def __init__(
        self, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._here = here
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.chdir(here)
        monkeypatch.setenv("COLUMNS", "120")

    def write(self, file: Written) -> None:
        target = self._here / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text, "utf-8")

    def run(self, command: Command) -> None:
        if command.words[0] not in RUN or LABGRID in command.words:
            return
        if any(part in word for word in command.words for part in HARDWARE):
            parser().parse_args(command.words[1:])
            return
        if command.words[0] == "terminal-sim":
            code, printed = self._ours(command)
        elif command.words[0] == "python":
            code, printed = self._anew(command)
        else:
            code, printed = self._python(command.words, command.typed)
        assert code == command.code, f"{shlex.join(command.words)}: exit code {code}\n{printed}"
        _same(command.printed, printed, shlex.join(command.words))

    def play(self, script: Script) -> None:
        (self._here / "shown.keys").write_text(script.text, "utf-8")
        code = main(["run", "shown.keys", "-q"])
        printed = "".join(self._capsys.readouterr())
        assert code == 0, f"{script.text}\n{printed}"

    def execute(self, programs: str) -> None:
        """The programs of a page in one process: each goes on from those before it."""
        (self._here / "shown.py").write_text(programs, "utf-8")
        code, printed = self._python(("python", "shown.py"), "")
        assert code == 0, printed

    def _ours(self, command: Command) -> tuple[int, str]:
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(command.typed))
        self._capsys.readouterr()
        try:
            code = main(list(command.words[1:]))
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 2
        return code, "".join(self._capsys.readouterr())

    def _python(self, words: tuple[str, ...], typed: str) -> tuple[int, str]:
        plugin = ("-m", "pytest", "-p", "no:cacheprovider", *WITHOUT_OTHERS, "--rootdir=.")
        start = {"pytest": plugin, "robot": ("-m", "robot")}.get(words[0], ())
        ran = run_python(
            [*start, *words[1:]], folder=self._here, path=PATH, environment=_environment(), typed=typed
        )
        return ran.returncode, ran.stdout

    def _anew(self, command: Command) -> tuple[int, str]:
        """A program of the page may change a module before anything else imports it."""
        ran = subprocess.run(
            [sys.executable, *command.words[1:]],
            cwd=self._here,
            env=_environment(),
            input=command.typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return ran.returncode, ran.stdout


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return kept | {"PYTHONPATH": os.pathsep.join(map(str, PATH))}


def _same(shown: str, printed: str, command: str) -> None:
    """Blanks count for nothing, since tables are as wide as what is in them."""
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    pattern = "".join(
        "(?:.*\n)*" if line == "..." else re.escape(line).replace(re.escape("..."), ".*") + "\n"
        for line in lines
    )
    there = "".join(" ".join(line.split()) + "\n" for line in printed.splitlines())
    assert not lines or re.fullmatch(pattern, there), f"{command} prints\n{printed}\nand not\n{shown}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_true(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = Reader(tmp_path, monkeypatch, capsys)
    programs = ""
    for step in shown(page):
        match step:
            case Written():
                reader.write(step)
            case Command():
                reader.run(step)
            case Script():
                reader.play(step)
            case Program():
                programs += step.text
    if programs:
        reader.execute(programs)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_files_that_a_page_points_to_exist(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = [found["target"] for found in PLAIN.finditer(text) if found["target"]]
    here = [target for target in targets if "://" not in target]
    assert [target for target in here if not (page.parent / target).exists()] == []


def test_every_page_has_its_place_in_the_book() -> None:
    listed = (DOCS / "index.md").read_text("utf-8")
    assert [
        page.stem
        for page in PAGES
        if page.stem != "index" and not re.search(rf"^{page.stem}$", listed, re.MULTILINE)
    ] == []


def test_the_pictures_are_what_the_product_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    drawn = DOCS / "drawn"
    assert main(["run", "-q", str(drawn)]) == 0, capsys.readouterr().out
    assert main(["profiles", "draw", "sale", "--format", "svg", "--to", "."]) == 0
    assert (tmp_path / "sale.svg").read_bytes() == (drawn / "pictures" / "sale.svg").read_bytes()


def test_every_picture_is_shown() -> None:
    text = "".join(page.read_text("utf-8") for page in PAGES)
    assert [each.name for each in (DOCS / "drawn" / "pictures").iterdir() if each.name not in text] == []
