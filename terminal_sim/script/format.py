"""Formats a script: the same meaning, laid out in one way.

1. Settings and sections begin in the first column, steps are indented by two spaces, tables by four.
2. The values of settings begin in one column, and the columns of a table are as wide as their widest cell.
3. One empty line stands before each section and none at the ends of the file; several others become one.
4. A comment keeps every character; one that fills a line is indented as the line below it.
5. What stands within a step stays as it is, since people align steps by hand. All lines end as the first one does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from terminal_sim.datafiles.text_file import BYTE_ORDER_MARK
from terminal_sim.script.headings import SETTINGS
from terminal_sim.script.parse import parse_text
from terminal_sim.script.tokens import LineToken, tokens
from terminal_sim.script.tree import ScriptError

_LINE_END = re.compile(r"\r\n|[\r\n]")
_SETTING_WIDTH = max(map(len, SETTINGS))
_STEP, _ROW = 2, 4  # how far they are indented


class _Kind(Enum):
    BLANK = "blank"
    COMMENT = "comment"
    SETTING = "setting"
    SECTION = "section"
    STEP = "step"
    EXAMPLES = "examples"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class _LaidOutLine:
    """`text` has neither indentation nor blanks at its end."""

    kind: _Kind
    text: str = ""
    indent: int = 0

    def __str__(self) -> str:
        return " " * self.indent + self.text


def formatted(text: str, path: Path) -> str:
    """The text of a script as it is laid out. Raises `ScriptError` for one that cannot be read, whose problems name `path`."""
    script = parse_text(text, path)
    if script.problems:
        raise ScriptError([*script.problems])
    lines = _aligned(_indented(_classified(_LINE_END.split(text.removeprefix(BYTE_ORDER_MARK)))))
    end = _LINE_END.search(text)
    return "".join(f"{line}{end[0] if end else chr(10)}" for line in _spaced(lines))


def _classified(lines: Sequence[str]) -> Iterator[_LaidOutLine]:
    """Each line with what it is; a comment keeps the place of its section by its indentation."""
    below, in_table = False, False
    for line in lines:
        text = line.strip()
        if not text:
            yield _LaidOutLine(_Kind.BLANK)
        elif text.startswith("#"):
            yield _LaidOutLine(_Kind.COMMENT, text, _STEP if below and line[0].isspace() else 0)
        elif (word := text.split()[0]) == "examples" and not in_table:
            in_table = True
            yield _LaidOutLine(_Kind.EXAMPLES, _joined(text), _STEP)
        elif line[0].isspace() and below:
            yield _LaidOutLine(_Kind.ROW, text, _ROW) if in_table else _LaidOutLine(_Kind.STEP, text, _STEP)
        elif word in SETTINGS:
            yield _LaidOutLine(_Kind.SETTING, _joined(text, _SETTING_WIDTH))
        else:
            below, in_table = word != "keys", False
            yield _LaidOutLine(_Kind.SECTION if below else _Kind.SETTING, _joined(text))


def _joined(text: str, width: int = 0) -> str:
    """The tokens of a line with one space between them, the first one filled up to `width`, and its comment."""
    first, *more = [token for token in tokens(text) if token is not None]
    said = " ".join([first.text.ljust(width) if more else first.text, *(token.text for token in more)])
    return _with_comment(said, _after(text, [first, *more]))


def _after(text: str, found: Sequence[LineToken]) -> str:
    """The comment behind the last token of a line."""
    last = found[-1]
    return text[last.column - 1 + len(last.text) :].strip()


def _with_comment(said: str, comment: str) -> str:
    return f"{said}  {comment}" if comment else said


def _indented(lines: Iterable[_LaidOutLine]) -> list[_LaidOutLine]:
    """A comment that fills a line stands as far in as the line below it; at the end of a section it stays where it was."""
    found = [*lines]
    below: _LaidOutLine | None = None
    for at in range(len(found) - 1, -1, -1):
        line = found[at]
        if line.kind is _Kind.COMMENT:
            if below is not None and below.indent:
                found[at] = replace(line, indent=below.indent)
        elif line.kind is not _Kind.BLANK:
            below = line
    return found


def _aligned(lines: Sequence[_LaidOutLine]) -> list[_LaidOutLine]:
    """The rows of each table with their columns below each other, those with bars and those without among themselves."""
    found = [*lines]
    table: list[int] = []
    for at, line in enumerate([*lines, _LaidOutLine(_Kind.SECTION)]):
        if line.kind is _Kind.ROW:
            table.append(at)
        elif line.kind not in (_Kind.BLANK, _Kind.COMMENT):
            barred = [row for row in table if lines[row].text.startswith("|")]
            for rows in (barred, [row for row in table if row not in barred]):
                texts = _columns([lines[row].text for row in rows])
                for row, text in zip(rows, texts, strict=True):
                    found[row] = replace(found[row], text=text)
            table = []
    return found


def _columns(rows: Sequence[str]) -> list[str]:
    split = [_cells(row) for row in rows]
    widths: list[int] = []
    for cells, _ in split:
        widths += [0] * (len(cells) - len(widths))
        widths[: len(cells)] = [max(pair) for pair in zip(widths, map(len, cells), strict=False)]
    made = []
    for row, (cells, comment) in zip(rows, split, strict=True):
        filled = [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]
        said = f"| {' | '.join(filled)} |" if row.startswith("|") else "  ".join(filled).rstrip()
        made.append(_with_comment(said, comment))
    return made


def _cells(row: str) -> tuple[list[str], str]:
    """The cells of a row as they are written, and the comment behind it."""
    if not row.startswith("|"):
        found = [token for token in tokens(row) if token is not None]
        return [token.text for token in found], _after(row, found)
    said = tokens(row, "row")
    cells = ["" if cell is None else cell.text.strip() for cell in said[1::2]]
    if said[-1] is None and len(cells) > 1:
        bar = said[-2]
        return cells[:-1], "" if bar is None else _after(row, [bar])
    return cells, ""


def _spaced(lines: Sequence[_LaidOutLine]) -> Iterator[_LaidOutLine]:
    """With one empty line before each section and the comments above it, and otherwise no more than one between two lines."""
    blank, before = False, None
    for at, line in enumerate(lines):
        if line.kind is _Kind.BLANK:
            blank = True
            continue
        begins = _begins_section(lines, at) and not (
            before is not None and _is_head_comment(lines, before, at)
        )
        if before is not None and (begins or (blank and lines[before].kind is not _Kind.SECTION)):
            yield _LaidOutLine(_Kind.BLANK)
        yield line
        blank, before = False, at


def _begins_section(lines: Sequence[_LaidOutLine], at: int) -> bool:
    """Whether the line is the head of a section, or the first of the comments right above one."""
    while lines[at].kind is _Kind.COMMENT and not lines[at].indent and at + 1 < len(lines):
        at += 1
    return lines[at].kind is _Kind.SECTION


def _is_head_comment(lines: Sequence[_LaidOutLine], before: int, at: int) -> bool:
    """Whether the line `before` is a comment right above the line `at`, and so belongs to the same head."""
    return before == at - 1 and lines[before].kind is _Kind.COMMENT and not lines[before].indent
