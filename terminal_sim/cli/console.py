"""What the commands share: whose fault an error is, styles, and tables."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from terminal_sim.cli import UserError


@contextmanager
def blaming_the_user(*errors: type[Exception]) -> Iterator[None]:
    """Whatever of `errors` is raised inside is a `UserError`, and so is a file that cannot be used."""
    try:
        yield
    except errors as error:
        raise UserError(str(error)) from None
    except BrokenPipeError:
        raise  # whoever read us has gone; that is no file of theirs
    except OSError as error:
        raise UserError(f"{error.filename or 'the output or a file'}: {error.strerror}") from None


def is_terminal() -> bool:
    """Whether a person reads the output as it comes, so that colours and rules are welcome."""
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
