"""Receipts as they come out of a terminal's printer, and who takes them: a folder of files, a real printer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from terminal_sim.core.config import PrinterConfig
from terminal_sim.core.receipt import Centred, Pair, Receipt, ReceiptLine
from terminal_sim.core.text import Text
from terminal_sim.display.paper import PaperLine, receipt_lines, receipt_page, receipt_svg, receipt_text
from terminal_sim.display.png import png
from terminal_sim.display.texts import Texts


@dataclass(frozen=True)
class PrintedReceipt:
    """A receipt that came out. It is drawn when it is read."""

    receipt: Receipt = field(repr=False)
    _texts: Texts = field(repr=False)
    _printer: PrinterConfig = field(repr=False)

    @property
    def copy(self) -> str:
        """`merchant` or `customer`, `report` for that of a batch, or `document` for what a point of sale has printed."""
        return self.receipt.copy.value

    @cached_property
    def written(self) -> tuple[ReceiptLine, ...]:
        """What stands on it line by line, in no language yet; worked out once."""
        return self.receipt.lines

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of the wordings of its lines, in their order."""
        parts = (
            part for line in self.written for part in (getattr(line, "text", ""), getattr(line, "label", ""))
        )
        return tuple(str(part.id) for part in parts if not isinstance(part, str))

    @cached_property
    def values(self) -> Mapping[str, object]:
        """What stands behind each label, by the label's id; of several the first."""
        found: dict[str, object] = {}
        for line in self.written:
            label = getattr(line, "label", None)
            if isinstance(label, Text):
                found.setdefault(label.id, getattr(line, "value", ""))
        return found

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

    @property
    def lines(self) -> tuple[PaperLine, ...]:
        """The same line by line, with what is bold."""
        return receipt_lines(self.receipt, self._texts, self._printer.columns)

    def svg(self) -> str:
        """The paper as a picture."""
        return receipt_svg(self.receipt, self._texts, self._printer)

    def png(self) -> bytes:
        """The same as pixels."""
        return png(self.svg())

    def page(self) -> str:
        """The paper in its real size in millimetres, as SVG to print or to make a PDF of."""
        return receipt_page(self.receipt, self._texts, self._printer)


class ReceiptTaker(Protocol):
    """Takes each receipt as it comes out of the printer of `terminal`. It raises nothing: what it cannot do is no fault of the terminal."""

    def take(self, terminal: str, receipt: PrintedReceipt) -> None: ...


class ReceiptFiles:
    """Keeps receipts in `folder`, which it makes: each as text, as a picture, and as a page in its real size.

    They are called `NAME-1-merchant.txt`, `.png`, `.svg`, by `name` and in their order. `problem` says why one is not there, "" where all are.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._count = 0
        self.problem = ""

    def take(self, terminal: str, receipt: PrintedReceipt) -> None:  # noqa: ARG002 - the name is the scenario's
        self._count += 1
        stem = f"{self._name}-{self._count}-{receipt.copy}"
        made = {"txt": f"{receipt.text}\n".encode(), "png": receipt.png(), "svg": receipt.page().encode()}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for suffix, content in made.items():
                (self._folder / f"{stem}.{suffix}").write_bytes(content)
        except OSError as error:
            self.problem = (
                f"receipts are not kept: {error.filename or self._folder}: {error.strerror or error}"
            )
