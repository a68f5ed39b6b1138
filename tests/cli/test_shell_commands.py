"""What the shell takes beside the lines of the language, piped in: what it shows, writes and refuses."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal_sim.cli.main import main
from terminal_sim.cli.shell.commands import COMMANDS
from terminal_sim.datafiles.bundled import bundled

Shell = Callable[..., tuple[int, str, str]]
SALE = ("press OK 1250 OK", "insert visa-credit", 'expect screen "Approved"')


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs the shell in an empty folder with these lines piped in: exit code, output and error output."""
    monkeypatch.chdir(tmp_path)

    def run(*lines: str, profile: str = "v400m", options: tuple[str, ...] = ()) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
        capsys.readouterr()
        code = main(["shell", profile, *options])
        return code, *capsys.readouterr()

    return run


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("clock rn", "it is written: clock; did you mean 'run'?"),
        ("clock next", "nothing is due: the terminal waits for a person"),
        ("picture", "it is written: picture FILE.png|svg"),
        ("picture home.bmp", "home.bmp: a name ends with .png or .svg"),
        ("picture none/home.png", "none/home.png: No such file or directory"),
        ("picture there.png", "there.png is there already: name another file, or take it away first"),
        ("receipt", "nothing was printed yet"),
        ("record stop", "nothing is being recorded: begin with record FILE.keys"),
        ("record sale.txt", "sale.txt: a name ends with .keys or .py"),
        ("record none/sale.keys", "none/sale.keys: there is no folder none"),
        ("record there.keys", "there.keys is there already: name another file, or take it away first"),
        ("record sale.keys nothing", "'nothing' is nothing that a recording expects"),
        ("decode 9F0", "3 hex digits are no whole bytes"),
        ("decode 0000 as tvr", "Terminal Verification Results (95) has 5 bytes, not 2"),
        ("trace 0", "'0' is no number of lines: write 1 or more"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(shell: Shell, tmp_path: Path, line: str, says: str) -> None:
    for name in ("there.png", "there.keys"):
        (tmp_path / name).write_text("kept")
    code, _, err = shell(line)
    assert code == 2
    assert err.startswith(f"{line}: ")
    assert says in err
    assert (tmp_path / "there.png").read_text() == (tmp_path / "there.keys").read_text() == "kept"


def test_bytes_are_decoded_by_their_kind(shell: Shell) -> None:
    code, out, _ = shell("decode 95 05 0000008000", "decode 1C00 as aip")
    assert code == 0
    assert '"floor limit exceeded"' in out
    assert '"terminal risk management to be performed"' in out


def test_pictures_and_receipts_become_files(shell: Shell, tmp_path: Path) -> None:
    files = ("home.png", "home.svg", "paper.txt", "paper.svg", "paper.png")
    lines = [f"{'picture' if name.startswith('home') else 'receipt'} {name}" for name in files]
    code, out, err = shell(*SALE, *lines, "receipt")
    assert (code, err) == (0, "")
    assert [line for line in out.splitlines() if line.startswith("# ")] == [f"# {name}" for name in files]
    assert out.count("CUSTOMER COPY") == 2
    for name, begins in zip(files, (b"\x89PNG", b"<svg", b"", b"<svg", b"\x89PNG"), strict=True):
        assert (tmp_path / name).read_bytes().startswith(begins)
    assert "TOTAL                     $12.50" in (tmp_path / "paper.txt").read_text("utf-8")


def test_a_name_with_blanks_stands_in_quotation_marks(shell: Shell, tmp_path: Path) -> None:
    assert shell('picture "my home.svg"')[0] == 0
    assert (tmp_path / "my home.svg").exists()


def test_the_screen_and_the_last_events_are_shown_once_more(shell: Shell) -> None:
    _, out, _ = shell("press OK", "screen", "trace 2")
    assert out.count("$0.00_") == 2
    assert [line.split()[3:5] for line in out.splitlines()[-2:]] == [
        ["state", "flow=sale"],
        ["screen", "screen=amount"],
    ]


def test_the_help_of_the_shell_lists_what_the_shell_adds(shell: Shell) -> None:
    _, out, _ = shell("help shell")
    for command in COMMANDS:
        assert f"  {command.form}" in out
        assert command.meaning in out


def test_the_help_of_a_command_is_its_meaning(shell: Shell) -> None:
    _, out, _ = shell("help clock", "help record stop")
    assert "  clock next\n      jump to what is due next, and say what it was" in out
    assert "  record stop\n      write it, and record no more" in out


def test_what_is_recorded_when_the_lines_end_is_written(shell: Shell, tmp_path: Path) -> None:
    code, out, _ = shell("record sale.keys host", *SALE)
    assert code == 0
    assert "# sale.keys\n# replayed on a fresh bench: " in out
    assert "expect host sale amount=1250" in (tmp_path / "sale.keys").read_text("utf-8")
    assert main(["run", "-q", "sale.keys"]) == 0


def test_what_is_taken_back_is_in_no_recording(shell: Shell, tmp_path: Path) -> None:
    shell("record sale.keys", "press OK 99", "back", *SALE, "record stop")
    assert "99" not in (tmp_path / "sale.keys").read_text("utf-8")
    assert main(["run", "-q", "sale.keys"]) == 0


def test_nothing_goes_back_to_before_a_recording(shell: Shell) -> None:
    code, _, err = shell("press OK", "record sale.keys", "press 1", "back 2")
    assert code == 2
    assert err == "back 2: the recording began later than that: `record stop` first\n"


def test_a_recording_that_begins_in_the_middle_goes_on_from_its_state(shell: Shell, tmp_path: Path) -> None:
    shell(SALE[0], "record rest.keys", *SALE[1:], "record stop")
    assert (tmp_path / "rest.state").exists()
    assert main(["run", "-q", "rest.keys"]) == 0


def test_profiles_and_cards_of_ones_own_are_taken_and_recorded(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('extends = "v400m"\nid = "mine"\nname = "Mine"\n', "utf-8")
    deck = tmp_path / "deck"
    deck.mkdir()
    card = next(iter(sorted((bundled() / "cards").glob("**/visa-credit.toml"))))
    shutil.copy(str(card), deck / "my-visa.toml")
    lines = (
        "record own.keys",
        "press OK 1250 OK",
        "insert my-visa",
        'expect screen "Approved"',
        "record stop",
    )
    code, out, err = shell(
        *lines, profile="mine.toml", options=("--cards", "deck", "--with", "offline.allowed=true")
    )
    assert (code, err) == (0, ""), out
    said = (tmp_path / "own.keys").read_text("utf-8")
    assert "terminal mine.toml\n" in said
    assert main(["run", "-q", "own.keys"]) == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--cards", "none"), "--cards none: there is no such folder"),
        (("--record", "there.pcapng"), "--record there.pcapng is there already"),
        (("--trace", "there.keys"), "there.keys is there and is no trace"),
        (("--reader", "nowhere"), "nowhere"),
        (("--with", "offline"), "an option is written KEY=VALUE"),
    ],
)
def test_a_wrong_command_line_is_one_sentence(
    shell: Shell, tmp_path: Path, options: tuple[str, ...], says: str
) -> None:
    for name in ("there.pcapng", "there.keys"):
        (tmp_path / name).write_text("kept")
    code, out, err = shell("press OK", options=options)
    assert (code, out) == (2, "")
    assert err.startswith("terminal-sim: ")
    assert says in err
    assert err.count("\n") == 1


def test_a_recording_of_the_readers_replays_the_session(shell: Shell) -> None:
    assert shell(*SALE, options=("--record", "readers.pcapng"))[0] == 0
    code, _, err = shell(*SALE, options=("--reader", "recording:readers.pcapng"))
    assert (code, err) == (0, "")
    code, _, err = shell(*SALE, "back", options=("--reader", "recording:readers.pcapng"))
    assert "a recording is replayed from its beginning to its end; begin anew" in err
