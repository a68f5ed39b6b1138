"""What the commands share: errors of the user, styles, and tables."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from terminal_sim.cli import UserError
from terminal_sim.script.exit_code import ExitCode


@contextmanager
def as_user_errors(*errors: type[Exception]) -> Iterator[None]:
    """Turns `errors` that are raised inside into `UserError`, and so an error of the operating system about a file."""
    try:
        yield
    except errors as error:
        raise UserError(str(error), _code(error)) from None
    except BrokenPipeError:
        raise  # the reader of our output has ended; no file of the user is at fault
    except OSError as error:
        raise UserError(f"{error.filename or 'the output or a file'}: {error.strerror}") from None


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Turns an error of the operating system about this file, which has no name of its own when bytes are written, into `UserError`."""
    try:
        yield
    except OSError as error:
        raise UserError(f"{file}: {error.strerror or error}") from None


def _code(error: Exception) -> ExitCode:
    from terminal_sim.errors import Unsafe
    from terminal_sim.readers.opening import UnsafeAddress  # most commands open no reader

    return ExitCode.REFUSED if isinstance(error, Unsafe | UnsafeAddress) else ExitCode.WRONG


def options_of(given: Sequence[str]) -> dict[str, str]:
    """What `--with KEY=VALUE` sets, each option once. Raises `UserError`."""
    options: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise UserError(f"--with {text}: an option is written KEY=VALUE, such as offline.allowed=true")
        if key in options:
            raise UserError(f"--with {text}: {key} is said twice")
        options[key] = value
    return options


def check_network_host(host: str, state: Path | None) -> None:
    """Raises `UserError` for a host on a network without a folder for what its terminals have sent."""
    if host and state is None:
        raise UserError(
            "--host needs --state DIR: a host remembers what it has answered, and a terminal that began to count anew"
            " would send it trace numbers that it knows"
        )


def is_terminal() -> bool:
    """Whether the output goes to a terminal, where colours and rules help."""
    return sys.stdout.isatty()


def styled(text: str, sgr: str) -> str:
    """The text with an ANSI style (`31;1` is red and bold) for a person who has not asked for NO_COLOR."""
    return f"\x1b[{sgr}m{text}\x1b[0m" if is_terminal() and not os.environ.get("NO_COLOR") else text


def print_table(title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Ruled for a person, plain columns for a file."""
    from shutil import get_terminal_size

    from terminal_sim.reports.render import Report, as_table

    report = Report(title, columns, tuple(rows), ())
    print(as_table(report, is_terminal=is_terminal(), width=get_terminal_size().columns), end="")


def print_json(data: object) -> None:
    """What a program reads: indented JSON, characters as they are."""
    import json

    print(json.dumps(data, indent=2, ensure_ascii=False))
