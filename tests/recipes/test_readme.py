"""The README is true: its commands run as printed, the files that it shows are those of the tree, and what it names exists."""

from __future__ import annotations

import re
import shlex
import tomllib

import pytest

from terminal_sim import profile
from terminal_sim.cli.main import parser
from terminal_sim.verbs import VERBS
from tests.recipes.document import NewFile, commands, steps
from tests.recipes.tree import ROOT, Tree

README = ROOT / "README.md"
TEXT = README.read_text("utf-8")
CONSOLES = re.findall(r"^```console\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = [words for console in CONSOLES for words in commands(console)]
OURS = [words for words in COMMANDS if words[0] in ("terminal-sim", "python", "pytest")]
# What is plugged in, and what waits for lines to be typed; `quit` ends the latter.
HARDWARE = ("/dev/", "+hid:", "+usb:")
TYPED = {
    "serve": "quit\n",
    "shell": "".join(f"{line}\n" for line in re.findall(r"^> (.*)$", TEXT, re.MULTILINE)),
}


def is_for_hardware(words: tuple[str, ...]) -> bool:
    return any(part in word for word in words for part in HARDWARE)


def test_every_command_runs_as_printed(tree: Tree) -> None:
    """In the order of the text, since some use what an earlier one leaves."""
    for words in OURS:
        if not is_for_hardware(words):
            typed = next((TYPED[word] for word in words if word in TYPED), "")
            tree.run_as_it_was(words, typed=typed)


@pytest.mark.parametrize("words", [words for words in OURS if is_for_hardware(words)], ids=shlex.join)
def test_a_command_for_hardware_is_one_of_the_command_line(words: tuple[str, ...]) -> None:
    parser().parse_args(words[1:])


def test_every_target_of_make_exists() -> None:
    targets = set(re.findall(r"^(\w[\w-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert (
        set(re.findall(r"\bmake (\w[\w-]*)", "\n".join(re.findall(r"`[^`\n]+`", TEXT)) + "".join(CONSOLES)))
        <= targets
    )


def test_every_extra_exists() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    named = {
        extra
        for group in re.findall(r"\[([a-z,]+)\]", " ".join(map(" ".join, COMMANDS)))
        for extra in group.split(",")
    }
    assert named
    assert named <= set(extras)


def test_the_files_that_are_shown_are_those_of_the_tree() -> None:
    shown = [step for step in steps(README) if isinstance(step, NewFile)]
    assert shown
    assert [step.path for step in shown if (ROOT / step.path).read_text("utf-8") != step.text] == []


def test_the_terminals_words_and_folders_that_are_named_exist() -> None:
    table = TEXT.partition("| terminal | what it does |")[2].partition("\n\n")[0]
    terminals = {
        name
        for line in table.splitlines()
        for name in re.findall(r"`([^`]+)`", line.split("|")[1] if "|" in line else "")
    }
    assert terminals
    assert terminals <= set(profile.names())
    (words,) = re.findall(r"Words of the script language: `([^`]+)`", TEXT)
    assert set(words.split()) <= {verb[0].removesuffix("!") for verb in VERBS}
    folders = TEXT.partition("| folder | what is in it |")[2].partition("\n\n")[0]
    named = re.findall(
        r"`([^`]+)`", "".join(line.split("|")[1] for line in folders.splitlines() if line.startswith("| `"))
    )
    assert named
    assert [name for name in named if not (ROOT / name).is_dir()] == []
