"""What a line in a shell may go on with, what the window has room for, and what a history keeps."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, Trace
from terminal_sim.cli.shell.commands import COMMANDS
from terminal_sim.cli.shell.history import MOST, History, state_folder, without_digits
from terminal_sim.cli.shell.live import device_lines
from terminal_sim.cli.shell.offered import offered
from terminal_sim.cli.shell.session import ShellSession
from terminal_sim.cli.shell.toolbar import form_of, status
from terminal_sim.verbs import VERBS


@pytest.fixture(scope="module")
def square() -> Iterator[ShellSession]:
    """A Square Terminal with 12.50 typed in."""
    with Bench(trace=Trace()) as bench:
        session = ShellSession(bench, bench.add_terminal("square-terminal"))
        session.say("press 1250")
        yield session


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("ta", ["tap", "tap!", "tap-card"]),
        ("tap ", ['"Charge $12.50"', "id:charge"]),
        ("tap ch", ['"Charge $12.50"', "id:charge"]),
        ('tap "Ch', ['"Charge $12.50"']),
        ("tap id:ch", ["id:charge"]),
        ("insert mastercard-pi", ["mastercard-pin"]),
        ("fault host-dup", ["host-duplicate"]),
        ("expect host sale amo", ["amount="]),
        ("clock ", ["run", "pause", "next"]),
        ("cl", ["clock"]),
        ("record s", ["stop"]),
    ],
)
def test_what_the_screen_offers_now_comes_first(square: ShellSession, line: str, first: list[str]) -> None:
    found = [one.text for one in offered(line, square).candidates]
    assert found[: len(first)] == first


def test_nothing_that_cannot_be_touched_now_goes_before_what_can(square: ShellSession) -> None:
    found = [
        one.text for one in offered("tap ", square).candidates if one.meaning.startswith("on the screen")
    ]
    touchable = {item.id for item in square.terminal.view().items if item.touchable}
    assert {text.removeprefix("id:") for text in found if text.startswith("id:")} <= touchable


def test_the_keys_that_the_screen_takes_come_first() -> None:
    with Bench(trace=Trace()) as bench:
        session = ShellSession(bench, bench.add_terminal("v400m"))
        taken = [one.text for one in offered("press ", session).candidates if "taken now" in one.meaning]
        assert [one.text for one in offered("press ", session).candidates][: len(taken)] == taken
        assert taken == [key for key in taken if session.terminal.takes(key)]
        assert "OK" in taken


def test_a_command_of_the_shell_takes_no_line_of_the_language_away() -> None:
    assert {command.words[0] for command in COMMANDS} & {words[0] for words in VERBS} == set()


@pytest.mark.parametrize(
    ("line", "form"),
    [
        ("press OK", VERBS["press",].form),
        ("expect no screen ", VERBS["expect", "screen"].form),
        ("clock n", "clock"),
        ("back", "back [N]"),
        ("pres", ""),
        ("", ""),
    ],
)
def test_the_toolbar_says_how_the_line_is_written(line: str, form: str) -> None:
    assert form_of(line) == form


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (120, "square-terminal | 09:00:00 running | network up | slot empty | next: nothing"),
        (60, "square-terminal | 09:00:00 running | network up"),
        (12, "square-termi"),
    ],
)
def test_the_toolbar_says_as_much_as_the_window_has_room_for(
    square: ShellSession, columns: int, says: str
) -> None:
    assert status(square, columns, runs=True).startswith(says)
    assert len(status(square, columns, runs=True)) <= columns


@pytest.mark.parametrize(
    ("profile", "columns", "rows", "fits"),
    [
        ("v400m", 40, 20, True),
        ("v400m", 30, 20, False),
        ("v400m", 40, 3, False),
        ("square-register", 200, 30, True),
        ("square-register", 40, 30, False),
    ],
)
def test_a_device_stands_in_the_window_where_all_its_displays_fit(
    profile: str, columns: int, rows: int, fits: bool
) -> None:
    with Bench(trace=Trace()) as bench:
        shown = bench.add_terminal(profile).appearance()
        found = device_lines(shown, [], columns, rows)
        assert (found is not None) is fits
        if found is not None:
            assert len(found.lines) <= rows
            assert max(map(len, found.lines)) <= columns


def test_the_newest_receipts_stand_beside_the_device_as_far_as_they_fit() -> None:
    with Bench(trace=Trace()) as bench:
        shown = bench.add_terminal("v400m").appearance()
        papers = ["~~~~~~\n  old\n~~~~~~", "~~~~~~\n  new\n~~~~~~"]
        found = [device_lines(shown, papers, columns, 5) for columns in (60, 45, 38)]
        assert [device.receipts for device in found if device is not None] == [2, 1, 0]
        assert [device is not None and "new" in "\n".join(device.lines) for device in found] == [
            True,
            True,
            False,
        ]
        assert [device is not None and "old" in "\n".join(device.lines) for device in found] == [
            True,
            False,
            False,
        ]


@pytest.mark.parametrize(
    ("line", "least", "kept"),
    [
        ("press 0856 OK", 1, "press *** OK"),
        ("press 12 OK", 3, "press 12 OK"),
        ("press 1250 OK", 0, "press 1250 OK"),
        ('note "4111 1111 1111 1111"', 0, 'note "***"'),
        ("let card = 4111111111111111", 3, "let card = ***"),
    ],
)
def test_a_history_keeps_no_digits_that_may_be_secret(line: str, least: int, kept: str) -> None:
    assert without_digits(line, least) == kept


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no rights by mode")
def test_a_history_that_others_could_read_is_its_owners_alone_again(tmp_path: Path) -> None:
    file = tmp_path / "history"
    file.write_text("press OK\n")
    file.chmod(0o644)
    history = History(file)
    history.remember("press OK")
    history.remember("paper low")
    assert history.lines == ["press OK", "paper low"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_history_ends_somewhere(tmp_path: Path) -> None:
    file = tmp_path / "history"
    file.write_text("".join(f"note {number}\n" for number in range(2 * MOST + 1)))
    assert History(file).lines == [f"note {number}" for number in range(MOST + 1, 2 * MOST + 1)]
    assert len(file.read_text().splitlines()) == MOST


@pytest.mark.parametrize("there", [b"\xff\xfe", None], ids=["no text", "no file"])
def test_a_history_that_cannot_be_read_is_none(tmp_path: Path, there: bytes | None) -> None:
    file = tmp_path / "history"
    if there is not None:
        file.write_bytes(there)
    assert History(file).lines == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has a folder of its own")
@pytest.mark.parametrize(
    ("given", "folder"),
    [
        ({"XDG_STATE_HOME": "/kept"}, Path("/kept/terminal-sim")),
        ({"XDG_STATE_HOME": "kept"}, Path.home() / ".local/state/terminal-sim"),
        ({}, Path.home() / ".local/state/terminal-sim"),
    ],
)
def test_a_history_stands_in_the_users_state_folder(given: dict[str, str], folder: Path) -> None:
    assert state_folder(given) == folder
