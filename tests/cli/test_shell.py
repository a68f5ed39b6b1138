"""The shell at a keyboard, and all that it shows of a device."""

from __future__ import annotations

import io
import os
import sys

import pytest

from terminal_sim.cli.main import main

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals", allow_module_level=True)

from tests.cli.keyboard import INTERRUPT, Keyboard


def test_a_shell_at_a_keyboard_prompts_completes_words_and_goes_on_after_a_mistake() -> None:
    with Keyboard("shell", "v400m") as keyboard:
        keyboard.type("prss\npre\t OK\nquit\n")
    assert keyboard.code == 0
    assert "v400m> " in keyboard.seen
    assert "did you mean 'press'?" in keyboard.seen
    assert "$0.00_" in keyboard.seen


def test_an_interrupt_gives_up_the_line_and_not_the_shell() -> None:
    head, far = os.openpty()
    with Keyboard("shell", "v400m", "--reader", f"msr+serial://{os.ttyname(far)}") as keyboard:
        keyboard.until("v400m> ")
        keyboard.type("press O")
        keyboard.until("press O")
        keyboard.interrupt_until("v400m> ")
        keyboard.type("\n")
        keyboard.until("v400m> ")
        keyboard.type("press OK 1000 OK\n")
        keyboard.until("swipe or insert card")
        keyboard.until("v400m> ")
        keyboard.type("swipe visa-stripe\n")
        keyboard.until("terminal-sim: swipe visa-stripe through")
        keyboard.type(INTERRUPT)
        keyboard.until("swipe visa-stripe: interrupted; quit leaves")
        keyboard.until("v400m> ")
        keyboard.type("press CANCEL\n")
        keyboard.until("Cancelled")
        keyboard.type("quit\n")
    assert keyboard.code == 0
    os.close(head)
    os.close(far)


def shown(
    profile: str, lines: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    """What the shell prints for lines that are piped in."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
    assert main(["shell", profile]) == 0
    return capsys.readouterr().out


def test_both_displays_are_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    out = shown("square-register", "press 1250\ntap id:charge\n", monkeypatch, capsys)
    seller, customer = out.rpartition("seller\n")[2].split("customer\n")
    assert "Tap, swipe or insert card" in seller
    assert "Tap, swipe or insert card" in customer


def test_lights_and_beeps_are_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "press 1250\ntap id:charge\ninsert visa-credit\nwait 2s\n"
    out = shown("square-reader", lines, monkeypatch, capsys)
    assert "lights: light-1 off, light-2 off, light-3 off, light-4 off\n" in out
    assert "lights: light-1 green, light-2 green, light-3 green, light-4 green\nbeep\n" in out
