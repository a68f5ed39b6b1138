"""What a recipe says must be done: read from its Markdown, so that the document and its test cannot differ.

1. `` File `PATH`: `` before a fenced block is a new file with that text.
2. `` In `PATH`, before `LINE`: `` before a fenced block puts the text before the one line that contains LINE, indented like it.
3. Each line of a `console` block that begins with `$ ` is a command. Its words follow the shell's quoting, and what stands after
   two blanks and a `#` is a remark.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.recipes.tree import Tree

_STEP = re.compile(
    r"^(?:File `(?P<new>[^`]+)`:|In `(?P<changed>[^`]+)`, before `(?P<before>[^`]+)`:)\n\n```\w+\n(?P<text>.*?)^```$"
    r"|^```console\n(?P<console>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_INTRODUCED = re.compile(r"^(?:File|In) `", re.MULTILINE)


class Step(Protocol):
    """One thing that a recipe has done to the tree. `path` is the file that it touches, empty for a command."""

    @property
    def path(self) -> str: ...

    def take(self, tree: Tree) -> None: ...


@dataclass(frozen=True, slots=True)
class NewFile:
    path: str
    text: str

    def take(self, tree: Tree) -> None:
        tree.add(self.path, self.text)


@dataclass(frozen=True, slots=True)
class Insertion:
    path: str
    before: str
    text: str

    def take(self, tree: Tree) -> None:
        tree.insert(self.path, self.before, self.text)


@dataclass(frozen=True, slots=True)
class Command:
    """It must end with exit code 0."""

    words: tuple[str, ...]
    path: str = ""

    def take(self, tree: Tree) -> None:
        tree.run(self.words)


def steps(recipe: Path) -> list[Step]:
    """The steps of a recipe in their order. Raises `ValueError` where a file is announced and no block follows."""
    text = recipe.read_text("utf-8")
    found = list(_steps(text))
    files = sum(bool(step.path) for step in found)
    if files != len(_INTRODUCED.findall(text)):
        raise ValueError(f"{recipe.name} announces a file whose text does not follow")
    return found


def commands(console: str) -> Iterator[tuple[str, ...]]:
    """The words of each command of a `console` block."""
    for line in console.splitlines():
        if line.startswith("$ "):
            yield tuple(shlex.split(line[2:].split("  #")[0]))


def _steps(text: str) -> Iterator[Step]:
    for match in _STEP.finditer(text):
        if match["console"] is not None:
            yield from (Command(words) for words in commands(match["console"]))
        elif match["new"]:
            yield NewFile(match["new"], match["text"])
        else:
            yield Insertion(match["changed"], match["before"], match["text"])
