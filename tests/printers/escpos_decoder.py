"""Reads what a printer was sent, by the commands of Epson's ESC/POS reference, so that a test sees the paper."""

from __future__ import annotations

from dataclasses import dataclass, field

# ESC t n: the code pages of the Epson TM series.
PAGES = {0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 16: "cp1252", 19: "cp858"}


@dataclass(slots=True)
class Paper:
    """What came out: lines of text, which of them are bold, and how often it was cut. `resets` counts ESC @, `codes` are the QR codes (GS ( k)."""

    lines: list[str] = field(default_factory=list)
    bold: set[int] = field(default_factory=set)
    cuts: int = 0
    resets: int = 0
    codes: list[str] = field(default_factory=list)


def decoded(data: bytes) -> Paper:
    """Raises `ValueError` for a command that is not known here."""
    paper, line, page, bold, at = Paper(), "", "cp437", False, 0
    while at < len(data):
        command = data[at : at + 2]
        if command == b"\x1b@":
            paper.resets += 1
            at += 2
        elif command == b"\x1bt":
            page = PAGES[data[at + 2]]
            at += 3
        elif command == b"\x1bE":
            bold = bool(data[at + 2])
            at += 3
        elif command == b"\x1bd":
            at += 3
        elif data[at : at + 3] == b"\x1d(k":
            length = int.from_bytes(data[at + 3 : at + 5], "little")
            kind, function, *stored = data[at + 5 : at + 5 + length]
            if (kind, function) == (49, 80):  # store; the first byte is a mode
                paper.codes.append(bytes(stored[1:]).decode())
            at += 5 + length
        elif command == b"\x1dV":
            paper.cuts += 1
            at += 3
        elif data[at] == 0x0A:
            if bold:
                paper.bold.add(len(paper.lines))
            paper.lines.append(line)
            line = ""
            at += 1
        elif data[at] < 0x20:
            raise ValueError(f"unknown command {data[at : at + 4]!r}")
        else:
            line += bytes([data[at]]).decode(page)
            at += 1
    return paper
