"""What the grammars of commands share: how a command is declared, options that several have, and what stands behind an option."""

from __future__ import annotations

import argparse

from terminal_sim.script.exit_code import ExitCode

TYPE_CHECKING = False  # as typing has it, whose import costs as much as everything else here
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any, NoReturn, TypeAlias

    Commands: TypeAlias = "argparse._SubParsersAction[CommandParser]"
else:
    Commands = argparse._SubParsersAction


class CommandParser(argparse.ArgumentParser):
    """One line for a wrong command line, with the way to the help. Options are written out: a new one breaks no script."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        self.exit(ExitCode.WRONG, f"{self.prog}: {message}; see {self.prog} --help\n")


def add_command(commands: Commands, name: str, module: str, about: str) -> CommandParser:
    """`module` is the module of `terminal_sim.cli` whose `run` carries it out."""
    made = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
    made.set_defaults(module=module)
    return made


def add_actions(commands: Commands, name: str, about: str) -> Commands:
    group = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
    return group.add_subparsers(required=True, metavar="ACTION", dest="action")


def add_format(command: CommandParser) -> None:
    command.add_argument(
        "--format", choices=("text", "json"), default="text", help="text by default; json gives the data"
    )


def add_printer(command: CommandParser) -> None:
    command.add_argument(
        "--printer", default="", metavar="ADDRESS",
        help="print receipts on an ESC/POS printer, too: file:///dev/usb/lp0, serial:///dev/ttyUSB0?baud=19200, usb://04b8:0202, network://127.0.0.1:9100",
    )  # fmt: skip


def add_network_host(command: CommandParser) -> None:
    command.add_argument(
        "--host", default="", metavar="ADDRESS",
        help="a host on a network in the place of the virtual acquirer: iso8583://127.0.0.1:8583 or tls+iso8583://...?ca=FILE",
    )  # fmt: skip
    command.add_argument(
        "--first-terminal", type=terminal_number, default=1, metavar="N",
        help="the number of the first terminal, so that several runs with one host have terminals of their own; 1 by default",
    )  # fmt: skip


def add_files(command: CommandParser) -> None:
    command.add_argument(
        "files", nargs="+", type=path, metavar="FILE", help=".keys files, and folders of them"
    )


def add_options(command: CommandParser) -> None:
    command.add_argument(
        "--with", dest="options", action="append", default=[], metavar="KEY=VALUE",
        help="set an option of the profile, such as offline.allowed=true (repeatable); `profiles options` lists them",
    )  # fmt: skip


def add_scenarios(command: CommandParser) -> None:
    """Which scenarios of which files, on which terminals."""
    add_files(command)
    command.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="NAME",
        help="run on this terminal instead (repeatable)",
    )
    add_locale(command)
    add_options(command)
    command.add_argument(
        "-k",
        dest="expression",
        default="",
        metavar="EXPR",
        help="only scenarios of these words and @tags: and, or, not",
    )


def add_locale(command: CommandParser) -> None:
    command.add_argument("--locale", default="", metavar="TAG", help="the terminal's language, such as fr-CA")


def add_bench(command: CommandParser) -> None:
    command.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of everything random; 0 by default"
    )
    command.add_argument("--pack", metavar="NAME", help="the acquirer's amount pack that is in force")
    command.add_argument(
        "--reader", action="append", default=[], metavar="ADDRESS",
        help="virtual (in the process), pty, recording:FOLDER, or a real reader such as ccid+serial:///dev/ttyUSB0; again for a"
        " stripe head beside a chip reader; virtual by default",
    )  # fmt: skip


def _within(least: int, most: int, what: str, cure: str) -> Callable[[str], int]:
    """Reads a number from `least` to `most`; of any other text it says that it is no `what`, and the cure."""

    def read(text: str) -> int:
        if text.isascii() and text.isdigit() and len(text) <= _LONGEST and least <= int(text) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(f"{text!r} is no {what}: {cure}")

    return read


_LONGEST = 18  # digits, zeros before the number among them
_MOST = 999_999_999
number = _within(0, _MOST, "number", "write digits")
event_number = _within(0, _MOST, "number of an event", "write digits")
count = _within(0, 999, "number of times", "write 0 to 999")
terminal_number = _within(1, 9999, "number of a terminal", "write 1 to 9999")
port_number = _within(0, 65535, "port", "write 1 to 65535, or 0 for a free one")


def path(text: str) -> Path:
    from pathlib import Path

    return Path(text)
