"""What was made of files is kept as long as the files are what they were."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from terminal_sim.datafiles.sources import ProfileError
from terminal_sim.datafiles.toml import read

_LONG_AGO = 1_700_000_000_000_000_000


@dataclass(frozen=True)
class _Till:
    name: str
    drawers: int = 1


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file was written long enough ago to be kept."""
    now = time.time_ns()
    monkeypatch.setattr("time.time_ns", lambda: now + 3_600_000_000_000)


def _written(file: Path, text: str) -> Path:
    file.write_text(text)
    return file


def test_a_file_that_did_not_change_gives_the_same_object(tmp_path: Path) -> None:
    file = _written(tmp_path / "till.toml", 'name = "one"')
    assert read(file, _Till) is read(file, _Till)


def test_a_file_of_the_same_size_and_time_that_changed_is_read_anew(tmp_path: Path) -> None:
    file = _written(tmp_path / "till.toml", 'name = "one"')
    os.utime(file, ns=(_LONG_AGO, _LONG_AGO))
    assert read(file, _Till).name == "one"
    _written(file, 'name = "two"')
    os.utime(file, ns=(_LONG_AGO, _LONG_AGO))
    assert read(file, _Till).name == "two"


def test_a_file_that_is_gone_is_missed(tmp_path: Path) -> None:
    file = _written(tmp_path / "till.toml", 'name = "one"')
    read(file, _Till)
    file.unlink()
    with pytest.raises(ProfileError, match="cannot be read"):
        read(file, _Till)


def test_a_change_of_what_a_file_extends_is_seen(tmp_path: Path) -> None:
    base = _written(tmp_path / "base.toml", "drawers = 2")
    file = _written(tmp_path / "till.toml", 'extends = "base"\nname = "one"')
    assert read(file, _Till).drawers == 2
    _written(base, "drawers = 31")
    assert read(file, _Till).drawers == 31


def test_a_nearer_base_that_appears_is_read_in_the_place_of_the_library_s(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    _written(library / "base.toml", "drawers = 2")
    file = _written(tmp_path / "till.toml", 'extends = "base"\nname = "one"')
    assert read(file, _Till, library=library).drawers == 2
    _written(tmp_path / "base.toml", "drawers = 3")
    assert read(file, _Till, library=library).drawers == 3


def test_a_file_that_was_just_written_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    file = _written(tmp_path / "till.toml", 'name = "one"')
    assert read(file, _Till) is not read(file, _Till)
