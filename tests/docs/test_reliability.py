"""The tables of reliability and faults name what there is: tests, modules, invariants, faults, and each row of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from terminal_sim.bench.faults import FAULTS
from terminal_sim.journal.invariants import INVARIANTS, RESOLVED
from tests.recipes.tree import ROOT

RELIABILITY = (ROOT / "docs/reliability.md").read_text("utf-8")
FAULT_PAGE = (ROOT / "docs/faults.md").read_text("utf-8")
CATALOGUE = FAULT_PAGE.partition("## The catalogue")[2].partition("\n## ")[0]
RULES = RELIABILITY.partition("## Rules")[2].partition("\n## ")[0]
# What goes wrong with payment terminals: a copy of its own, so that no row of the page is lost unnoticed.
TROUBLES = (
    "Power cut", "Daily reboot", "Card tear, contact", "Card tear, contactless", "Dead, mute or bad card", "Frame corruption",
    "Reader unplugged", "Serial noise", "Host time-out", "Late answer", "Duplicate or reordered answer", "Wrong answer",
    "Card declines an approval", "Network flap", "Offline limits", "Clock jump", "Disk full, read-only or failing",
    "Journal damaged", "Printer", "Battery", "Keypad and touch", "Admin passcode", "Tamper", "Keys",
    "Point of sale or client of an API", "Configuration and firmware",
)  # fmt: skip
NAMED = re.compile(r"`([\w/.-]+\.(?:py|keys))::([^`]+)`")


def rows(table: str) -> Iterator[list[str]]:
    """The cells of each row of the tables in a text, without their heads."""
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| ") and not set(cells[0]) <= {"-"}:
            yield cells


def is_there(file: str, name: str) -> bool:
    """Whether a test of this name is in a file under tests/: a function, or a scenario of a script."""
    path = ROOT / "tests" / file
    text = path.read_text("utf-8") if path.is_file() else ""
    return f'\nscenario "{name}"' in text if file.endswith(".keys") else f"\ndef {name}(" in text


@pytest.mark.parametrize("page", [RELIABILITY, FAULT_PAGE], ids=["reliability", "faults"])
def test_every_test_that_a_page_names_is_there(page: str) -> None:
    named = NAMED.findall(page)
    assert len(named) > 30
    assert [f"{file}::{name}" for file, name in named if not is_there(file, name)] == []


def test_a_test_that_is_not_there_would_be_noticed() -> None:
    assert not is_there("engine/test_engine.py", "test_the_row_is_committed")
    assert not is_there("engine/test_none.py", "test_the_row_is_committed_before_the_request_leaves")
    assert not is_there("scripts/v400m_sale.en.keys", "No such scenario")


def test_every_rule_has_its_module_and_a_test() -> None:
    found = list(rows(RULES))[1:]
    assert len(found) > 25
    for rule, where, shown in found:
        assert (ROOT / "terminal_sim" / where.strip("`")).is_file(), rule
        assert NAMED.search(shown), rule


def test_the_table_of_invariants_is_that_of_the_code() -> None:
    table = RELIABILITY.partition("## Invariants")[2].partition("\n\nWhat no query")[0]
    assert list(rows(table))[1:] == [[one.code, one.says] for one in (*INVARIANTS, *RESOLVED)]


def test_the_catalogue_has_each_trouble_with_its_test_or_says_that_it_is_left_out() -> None:
    found = {cells[0]: cells[1:] for cells in list(rows(CATALOGUE))[1:]}
    assert tuple(found) == TROUBLES
    for trouble, (how, does, shown) in found.items():
        assert NAMED.search(shown) or "left out" in how, trouble
        assert does or "left out" in how, trouble


@pytest.mark.parametrize("fault", [fault.name for fault in FAULTS])
def test_every_fault_that_can_be_armed_is_on_the_page(fault: str) -> None:
    assert re.search(rf"`(?:fault )?{fault}\b", FAULT_PAGE), fault
