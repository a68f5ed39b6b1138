"""The command line: every command does its work, and a mistake of the user is one line and the right exit code."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from msgspec import structs

from terminal_sim import __version__, flows, profile
from terminal_sim.bench import Bench
from terminal_sim.bench.faults import FAULTS
from terminal_sim.cli.main import main
from terminal_sim.core.batch_totals import BatchTotals
from terminal_sim.core.booking import Booking
from terminal_sim.core.rows.settlement import SettlementRow, SettlementState
from terminal_sim.verbs import VERBS
from tests.patience import PATIENCE

Run = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).resolve().parents[2]

SALE = """\
keys 1
terminal v400m s1f2

scenario "A sale" @sale
  tap /Start|Payment/
  press 1000 OK
  insert visa-credit
  expect screen "Approved"

scenario "A tapped sale" @tapped
  tap /Start|Payment/
  press 1500 OK
  tap-card visa-credit
  expect screen "Approved"
"""
FAILING = """\
keys 1
terminal v400m

scenario "It asks for a card too soon" @failing
  press OK
  expect screen "Tap, swipe or insert card" within 2s
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("profiles", "list")`: exit code, output, error output."""

    def ran(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return ran


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What comes in through a pipe."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def script(folder: Path, text: str, name: str = "sale.keys") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


# --- the command line itself ---------------------------------------------------------------------------------------


def test_the_version_is_told(run: Run) -> None:
    assert run("--version") == (0, f"terminal-sim {__version__}\n", "")


HELP = "from terminal_sim.cli.main import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass"
VERSION = "from terminal_sim.cli.main import main\nmain(['--version'])"
FIRST_SCREEN = "from terminal_sim.bench import Bench\nprint(Bench().add_terminal('v400m').view().text)"
HEAVY = ("construct", "cryptography", "transitions", "rich", "lark", "serial", "tree_sitter")


@pytest.mark.parametrize(
    ("code", "said", "unwanted"),
    [
        (HELP, "usage: terminal-sim", (*HEAVY, "msgspec", "babel", "apsw", "dataclasses", "pathlib")),
        (VERSION, f"terminal-sim {__version__}", ("argparse", "re", "typing", "dataclasses")),
        (
            FIRST_SCREEN,
            "Start",
            (*HEAVY, "terminal_drivers.wiring.table", "terminal_sim.cards", "ssl", "logging"),
        ),
    ],
    ids=["help", "version", "first screen"],
)
def test_what_answers_at_once_loads_nothing_that_it_does_not_need(
    code: str, said: str, unwanted: tuple[str, ...]
) -> None:
    code = f"import sys\n{code}\nprint(*(m for m in {unwanted} if m in sys.modules), file=sys.stderr)\n"
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}"}
    # Without what the site module of a development environment imports, which is not ours.
    folders = [folder for folder in sys.path if folder.endswith("site-packages")]
    environment["PYTHONPATH"] += os.pathsep + os.pathsep.join(folders)
    ran = subprocess.run(
        [sys.executable, "-S", "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert said in ran.stdout
    assert ran.stderr.strip() == ""


def in_a_process(*arguments: str, redirected: str = "", encoding: str = "utf-8") -> tuple[int, bytes, str]:
    """`main` with an output of the shell's; `redirected` is where a shell sends it, such as `>&-`."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}",
        "PYTHONIOENCODING": encoding,
    }
    command = ["sh", "-c", f'exec "$0" -m terminal_sim "$@" {redirected}', sys.executable, *arguments]
    ran = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return ran.returncode, ran.stdout, ran.stderr.decode()


@pytest.mark.parametrize(
    "arguments", [("demo", "5-square-terminal-outage.en"), ("profiles", "list"), ("shell", "v400m")]
)
def test_an_output_that_takes_nothing_is_one_line(arguments: tuple[str, ...]) -> None:
    said = "terminal-sim: the output or a file: No space left on device\n"
    assert in_a_process(*arguments, redirected=">/dev/full") == (2, b"", said)


def test_without_an_output_a_command_does_its_work() -> None:
    assert in_a_process("profiles", "list", redirected=">&-") == (0, b"", "")


def test_a_character_that_the_output_has_not_is_a_question_mark() -> None:
    code, out, err = in_a_process("shell", "square-terminal", encoding="ascii")
    assert (code, err) == (0, "")
    assert b"[?] [0]" in out


def test_a_reader_of_the_output_may_leave_early() -> None:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}"}
    command = [sys.executable, "-m", "terminal_sim", "demo"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as ran:
        assert ran.stdout is not None
        assert ran.stderr is not None
        ran.stdout.readline()
        ran.stdout.close()
        assert ran.stderr.read() == ""
        assert ran.wait() == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "terminal-sim: the following arguments are required: COMMAND; see terminal-sim --help"),
        (("rnu",), "terminal-sim: argument COMMAND: invalid choice: 'rnu' (choose from "),
        (("run",), "terminal-sim run: the following arguments are required: FILE; see terminal-sim run --help"),
        (("run", "x.keys", "--reader", "usb"), "terminal-sim: no reader address: 'usb'. It begins with one of "),
        (("run", "x.keys", "--seed", "x"), "terminal-sim run: argument --seed: invalid int value: 'x'"),
        (("run", "x.keys", "--prof", "x"), "terminal-sim: unrecognized arguments: --prof x"),
        (("run", "none.keys"), "terminal-sim: none.keys: no such file; check the path"),
        (("profiles", "show", "v400"), "terminal-sim: there is no profile 'v400'; did you mean 'v400m'?"),
        (("profiles", "show", "no.toml"), "terminal-sim: no.toml: cannot be read: No such file"),
        (("profiles", "draw", "slae"), "terminal-sim: there is no flow or profile 'slae'; did you mean 'sale'?"),
        (("profiles", "draw", "--format", "svg"), "charts as svg are files: say where with --to DIR"),
        (("profiles", "draw", "sale", "--format", "png"), "terminal-sim: 1 charts as png are files"),
        (("cards", "show", "visa-credt"), "terminal-sim: there is no card 'visa-credt'; did you mean 'visa-credit'?"),
        (("report", "transactions"), "terminal-sim report transactions: the following arguments are required: --state"),
        (("report", "totals", "--state", "none"), "terminal-sim: none: no journal is kept there"),
        (("verify", "none"), "terminal-sim: none: no journal is kept there"),
        (("shell", "v400"), "terminal-sim: there is no profile 'v400'; did you mean 'v400m'?"),
        (("shell", "v400m", "--locale", "de"), "terminal-sim: v400m does not speak 'de'; it speaks en-CA, fr-CA"),
        (("demo", "none"), "terminal-sim: there is no demonstration 'none'; there are "),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_exit_code_2(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert says in err


# --- profiles, cards -----------------------------------------------------------------------------------------------


def test_profiles_are_listed_shown_and_checked(run: Run) -> None:
    code, out, _ = run("profiles", "list")
    assert code == 0
    assert all(name in out for name in profile.names())
    assert run("profiles", "show", "v400m") == (0, profile.explain(profile.load("v400m")), "")
    assert run("profiles", "check") == (0, "".join(f"{name}: right\n" for name in profile.names()), "")


def test_a_wrong_profile_is_told_with_its_place_beside_the_right_ones(run: Run, tmp_path: Path) -> None:
    wrong = script(tmp_path, 'extends = "v400m"\nhome.confirm = "strat"\n', "till.toml")
    code, out, err = run("profiles", "check", "s1f2", wrong)
    assert (code, out) == (2, "s1f2: right\n")
    assert err == f"{wrong}:2:16: home.confirm: 'strat' is no home entry; did you mean 'start'?\n"


def test_the_schema_is_json(run: Run) -> None:
    code, out, _ = run("profiles", "schema")
    assert code == 0
    assert json.loads(out) == json.loads(json.dumps(profile.schema()))


def test_a_flow_is_drawn_to_the_output_or_into_files(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("profiles", "draw", "sale")
    assert code == 0
    assert out.startswith("stateDiagram-v2\n")
    code, out, _ = run("profiles", "draw", "--format", "svg", "--to", tmp_path / "charts")
    assert code == 0
    assert {path.stem for path in (tmp_path / "charts").glob("*.svg")} == set(flows.load())
    assert out.count("\n") == len(flows.load())


def test_a_profile_stands_for_the_flows_of_its_menus(run: Run, tmp_path: Path) -> None:
    code, _, _ = run("profiles", "draw", "s1f2", "--to", tmp_path)
    drawn = {path.stem for path in tmp_path.glob("*.mmd")}
    assert code == 0
    assert {"sale", "history"} <= drawn
    assert "moto" not in drawn
    code, out, _ = run("profiles", "draw", "v400m-offline")
    assert (code, "%% moto" in out) == (0, True)
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('extends = "v400m"\nhome.entries = [{ id = "start", flow = "sael" }]\n')
    _, _, err = run("profiles", "draw", wrong)
    assert "wrong.toml:2:40: home.entries[0].flow: there is no flow 'sael'" in err


def test_cards_are_listed_and_shown_with_masked_numbers(run: Run) -> None:
    code, listed, _ = run("cards", "list")
    assert code == 0
    assert "visa-credit" in listed
    code, shown, _ = run("cards", "show", "visa-credit")
    assert code == 0
    assert "411111******1111" in shown
    assert "4111111111111111" not in listed + shown


# --- scripts -------------------------------------------------------------------------------------------------------


def test_a_script_that_holds_ends_with_0_and_can_be_reported(run: Run, tmp_path: Path) -> None:
    file, state, trace = script(tmp_path, SALE), tmp_path / "state", tmp_path / "trace.jsonl"
    code, out, err = run("run", file, "--state", state, "--trace", trace, "--profile", "v400m")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "2 held"
    assert f"held     {file}: A sale on v400m in " in out
    kinds = {json.loads(line)["kind"] for line in trace.read_text("utf-8").splitlines()}
    assert {"key", "screen", "journal", "receipt"} <= kinds
    code, out, _ = run("report", "transactions", "--state", state, "--format", "json")
    assert code == 0
    assert sorted(line["amount"] for line in json.loads(out)) == [1000, 1500]
    code, out, _ = run("report", "totals", "--state", state, "--format", "csv")
    assert (code, out.splitlines()[1]) == (0, "Sale,CAD,2,25.00")
    code, out, _ = run("report", "transactions", "--state", state)
    assert "Payment transactions" in out
    code, _, err = run("report", "transactions", "--state", state, "--terminal", "X")
    assert (code, err.startswith("terminal-sim: the journal has no terminal 'X'; it has V4")) == (2, True)
    code, out, err = run("verify", state)
    assert (code, out.splitlines()[-1], err) == (0, f"{state}: sound", "")
    (state / "acquirer.head").unlink()
    code, out, err = run("verify", state)
    assert (code, out) == (2, "")
    assert err.startswith(
        f"terminal-sim: {state / 'acquirer.jsonl'}: acquirer.head is missing beside it; put the whole"
    )


def test_verify_looks_at_each_folder_and_prints_each_row_that_breaks_what_must_hold(
    run: Run, tmp_path: Path
) -> None:
    sound, broken = tmp_path / "sound", tmp_path / "broken"
    file = script(tmp_path, SALE)
    for state in (sound, broken):
        assert run("run", file, "--state", state, "--profile", "v400m", "--quiet")[0] == 0
    with Bench(state=broken) as bench:
        terminal = bench.add_terminal("v400m")
        boot = terminal.board.power.boot
        pending = SettlementRow.counting(
            BatchTotals.of([(Booking.CHARGE, 1000), (Booking.CHARGE, 1500)]),
            "CAD",
            batch=1,
            reference="V40000019999",
            stan=9_999,
            at=datetime(2026, 11, 28, 9),  # noqa: DTZ001 - civil time
        )
        for state_ in SettlementState.PENDING, SettlementState.SETTLED:
            row = structs.replace(pending, state=state_)
            bench.journal.append(terminal.name, boot, bench.now.mono, bench.now.wall, [row.flat()])
    code, out, err = run("verify", broken, sound)
    assert code == 2
    line = "B4 a batch is settled at the terminal and open at the host: terminal=V4000001 batch=1"
    assert err == f"terminal-sim: {broken}: {line}; keep the folder for support\n"
    assert line in out.splitlines()
    assert "invariants of batches: 7 hold (B1 B2 B3 B4 B5 B6 B7)" in out.splitlines()
    assert out.splitlines()[-1] == f"{sound}: sound"


def test_a_script_that_does_not_hold_ends_with_1_and_says_why(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # lines of a failure are cut where a path makes them too long
    code, out, _ = run("run", script(tmp_path, FAILING).name, "--quiet")
    assert code == 1
    assert 'expect screen "Tap, swipe or insert card" within 2s' in out
    assert "terminal-sim run " in out
    assert out.splitlines()[-1] == "1 failed"


def test_every_wrong_script_is_told_and_nothing_runs(run: Run, tmp_path: Path) -> None:
    script(tmp_path, SALE)
    script(tmp_path, FAILING.replace("press", "prss"), "wrong.keys")
    script(tmp_path, FAILING.replace("within 2s", "within 2"), "worse.keys")
    for command in ("run", "check"):
        code, out, err = run(command, tmp_path)
        assert (code, out) == (2, "")
        assert "wrong.keys:5:3: " in err
        assert "did you mean 'press'?" in err
        assert "worse.keys:6:" in err


def test_a_check_runs_nothing(run: Run, tmp_path: Path) -> None:
    file = script(tmp_path, FAILING)
    assert run("check", file) == (0, f"{file}: right; 1 to run\n", "")


@pytest.mark.parametrize(
    ("expression", "summary", "code"),
    [("@tapped", "2 held", 0), ("nothing", "nothing to run", 5), ("sale and not tapped", "2 held", 0)],
)
def test_an_expression_chooses_scenarios(
    run: Run, tmp_path: Path, expression: str, summary: str, code: int
) -> None:
    ended, out, _ = run("run", script(tmp_path, SALE), "-k", expression)
    assert (ended, out.splitlines()[-1]) == (code, summary)


def test_an_expression_that_cannot_be_read_is_exit_code_2(run: Run, tmp_path: Path) -> None:
    code, _, err = run("run", script(tmp_path, SALE), "-k", "a and")
    assert code == 2
    assert err.startswith("terminal-sim: -k 'a and' cannot be read")


def test_an_empty_folder_is_exit_code_5(run: Run, tmp_path: Path) -> None:
    assert run("run", tmp_path) == (5, "nothing to run\n", "")
    assert run("check", tmp_path) == (5, "nothing to check\n", "")
    assert run("demo", "--locale", "de") == (5, "no terminal of these demonstrations speaks de\n", "")
    assert run("check", tmp_path)[0] == 5


@pytest.mark.parametrize("there", [SALE, "{}\n", '{"mono": 1}', "[1]\n", "\ufeff", "\x00" * 9])
def test_a_trace_replaces_no_file_that_is_no_trace(run: Run, tmp_path: Path, there: str) -> None:
    other = tmp_path / "kept"
    other.write_text(there, encoding="utf-8")
    code, _, err = run("run", "--trace", other, script(tmp_path, SALE))
    assert (code, other.read_text("utf-8")) == (2, there)
    assert (
        err == f"terminal-sim: {other} is there and is no trace: name another file, or take it away first\n"
    )


def test_a_trace_replaces_an_older_one_and_an_empty_file(run: Run, tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    trace.touch()
    for _ in range(2):
        assert run("run", script(tmp_path, SALE), "--trace", trace, "--profile", "v400m")[0] == 0
    first, *_ = trace.read_text("utf-8").splitlines()
    assert json.loads(first)["mono"] == 0


def test_a_trace_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    code, out, err = run("run", script(tmp_path, SALE), "--trace", tmp_path / "no" / "trace.jsonl")
    assert (code, out) == (2, "")
    assert err == f"terminal-sim: {tmp_path / 'no' / 'trace.jsonl'}: No such file or directory\n"


def test_a_run_over_a_pseudo_terminal_holds_as_well(run: Run, tmp_path: Path) -> None:
    code, out, _ = run(
        "run", script(tmp_path, SALE), "--reader", "pty", "--profile", "s1f2", "-q", "-k", "@sale"
    )
    assert (code, out) == (0, "1 held\n")


# --- shell, demo ---------------------------------------------------------------------------------------------------


def test_a_shell_does_what_is_piped_in_and_shows_what_comes_of_it(
    run: Run, typed: Callable[[str], None]
) -> None:
    typed(
        "# a sale\n\npress OK\npress 1000 OK\ninsert mastercard-pin\npress ${card.pin} OK\nexpect screen Approuvé\n"
    )
    code, out, err = run("shell", "v400m", "--locale", "fr-CA")
    assert code == 2
    assert err.startswith("expect screen Approuvé: put visible text in quotation marks")
    assert "[ Démarrer ]" in out
    assert "Enter PIN" in out  # the card speaks English


def test_lines_piped_into_a_shell_may_begin_with_a_byte_order_mark(
    run: Run, typed: Callable[[str], None]
) -> None:
    typed("\ufeffpress OK\n")
    assert run("shell", "v400m")[0] == 0


def test_a_shell_prints_receipts_and_notes(run: Run, typed: Callable[[str], None]) -> None:
    typed(
        'press OK\npress 1000 OK\ninsert visa-credit\nexpect screen "Approved"\nnote "done"\nquit\npress! OK\n'
    )
    code, out, err = run("shell", "v400m")
    assert (code, err) == (0, "")
    assert "MERCHANT COPY" in out
    assert "# done" in out


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ('expect screen "Nothing" within 1s', 1, 'expect screen "Nothing" within 1s: expected "Nothing" on the screen'),
        ("prss OK", 2, "prss OK: there is no act 'prss'; did you mean 'press'?"),
        ("press", 2, "press: KEYS"),
        ('press "OK', 2, 'press "OK: '),
        ("insert vsa-credit", 2, "insert vsa-credit: there is no card 'vsa-credit'; did you mean 'visa-credit'?"),
        ("press ${nothing}", 2, "press ${nothing}: ${nothing} has no value"),
        ("from state x", 2, "from state x: from state is for scenarios of a file"),
        ("remove card", 2, "remove card: no card is in the slot"),
    ],
)  # fmt: skip
def test_a_line_that_does_not_hold_or_is_wrong_sets_the_exit_code(
    run: Run, typed: Callable[[str], None], line: str, code: int, says: str
) -> None:
    typed(line + "\n")
    ended, _, err = run("shell", "v400m")
    assert ended == code
    assert err.startswith(says)


def test_the_help_of_the_shell_has_every_form(run: Run, typed: Callable[[str], None]) -> None:
    typed("help\n")
    _, out, _ = run("shell", "s1f2")
    assert [f"  {verb.form}" for verb in VERBS.values()] == out.splitlines()[-len(VERBS) :]


def test_the_help_of_a_verb_is_its_docstring(run: Run, typed: Callable[[str], None]) -> None:
    typed("help network\nhelp netwrok\n")
    _, out, _ = run("shell", "s1f2")
    for verb in (VERBS["network",], VERBS["network", "slow"]):
        assert f"  {verb.form}\n      {verb.doc}\n" in out
    assert "no line begins with 'netwrok'; did you mean 'network'?" in out


@pytest.mark.skipif(sys.platform == "win32", reason="this is how a POSIX shell closes a stream")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_standard_stream_may_be_closed(closed: str) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}"}
    command = f'exec "{sys.executable}" -m terminal_sim shell s1f2 {closed}'
    ran = subprocess.run(
        ["sh", "-c", command], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_tour_plays_to_its_end_with_screens_and_receipts(run: Run) -> None:
    code, out, err = run("demo")
    assert (code, err) == (0, "")
    assert "Approved" in out
    assert "Approuvé" in out
    assert "APPROVED" in out
    assert "4111111111111111" not in out


# --- help ----------------------------------------------------------------------------------------------------------


def test_help_lists_the_lines_and_the_faults(run: Run) -> None:
    code, out, _ = run("help")
    assert (code, out.count("\n")) == (0, len(VERBS))
    code, out, _ = run("help", "fault")
    assert code == 0
    for fault in FAULTS:
        (line,) = [line for line in out.splitlines() if line.strip().startswith(f"{fault} ")]
        assert fault.meaning in line
    assert run("help", "fualt") == (
        2,
        "",
        "terminal-sim: no line begins with 'fualt'; did you mean 'fault'?\n",
    )
