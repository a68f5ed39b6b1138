"""A table of examples may stand in a CSV file, whose first line names the columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.script.conftest import Finds, Runs

TEXT = """\
keys 1
terminal v400m
scenario "A"
  note "${amount} ${text}"
  examples from "rows.csv"
"""


def test_each_line_of_the_file_is_a_run(tmp_path: Path, ran: Runs) -> None:
    (tmp_path / "rows.csv").write_bytes(b'\xef\xbb\xbfamount,text\r\n0856,"a, ""b"""\r\n\r\n100,\xc3\xa9\r\n')
    assert [result.notes for result in ran(TEXT)] == [('0856 a, "b"',), ("100 é",)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "rows.csv: No such file or directory; check the path"),
        (b"", "rows.csv: nothing is in it"),
        (b"amount,text\n1,2\n3\n", "rows.csv:3: this row has 1 values for 2 columns"),
        (b'amount,text\n1,"2\n', "rows.csv:2: no line of a CSV file"),
        (b"amount,text\n1,\xe9\n", "rows.csv:2: not UTF-8; save the file as UTF-8"),
        ("amount,text\n1,2\n".encode("utf-16"), "rows.csv:1: UTF-16 and not UTF-8"),
        (b"amount,text\n", "this table has no rows"),
        (b"amount,text\n1,${x}\n", "a table holds values: it has no variables"),
        (b"amount,a b\n1,2\n", "'a b' cannot be the name of a column"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(
    tmp_path: Path, problems: Finds, content: bytes | None, says: str
) -> None:
    if content is not None:
        (tmp_path / "rows.csv").write_bytes(content)
    found = problems(TEXT)
    assert any(says in problem.sentence and problem.line == 5 for problem in found)
