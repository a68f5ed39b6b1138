"""The home screen of a terminal with keys: what was typed there and was not confirmed is gone."""

from __future__ import annotations

from terminal_sim.core.screen import Input
from tests.contracts.drive import Drive, stock


def typed(drive: Drive) -> Input | None:
    return drive.terminal.firmware.screen().input


def test_a_digit_is_gone_once_start_was_touched_and_cancelled() -> None:
    with Drive(stock("v400m")) as drive:
        drive.terminal.press("8")
        assert typed(drive) is not None
        drive.terminal.touch("start")
        drive.terminal.press("CANCEL")
        assert drive.at == ("home", "idle")
        assert typed(drive) is None


def test_a_digit_is_gone_once_start_was_refused() -> None:
    with Drive(stock("v400m")) as drive:
        drive.terminal.battery(1)
        drive.terminal.press("8")
        drive.terminal.touch("start")
        drive.terminal.press("OK")
        assert drive.at == ("home", "idle")
        assert typed(drive) is None


def test_a_digit_after_that_is_the_first_of_its_shortcut() -> None:
    with Drive(stock("v400m")) as drive:
        drive.terminal.press("8")
        drive.terminal.touch("start")
        drive.terminal.press("CANCEL")
        drive.type("9")
        assert drive.at == ("passcode", "ask")
