"""`run --grid`: one script on many terminals, a column for each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from terminal_sim.cli.main import main
from terminal_sim.script.exit_code import ExitCode

BOTH = """keys 1
terminal v400m square-terminal

scenario "A sale <b>"
  press 1
  expect screen "Charge $0.01" within 1s
  note "nothing changes here"
  press 2
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "both.keys").write_text(BOTH, encoding="utf-8")
    return tmp_path


def test_a_row_is_a_step_that_changed_a_screen_and_a_column_is_a_terminal(script: Path) -> None:
    assert main(["run", "both.keys", "--grid", "all.svg", "-q"]) == ExitCode.UNMET
    drawn = (script / "all.svg").read_text(encoding="utf-8")
    rows = re.findall(r">(\d+ (?:press|expect|note)[^<]*)<", drawn)
    assert rows == ["5 press 1", '6 expect screen "Charge $0.01" within 1s', "8 press 2"]
    assert drawn.count(">v400m<") == drawn.count(">square-terminal<") == 1
    assert drawn.count('stroke="#b3261e"') == 1
    assert "role=" not in drawn


def test_a_grid_is_a_picture_and_a_page_too(script: Path) -> None:
    main(["run", "both.keys", "--grid", "all.png", "-q"])
    main(["run", "both.keys", "--grid", "all.html", "-q"])
    assert (script / "all.png").read_bytes().startswith(b"\x89PNG")
    page = (script / "all.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "A sale &lt;b&gt;" in page
    assert "<b>" not in page


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("all.gif", "--grid all.gif: a grid is written as .html, .svg, .png"),
        ("both.html", "both.html is there and is no grid: name another file, or take it away first"),
        ("gone/all.svg", "--grid gone/all.svg: there is no folder gone"),
    ],
)
@pytest.mark.usefixtures("script")
def test_a_file_that_cannot_be_a_grid_is_refused_before_anything_runs(
    capsys: pytest.CaptureFixture[str], file: str, said: str
) -> None:
    Path("both.html").write_text("mine", encoding="utf-8")
    assert main(["run", "both.keys", "--grid", file]) == ExitCode.WRONG
    printed = capsys.readouterr()
    assert printed.err == f"terminal-sim: {said}\n"
    assert printed.out == ""


@pytest.mark.usefixtures("script")
def test_a_grid_is_written_over_an_earlier_one() -> None:
    for _ in range(2):
        assert main(["run", "both.keys", "--grid", "all.svg", "-q"]) == ExitCode.UNMET
