"""Real receipt printers, which print what comes out of a virtual terminal."""

from terminal_sim.printers.address import PrinterAddress, PrinterError, UnsafePrinter
from terminal_sim.printers.escpos import EscPosPrinter, open_printer

__all__ = ["EscPosPrinter", "PrinterAddress", "PrinterError", "UnsafePrinter", "open_printer"]
