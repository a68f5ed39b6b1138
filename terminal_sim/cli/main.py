"""The command `terminal-sim`: its command line (`grammar`), and the module that carries out each command.

Rules:
1. Nothing heavy is imported here: `--version` needs no grammar, `--help` no command, and a command is imported when it is chosen.
2. An error of the user is one line on the error output; only a fault of the simulator shows a traceback.
3. Exit codes are those of the script language, which `script.exit_code` lists.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from terminal_sim import __version__, collector
from terminal_sim.cli import UserError
from terminal_sim.script.exit_code import ExitCode

TYPE_CHECKING = False  # as typing has it, whose import costs as much as everything else here
if TYPE_CHECKING:
    from terminal_sim.cli.grammar.words import CommandParser

_VERSION = f"terminal-sim {__version__}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line and return its exit code."""
    _open_what_is_closed()
    if (sys.argv[1:] if arguments is None else [*arguments]) == ["--version"]:
        print(_VERSION)
        return ExitCode.HELD
    given = parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Screens have characters that the output may have none for: a question mark keeps their shape.
        sys.stdout.reconfigure(errors="replace")
    try:
        with collector.at_rest():
            module = import_module(f"terminal_sim.cli.{given.module}")
        code: int = module.run(given)
        sys.stdout.flush()
    except UserError as error:
        from terminal_sim.datafiles.printable import printable

        print(f"terminal-sim: {printable(str(error))}", file=sys.stderr)
        return error.code
    except BrokenPipeError:
        # The reader of the output has ended, `head` for one; Python would write an error once more at its exit.
        _drop_output()
        return 0
    except OSError as error:
        # A command handles errors of the files that it was given; what remains is the output, or a disk that is full.
        print(
            f"terminal-sim: {error.filename or 'the output or a file'}: {error.strerror or error}",
            file=sys.stderr,
        )
        _drop_output()
        return ExitCode.WRONG
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception:  # noqa: BLE001 - the outermost frame: every fault is reported here
        import traceback

        traceback.print_exc()
        print(
            "terminal-sim: this is a fault of the simulator and not yours; please report it", file=sys.stderr
        )
        return ExitCode.BROKEN
    return code


def _open_what_is_closed() -> None:
    """Opens a standard stream that the caller closed (`<&-`) on the null device, since Python leaves it None."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for as long as we run


def _drop_output() -> None:
    """What is still buffered goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parser() -> CommandParser:
    """The whole command line."""
    # Imported here: the grammar takes several times as long as Python itself.
    from terminal_sim.cli.grammar import assisting, data, keeping, running, searching, serving
    from terminal_sim.cli.grammar.words import CommandParser

    top = CommandParser(
        prog="terminal-sim", description="A simulator of payment-terminal firmware, with its devices."
    )
    top.add_argument("--version", action="version", version=_VERSION)
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="command")
    for add in (
        running.add_run,
        keeping.add_bundle,
        keeping.add_replay,
        searching.add_coverage,
        searching.add_explore,
        searching.add_simulate,
        searching.add_compare,
        searching.add_campaign,
        searching.add_sweep,
        running.add_check,
        running.add_fmt,
        data.add_profiles,
        data.add_cards,
        serving.add_readers,
        keeping.add_report,
        data.add_keys,
        data.add_emv,
        keeping.add_why,
        keeping.add_verify,
        running.add_shell,
        running.add_record,
        serving.add_serve,
        serving.add_pos_certificate,
        serving.add_host,
        assisting.add_help,
        assisting.add_lsp,
        assisting.add_completion,
        running.add_demo,
        serving.add_doctor,
    ):
        add(commands)
    return top
