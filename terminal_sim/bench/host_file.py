"""Which file a host is read from."""

from __future__ import annotations

from pathlib import Path

from terminal_sim.datafiles.bundled import bundled
from terminal_sim.errors import BenchMisuse


def host_file(host: str | Path) -> Path:
    """The file of a bundled host by its name, or the file itself. Raises `BenchMisuse`, which lists the names."""
    if isinstance(host, Path):
        return host
    file = bundled() / "hosts" / f"{host}.toml"
    if not file.is_file():
        known = ", ".join(sorted(path.stem for path in (bundled() / "hosts").glob("*.toml")))
        raise BenchMisuse(f"there is no host {host!r}; there are {known}")
    return file
