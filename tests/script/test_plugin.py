"""pytest collects scripts, shows their failures, and gives Python tests a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.forked import run_pytest
from tests.patience import PATIENCE

pytest_plugins = ["pytester"]
ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}",
}

SCRIPT = """keys 1
terminal v400m s1f2
requires keypad
scenario "Home" @first
  note "a line in the report"
  expect screen "Start"
scenario "Sale" @sale
  press OK
  press ${amount} OK
  insert visa-credit
  expect screen ${screen}
examples
  | amount | screen |
  | 1000   | x      |
""".replace("expect screen ${screen}", 'expect screen "${screen}" within 1s')


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder whose pytest has our plugin and nothing that is installed here by chance."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return run_pytest(project, "-p", "terminal_sim.pytest_plugin", *arguments)


@dataclass(frozen=True, slots=True)
class Sale:
    """What pytest says of `SCRIPT`, and its report in XML."""

    result: pytest.RunResult
    report: str


@pytest.fixture(scope="module")
def sale(tmp_path_factory: pytest.TempPathFactory) -> Sale:
    """One process answers several questions."""
    folder = tmp_path_factory.mktemp("sale")
    (folder / "sale.keys").write_text(SCRIPT, "utf-8")
    words = ("-p", "terminal_sim.pytest_plugin", "-v", "-rs", "--junitxml=report.xml")
    began = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=folder,
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    result = pytest.RunResult(
        ran.returncode, ran.stdout.splitlines(), ran.stderr.splitlines(), time.monotonic() - began
    )
    return Sale(result, (folder / "report.xml").read_text("utf-8"))


def test_a_script_is_a_test_for_each_scenario_profile_and_row(sale: Sale) -> None:
    result = sale.result
    result.assert_outcomes(passed=1, failed=1, skipped=2)
    result.stdout.fnmatch_lines(
        [
            "*Home [[]v400m[]]*PASSED*",
            "*Home [[]s1f2[]]*SKIPPED*",
            "*Sale [[]amount=1000, screen=x[]] [[]v400m[]]*FAILED*",
            "*s1f2 has no keypad*",
        ]
    )


def test_a_failure_is_shown_as_it_is_told_and_without_a_traceback(sale: Sale) -> None:
    result = sale.result
    result.stdout.fnmatch_lines(
        [
            '*sale.keys:11: expect screen "${screen}" within 1s',
            '*expected   "x" on the screen within 1s',
            "*last of the trace:",
            "*again: terminal-sim run *sale.keys --profile v400m -k *",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*def runtest*")


def test_tags_and_names_select(project: pytest.Pytester) -> None:
    project.makefile(".keys", sale=SCRIPT)
    run(project, "-k", "first").assert_outcomes(passed=1, skipped=1, deselected=2)
    run(project, "-k", "amount and not s1f2").assert_outcomes(failed=1, deselected=3)


def test_an_option_chooses_among_the_terminals_of_a_script(project: pytest.Pytester) -> None:
    project.makefile(".keys", sale=SCRIPT)
    run(project, "--terminal", "s1f2").assert_outcomes(skipped=2)
    project.makefile(".keys", sale='keys 1\nscenario "A"\n  expect screen id:home\n')
    run(project, "--terminal", "s1f2", "--terminal", "v400m").assert_outcomes(passed=2)


def test_scripts_run_over_a_real_line_too(project: pytest.Pytester) -> None:
    project.makefile(".keys", sale=SCRIPT.replace("x  ", "Approved"))
    result = run(project, "--terminal-reader", "pty", "-v")
    result.assert_outcomes(passed=2, skipped=2)
    result.stdout.fnmatch_lines(["*[[]v400m-pty[]]*PASSED*"])


def test_a_script_that_cannot_be_meant_is_an_error_of_collection(project: pytest.Pytester) -> None:
    project.makefile(".keys", sale='keys 1\nterminal v400m\nscenario "A"\n  inser visa-credit\n  press F9\n')
    result = run(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*sale.keys:4:3: there is no act 'inser'; did you mean 'insert'?", "*^^^^^", "*sale.keys:5:9:*"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_python_test_has_a_terminal(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        def test_default(terminal):
            assert terminal.terminal.profile.id == "v400m"
            terminal.press("OK")
            terminal.expect_screen("Amount")

        @pytest.mark.terminal("v400m", "s1f2", locale="fr-CA")
        def test_each(terminal):
            assert terminal.terminal.locale == "fr-CA"
        """
    )
    run(project, "--strict-markers").assert_outcomes(passed=3)
    run(project, "--terminal", "s1f2", "-k", "each").assert_outcomes(passed=1, deselected=1)


def test_the_ini_file_names_the_terminal(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nterminal = s1f2\n")
    project.makepyfile("def test_it(terminal):\n    assert terminal.terminal.profile.id == 's1f2'\n")
    run(project).assert_outcomes(passed=1)


def test_an_unknown_terminal_is_told_in_one_sentence(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        def test_option(terminal):
            pass

        @pytest.mark.terminal("s1f4")
        def test_marker(terminal):
            pass

        @pytest.mark.terminal("s1f2", local="fr-CA")
        def test_word(terminal):
            pass
        """
    )
    project.makefile(".keys", sale=SCRIPT)
    result = run(project, "--terminal", "s1f3")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --terminal-sim-profile: there is no profile 's1f3'; did you mean 's1f2'?"]
    )
    result = run(project, "-k", "marker or word")
    result.assert_outcomes(errors=2, deselected=5)
    result.stdout.fnmatch_lines(
        [
            "there is no profile 's1f4'; did you mean 's1f2'?",
            "the marker terminal takes profiles, locale=, seed=, pack=, cards=, options=, clock=, state=, pos_in_clear=, not local=",
        ]
    )


def test_the_help_has_a_section_of_ours(project: pytest.Pytester) -> None:
    result = run(project, "--help")
    result.stdout.fnmatch_lines(
        [
            "payment terminals (terminal-sim):",
            "*--terminal-sim-profile=PROFILE*",
            "*--terminal-sim-reader=ADDRESS*",
            "*--terminal=PROFILE*",
            "*--terminal-reader=*",
        ]
    )
    run(project, "--markers").stdout.fnmatch_lines(["@pytest.mark.terminal(*"])


def test_the_profile_is_a_property_of_the_report(sale: Sale) -> None:
    assert '<property name="profile" value="v400m"' in sale.report
    assert '<property name="reader" value="virtual"' in sale.report


def test_a_reader_that_cannot_be_is_refused_before_anything_runs(project: pytest.Pytester) -> None:
    result = run(project, "--terminal-reader", "acme+serial:///dev/ttyUSB0")
    result.stderr.fnmatch_lines(["*--terminal-sim-reader: no reader address: 'acme+serial:///dev/ttyUSB0'*"])


FAILING = """keys 1
terminal v400m
scenario "holds" @moto-1 @skip
  press OK
  expect screen id:amount
scenario "fails: a::b" @2:nd
  press OK
  expect screen "nothing like it" within 1s
"""


def test_what_failed_last_is_found_again_by_its_id(project: pytest.Pytester) -> None:
    project.makefile(".keys", sale=FAILING)
    run(project).assert_outcomes(passed=1, failed=1)
    run(project, "--lf").assert_outcomes(failed=1)
    again = run(project, "--ff", "-v")
    again.stdout.fnmatch_lines(["*fails: a: :b*FAILED*", "*holds*PASSED*"], consecutive=True)
    run(project, "sale.keys::fails: a: :b [v400m]").assert_outcomes(failed=1)


def test_new_scripts_are_run_first(project: pytest.Pytester) -> None:
    later = project.makefile(".keys", a=FAILING)
    newer = project.makefile(".keys", b=FAILING)
    os.utime(later, (1, 1))
    os.utime(newer, (2, 2))
    listed = run(project, "--collect-only", "-q", "--nf").stdout.lines
    scripts = [line.partition("::")[0].rpartition("/")[2] for line in listed if "::" in line]
    assert scripts == ["b.keys", "b.keys", "a.keys", "a.keys"]


def test_tags_are_registered_markers_that_only_select(project: pytest.Pytester) -> None:
    project.makefile(".keys", sale=FAILING)
    strict = ("--strict-markers", "-W", "error")
    run(project, *strict, "-m", "moto-1").assert_outcomes(passed=1, deselected=1)
    run(project, *strict, "-m", "not 2_nd").assert_outcomes(passed=1, deselected=1)


def test_a_fixture_and_a_parameter_of_the_project_named_terminal_are_its_own(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        test_fixture="""
        import pytest

        @pytest.fixture(params=["vt100", "xterm"])
        def terminal(request):
            return request.param

        def test_own(terminal):
            assert terminal in ("vt100", "xterm")
        """,
        test_parameter="""
        import pytest

        @pytest.mark.parametrize("terminal", ["vt100", "xterm"])
        def test_own(terminal):
            assert terminal in ("vt100", "xterm")

        @pytest.mark.parametrize("terminal", ["s1f2", "v400m"], indirect=True)
        def test_ours(terminal, request):
            assert terminal.terminal.profile.id in request.node.name

        class TestExtended:
            @pytest.fixture
            def terminal(self, terminal):
                terminal.press("OK")
                return terminal

            def test_extended(self, terminal):
                terminal.expect_screen("Amount")
        """,
    )
    run(project).assert_outcomes(passed=7)


def test_options_of_other_plugins_keep_their_names(project: pytest.Pytester) -> None:
    project.makeconftest(
        """
        def pytest_addoption(parser):
            parser.addoption("--terminal", action="store_true")
            parser.addini("terminal", "ours", default="tty")

        def pytest_report_header(config):
            return f"{config.getoption('--terminal')} {config.getini('terminal')}"
        """
    )
    project.makepyfile("def test_it(terminal):\n    assert terminal.terminal.profile.id == 's1f2'\n")
    result = run(project, "--terminal", "--terminal-reader", "pty", "--terminal-sim-profile", "s1f2")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["True tty"])


def test_a_failed_test_ends_at_its_own_line(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_it(terminal):
            terminal.press("OK")
            terminal.expect_screen("nothing", within="1s")

        def test_key(terminal):
            terminal.press("F99")
        """
    )
    result = run(project)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            '>       terminal.expect_screen("nothing", within="1s")',
            '*expected "nothing" on the screen within 1s',
            "*test_a_failed_test_ends_at_its_own_line.py:3: ExpectationFailed",
            '>       terminal.press("F99")',
            "*v400m has no key 'F99'*",
        ]
    )
    assert "waiting.py" not in result.stdout.str()
    run(project, "--full-trace", "-k", "it").stdout.fnmatch_lines(["*waiting.py:*ExpectationFailed"])


OWN_PROFILE = 'extends = "v400m"\nid = "till"\n'
OWN_CARD = (ROOT / "profiles" / "cards" / "visa-credit.toml").read_text("utf-8")


def test_profile_files_and_what_a_run_takes_reach_scripts_and_tests(project: pytest.Pytester) -> None:
    tests = project.mkdir("deep")
    (project.path / "till.toml").write_text(OWN_PROFILE, "utf-8")
    (tests / "till.toml").write_text(OWN_PROFILE, "utf-8")
    (tests / "deck").mkdir()
    (tests / "deck" / "mine.toml").write_text(OWN_CARD, "utf-8")
    (tests / "sale.keys").write_text(
        'keys 1\nterminal s1f2\nscenario "A"\n  expect screen "Démarrer"\n', "utf-8"
    )
    (tests / "test_it.py").write_text(
        "import pytest\n"
        "@pytest.mark.terminal('till.toml', cards='deck', seed=3, locale='en-CA')\n"
        "def test_marked(terminal):\n"
        "    assert terminal.terminal.profile.id == 'till'\n"
        "    terminal.press('OK', '1124', 'OK')\n"
        "    terminal.insert('mine')\n"
        "    terminal.expect_screen('Declined')\n"
        "def test_chosen(terminal):\n"
        "    assert terminal.terminal.profile.id == 'till'\n"
        "    terminal.expect_screen('Démarrer')\n",
        "utf-8",
    )
    chosen = (
        "--terminal-sim-profile=till.toml", "--terminal-sim-locale=fr-CA", "--terminal-sim-seed=5", "--terminal-sim-pack=adyen-amounts",
    )  # fmt: skip
    result = run(project, *chosen, "-v", "--junitxml=report.xml")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        ["*sale.keys::A [[]till.toml[]] PASSED*", "*test_it.py::test_chosen[[]till.toml[]] PASSED*"]
    )
    assert '<property name="seed" value="5"' in (project.path / "report.xml").read_text("utf-8")
    result = run(project, "--terminal-sim-pack", "none")
    result.stderr.fnmatch_lines(["ERROR: --terminal-sim-pack: *there is no pack 'none'; there is *"])


def test_a_recording_of_each_scenario_is_replayed(project: pytest.Pytester) -> None:
    script = project.makefile(".keys", sale=SCRIPT.replace("x  ", "Approved"))
    folder = project.path / "recorded"
    subprocess.run(
        [sys.executable, "-m", "terminal_sim", "run", script, "--record", folder],
        env=os.environ | ENVIRONMENT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    run(project, "--terminal-sim-reader", f"recording:{folder}").assert_outcomes(passed=2, skipped=2)


def test_scenarios_are_spread_over_processes(project: pytest.Pytester) -> None:
    project.makefile(".keys", sale=SCRIPT, more=FAILING)
    run(project, "-p", "xdist", "-n", "2").assert_outcomes(passed=2, failed=2, skipped=2)


def test_pictures_are_stored_beside_the_tests_and_compared(project: pytest.Pytester) -> None:
    project.makefile(".keys", shot='keys 1\nterminal v400m\nscenario "A"\n  press 5\n  screenshot "x"\n')
    file = project.makepyfile(
        "def test_it(terminal):\n    terminal.press('5')\n    terminal.screenshot('x')\n"
    )
    run(project, "--terminal-sim-update-pictures").assert_outcomes(passed=2)
    assert len(list((project.path / "pictures").glob("*.png"))) == 2
    file.write_text(file.read_text("utf-8").replace("'5'", "'6'"), "utf-8")
    result = run(project, "--terminal-sim-out", "kept")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*store it with --terminal-sim-update-pictures if it is right", "*picture: *kept*.png"]
    )
    assert len(list((project.path / "kept").glob("*.png"))) == len(
        ["screens", "expected", "got", "differs", "difference"]
    )


def test_tests_that_fail_are_kept_in_bundles(project: pytest.Pytester) -> None:
    project.makefile(
        ".keys", a='keys 1\nterminal v400m\nscenario "A"\n  press OK\n  expect screen "x" within 1s\n'
    )
    project.makepyfile(
        """
        def test_holds(terminal):
            terminal.press("OK")

        def test_fails(terminal):
            terminal.press("OK", "1250", "OK")
            terminal.insert("visa-credit")
            terminal.expect_screen("Nowhere", within="1s")
        """
    )
    result = run(project, "--terminal-sim-bundles", "kept")
    result.assert_outcomes(passed=1, failed=2)
    kept = sorted((project.path / "kept").iterdir())
    assert len(kept) == 2
    for file in kept:
        result.stdout.fnmatch_lines([f"*bundle*{file.name}"])
    command = [sys.executable, "-m", "terminal_sim", "replay", str(kept[1])]
    again = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert (again.returncode, again.stderr) == (0, "")
    assert "the same, byte for byte" in again.stdout
