"""The list of slow tests names tests that exist, once each and in order."""

from __future__ import annotations

import re
from pathlib import Path

from tests import slow

ROOT = Path(__file__).parent


def test_every_slow_test_exists() -> None:
    found = {
        name
        for pattern, line in (
            ("*.py", r"^(?:class|    def|def|async def) +(\w+)"),
            ("*.keys", r'^scenario "(.*?)"'),
        )
        for file in ROOT.rglob(pattern)
        for name in re.findall(line, file.read_text("utf-8"), re.MULTILINE)
    }
    gone = {name for name in slow.names() if not set(name.split("::")) <= found}
    assert not gone, "take these names out of tests/slow.txt, or write it anew with `make slow-list`"


def test_the_list_is_sorted_and_has_each_name_once() -> None:
    listed = slow.LIST.read_text("utf-8").splitlines()
    assert listed == sorted(slow.names())


def test_a_name_has_neither_file_nor_parameters() -> None:
    assert slow.name_of("tests/core/test_flow.py::test_a[v400m-1]") == "test_a"
    assert slow.name_of("tests/core/test_flow.py::TestFlow::test_a") == "TestFlow::test_a"
    assert slow.name_of("tests/scripts/sale.en.keys::A sale [v400m-pty]") == "A sale"
