"""A receipt in the language it prints in: as the lines of a thermal printer, and as a picture of the paper."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.core.config import PrinterConfig
from terminal_sim.core.receipt import Centred, Pair, Receipt, ReceiptLine
from terminal_sim.display.layout import Run
from terminal_sim.display.lines import SIMULATOR, two_sides, wrap
from terminal_sim.display.markup import MONO, document, number, text
from terminal_sim.display.texts import Texts

_ADVANCE = 0.602  # of DejaVu Sans Mono, at font size 1
_INK = "#22252b"


def receipt_text(receipt: Receipt, texts: Texts, columns: int) -> str:
    """The receipt in lines of at most `columns` characters. Long texts are wrapped, none is cut."""
    return "\n".join(line for line, _ in _printed(receipt, texts, columns))


def receipt_svg(receipt: Receipt, texts: Texts, printer: PrinterConfig) -> str:
    """The paper that came out of the printer, as an SVG document; its inner width is the printer's dots."""
    lines = list(_printed(receipt, texts, printer.columns))
    size = printer.dots / printer.columns / _ADVANCE
    leading, margin, tooth = size * 1.35, size * 1.5, size * 0.5
    wide, deep = printer.dots + 2 * margin, len(lines) * leading + 2 * margin
    teeth = round(wide / tooth)
    step = wide / teeth
    torn = "".join(
        f"l{number(-step / 2)} {number(-tooth)}l{number(-step / 2)} {number(tooth)}" for _ in range(teeth)
    )
    parts = [
        f'<path d="M0 0H{number(wide)}V{number(deep + tooth)}{torn}Z" fill="#fdfcf7" stroke="#d8d4c8"/>',
        *(
            text(Run(line, margin, margin + (at + 0.8) * leading, size, "start", bold), _INK)
            for at, (line, bold) in enumerate(lines)
            if line
        ),
    ]
    title = f"{SIMULATOR}: {receipt.copy.value} {receipt.reference}"
    return document(wide, deep + tooth, title, parts, font=MONO, locale=receipt.locale)


def _printed(receipt: Receipt, texts: Texts, columns: int) -> Iterator[tuple[str, bool]]:
    """The lines, and whether each is bold; the last one says where the receipt comes from."""
    for line in receipt.lines:
        bold = isinstance(line, Centred | Pair) and line.bold
        yield from ((printed, bold) for printed in _lines(line, receipt.locale, texts, columns))
    yield from (("", False), (f"*** {SIMULATOR} ***".center(columns).rstrip(), False))


def _lines(line: ReceiptLine, locale: str, texts: Texts, columns: int) -> Iterator[str]:
    match line:
        case Centred(text=phrase):
            yield from (part.center(columns).rstrip() for part in wrap(texts.phrase(phrase, locale), columns))
        case Pair(label=label, value=value):
            yield from two_sides(texts.phrase(label, locale), texts.phrase(value, locale), columns)
        case _:
            yield ""
