"""Receipts as ESC/POS, the language of receipt printers, by python-escpos.

1. The printer prints the lines of the simulated one, bold where they are, draws QR codes itself, and cuts the paper.
2. A character is printed in a code page that has it, among those of the model or in the one that is chosen, so French comes out whole; spaces that do not
   break a line are plain ones there.
3. A printer that fails takes nothing more: the terminal has printed all the same, and `problem` says why the paper is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Protocol

from terminal_sim.datafiles.suggest import suggest
from terminal_sim.display.paper import PaperLine
from terminal_sim.printers.address import PrinterAddress, PrinterError
from terminal_sim.printers.port import PrinterPort, open_port

_SPACES = str.maketrans(dict.fromkeys("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}", " "))
_ANY_MODEL = "default"
_MODULE = 6  # dots of a module of a QR code


class Printable(Protocol):
    """A receipt that came out of a terminal."""

    @property
    def lines(self) -> Sequence[PaperLine]: ...


class EscPos:
    """Makes the bytes of receipts for one model, in its code pages or in `codepage` alone. Raises `PrinterError` for a name that is none."""

    def __init__(self, model: str = "", codepage: str = "") -> None:
        try:
            from escpos.capabilities import CAPABILITIES
            from escpos.magicencode import Encoder, MagicEncode
            from escpos.printer import Dummy
        except ImportError:
            raise PrinterError(
                'a real printer needs the extra print: pip install "terminal-sim[print]"'
            ) from None
        models = CAPABILITIES["profiles"]
        if model and model not in models:
            raise PrinterError(f"python-escpos knows no model {model!r}{suggest(model, models)}")
        self._device: Any = Dummy(profile=model or _ANY_MODEL)
        pages = self._device.profile.get_code_pages()
        if codepage and codepage not in pages:
            have = suggest(codepage, pages) or f": it has {', '.join(sorted(pages))}"
            raise PrinterError(f"the printer has no code page {codepage!r}{have}")
        if codepage:
            self._device.magic = MagicEncode(self._device, encoder=Encoder({codepage: pages[codepage]}))

    def receipt(self, lines: Sequence[PaperLine]) -> bytes:
        """The lines, and the cut. It begins with the defaults of the printer, which may have been switched off and on since the last one."""
        self._device.hw("INIT")
        self._device.magic.encoding = None
        bold = False
        for code, group in groupby(lines, key=lambda line: line.code):
            if code:
                self._device.qr(code, native=True, size=_MODULE, center=False)
                continue
            for line in group:
                if line.bold is not bold:
                    bold = line.bold
                    self._device.set(bold=bold)
                self._device.textln(line.text.translate(_SPACES))
        if bold:
            self._device.set(bold=False)
        self._device.cut(mode="PART")
        made: bytes = self._device.output
        self._device.clear()
        return made


class EscPosPrinter:
    """The printer at the end of a line; `name` is how a user calls it. It takes the receipts of terminals (`bench.ReceiptTaker`)."""

    def __init__(self, line: PrinterPort, language: EscPos, name: str) -> None:
        self._line = line
        self._language = language
        self._name = name
        self.problem = ""

    def take(self, terminal: str, receipt: Printable) -> None:  # noqa: ARG002 - all terminals print on one printer
        if self.problem:
            return
        try:
            self._line.write(self._language.receipt(receipt.lines))
        except OSError as wrong:
            self.problem = f"the printer {self._name} stopped: {wrong.strerror or wrong}"

    def close(self) -> None:
        self._line.close()


def open_printer(address: PrinterAddress) -> EscPosPrinter:
    """The printer at `address`. Raises `PrinterError` with the cure."""
    language = EscPos(address.options.get("model", ""), address.options.get("codepage", ""))
    return EscPosPrinter(open_port(address), language, str(address))
