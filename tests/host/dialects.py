"""The dialects that tests go through: those that are shipped, and one of each encoding that no shipped one has."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from terminal_sim.datafiles import toml
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.host.iso8583.dialect import Iso8583
from terminal_sim.host.iso8583.layout import DialectLayout
from terminal_sim.host.iso8583.load import bundled_dialects, load_dialect

LIBRARY = bundled() / "dialects"
OTHERS = {
    "ebcdic": """
        extends = "iso8583-1993"
        id = "ebcdic"
        encodings = { message_type = "ebcdic", bitmap = "ebcdic", lengths = "ebcdic", numbers = "ebcdic", text = "ebcdic" }
    """,
    "filled-right": """
        extends = "iso8583-1987"
        id = "filled-right"
        encodings = { lengths = "binary", odd = "right" }
        elements.private_data = { de = 62, form = "b..999", lengths = "ascii" }
        elements.amount = { de = 4, form = "n12", encoding = "ascii" }
    """,
    "authenticated": """
        extends = "iso8583-1987"
        id = "authenticated"
        mac = "iso9797-3"
    """,
}
"""Dialects by their names, each what its file says."""
NAMES = (*bundled_dialects(), *OTHERS)


@cache
def dialect(name: str) -> Iso8583:
    """A shipped dialect, or one of the above."""
    if name not in OTHERS:
        return load_dialect(name)
    file = Path(mkdtemp()) / f"{name}.toml"
    file.write_text("\n".join(line.strip() for line in OTHERS[name].splitlines()), encoding="utf-8")
    return Iso8583(toml.read(file, DialectLayout, library=LIBRARY), name)
