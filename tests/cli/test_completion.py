"""What `terminal-sim completion` prints completes command lines in a real bash, zsh and fish."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal_sim import profile
from terminal_sim.cli.completion import SHELLS, commands_of
from terminal_sim.cli.main import main, parser
from tests.patience import PATIENCE

Completes = Callable[[str], list[str]]

_BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_terminal_sim
printf '%s\\n' "${COMPREPLY[@]}"
"""
# The functions of zsh's own completion say here what they are told.
_ZSH = """
compdef() { }
compadd() { shift; print -l -- "$@" }
_describe() { print -l -- "${list[@]%%:*}" }
_files() { print FILES "$@" }
source "$1"; shift
words=("$@"); CURRENT=$#
_terminal_sim
"""


def completes(shell: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> Completes:
    """Gives what the shell offers for the last word of a line."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} on this machine")
    assert main(["completion", shell]) == 0
    script = folder / f"completion.{shell}"
    script.write_text(capsys.readouterr().out, encoding="utf-8")

    def complete(line: str) -> list[str]:
        words = line.split(" ")
        if shell == "fish":
            command = [program, "--no-config", "-c", f'source {script}; complete -C "{line}"']
        elif shell == "zsh":
            command = [program, "-f", "-c", _ZSH, "zsh", str(script), *words]
        else:
            command = [program, "--norc", "-c", _BASH, "bash", str(script), *words]
        ran = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=True, timeout=PATIENCE
        )
        assert ran.stderr == ""
        return [offered.partition("\t")[0] for offered in ran.stdout.splitlines() if offered]

    return complete


LINES = [
    ("terminal-sim ", {"run", "check", "profiles", "lsp"}),
    ("terminal-sim profiles ", {"list", "show", "draw"}),
    ("terminal-sim run --pro", {"--profile"}),
    ("terminal-sim run --profile v4", {"v400m", "v400m-refund"}),
    ("terminal-sim run --profile v400m --locale ", {"en-CA", "fr-CA"}),
    ("terminal-sim readers serve x --card visa-s", {"visa-stripe"}),
    ("terminal-sim cards show mu", {"mute"}),
    ("terminal-sim profiles draw --format ", {"mermaid", "svg", "png"}),
    ("terminal-sim help fau", {"fault", "faults"}),
    ("terminal-sim completion ", {"bash", "zsh", "fish"}),
]


@pytest.mark.parametrize("shell", SHELLS)
def test_commands_options_and_names_are_completed(
    shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    complete = completes(shell, tmp_path, capsys)
    for line, has in LINES:
        assert has <= {*complete(line)}, line


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_only_what_begins_so_is_offered(
    shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    complete = completes(shell, tmp_path, capsys)
    assert complete("terminal-sim che") == ["check"]
    assert {*complete("terminal-sim run --profile s1")} == {"s1f2", "s1f2-offline", "s1f2-refund"}


def test_bash_completes_files_with_blanks_and_folders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    complete = completes("bash", tmp_path, capsys)
    (tmp_path / "a sale.keys").touch()
    (tmp_path / "states").mkdir()
    assert complete("terminal-sim check a") == ["a sale.keys"]
    assert complete("terminal-sim verify s") == ["states"]
    assert complete("terminal-sim run --state a") == []


def test_every_command_and_option_of_the_parser_is_completed(capsys: pytest.CaptureFixture[str]) -> None:
    commands = [*commands_of(parser())]
    assert {("run",), ("profiles", "draw"), ("report", "totals"), ()} <= {one.words for one in commands}
    for shell in SHELLS:
        main(["completion", shell])
        printed = capsys.readouterr().out
        flags = {flag for one in commands for option in one.options for flag in option.flags}
        said = {f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in flags}
        assert [flag for flag in (said if shell == "fish" else flags) if flag not in printed] == []
        assert [name for name in (*profile.names(), *profile.variants()) if name not in printed] == []
