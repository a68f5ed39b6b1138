"""`terminal-sim campaign`, and `explore --jobs`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from terminal_sim.cli.main import main
from tests.explore.planted import BUGS, planted

(BUG,) = (bug for bug in BUGS if bug.what == "the first tab is marked whichever is open")
FILE = f"""
campaign = "small"
sessions = 8
job_sessions = 2
round_jobs = 4

[[terminals]]
profile = "{BUG.profile}"
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.toml").write_text(FILE, encoding="utf-8")


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str]]:
    """The exit code, and what is printed, without processor times and folders."""
    code = main(words)
    printed = capsys.readouterr()
    return code, re.sub(r"in [\d.]+ s|out\d/", "", printed.out + printed.err).splitlines()


def files(folder: str) -> dict[str, bytes]:
    """What stands in a folder, but for the store."""
    found = (one for one in Path(folder).rglob("*") if one.is_file() and "campaign.db" not in one.name)
    return {str(one.relative_to(folder)): one.read_bytes() for one in found}


def test_explore_leaves_the_same_by_one_process_and_by_two(capsys: pytest.CaptureFixture[str]) -> None:
    with planted(BUG):
        one = said(capsys, "explore", BUG.profile, "--acts", "60", "--jobs", "1", "--out", "out1")
        two = said(capsys, "explore", BUG.profile, "--acts", "60", "--jobs", "2", "--out", "out2")
    assert one == two
    assert one[0] == 1
    assert any(line.startswith("r-home-2-") for line in one[1])
    left = files("out1")
    assert left == files("out2")
    assert {"campaign.cov", "corpus/1-1.keys"} < set(left)


def test_a_campaign_that_was_done_says_so_and_tells_its_findings_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with planted(BUG):
        code, first = said(capsys, "campaign", "small.toml", "--jobs", "2", "--out", "out1")
        assert (code, first[1].split(",")[0]) == (1, "8 sessions")
        assert said(capsys, "campaign", "small.toml", "--jobs", "2", "--out", "out1") == (
            2,
            [
                "terminal-sim: campaign.db: the campaign 'small' has 8 sessions there: --resume goes on with it, and another folder begins it anew"
            ],
        )
        assert said(capsys, "campaign", "small.toml", "--resume", "--jobs", "1", "--out", "out1") == (
            1,
            first,
        )


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("sessions = 8", "session = 8"), "small.toml:3:1: session: unknown key; did you mean 'sessions'?"),
        (("sessions = 8", 'sessions = "8"'), "small.toml:3:12: sessions: a whole number wanted"),
        (("round_jobs = 4", "round_jobs = 0"), "small.toml:5:14: round_jobs: 0 is not from 1 to 1000"),
        ((f'"{BUG.profile}"', '"v4000m"'), "v4000m"),
        (("[[terminals]]", "[[terminal]]"), "terminal"),
    ],
)
def test_a_wrong_file_is_told_with_the_place(
    change: tuple[str, str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("small.toml").write_text(FILE.replace(*change), encoding="utf-8")
    code, printed = said(capsys, "campaign", "small.toml")
    assert code == 2
    assert len(printed) == 1
    assert line in printed[0]


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (("--cluster", "127.0.0.1"), 2, "is no address of a scheduler: write tcp://127.0.0.1:8786"),
        (("--cluster", "tcp://192.0.2.1:8786"), 4, "leads off this machine in clear"),
        (("--firmware", "nowhere"), 2, "nowhere: there is no such wheel or folder"),
    ],
)
def test_where_it_cannot_run_is_told_in_one_line(
    words: tuple[str, ...], code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ended, printed = said(capsys, "campaign", "small.toml", *words)
    assert (ended, len(printed)) == (code, 1)
    assert line in printed[0]


def test_the_firmware_of_another_folder_explores_itself(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(__file__).resolve().parents[2]
    monkeypatch.setattr(sys, "argv", ["terminal-sim"])
    assert main(["campaign", "small.toml", "--jobs", "1", "--firmware", str(root), "--out", "out1"]) == 0
    assert capfd.readouterr().out.startswith("8 sessions, ")
    assert Path("out1/campaign.db").exists()


def test_ctrl_c_ends_the_processes_and_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(FILE.replace("sessions = 8", "sessions = 0"), encoding="utf-8")
    code = """
import os, signal, sys
from terminal_sim.cli import campaigns
from terminal_sim.cli.main import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a process in the background does not have
show = campaigns.ExploringBar.show
def interrupt(bar, sessions, *figures):
    show(bar, sessions, *figures)
    if sessions >= 6:
        os.kill(os.getpid(), signal.SIGINT)
campaigns.ExploringBar.show = interrupt
sys.exit(main(["campaign", "small.toml", "--jobs", "2"]))
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert (ended.returncode, ended.stderr) == (130, "")
    assert main(["campaign", "small.toml", "--jobs", "1"]) == 2


TINY = FILE.replace("sessions = 8", "sessions = 2")
RULE = """
from terminal_sim.bench import contents
from terminal_sim.oracles.oracle import oracle


@oracle("X-home-1", "nobody leaves the home screen", contents.ScreenShown)
def leaves(facts, seen):
    if seen.came_to not in ("", "home"):
        yield seen.came_to
"""


def test_a_campaign_is_held_to_the_rules_that_are_chosen(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "own.py").write_text(RULE, encoding="utf-8")
    (tmp_path / "tiny.toml").write_text(TINY, encoding="utf-8")
    with planted(BUG):
        quiet = said(capsys, "campaign", "tiny.toml", "--jobs", "1", "--oracles", "I", "--out", "out1")
        own = said(
            capsys, "campaign", "tiny.toml", "--jobs", "1", "--oracles", "I", "--oracles", "own.py", "--out", "out2"
        )  # fmt: skip
    assert (quiet[0], quiet[1][-1]) == (0, "nothing is wrong")
    assert own[0] == 1
    assert {line.split(":")[1].split()[0] for line in own[1] if ".keys: " in line} == {"X-home-1"}


def test_a_campaign_goes_on_with_the_same_rules_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "own.py").write_text(RULE, encoding="utf-8")
    (tmp_path / "tiny.toml").write_text(TINY, encoding="utf-8")
    words = ("campaign", "tiny.toml", "--jobs", "1", "--oracles", "own.py", "--out", "out1")
    assert said(capsys, *words)[0] == 1
    (tmp_path / "own.py").write_text(RULE.replace("nobody", "no one"), encoding="utf-8")
    code, lines = said(capsys, *words, "--resume")
    assert code == 2
    assert "begun with other values" in lines[0]


def test_a_campaign_file_names_no_file_of_rules(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(FILE.replace("sessions = 8", 'sessions = 8\noracles = "own.py"'), encoding="utf-8")  # fmt: skip
    code, lines = said(capsys, "campaign", "own.toml")
    assert code == 2
    assert "oracles: 'own.py' is no class of rules; there are I, C, R, M" in lines[0]
