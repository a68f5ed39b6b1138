"""Runs are kept as bundles and done again: `run --bundles`, `bundle`, `replay`, and the same under pytest."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal_sim.cli.main import main
from terminal_sim.explore.bundle_file import packed, read

SCRIPT = """keys 1
terminal v400m s1f2
scenario "Fails"
  press OK
  expect screen "nothing" within 1s
scenario "Holds"
  expect screen /Start|Payment/
"""

Ran = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ran:
    """`ran("run a.keys -x")`: exit code, output, error output."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.keys").write_text(SCRIPT, encoding="utf-8")

    def run(line: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = main(line.split())
        out, err = capsys.readouterr()
        return code, out, err

    return run


def bundle_in(text: str) -> Path:
    """The file that a failure names."""
    (line,) = [line for line in text.splitlines() if line.lstrip().startswith("bundle ")]
    return Path(line.split()[1])


@pytest.mark.parametrize("jobs", ["", "-j 2"])
def test_each_failure_names_its_bundle_which_is_the_same_again(ran: Ran, jobs: str) -> None:
    code, out, _ = ran(f"run two.keys --profile v400m --bundles kept --junit result.xml {jobs}")
    file = bundle_in(out)
    assert code == 1
    assert [file] == list(Path("kept").iterdir())
    assert str(file) in Path("result.xml").read_text()
    assert ran(f"replay {file}") == (
        0,
        f"{file}: Fails on v400m: the same, byte for byte (1 acts, {len(read(file).trace)} lines of trace)\n",
        "",
    )


def test_a_second_run_writes_the_same_bytes(ran: Ran) -> None:
    ran("run two.keys --profile v400m --bundles kept")
    (file,) = Path("kept").iterdir()
    first = file.read_bytes()
    ran("run two.keys --profile v400m --bundles kept")
    assert file.read_bytes() == first


def test_a_run_that_holds_is_bundled_too(ran: Ran) -> None:
    code, out, _ = ran("bundle two.keys -k Holds --profile s1f2 --to held.tsim")
    assert code == 0
    assert out.splitlines()[-1] == "bundle   held.tsim: its replay is the same, byte for byte"
    assert read(Path("held.tsim")).head.end.outcome == "held"


def test_a_bundle_holds_one_run(ran: Ran) -> None:
    code, _, err = ran("bundle two.keys --to held.tsim")
    assert code == 2
    assert "4 are selected: Fails on v400m; Fails on s1f2; Holds on v400m; Holds on s1f2" in err
    assert ran("bundle two.keys -k nothing --to held.tsim")[0] == 5


def test_a_difference_is_shown_with_both_lines_and_both_screens(ran: Ran) -> None:
    ran("bundle two.keys -k Fails --profile v400m --to a.tsim")
    bundle = read(Path("a.tsim"))
    changed = tuple(line.replace('"amount"', '"AMOUNT"') for line in bundle.trace)
    Path("b.tsim").write_bytes(
        packed(type(bundle)(head=bundle.head, acts=bundle.acts, trace=changed, script=bundle.script))
    )
    code, out, _ = ran("replay b.tsim")
    lines = out.splitlines()
    assert code == 1
    assert lines[0].startswith("b.tsim: Fails on v400m: another from event ")
    assert lines[1].startswith('  bundle  {"n": ')
    assert lines[2].startswith('  replay  {"n": ')
    assert "screen in the bundle" in lines[3]
    assert "screen in the replay" in lines[3]
    assert out.count("SIMULATOR") == 2


def test_the_shell_opens_at_an_event(ran: Ran) -> None:
    ran("bundle two.keys -k Fails --profile v400m --to a.tsim")
    code, out, err = ran("replay a.tsim --to 5", "press 1 2 OK\nexpect screen id:present-card\n")
    assert (code, err) == (0, "")
    assert out.startswith("event ")
    assert "$0.12" in out


def test_an_event_that_the_run_has_not_is_an_error(ran: Ran) -> None:
    ran("bundle two.keys -k Fails --profile v400m --to a.tsim")
    last = read(Path("a.tsim")).last_event
    assert ran(f"replay a.tsim --to {last + 1}") == (
        2,
        "",
        f"terminal-sim: a.tsim: this run has the events 1 to {last}, and not {last + 1}\n",
    )


def test_steps_show_each_act_with_the_screen_after_it(ran: Ran) -> None:
    ran("bundle two.keys -k Fails --profile v400m --to a.tsim")
    code, out, _ = ran("replay a.tsim --step")
    assert code == 0
    assert "00:00:00.000  press OK\n" in out
    assert out.index("press OK") < out.index("Amount") < out.index("the same, byte for byte")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", SCRIPT.encode()])
def test_what_is_no_bundle_is_one_sentence(ran: Ran, content: bytes) -> None:
    Path("x.tsim").write_bytes(content)
    code, out, err = ran("replay x.tsim")
    assert (code, out) == (2, "")
    assert err.startswith("terminal-sim: x.tsim: this is no bundle")
    assert err.count("\n") == 1


def test_a_file_that_is_not_there_is_named(ran: Ran) -> None:
    assert ran("replay gone.tsim") == (2, "", "terminal-sim: gone.tsim: No such file or directory\n")


def test_runs_on_a_kept_journal_are_not_bundled(ran: Ran) -> None:
    code, _, err = ran("run two.keys --bundles kept --state state")
    assert code == 2
    assert "leave out --state" in err


def test_each_try_of_a_scenario_is_kept(ran: Ran) -> None:
    _, out, _ = ran("run two.keys -k Fails --profile v400m --retry 1 --bundles kept")
    assert len(list(Path("kept").iterdir())) == 2
    assert "try-2" in bundle_in(out).name
