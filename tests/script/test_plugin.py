"""pytest collects scripts, shows their failures, and gives Python tests a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

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
    # In a process of its own: one in ours forgets the modules that it was the first to import, and with them their exceptions.
    return project.runpytest_subprocess("-p", "terminal_sim.pytest_plugin", *arguments)


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
    result.stderr.fnmatch_lines(["ERROR: --terminal: there is no profile 's1f3'; did you mean 's1f2'?"])
    result = run(project, "-k", "marker or word")
    result.assert_outcomes(errors=2, deselected=5)
    result.stdout.fnmatch_lines(
        [
            "there is no profile 's1f4'; did you mean 's1f2'?",
            "the marker terminal takes profiles and locale=, not local=",
        ]
    )


def test_the_help_has_a_section_of_ours(project: pytest.Pytester) -> None:
    result = run(project, "--help")
    result.stdout.fnmatch_lines(
        ["payment terminals (terminal-sim):", "*--terminal=PROFILE*", "*--terminal-reader=*"]
    )
    run(project, "--markers").stdout.fnmatch_lines(["@pytest.mark.terminal(*"])


def test_the_profile_is_a_property_of_the_report(sale: Sale) -> None:
    assert '<property name="profile" value="v400m"' in sale.report
    assert '<property name="reader" value="virtual"' in sale.report


def test_a_reader_that_cannot_be_is_refused_before_anything_runs(project: pytest.Pytester) -> None:
    result = run(project, "--terminal-reader", "acme+serial:///dev/ttyUSB0")
    result.stderr.fnmatch_lines(["*--terminal-reader: no reader address: 'acme+serial:///dev/ttyUSB0'*"])
