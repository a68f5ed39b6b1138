"""Catalogues are read as babel reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from terminal_sim.display.po_file import DamagedCatalogue, po_messages

CATALOGUES = sorted((Path(__file__).parents[2] / "profiles" / "strings").rglob("*.po"))


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_each_catalogue_says_what_babel_reads_in_it(file: Path) -> None:
    with file.open("rb") as stream:
        wanted = {
            (message.id[0] if isinstance(message.id, tuple) else message.id): (
                list(message.string) if isinstance(message.string, tuple) else [message.string]
            )
            for message in read_po(stream)
            if message.id
        }
    read = {each.id: each.forms for each in po_messages(file.read_text("utf-8").split("\n"))}
    assert read == wanted


@pytest.mark.parametrize("line", ['msgid "a', "msgid a", '"before any id"', 'msgstring "a"', 'msgid "a" "b"'])
def test_a_line_that_is_none_of_a_catalogue_is_said(line: str) -> None:
    with pytest.raises(DamagedCatalogue, match="line 1"):
        list(po_messages([line]))
