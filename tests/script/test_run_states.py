"""Saved states as files: one script writes what another goes on from, in the middle of a payment."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal_sim.cli.main import main

HEAD = "keys 1\nterminal v400m\nlocale en-CA\n\n"
SAVES = HEAD + 'scenario "saves"\n  press OK 1250 OK\n  save state "mid.state"\n'
GOES_ON = (
    HEAD
    + 'scenario "goes on"\n  from state "mid.state"\n  insert visa-credit\n  expect screen "Approved"\n'
    + "  expect journal sale amount=1250 count=1\n"
)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], str]:
    def written(name: str, text: str) -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return written


def test_a_script_goes_on_from_the_file_that_another_wrote(
    write: Callable[[str, str], str], tmp_path: Path
) -> None:
    assert main(["run", write("a.keys", SAVES)]) == 0
    assert stat.S_IMODE((tmp_path / "mid.state").stat().st_mode) == 0o600  # it holds test cards in clear
    assert main(["run", write("b.keys", GOES_ON)]) == 0
    assert main(["run", write("b.keys", GOES_ON)]) == 0, "a file begins as many scenarios as one likes"


def test_a_file_of_one_run_is_there_for_the_next_script_of_it(write: Callable[[str, str], str]) -> None:
    assert main(["run", write("a.keys", SAVES), write("b.keys", GOES_ON)]) == 0


@pytest.mark.parametrize(
    ("text", "says"), [(None, "No such file"), ("not a state", "no saved bench"), ("{}", "no saved bench")]
)
def test_a_file_that_is_no_state_is_one_sentence_and_nothing_runs(
    write: Callable[[str, str], str], capsys: pytest.CaptureFixture[str], text: str | None, says: str
) -> None:
    if text is not None:
        write("mid.state", text)
    assert main(["run", write("b.keys", GOES_ON)]) == 2
    assert says in capsys.readouterr().err


def test_a_state_that_cannot_be_written_fails_its_step(
    write: Callable[[str, str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    script = SAVES.replace("mid.state", "none/mid.state")
    assert main(["run", write("a.keys", script)]) == 1
    assert "the state cannot be written: No such file or directory" in capsys.readouterr().out


def test_a_quoted_name_is_a_file_and_a_bare_word_is_a_name(
    write: Callable[[str, str], str], tmp_path: Path
) -> None:
    assert main(["run", write("a.keys", SAVES.replace('"mid.state"', '"mid"'))]) == 0
    assert (tmp_path / "mid").is_file()
    assert main(["run", write("b.keys", SAVES.replace('"mid.state"', "named"))]) == 0
    assert not (tmp_path / "named").exists()
