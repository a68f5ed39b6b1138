"""`run` stores pictures beside the script on request, and keeps those of a failure in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.cli.main import main

SCRIPT = 'keys 1\nterminal square-reader\nscenario "A"\n  press 5\n  screenshot "the amount"\n'


def test_pictures_are_stored_compared_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "a.keys"
    script.write_text(SCRIPT)
    assert main(["run", "a.keys"]) == 1
    assert "store it with --update-pictures" in capsys.readouterr().out
    assert {file.suffix for file in Path("out").rglob("*.*")} == {".png"}
    assert main(["run", "a.keys", "--update-pictures"]) == 0
    assert main(["run", "a.keys"]) == 0
    script.write_text(SCRIPT.replace("press 5", "press 6"))
    assert main(["run", "a.keys", "--out", "kept"]) == 1
    assert len(list(Path("kept").rglob("*.png"))) == len(
        ["screens", "expected", "got", "differs", "difference"]
    )


def test_the_shell_stores_what_it_is_asked_for_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "typed").write_text('screenshot "home"\n')
    with (tmp_path / "typed").open() as typed:
        monkeypatch.setattr("sys.stdin", typed)
        assert main(["shell", "v400m"]) == 0
    (file,) = Path("pictures").iterdir()
    assert f"# picture {file}" in capsys.readouterr().out
