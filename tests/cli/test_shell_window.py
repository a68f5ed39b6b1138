"""The shell at a window, through a pseudo-terminal: what it draws, completes, takes back and records."""

from __future__ import annotations

import os
import re
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from terminal_sim.cli.main import main

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals", allow_module_level=True)

from tests.cli.window import END, ENTER, INTERRUPT, PYTHONPATH, RIGHT, TAB, UP, Window
from tests.forked import run_python


@dataclass(frozen=True)
class Device:
    """How a sale of 12.50 begins at a device, and what completes a word of it: the line so far, and the whole of it."""

    profile: str
    lines: tuple[str, ...]
    begun: str
    whole: str


DEVICES = (
    Device("v400m", ("press OK 1250 OK",), "insert mastercard-pi", "insert mastercard-pin"),
    Device("s1f2", ("tap id:payment", "press 1250 OK"), "insert mastercard-pi", "insert mastercard-pin"),
    Device("square-reader", ("press 1250", "tap id:charge"), "tap-card pho", "tap-card phone"),
    Device("square-stand", ("press 1250", "tap id:charge"), "insert visa-credit-", "insert visa-credit-fr"),
    Device("square-register", ("press 1250", "tap id:charge"), "insert visa-credit-", "insert visa-credit-fr"),
    Device("square-terminal", ("press 1250", "tap id:charge"), "insert visa-credit-", "insert visa-credit-fr"),
)  # fmt: skip
NEEDS_PIN = ("v400m", "s1f2")


def sale(device: Device, folder: Path) -> None:
    """A session in which a sale is recorded, with mistakes on the way."""
    ready = f"{device.profile}>"
    with Window("shell", device.profile, folder=folder, columns=150, rows=60) as window:
        window.until(ready)
        window.say(f"record {device.profile}.keys", ready)
        for line in device.lines:
            window.say(line, ready)
        window.press("press 99" + INTERRUPT)
        window.until(ready)
        assert "taken back: " in window.say("back", ready)
        window.say(device.lines[-1], ready)
        window.press(device.begun + TAB + ENTER)
        window.until(f"{ready} {device.whole}")
        window.until(ready)
        if device.profile in NEEDS_PIN:
            window.say("press ${card.pin} OK", ready)
        window.say("expect screen id:approved", ready)
        why = window.say("why", ready)
        assert "the screen is approved, because:" in why
        assert "the acquirer answered 00" in why
        assert f"# {device.profile}.keys" in window.say("record stop", ready)
        window.press(END)
    assert window.code == 0


@pytest.mark.parametrize(
    "devices",
    [
        pytest.param(DEVICES[::3], id="a standalone device and one without"),
        pytest.param(DEVICES, id="each device", marks=pytest.mark.soak),
    ],
)
def test_a_sale_that_is_recorded_at_a_window_runs_again_and_under_pytest(
    devices: tuple[Device, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for device in devices:
        sale(device, tmp_path)
    scripts = [f"{device.profile}.keys" for device in devices]
    assert main(["run", "-q", *(str(tmp_path / script) for script in scripts)]) == 0
    assert f"{len(devices)} held" in capsys.readouterr().out
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment = {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": PYTHONPATH}
    words = ("-m", "pytest", "-q", "-p", "terminal_sim.pytest_plugin", "--rootdir=.", *scripts)
    tested = run_python(words, folder=tmp_path, environment=environment)
    assert tested.returncode == 0, tested.stdout


def test_the_history_outlives_a_session_for_its_owner_alone_and_without_a_secret(tmp_path: Path) -> None:
    with Window("shell", "v400m", folder=tmp_path) as window:
        window.until("v400m>")
        window.say("press 8 OK", "v400m>")
        window.say("press 0856", "v400m>")
        window.say("press OK", "v400m>")
        window.say('note "a card 4111111111111111"', "v400m>")
        window.say("let pin = 4711", "v400m>")
        window.say("0856", "v400m>")
        window.say("paper low", "v400m>")
        window.press(END)
    assert window.code == 0
    file = tmp_path / "state" / "terminal-sim" / "history"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text("utf-8").splitlines() == [
        "press 8 OK",
        "press ***",
        "press OK",
        'note "a card ***"',
        "let pin = ***",
        "***",
        "paper low",
    ]
    head, far = os.openpty()
    with Window(
        "shell", "v400m", "--reader", f"msr+serial://{os.ttyname(far)}", folder=tmp_path, columns=40, rows=24
    ) as window:
        window.until("+----------- SIMULATOR ------------+")
        window.until("v400m>")
        window.press("pap")
        window.until("er low")  # the hint
        window.press(RIGHT + ENTER)
        window.until("v400m> paper low\r\n")
        window.until("v400m>")
        window.press(UP + UP)
        window.until("***")
        window.press(INTERRUPT)
        window.until("v400m>")
        window.say("press OK 1000 OK", "v400m>")
        window.press("swipe visa-stripe" + ENTER)
        window.until("terminal-sim: swipe visa-stripe through")
        window.press(INTERRUPT)
        window.until("swipe visa-stripe: interrupted; quit leaves")
        window.until("v400m>")
        assert "done by a person; a virtual reader goes back" in window.say("back", "v400m>")
        window.say("press CANCEL", "v400m>")
        assert "it shows cancelled" in window.say("why", "v400m>")
        window.press("quit" + ENTER)
    assert window.code == 0
    os.close(head)
    os.close(far)


def test_the_clock_runs_by_the_wall_and_draws_anew_what_the_device_shows(tmp_path: Path) -> None:
    with Window("shell", "v400m", folder=tmp_path, columns=150) as window:
        window.until("v400m>")
        window.until("slot empty | next: nothing")
        window.say("press OK 1250 OK", "v400m>")
        window.press("insert visa-credit" + ENTER)
        window.until("Processing")
        window.until("slot visa-credit | next: an answer of the acquirer in 300ms")
        assert "the clock runs by the wall" in window.say("clock run", "v400m>")
        window.until("running | network up")
        window.until("Approved")
        window.press("press ")
        window.until("press KEYS...")
        window.press(INTERRUPT)
        window.say("clock pause", "v400m>")
        assert "the time-out of the screen approved" in window.say("clock next", "v400m>")
        window.press(END)
    assert window.code == 0


@pytest.mark.parametrize(
    "environment",
    [{"TERM": "dumb"}, {"NO_COLOR": "1"}, {"SSH_CONNECTION": "far"}],
    ids=["dumb", "no colour", "far"],
)
def test_a_window_that_only_scrolls_or_has_no_colours_or_is_far_gets_one_line_after_the_other(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    with Window("shell", "v400m", folder=tmp_path, environment=environment, answers=False) as window:
        window.until("v400m> ")
        window.press("wai" + TAB + "1s" + ENTER)
        window.until("wait 1s\r\n")
        window.until("v400m> ")
        window.press('note "done' + INTERRUPT)
        window.until("v400m> ")
        window.press("back" + ENTER)
        window.until("taken back: wait 1s")
        window.until("v400m> ")
        window.press(END)
    assert window.code == 0
    assert re.findall(r"\x1b\[[0-9;]*[A-HJKm]", window.raw) == []
