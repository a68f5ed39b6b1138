"""`terminal-sim compare`: two firmwares in two processes, what differs, and what of it is wanted."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from terminal_sim.cli.main import main
from terminal_sim.explore.compare.accepted import AcceptedError, read_accepted
from terminal_sim.explore.compare.corpus import CorpusError, sessions_of
from terminal_sim.explore.compare.corpus_gathering import CorpusGathering, keep_corpus
from terminal_sim.explore.compare.side import FirmwareSide, SideError
from terminal_sim.explore.firmware import firmware_at
from terminal_sim.explore.search.exploration import exploration

ROOT = Path(__file__).parents[3]
CORPUS = """keys 1
terminal v400m
with limits.max_amount=5000
scenario "a sale"
  watch
  press OK 1250 OK
  insert visa-credit
  wait 1min
  verify
scenario "the time runs out"
  press OK 1
  wait 10min
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("corpus")
    (made / "1.keys").write_text(CORPUS, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A firmware with another wording, and with another time-out of a terminal."""
    made = tmp_path_factory.mktemp("other")
    for room in ("terminal_sim", "drivers", "profiles"):
        shutil.copytree(
            ROOT / room, made / room, copy_function=os.link, ignore=shutil.ignore_patterns("__pycache__")
        )
    changed(made / "profiles" / "strings" / "en.po", 'msgstr "Approved"', 'msgstr "Accepted"')
    return made


def changed(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.unlink()  # it is the same file as ours until now
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_firmware_is_the_same_as_itself(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accepted = tmp_path / "accepted.txt"
    accepted.write_text("screen home\n- Welcome\n", encoding="utf-8")
    assert main(["compare", "self", "self", "--corpus", str(corpus), "--accept", str(accepted)]) == 0
    unseen = "1 accepted differences did not come: --update leaves them out"
    assert capsys.readouterr().out == f"{unseen}\n2 sessions: the same\n"


def test_a_change_is_shown_once_and_passes_when_it_is_accepted(
    corpus: Path, other: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["compare", "self", str(other), "--corpus", str(corpus)]
    page, accepted = tmp_path / "page.html", tmp_path / "accepted.txt"
    assert main([*words, "--html", str(page)]) == 1
    said = capsys.readouterr().out
    assert "screen approved\n-" in said
    assert "Accepted" in said
    assert "in 1.keys, 'a sale', and in 0 sessions more" in said
    html = page.read_text(encoding="utf-8")
    assert "<del>" in html
    assert "<ins>" in html
    assert "data:image/svg+xml" in html
    assert main([*words, "--accept", str(accepted), "--update"]) == 0
    assert main([*words, "--accept", str(accepted)]) == 0
    assert "2 sessions: the same but for " in capsys.readouterr().out


def test_the_corpus_of_an_exploration_is_read_as_it_was_gathered(tmp_path: Path) -> None:
    explored = exploration("s1f2", {}, (), 1)
    gathering = CorpusGathering(explored.explorers)
    explored.followers.append(gathering)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "mine.keys").write_text(CORPUS, encoding="utf-8")
    (tmp_path / "corpus" / "9-1.keys").write_text("of an earlier one", encoding="utf-8")
    list(explored.run(lambda one: one.acts < 300))
    files = keep_corpus(gathering.gathered(), tmp_path)
    gathered = [
        (ground.options, ground.clock, one.acts) for ground, kept in gathering.gathered() for one in kept
    ]
    there = sessions_of(tmp_path / "corpus")
    assert [(one.options, one.clock, one.acts) for one in there if one.file != "mine.keys"] == gathered
    assert sorted(file.name for file in (tmp_path / "corpus").iterdir()) == sorted(
        [*(file.name for file in files), "mine.keys"]
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("keys 1\nterminal v400m\nscenario \"A\"\n  expect screen \"Approved\"\n", "1.keys:4: this is no act"),
        ("keys 1\nterminal v400m\nscenario \"A\"\n  save state there\n", "1.keys:4: this is no act"),
        ("keys 1\nterminal v400m\nscenario \"A\"\n  tap \"Sale\"\n", "touches by the id"),
        ("keys 1\nterminal v400m\nscenario \"A\"\n  press ${card.pin}\n", "1.keys:4: a session of a corpus has no variables"),
        ("keys 1\nterminal v400m s1f2\nscenario \"A\"\n  press OK\n", "1.keys:2: a session of a corpus has one terminal"),
        ("keys 1\nscenario \"A\"\n  press OK\n", "a corpus says its terminal"),
        ("keys 1\nterminal v400m\nrequires void\nscenario \"A\"\n  press OK\n", "and not requires"),
        ("keys 1\nterminal v400m\nclock yesterday\nscenario \"A\"\n  press OK\n", "1.keys:3: .*yesterday"),
        ("keys 1\nterminal v400m\nsetup\n  press OK\nscenario \"A\"\n  press OK\n", "no macro, setup or teardown"),
        ("no script\n", "1.keys:1"),
    ],
)  # fmt: skip
def test_a_script_that_is_no_list_of_acts_is_refused_by_its_line(
    tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "1.keys").write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=says):
        sessions_of(tmp_path)


def test_a_folder_without_a_corpus_is_said(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no corpus is here: terminal-sim explore leaves one"):
        sessions_of(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- a line\n", ":1: this line belongs to no block"),
        ("screen home\nWelcome\n", ":2: a line of a block begins with"),
    ],
)
def test_a_file_of_accepted_differences_is_refused_by_its_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "accepted.txt"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AcceptedError, match=says):
        read_accepted(file)


def test_a_product_without_the_observer_is_no_side(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "terminal_sim").mkdir()
    (tmp_path / "terminal_sim" / "__init__.py").write_text("", encoding="utf-8")
    (session, *_) = sessions_of(corpus)
    with (
        firmware_at(str(tmp_path)) as firmware,
        FirmwareSide(firmware, os.environ) as side,
        pytest.raises(SideError, match="is no firmware that answers in lines of JSON"),
    ):
        side.observe(session)
