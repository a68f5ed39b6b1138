"""The passcode: tries, lock, the delivered code and a changed one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from terminal_sim.core.moment import Duration
from tests.contracts.drive import Drive, full
from tests.contracts.states import WAYS

CODE, NEW = "0856", "2468"


@pytest.fixture
def drive() -> Iterator[Drive]:
    """A V400m that asks for its passcode."""
    with Drive(full("v400m")) as one:
        WAYS["passcode", "ask"](one)
        yield one


def ask(drive: Drive) -> None:
    """At the passcode, from wherever it is."""
    drive.terminal.press("CANCEL")
    drive.terminal.press("CANCEL")
    WAYS["passcode", "ask"](drive)


def shown(drive: Drive) -> set[str]:
    return {item.id for item in drive.terminal.view().items}


def wrong(drive: Drive, times: int) -> None:
    for _ in range(times):
        drive.type("1111")


def test_the_right_code_opens_the_menu(drive: Drive) -> None:
    drive.type(CODE)
    assert drive.at == ("menu", "open")


@pytest.mark.parametrize("typed", ["1111", "085", "08560", "0", "6580"])
def test_a_wrong_code_says_so_and_asks_again(drive: Drive, typed: str) -> None:
    drive.type(typed)
    assert drive.at == ("passcode", "ask")
    assert "wrong-passcode" in shown(drive)
    drive.type(CODE)
    assert drive.at == ("menu", "open")


def test_the_complaint_goes_with_the_next_digit(drive: Drive) -> None:
    drive.type("1111")
    drive.terminal.press("0")
    assert "wrong-passcode" not in shown(drive)


def test_nothing_typed_is_no_try(drive: Drive) -> None:
    assert not drive.terminal.press("OK")
    assert drive.durable.passcodes == {}


def test_thirty_seconds_of_nothing_lead_home(drive: Drive) -> None:
    drive.pass_time(29)
    assert drive.at == ("passcode", "ask")
    drive.pass_time(1)
    assert drive.at_home


def test_five_wrong_codes_lock_for_half_an_hour(drive: Drive) -> None:
    wrong(drive, 4)
    assert "passcode-locked" not in shown(drive)
    wrong(drive, 1)
    assert "passcode-locked" in shown(drive)
    drive.type(CODE)
    assert drive.at == ("passcode", "ask")


@pytest.mark.parametrize(("minutes", "is_open"), [(29, False), (30, True)])
def test_the_lock_ends_by_itself_and_not_before(drive: Drive, minutes: int, is_open: bool) -> None:
    wrong(drive, 5)
    drive.pass_time(minutes * 60)
    ask(drive)
    drive.type(CODE)
    assert (drive.at == ("menu", "open")) is is_open


@pytest.mark.parametrize("power", ["cut", "off"])
def test_a_lock_and_its_count_outlive_the_power(drive: Drive, power: str) -> None:
    wrong(drive, 3)
    for tries in (1, 1):
        drive.cut() if power == "cut" else drive.terminal.power_off()
        drive.revive()
        ask(drive)
        wrong(drive, tries)
    assert "passcode-locked" in shown(drive)
    drive.cut()
    drive.revive()
    ask(drive)
    drive.type(CODE)
    assert drive.at == ("passcode", "ask")


@pytest.mark.parametrize("to", ["2030-01-01T00:00:00", "2001-01-01T00:00:00"])
def test_setting_the_clock_shortens_and_stretches_no_lock(drive: Drive, to: str) -> None:
    wrong(drive, 5)
    drive.bench.set_clock(to)
    drive.pass_time(29 * 60)
    ask(drive)
    drive.type(CODE)
    assert drive.at == ("passcode", "ask")
    drive.pass_time(60)
    ask(drive)
    drive.type(CODE)
    assert drive.at == ("menu", "open")


def test_a_wrong_try_is_durable_before_the_screen_says_so() -> None:
    """The power goes after each effect of the try: whoever saw the complaint finds it counted."""
    for effects in range(1, 6):
        with Drive(full("v400m")) as one:
            WAYS["passcode", "ask"](one)
            one.do(("keys", "1111"))
            one.blow(effects)
            one.terminal.press("OK")
            if one.on:
                continue
            assert one.durable.passcode("admin").failures == 1


def test_looking_at_a_locked_screen_changes_nothing(drive: Drive) -> None:
    """The complaint is there after the lock whether or not somebody looked in between."""
    wrong(drive, 5)
    context = drive.terminal.firmware.stack[-1]
    before = getattr(context, "complaint", None)
    drive.terminal.firmware.screen()
    assert getattr(context, "complaint", None) == before


def test_the_code_as_delivered_is_marked_behind_it_until_it_is_changed(drive: Drive) -> None:
    drive.type(CODE)
    assert drive.at == ("menu", "open")
    assert "default-passcode" in shown(drive)
    with Drive(full("v400m")) as one:
        WAYS["change-passcode", "changed"](one)
        one.terminal.press("OK")
        ask(one)
        one.type(NEW)
        assert one.at == ("menu", "open")
        assert "default-passcode" not in shown(one)


def test_the_prompt_does_not_say_that_the_delivered_code_opens_it(drive: Drive) -> None:
    assert "default-passcode" not in shown(drive)
    drive.type("1111")
    assert "wrong-passcode" in shown(drive)
    assert "default-passcode" not in shown(drive)


def test_a_refund_behind_the_delivered_code_is_marked_too() -> None:
    with Drive(full("s1f2")) as drive:
        drive.open("refund")
        assert "default-passcode" not in shown(drive)
        drive.type(drive.profile.passcodes["refund"].code)
        assert drive.at == ("refund", "amount")
        assert "default-passcode" in shown(drive)


def test_a_changed_code_counts_and_the_old_one_does_not() -> None:
    with Drive(full("v400m")) as drive:
        WAYS["change-passcode", "changed"](drive)
        drive.cut()
        drive.revive()
        ask(drive)
        drive.type(CODE)
        assert drive.at == ("passcode", "ask")
        drive.type(NEW)
        assert drive.at == ("menu", "open")


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        (("123",), "passcode-too-short"),
        ((CODE,), "passcode-is-default"),
        ((NEW, "2469"), "passcode-mismatch"),
    ],
)
def test_a_new_code_that_will_not_do_is_refused_with_its_reason(
    typed: tuple[str, ...], complaint: str
) -> None:
    with Drive(full("v400m")) as drive:
        WAYS["change-passcode", "new"](drive)
        for code in typed:
            drive.type(code)
        assert complaint in shown(drive)
        assert drive.durable.passcode("admin").digest == ""
        drive.type(NEW)
        drive.type(NEW)
        assert drive.at == ("change-passcode", "changed")


def test_trying_every_code_takes_weeks() -> None:
    """PCI DSS 8.3.4: with 5 tries per half hour, ten thousand codes take a thousand hours."""
    passcode = full("v400m").passcodes["admin"]
    assert 10_000 // passcode.tries * passcode.lock >= Duration.parse("1000h")


def test_what_is_typed_is_shown_as_stars_and_traced_as_digits(drive: Drive) -> None:
    drive.do(("keys", "7391"))
    assert "****" in drive.terminal.view().text
    assert "7391" not in drive.terminal.view().text
    keys = [entry.fields["key"] for entry in drive.bench.trace.entries if entry.kind == "key"]
    assert keys[-4:] == ["DIGIT"] * 4
