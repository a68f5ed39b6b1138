"""`terminal-sim record`: lines that are typed become a script of that session, which holds when the command ends."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal_sim.bench import Bench
from terminal_sim.cli.main import main
from terminal_sim.cli.recorded_file import RecordedFile
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.recorder import ScriptRecorder
from terminal_sim.verbs import Tester

V400M = """
press OK 1250 OK
insert visa-online-pin
press 4321 OK
wait 2s
remove card
wait 10s
press 9 OK 0856 OK
tap id:transactions
tap id:history
tap id:history-transactions
tap id:txn-1
tap id:void
wait 30s
press 8 OK 0856 OK
tap id:refund
press 0856 OK 700 OK
swipe visa-stripe
wait 1min
press 8 OK 0856 OK
tap id:moto
press 1000 OK 4111111111111111 OK 0330 OK 737 OK
wait 30s
network down
press OK 500 OK
insert visa-credit
wait 40s
remove card
network up
wait 5min
pos sale T1 900 server="Anne \\"A.\\" B"
tap-card visa-credit
wait 20s
pos refund T1
wait 20s
power cut
wait 3s
power on
"""
S1F2 = """
tap id:payment
press 1250 OK
insert visa-online-pin
press 4321 OK
wait 2s
remove card
wait 10s
tap id:transactions
tap id:history
tap id:txn-1
tap id:void
wait 30s
paper out
battery 7%
tap id:payment
press 500 OK
tap-card visa-credit
wait 1min
paper in
wait 1min
"""
SQUARE = """
press 1250
tap id:charge
insert visa-credit
wait 2s
remove card
tap id:home
order "Two \\"hot\\" coffees" 700
tap id:orders
tap id:home
network down
press 900
tap id:charge
insert visa-credit
wait 20s
remove card
network up
wait 2min
tap id:transactions
tap id:txn-1
"""
SESSIONS = {
    "v400m": V400M,
    "s1f2": S1F2,
    "square-reader": SQUARE,
    "square-stand": SQUARE,
    "square-register": SQUARE,
    "square-terminal": SQUARE,
}
OPTIONS = {"v400m": "refunds.unreferenced=true", "s1f2": "refunds.unreferenced=true"}
SECRETS = ("4321", "0856", "4111111111111111", "737")
SALE = "press OK 1250 OK\ninsert visa-credit\nwait 1s\n"
Records = Callable[..., int]


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Records:
    """Pipes lines into the command, in a folder of its own, and gives its exit code."""
    monkeypatch.chdir(tmp_path)

    def piped(lines: str, *words: str) -> int:
        monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
        return main(["record", *words])

    return piped


@pytest.mark.parametrize("device", SESSIONS)
def test_a_session_at_each_device_becomes_a_script_that_holds(
    device: str, record: Records, capsys: pytest.CaptureFixture[str]
) -> None:
    option = OPTIONS.get(device, "offline.allowed=true")
    locale = ("en-CA", "fr-CA")[[*SESSIONS].index(device) % 2]
    words = (
        "--to",
        "by-hand.keys",
        "--with",
        option,
        "--locale",
        locale,
        "--expect",
        "host,journal,receipt,beep",
    )
    assert record(SESSIONS[device], device, *words) == ExitCode.HELD, capsys.readouterr().err
    script = Path("by-hand.keys").read_text("utf-8")
    assert "lines hold" in capsys.readouterr().out
    assert 'scenario "By hand"' in script
    assert f"locale   {locale}" in script
    assert [secret for secret in SECRETS if secret in script] == []


def test_a_card_that_was_named_gives_its_details_to_a_moto_payment(record: Records) -> None:
    lines = "press OK 1 OK\ninsert visa-credit\nwait 1s\nremove card\nwait 10s\n"
    typed = "press 8 OK 0856 OK\ntap id:moto\npress 1000 OK 4111111111111111 OK 0330 OK 737 OK\nwait 1s\n"
    assert record(lines + typed, "v400m", "--to", "moto.keys") == ExitCode.HELD
    script = Path("moto.keys").read_text("utf-8")
    for word in ("${passcode.admin}", "${card.pan}", "${card.expiry}", "${card.cvc}"):
        assert f"press {word} OK" in script
    assert "secret " not in script


def test_a_session_becomes_a_python_test_that_pytest_runs(
    record: Records, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (
        'press OK 1250 OK\ninsert visa-online-pin\npress 4321 OK\nwait 2s\nscreenshot "paid"\nnote "paid"\n'
    )
    assert record(lines, "v400m", "--to", "test_sale.py", "--expect", "host", "--by", "text") == ExitCode.HELD
    test = Path("test_sale.py").read_text("utf-8")
    assert "def test_sale(terminal):" in test
    assert '    terminal.press(terminal.value("card.pin"), "OK")\n' in test
    assert '    terminal.screenshot("paid")\n' in test
    assert "lines hold" in capsys.readouterr().out


def test_the_form_is_that_of_the_option_where_it_is_given(record: Records) -> None:
    assert record("press OK\n", "v400m", "--to", "sale.txt", "--as", "keys") == ExitCode.HELD
    assert Path("sale.txt").read_text("utf-8").startswith("keys 1\n")


def test_a_script_that_does_not_hold_is_kept_and_said(
    record: Records, capsys: pytest.CaptureFixture[str]
) -> None:
    # A touch that the screen ignores is no line of a script, and is an effect that the fault counts.
    ignored = "tap id:confirm\n" * 18
    lines = f"tap id:transactions\ntap id:refund\nfault power-cut-after 20\n{ignored}press CANCEL\npower on\n"
    words = ("s1f2", "--to", "lost.keys", "--with", "refunds.unreferenced=true")
    assert record(lines, *words) == ExitCode.UNMET
    said = capsys.readouterr()
    assert "expected   id:off on the screen" in said.err
    assert Path("lost.keys").is_file()
    assert "lost.keys is kept, and does not hold on a fresh bench" in said.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("v400m", "--to", "there.keys"),
            "there.keys is there already: name another file, or take it away first",
        ),
        (("v400m", "--to", "sale.txt"), "sale.txt: a name ends with .keys or .py"),
        (("v400m", "--to", "nowhere/sale.keys"), "nowhere/sale.keys: there is no folder nowhere"),
        (("v400m", "--to", "a.keys", "--expect", "hosts"), "did you mean 'host'?"),
        (("v400", "--to", "a.keys"), "did you mean 'v400m'?"),
        (("v400m", "--to", "a.keys", "--with", "offline=1"), "offline"),
    ],
)
def test_what_cannot_be_recorded_is_said_before_anything_is_done(
    words: tuple[str, ...], sentence: str, record: Records, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("there.keys").write_text("mine", encoding="utf-8")
    assert record(SALE, *words) == ExitCode.WRONG
    assert sentence in capsys.readouterr().err
    assert [file.name for file in Path().iterdir()] == ["there.keys"]
    assert Path("there.keys").read_text("utf-8") == "mine"


def test_a_file_that_is_there_is_overwritten_by_force(record: Records) -> None:
    Path("sale.keys").write_text("mine", encoding="utf-8")
    assert record(SALE, "v400m", "--to", "sale.keys", "--force") == ExitCode.HELD
    assert Path("sale.keys").read_text("utf-8").startswith("keys 1\n")


def test_a_wrong_line_is_no_part_of_the_script_and_in_the_exit_code(record: Records) -> None:
    assert record("prss OK\n" + SALE, "v400m", "--to", "sale.keys") == ExitCode.WRONG
    assert "prss" not in Path("sale.keys").read_text("utf-8")


def test_a_line_that_is_taken_back_is_no_part_of_the_script(record: Records) -> None:
    assert record("press OK\npress 99\nback 1\npress 12 OK\n", "v400m", "--to", "sale.keys") == ExitCode.HELD
    assert "press 12 OK" in Path("sale.keys").read_text("utf-8")


def test_a_python_test_that_begins_in_the_middle_on_another_day_is_run_by_pytest(tmp_path: Path) -> None:
    with Bench(clock="2027-02-03T04:05:06") as bench:
        terminal = bench.add_terminal("v400m")
        tester = Tester(bench, terminal)
        tester.press("OK", "12")
        recorder = ScriptRecorder(bench, terminal)
        tester.press("34", "OK")
        tester.wait("1s")
        recorded = recorder.recording()
    file = RecordedFile.of(tmp_path / "test_middle.py")
    assert file.write(recorded) == [
        f"# {file.path}",
        f"# {file.state}, where it begins; its owner alone may read it",
    ]
    assert file.problem(recorded) == ""
    assert file.state.stat().st_mode & 0o077 == 0
