"""Rules that hold for the whole tree and that no type checker or linter keeps."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("terminal_sim", "drivers/terminal_drivers")
_CLASS = re.compile(r"\s*class (\w+)[:(]")

# Names that have one idea in each of their places.
ONE_IDEA = {
    "CardRemoved": "a card left the reader: an event for a firmware, an error for what was talking to the card",
    "Decoder": "turns the bytes of one protocol's line into its frames",
}


def classes() -> Iterator[tuple[str, str]]:
    """Every class of the product, as its name and its place."""
    for root in SOURCES:
        for file in sorted((ROOT / root).rglob("*.py")):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                if found := _CLASS.match(line):
                    yield found[1], f"{file.relative_to(ROOT)}:{number}"


def test_no_class_name_stands_for_two_ideas() -> None:
    places = defaultdict(list)
    for name, place in classes():
        places[name].append(place)
    twice = {name: found for name, found in places.items() if len(found) > 1}
    assert {name: found for name, found in twice.items() if name not in ONE_IDEA} == {}
    assert ONE_IDEA.keys() - twice.keys() == set(), "a name that is used once needs no exception"


def test_no_exception_is_made_once_and_raised_again() -> None:
    """Each raise adds to the traceback of what is raised, and with it keeps what the frames had: an exception of a module would grow for ever."""
    raised = re.compile(r"\s*raise (_?[A-Z][A-Z0-9_]+)( from None)?$")
    places = [
        f"{file.relative_to(ROOT)}:{number}"
        for root in SOURCES
        for file in sorted((ROOT / root).rglob("*.py"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if raised.match(line)
    ]
    assert places == []
