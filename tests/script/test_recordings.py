"""Each scenario is recorded into a file of its own, whatever it is called and wherever its script stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.script.check import check
from terminal_sim.script.parse import parse
from terminal_sim.script.plan import Case, plan
from terminal_sim.script.recordings import recording_name
from terminal_sim.script.vocabulary import vocabulary


def cases(folder: Path, *titles: str, more: str = "") -> list[Case]:
    folder.mkdir(exist_ok=True)
    file = folder / "sale.keys"
    scenarios = "".join(f'scenario "{title}"\n  press OK\n{more}' for title in titles)
    file.write_text(f"keys 1\nterminal v400m\n{scenarios}", encoding="utf-8")
    return plan(check(parse(file), vocabulary(), environ={}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("оплата", "возврат"),
        ("A", "a"),
        ("Sale 1.0", "Sale (1,0)"),
        ("Vente 5 $", "Vente 5 €"),
        ("x" * 130 + " one", "x" * 130 + " two"),
        ("a--b", "a b"),
    ],
)
def test_two_titles_are_two_recordings(tmp_path: Path, one: str, other: str) -> None:
    names = {recording_name(case, tmp_path) for case in cases(tmp_path, one, other)}
    assert len({name.casefold() for name in names}) == 2
    assert all(len(name.encode()) < 255 for name in names)


def test_two_scripts_of_one_name_are_two_recordings(tmp_path: Path) -> None:
    both = [*cases(tmp_path / "a", "sale"), *cases(tmp_path / "b", "sale")]
    assert len({recording_name(case, tmp_path) for case in both}) == 2


def test_rows_that_read_alike_are_recordings_of_their_own(tmp_path: Path) -> None:
    table = '  examples one two\n    "1, two=2" "3"\n    "1" "2, two=3"\n    "1" "2, two=3"\n'
    rows = cases(tmp_path, "sale", more=table)
    assert len({case.title for case in rows}) == 1
    assert len({recording_name(case, tmp_path) for case in rows}) == 3


def test_recordings_move_with_their_scripts(tmp_path: Path) -> None:
    def named(root: Path) -> str:
        (case,) = cases(root / "scripts", "sale")
        return recording_name(case, root / "kept")

    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    assert named(tmp_path / "here") == named(tmp_path / "there")
