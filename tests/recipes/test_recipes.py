"""Each recipe of docs/recipes does in a copy of the tree what it says, and touches no more places than it promises."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.recipes.document import steps
from tests.recipes.tree import ROOT, Tree

RECIPES = sorted((ROOT / "docs" / "recipes").glob("*.md"))
# The reader protocol's own test lays down a whole folder.
CARRIED_OUT_ELSEWHERE = {"reader-protocol"}
HERE = [recipe for recipe in RECIPES if recipe.stem not in CARRIED_OUT_ELSEWHERE]
# Files that a recipe may touch. Wordings and scripts count for nothing: they are what the thing says and what it is tested by.
PLACES = {"profile": 1, "card": 1, "verb": 1, "flow": 3, "message-kind": 1}
FREE = ("profiles/strings/", "tests/scripts/")


@pytest.mark.parametrize("recipe", HERE, ids=lambda recipe: recipe.stem)
def test_a_recipe_can_be_carried_out_as_it_stands(recipe: Path, tree: Tree) -> None:
    for step in steps(recipe):
        step.take(tree)


@pytest.mark.parametrize("recipe", HERE, ids=lambda recipe: recipe.stem)
def test_a_recipe_touches_no_more_places_than_it_may(recipe: Path) -> None:
    touched = Counter(step.path for step in steps(recipe) if step.path and not step.path.startswith(FREE))
    assert 0 < touched.total() <= PLACES[recipe.stem]


def test_every_recipe_is_listed_for_contributors() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [recipe.name for recipe in RECIPES if f"docs/recipes/{recipe.name}" not in text] == []
