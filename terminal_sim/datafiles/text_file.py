"""The text of a file that people write: UTF-8, with or without a byte order mark, and of a bounded size.

Scripts, profiles, cards and tables are read here, so that each of them takes what any editor writes and refuses the rest alike.
"""

from __future__ import annotations

import codecs
from pathlib import Path

LARGEST_FILE = 1 << 20
"""Bytes. A script of 20,000 lines has as many; what is larger is no file that a person wrote."""

BYTE_ORDER_MARK = "\ufeff"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LOOKED_AT = 200  # bytes that show whether every second one is zero


class UnreadableFile(ValueError):
    """Why a file cannot be read as text: one sentence with its cure, and the line from 1, 0 for the file itself."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


def text_of(path: Path) -> str:
    """The text of the file, without a byte order mark. Raises `UnreadableFile`."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UnreadableFile(f"{error.strerror or error}; check the path") from None
    if len(data) > LARGEST_FILE:
        raise UnreadableFile(f"larger than {LARGEST_FILE >> 20} MiB; split it into smaller files")
    return decoded(data)


def decoded(data: bytes) -> str:
    """The same for the content of a file."""
    if data.startswith(_UTF_16) or _has_zeros_of_utf_16(data):
        raise UnreadableFile("UTF-16 and not UTF-8; save the file as UTF-8", 1)
    try:
        return data.decode().removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            "not UTF-8; save the file as UTF-8", data.count(b"\n", 0, error.start) + 1
        ) from None


def _has_zeros_of_utf_16(data: bytes) -> bool:
    """Whether the data begins as Latin text in UTF-16 does that has no byte order mark: each second byte is zero."""
    head = data[:_LOOKED_AT]
    return len(head) > 1 and (not any(head[::2]) or not any(head[1::2]))
