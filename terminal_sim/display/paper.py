"""A receipt in the language it prints in: as the lines of a thermal printer, as a picture of the paper, and as a page in its real size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from terminal_sim.core.config import PrinterConfig
from terminal_sim.core.receipt import Centred, Pair, Receipt, ReceiptLine, Side, Written
from terminal_sim.core.screen import QrCode
from terminal_sim.display.layout import Run
from terminal_sim.display.lines import SIMULATOR, two_sides, wrap
from terminal_sim.display.markup import MONO, document, number, rect, text
from terminal_sim.display.qr import qr_square
from terminal_sim.display.texts import Texts

_ADVANCE = 0.602  # of DejaVu Sans Mono, at font size 1
_LEADING = 1.35
_DOTS = 8.0  # a millimetre of a thermal head of 203 dots an inch
_ROLLS = (58.0, 80.0)  # widths of paper in mm
_EDGE = 5.0  # mm of a page that stay white above and below
_INK = "#22252b"


class PaperLine(Struct, frozen=True):
    """A line as the printer prints it. Lines with the same `code` stand for a QR code, which a printer prints in their place."""

    text: str
    bold: bool = False
    code: str = ""


_BOLD = (Centred, Written, Pair)
"""What may be bold."""


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
    left = (wide - head) / 2
    drawn, height = _drawn(lines, left, _EDGE, head, size, "#000000")
    deep = height + 2 * _EDGE
    parts = [
        f"<style>@page {{ size: {number(wide)}mm {number(deep)}mm; margin: 0 }}</style>",
        rect(0, 0, wide, deep, "#ffffff"),
        *drawn,
    ]
    return document(wide, deep, _title(receipt), parts, font=MONO, locale=receipt.locale, unit="mm")


def receipt_svg(receipt: Receipt, texts: Texts, printer: PrinterConfig) -> str:
    """The paper that came out of the printer, as an SVG document; its inner width is the printer's dots."""
    lines = receipt_lines(receipt, texts, printer.columns)
    size = printer.dots / printer.columns / _ADVANCE
    margin, tooth = size * 1.5, size * 0.5
    drawn, height = _drawn(lines, margin, margin, printer.dots, size, _INK)
    wide, deep = printer.dots + 2 * margin, height + 2 * margin
    teeth = round(wide / tooth)
    step = wide / teeth
    torn = "".join(
        f"l{number(-step / 2)} {number(-tooth)}l{number(-step / 2)} {number(tooth)}" for _ in range(teeth)
    )
    parts = [
        f'<path d="M0 0H{number(wide)}V{number(deep + tooth)}{torn}Z" fill="#fdfcf7" stroke="#d8d4c8"/>',
        *drawn,
    ]
    return document(wide, deep + tooth, _title(receipt), parts, font=MONO, locale=receipt.locale)


def _drawn(
    lines: Sequence[PaperLine], left: float, top: float, head: float, size: float, ink: str
) -> tuple[list[str], float]:
    """The lines as they stand on the paper from `top` on, and how high they are together; `head` is as wide as the printer's. A code fills half of it."""
    parts: list[str] = []
    y, leading, side = top, size * _LEADING, head / 2
    for code, group in groupby(lines, key=lambda line: line.code):
        if code:
            parts += qr_square(code, left + side / 2, y, side, ink)
            y += side
            continue
        for line in group:
            if line.text:
                parts.append(text(Run(line.text, left, y + 0.8 * leading, size, "start", line.bold), ink))
            y += leading
    return parts, y - top


def _title(receipt: Receipt) -> str:
    return f"{SIMULATOR}: {receipt.copy.value} {receipt.reference}"


def _printed(receipt: Receipt, texts: Texts, columns: int) -> Iterator[PaperLine]:
    for line in receipt.lines:
        bold = isinstance(line, _BOLD) and line.bold
        code = line.data if isinstance(line, QrCode) else ""
        yield from (
            PaperLine(printed, bold, code) for printed in _lines(line, receipt.locale, texts, columns)
        )
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
