"""What a page of docs/ shows, read from its Markdown, so that a page and its test cannot differ.

1. `` File `PATH`: `` before a fenced block is a file that the reader writes.
2. A line of a `console` block that begins with `$ ` is a command. What stands after two blanks and a `#` is a remark; `exit code N` in it says how the
   command ends, 0 without it. The lines up to the next command are what it prints; a line `...` stands for any lines, and `...` in a line for any words.
   Lines that begin with `> ` are what the reader types.
3. A `keys` block is a script or, with a terminal and its options after the word (`keys v400m offline.allowed=true`), lines of one.
4. A `python` block is run after those that stand before it on the page.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(
    r"^(?:File `(?P<path>[^`]+)`:\n\n)?```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_EXIT_CODE = re.compile(r"\bexit code (\d+)")
_TYPED = "> "


@dataclass(frozen=True, slots=True)
class Written:
    """A file that the reader writes."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """`typed` is its input, `printed` what the page shows of its output, and `code` its exit code."""

    words: tuple[str, ...]
    typed: str
    printed: str
    code: int


@dataclass(frozen=True, slots=True)
class Script:
    """The text of a whole script."""

    text: str


@dataclass(frozen=True, slots=True)
class Program:
    """Lines of Python."""

    text: str


Shown = Written | Command | Script | Program


def shown(page: Path) -> Iterator[Shown]:
    """What the page shows, in its order. Raises `ValueError` for lines of a script without a terminal."""
    for block in _BLOCK.finditer(page.read_text("utf-8")):
        language, *about = block["info"].split() or [""]
        if block["path"]:
            yield Written(block["path"], block["text"])
        elif language == "console":
            yield from _commands(block["text"])
        elif language == "keys":
            yield Script(_script(page, block["text"], about))
        elif language == "python":
            yield Program(block["text"])


def _commands(console: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
        line, _, rest = part.partition("\n")
        command, _, remark = line.partition("  #")
        code = _EXIT_CODE.search(remark)
        lines = rest.splitlines(keepends=True)
        typed = "".join(each.removeprefix(_TYPED) for each in lines if each.startswith(_TYPED))
        printed = "".join(each for each in lines if not each.startswith(_TYPED))
        yield Command(tuple(shlex.split(command)), typed, printed, int(code[1]) if code else 0)


def _script(page: Path, text: str, about: list[str]) -> str:
    if text.startswith("keys 1\n"):
        return text
    if not about:
        raise ValueError(f"{page.name} has lines of a script that name no terminal: {text.splitlines()[0]}")
    terminal, *options = about
    settings = [f"with {option}\n" for option in options]
    steps = [f"  {line}" for line in text.splitlines(keepends=True)]
    return "".join(["keys 1\n", f"terminal {terminal}\n", *settings, 'scenario "As the page says"\n', *steps])
