"""Writes docs/language.md: the prose of language.template.md with what the reference lists. `--check` only says whether it is as written."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "drivers")]  # a clone writes its own book

from terminal_sim.script.reference import BY_WORD, TOPICS, Topic  # noqa: E402
from terminal_sim.script.verb_reference import Entry, verb_entries  # noqa: E402
from terminal_sim.script.vocabulary import vocabulary  # noqa: E402

BOOK = ROOT / "docs" / "language.md"
TEMPLATE = ROOT / "tools" / "language.template.md"
_LOOKING = ("expect", "forbid", "capture")
_ELSEWHERE = ("settings", "times", "variables")  # topics that have their place in the prose


def book() -> str:
    text = TEMPLATE.read_text("utf-8")
    head = "<!-- Written by tools/language_book.py from tools/language.template.md and the tables: change these. -->\n\n"
    for marker, written in _PARTS.items():
        text = text.replace(f"<!-- {marker} -->", written().rstrip())
    return head + text


def _settings() -> str:
    return "\n".join(_section(f"`{one.form}`", one, "keys 1") for one in _entries("settings"))


def _acts() -> str:
    return "\n".join(
        _section(f"`{one.name}`", one) for one in verb_entries() if one.name.split()[0] not in _LOOKING
    )


def _expectations() -> str:
    return "\n".join(
        _section(f"`{one.name}`", one) for one in verb_entries() if one.name.split()[0] in _LOOKING
    )


def _section(title: str, one: Entry, never: str = "") -> str:
    """A heading with the form, the meaning, the values and the example of a line."""
    parts = [f"### {title}\n"]
    if f"`{one.form}`" != title:
        parts.append(f"```text\n{one.form}\n```\n")
    parts.append(f"{one.meaning}\n")
    if one.arguments:
        parts.append(_arguments(one))
    if one.examples and one.examples != (never,):
        lines = "\n".join(one.examples)
        parts.append(f"```text\n{lines}\n```\n")
    return "\n".join(parts)


def _arguments(one: Entry) -> str:
    """The values of a line, with their defaults where one has any."""
    defaults = any(each.default for each in one.arguments)
    columns = ("value", "what it is", *(("by default",) if defaults else ()))
    rows = [
        (
            f"`{each.form}`",
            each.meaning,
            *((f"`{each.default}`" if each.default else "",) if defaults else ()),
        )
        for each in one.arguments
    ]
    return _table(columns, rows)


def _names() -> str:
    return "\n".join(
        f"### {topic.title}\n\n{topic.about} `terminal-sim help {topic.word}` lists them.\n\n{_listing(topic)}"
        for topic in TOPICS
        if topic.word not in _ELSEWHERE
    )


def _listing(topic: Topic) -> str:
    entries = _entries(topic.word)
    told = any(one.meaning for one in entries)
    columns = ("name", *(("what it is",) if told else ()), *(column.lower() for column in topic.columns))
    rows = [
        (
            f"`{_cell(one.form or one.name)}`",
            *((one.meaning,) if told else ()),
            *(one.facts[each] for each in topic.columns),
        )
        for one in entries
    ]
    return _table(columns, rows)


def _table(columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(_cell(cell) for cell in cells)} |\n"

    heads = tuple(columns)
    return "".join([line(heads), f"|{'---|' * len(heads)}\n", *map(line, rows)])


def _cell(text: str) -> str:
    """A bar within a cell is no end of it."""
    return " ".join(text.replace("\\|", "|").replace("|", "\\|").split())


def _entries(word: str) -> list[Entry]:
    return [*BY_WORD[word].entries(vocabulary())]


_PARTS: Mapping[str, Callable[[], str]] = {
    "settings": _settings,
    "times": lambda: _listing(BY_WORD["times"]),
    "variables": lambda: _listing(BY_WORD["variables"]),
    "acts": _acts,
    "expectations": _expectations,
    "names": _names,
}


def _differences(before: str, after: str) -> Iterator[str]:
    from difflib import unified_diff

    yield from unified_diff(
        before.splitlines(True), after.splitlines(True), str(BOOK), "as the tables have it"
    )


def main() -> int:
    written = book()
    if "--check" not in sys.argv[1:]:
        BOOK.write_text(written, encoding="utf-8", newline="\n")
        return 0
    before = BOOK.read_text("utf-8") if BOOK.exists() else ""
    sys.stdout.writelines(_differences(before, written))
    return int(before != written)


if __name__ == "__main__":
    sys.exit(main())
