"""The real printer of a command line: opened before anything runs, closed at its end, and what became of it said then."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from terminal_sim.cli.console import as_user_errors

if TYPE_CHECKING:
    from terminal_sim.printers import EscPosPrinter


@contextmanager
def printer_at(address: str) -> Iterator[EscPosPrinter | None]:
    """The printer at an address, None where it is "". Raises `UserError` where it cannot be opened."""
    if not address:
        yield None
        return
    from terminal_sim.printers import PrinterAddress, PrinterError, UnsafePrinter, open_printer

    with as_user_errors(PrinterError, UnsafePrinter):
        printer = open_printer(PrinterAddress.parse(address))
    try:
        yield printer
    finally:
        printer.close()
        if printer.problem:
            print(
                f"terminal-sim: {printer.problem}; what came out after that is not on paper", file=sys.stderr
            )
