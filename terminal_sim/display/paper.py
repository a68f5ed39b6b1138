"""A receipt in the language it prints in: as the lines of a thermal printer, as a picture of the paper, and as a page in its real size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from terminal_sim.core.config import PrinterConfig
from terminal_sim.core.receipt import Centred, Pair, Receipt, ReceiptLine, Side, Written
from terminal_sim.core.screen import QrCode
from terminal_sim.display.layout import Run
from terminal_sim.display.lines import SIMULATOR, two_sides, wrap
from terminal_sim.display.markup import MONO, document, number, rect, text
from terminal_sim.display.texts import Texts

_ADVANCE = 0.602  # of DejaVu Sans Mono, at font size 1
_LEADING = 1.35
_DOTS = 8.0  # a millimetre of a thermal head of 203 dots an inch
_ROLLS = (58.0, 80.0)  # widths of paper in mm
_EDGE = 5.0  # mm of a page that stay white above and below
_INK = "#22252b"


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A line as the printer prints it."""

    text: str
    bold: bool = False


def receipt_lines(receipt: Receipt, texts: Texts, columns: int) -> tuple[PaperLine, ...]:
    """The receipt in lines of at most `columns` characters. Long texts are wrapped, none is cut. The last line says where it comes from."""
    return tuple(_printed(receipt, texts, columns))


def receipt_text(receipt: Receipt, texts: Texts, columns: int) -> str:
    """The same as text."""
    return "\n".join(line.text for line in _printed(receipt, texts, columns))


def receipt_page(receipt: Receipt, texts: Texts, printer: PrinterConfig) -> str:
    """The receipt as an SVG document of the paper's own size in millimetres, from which a browser prints a page or writes a PDF.

    The paper is the narrower of 58 and 80 mm that takes the printer's head (8 dots a millimetre), and a head that is wider has a margin of 4 mm at each side.
    Its text stays text, so it can be selected and searched.
    """
    lines = receipt_lines(receipt, texts, printer.columns)
    head = printer.dots / _DOTS
    wide = next((roll for roll in _ROLLS if head < roll), head + 8.0)
    size = head / printer.columns / _ADVANCE
    deep = len(lines) * size * _LEADING + 2 * _EDGE
    left = (wide - head) / 2
    parts = [
        f"<style>@page {{ size: {number(wide)}mm {number(deep)}mm; margin: 0 }}</style>",
        rect(0, 0, wide, deep, "#ffffff"),
        *(
            text(
                Run(line.text, left, _EDGE + (at + 0.8) * size * _LEADING, size, "start", line.bold),
                "#000000",
            )
            for at, line in enumerate(lines)
            if line.text
        ),
    ]
    return document(wide, deep, _title(receipt), parts, font=MONO, locale=receipt.locale, unit="mm")


def receipt_svg(receipt: Receipt, texts: Texts, printer: PrinterConfig) -> str:
    """The paper that came out of the printer, as an SVG document; its inner width is the printer's dots."""
    lines = receipt_lines(receipt, texts, printer.columns)
    size = printer.dots / printer.columns / _ADVANCE
    leading, margin, tooth = size * _LEADING, size * 1.5, size * 0.5
    wide, deep = printer.dots + 2 * margin, len(lines) * leading + 2 * margin
    teeth = round(wide / tooth)
    step = wide / teeth
    torn = "".join(
        f"l{number(-step / 2)} {number(-tooth)}l{number(-step / 2)} {number(tooth)}" for _ in range(teeth)
    )
    parts = [
        f'<path d="M0 0H{number(wide)}V{number(deep + tooth)}{torn}Z" fill="#fdfcf7" stroke="#d8d4c8"/>',
        *(
            text(Run(line.text, margin, margin + (at + 0.8) * leading, size, "start", line.bold), _INK)
            for at, line in enumerate(lines)
            if line.text
        ),
    ]
    return document(wide, deep + tooth, _title(receipt), parts, font=MONO, locale=receipt.locale)


def _title(receipt: Receipt) -> str:
    return f"{SIMULATOR}: {receipt.copy.value} {receipt.reference}"


def _printed(receipt: Receipt, texts: Texts, columns: int) -> Iterator[PaperLine]:
    for line in receipt.lines:
        bold = isinstance(line, Centred | Written | Pair) and line.bold
        yield from (PaperLine(printed, bold) for printed in _lines(line, receipt.locale, texts, columns))
    yield PaperLine("")
    yield PaperLine(f"*** {SIMULATOR} ***".center(columns).rstrip())


def _lines(line: ReceiptLine, locale: str, texts: Texts, columns: int) -> Iterator[str]:
    match line:
        case Centred(text=phrase):
            yield from (part.center(columns).rstrip() for part in wrap(texts.phrase(phrase, locale), columns))
        case Written(text=words, side=side):
            for part in wrap(words, columns) or [""]:
                yield part.rjust(columns) if side is Side.RIGHT else part
        case QrCode(data=data):
            yield from (part.center(columns).rstrip() for part in wrap(f"[QR {data}]", columns))
        case Pair(label=label, value=value):
            yield from two_sides(texts.phrase(label, locale), texts.phrase(value, locale), columns)
        case _:
            yield ""
