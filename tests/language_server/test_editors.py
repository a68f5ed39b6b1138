"""The files for editors are of their editor's form, and know the words of the language."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from terminal_sim.script.headings import HEADINGS
from tests.patience import PATIENCE

EDITORS = Path(__file__).resolve().parents[2] / "editors"


@pytest.mark.parametrize("name", ["vim/keys.vim", "emacs/keys-mode.el"])
def test_an_editor_without_the_server_knows_every_setting_and_section(name: str) -> None:
    listed = re.findall(r"\((keys\\+\|[a-z\\|]+)\)", (EDITORS / name).read_text("utf-8"))
    assert {word for found in listed for word in re.split(r"\\+\||\\+", found) if word} == {
        one.word for one in HEADINGS
    }


def test_every_file_of_data_can_be_read() -> None:
    for file in EDITORS.rglob("*.json"):
        json.loads(file.read_text("utf-8"))
    for file in EDITORS.rglob("*.toml"):
        tomllib.loads(file.read_text("utf-8"))


@pytest.mark.parametrize(
    "file",
    ["vscode/extension.js", "vim/neovim.lua", "vim/keys.vim", "emacs/keys-mode.el", "helix/languages.toml"],
)
def test_each_editor_starts_the_server_by_its_command(file: str) -> None:
    text = (EDITORS / file).read_text("utf-8")
    assert "lsp" in text
    assert "terminal-sim" in text


def test_the_extension_of_vs_code_is_javascript_and_its_parts_are_there() -> None:
    package = json.loads((EDITORS / "vscode" / "package.json").read_text("utf-8"))
    (language,), (grammar,) = package["contributes"]["languages"], package["contributes"]["grammars"]
    for part in (package["main"], language["configuration"], grammar["path"]):
        assert (EDITORS / "vscode" / part).is_file()
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node on this machine")
    subprocess.run([node, "--check", "extension.js"], cwd=EDITORS / "vscode", check=True, timeout=PATIENCE)


def test_vim_colours_a_script(tmp_path: Path) -> None:
    vim = shutil.which("vim")
    if vim is None:
        pytest.skip("there is no vim on this machine")
    script, told = tmp_path / "a.keys", tmp_path / "told"
    script.write_text('keys 1\nscenario "A"\n  expect no screen "x"  # why\n', encoding="utf-8")
    places = ((1, 1), (2, 10), (3, 3), (3, 20), (3, 25))
    names = " ".join(f'synIDattr(synID({line},{column},1),"name")' for line, column in places)
    steps = ["syntax on", f"source {EDITORS / 'vim' / 'keys.vim'}", f"edit {script}", f"redir! > {told}",
             f"silent echo &filetype {names}", "redir END", "qa!"]  # fmt: skip
    subprocess.run(
        [vim, "-Nu", "NONE", "-es", *(part for step in steps for part in ("-c", step))],
        check=True,
        timeout=PATIENCE,
    )
    assert told.read_text("utf-8").split() == [
        "keys",
        "keysHead",
        "keysText",
        "keysAct",
        "keysText",
        "keysComment",
    ]
