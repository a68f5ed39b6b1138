"""Inputs that once were findings, and those that look as if: (meaning, target, hex). They run without atheris too."""

from __future__ import annotations

CORPUS = [
    ("a card that is silent from the start", "kernel with a random card", ""),
    ("a reserved byte of CCID that is not 0 is ignored", "CCID message", "65000000000007006500"),
    ("a name that spells the card number", "tracks", b"%B4112222222^N 4112222222^^^278?".hex()),
    (
        "a track 2 longer than a card",
        "stripe bits",
        "0100006890842108421084210842D9087280C208C92ADE6890842108421084210842D9087280C208C92ADE0A61FB80",
    ),
    (
        "a USB record of a time that no clock tells",
        "USB record",
        "00" * 8 + "53030202" + "00" * 11 + "80" + "FF" * 4 + "00" * 36,
    ),
    ("more data for ever", "kernel with a random card", "00" + "026110" * 40),
    ("a wrong Le for ever", "T=0 answers", "01" + "026C02" * 10),
    ("templates without end", "TLV", "7080" * 100),
    ("a card that asks for time for ever", "T=1 terminal", "20" + "0300C301" * 300),
    (
        "a USB/IP transfer without end",
        "USB/IP",
        "0111800300000000" + "312D31" + "00" * 29 + "00000001" + "FF" * 44,
    ),
    ("a PPS for T=15, which is no protocol, is read and cannot be built", "PPS both ways", "FF0FF0"),
    ("a tab in a quoted name", "selection", "220922"),
    ("a schema format that SQLite does not know", "journal", "002FFF"),
]

OPEN: list[tuple[str, str, str]] = []
"""Findings that are not mended yet. Whoever mends one moves its row up and takes `open` from its target."""
