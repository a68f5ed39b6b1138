"""Receipts as they come out of a terminal's printer."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from terminal_sim.core.config import PrinterConfig
from terminal_sim.core.receipt import Centred, Pair, Receipt
from terminal_sim.core.text import Text
from terminal_sim.display.paper import receipt_svg, receipt_text
from terminal_sim.display.texts import Texts


@dataclass(frozen=True)
class PrintedReceipt:
    """A receipt that came out. It is drawn when it is read."""

    receipt: Receipt = field(repr=False)
    _texts: Texts = field(repr=False)
    _printer: PrinterConfig = field(repr=False)

    @property
    def copy(self) -> str:
        """`merchant` or `customer`."""
        return self.receipt.copy.value

    @cached_property
    def text(self) -> str:
        """The receipt as the printer wrote it."""
        return receipt_text(self.receipt, self._texts, self._printer.columns)

    @property
    def outcome(self) -> tuple[str, ...]:
        """What it says in bold of the payment, in its language: that it is a copy, the total, and how it ended."""
        said: list[str] = []
        for line in self.receipt.lines:
            if isinstance(line, Pair) and line.bold:
                words = (self._texts.phrase(part, self.receipt.locale) for part in (line.label, line.value))
                said.append(" ".join(words))
            elif isinstance(line, Centred) and line.bold and isinstance(line.text, Text):
                said.append(self._texts.phrase(line.text, self.receipt.locale))
        return tuple(said)

    def svg(self) -> str:
        """The paper as a picture."""
        return receipt_svg(self.receipt, self._texts, self._printer)
