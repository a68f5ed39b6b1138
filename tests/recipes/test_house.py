"""The import rules of pyproject.toml hold, and fail where a module has no storey or imports a room above its own."""

from __future__ import annotations

from tests.recipes.tree import Tree


def test_the_rules_hold_in_a_copy_of_the_tree(tree: Tree) -> None:
    assert "0 broken" in tree.run(["lint-imports"])


def test_a_loose_module_breaks_the_rules_and_is_named(tree: Tree) -> None:
    tree.add("terminal_sim/loose.py", '"""A module without a storey."""\n')
    printed = tree.run(["lint-imports"], code=1)
    assert "1 broken" in printed
    assert "terminal_sim.loose" in " ".join(printed.split())


def test_an_import_from_a_room_above_breaks_the_rules_and_is_named(tree: Tree) -> None:
    tree.add(
        "terminal_sim/display/upward.py",
        '"""A module that looks up."""\n\nfrom terminal_sim.bench import Bench\n\n__all__ = ["Bench"]\n',
    )
    printed = " ".join(tree.run(["lint-imports"], code=1).split())
    assert "terminal_sim.display.upward -> terminal_sim.bench" in printed
