"""Dialects by their names, or out of files of one's own."""

from __future__ import annotations

from pathlib import Path

from terminal_sim.datafiles import toml as typed_toml
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.errors import BenchMisuse
from terminal_sim.host.config import DEFAULT_DIALECT
from terminal_sim.host.iso8583.dialect import Iso8583
from terminal_sim.host.iso8583.layout import DialectLayout

_MADE: dict[str, Iso8583] = {}


def bundled_dialects() -> tuple[str, ...]:
    """The names of the dialects that are shipped."""
    return tuple(sorted(file.stem for file in (bundled() / "dialects").glob("*.toml")))


def load_dialect(source: str = DEFAULT_DIALECT) -> Iso8583:
    """The dialect of this name, or of a file whose path ends in `.toml`. Raises `BenchMisuse` for no such name, `ProfileError` for a bad file."""
    if source.endswith(".toml"):
        return _made(typed_toml.read(Path(source), DialectLayout, library=bundled() / "dialects"), source)
    file = bundled() / "dialects" / f"{source}.toml"
    if not file.is_file():
        known = bundled_dialects()
        raise BenchMisuse(
            f"there is no dialect {source!r}{suggest(source, known) or '; there are ' + ', '.join(known)}"
        )
    return _made(typed_toml.read(file, DialectLayout), source)


def _made(layout: DialectLayout, source: str) -> Iso8583:
    """One object as long as its file stays what it is."""
    made = _MADE.get(source)
    if made is None or made.layout is not layout:
        made = _MADE[source] = Iso8583(layout, source)
    return made
