"""A reader protocol is one folder: the recipe adds it to a copy of the tree, and everything that opens readers by address has it."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from tests.recipes.document import NewFile, steps
from tests.recipes.tree import ROOT, Tree

STEPS = steps(ROOT / "docs" / "recipes" / "reader-protocol.md")
FOLDER = PurePosixPath("drivers/terminal_drivers/readers/hexline")
SALE = """keys 1
terminal v400m
scenario "A sale"
  press  OK 1000 OK
  insert visa-credit
  expect screen "Approved"
  remove card
  expect screen "Start"
scenario "A card is torn away"
  press  OK 1000 OK
  tear card after genac1
  insert visa-credit
  expect screen id:card-removed
"""


@pytest.fixture
def added(tree: Tree) -> Tree:
    """The copy with the new folder in it, and a script."""
    for step in STEPS:
        if step.path:
            step.take(tree)
    tree.add("sale.keys", SALE)
    return tree


def test_the_recipe_adds_one_folder_and_touches_no_other_file() -> None:
    touched = [step for step in STEPS if step.path]
    assert all(isinstance(step, NewFile) for step in touched)
    assert {PurePosixPath(step.path).parent for step in touched} == {FOLDER}


def test_the_commands_of_the_recipe_hold(added: Tree) -> None:
    for step in STEPS:
        if not step.path:
            step.take(added)


def test_the_new_reader_is_listed_asked_served_and_sold_with(added: Tree) -> None:
    listed = added.run(["terminal-sim", "readers", "list"])
    assert "hexline+virtual:" in listed
    assert "chip of one hexline reader, over a pseudo-terminal" in listed
    asked = added.run(["terminal-sim", "readers", "probe", "hexline+pty:"])
    assert asked.splitlines()[-1].split() == ["slot", "0", "empty"]
    clauses = added.run(["terminal-sim", "readers", "conform", "hexline+virtual:", "--card", "visa-credit"])
    assert clauses.count("kept") == 4
    served = added.run(
        ["terminal-sim", "readers", "serve", "hexline+pty:"], typed="insert visa-credit\nremove\nquit\n"
    )
    assert "hexline+serial:/dev/pts/" in served
    assert "# done: remove" in served
    for reader in ("hexline+virtual:", "hexline+pty:"):
        added.run(["terminal-sim", "run", "sale.keys", "--reader", reader])
    wrong = added.run(["terminal-sim", "readers", "probe", "hexlines+virtual:"], code=2)
    assert "hexline+serial:" in wrong


def test_the_plugin_of_pytest_opens_the_new_reader(added: Tree) -> None:
    said = added.run(
        [
            "pytest",
            "-q",
            "-p",
            "terminal_sim.pytest_plugin",
            "sale.keys",
            "--terminal-reader",
            "hexline+virtual:",
        ]
    )
    assert "2 passed" in said
