"""A user's own rules: what a file of them gives, and what is said of one that does not load."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.oracles.catalogue import ORACLES
from terminal_sim.oracles.choice import ALL_CLASSES, OracleClass, chosen
from terminal_sim.oracles.own_file import OracleFileError

GOOD = """
from terminal_sim.oracles.oracle import oracle

@oracle("X-even-1", "no payment ends in an odd cent")
def even(facts, seen):
    for row in seen.rows:
        if row.number("amount") % 2:
            yield row.text("reference")
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "mine.py"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_of_rules_adds_them_to_those_of_the_simulator(tmp_path: Path) -> None:
    choice = chosen([str(written(tmp_path, GOOD))])
    assert [one.code for one in choice.own] == ["X-even-1"]
    assert choice.oracles == (*ORACLES, *choice.own)
    assert choice.classes == ALL_CLASSES


def test_letters_choose_classes_and_own_rules_are_asked_whatever_they_say(tmp_path: Path) -> None:
    choice = chosen(["I,C", str(written(tmp_path, GOOD))])
    assert choice.classes == {OracleClass.INVARIANTS, OracleClass.CHART}
    assert choice.oracles == choice.own
    assert chosen([]).classes == ALL_CLASSES


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1 +\n", "mine.py:1: invalid syntax"),
        ("\n\nx = 1 / 0\n", "mine.py:3: ZeroDivisionError: division by zero"),
        ("import no_such_module\n", "mine.py:1: ModuleNotFoundError: No module named 'no_such_module'"),
        ("x = 1\n", "mine.py: it has no rule: make one with @oracle(CODE, SENTENCE) (docs/oracles.md)"),
        (GOOD.replace("X-even-1", "an even one"), "mine.py: 'an even one' is no code of a rule"),
        (GOOD.replace("X-even-1", "R-amount-4"), "there is a rule R-amount-4 already"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_load_is_told_with_its_line_and_the_cure(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(OracleFileError) as raised:
        chosen([str(written(tmp_path, text))])
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_and_a_letter_that_is_no_class_are_told(tmp_path: Path) -> None:
    with pytest.raises(OracleFileError, match=r"none\.py: there is no such file"):
        chosen([str(tmp_path / "none.py")])
    with pytest.raises(OracleFileError, match="'Q' is no class of rules; there are I, C, R, M"):
        chosen(["R,Q"])
