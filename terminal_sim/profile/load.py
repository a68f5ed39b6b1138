"""Where the terminal profiles are, and how one is read: the bundled ones by name, any other by its path."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from terminal_sim.core.config import Profile
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.datafiles.changes import Changes
from terminal_sim.datafiles.sources import ProfileError, load_table
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.datafiles.toml import read

IDENTITY = ("profile", "id", "extends")
"""Keys that say which profile a file is, and are no options of it."""
_VARIANTS = "variants"
_HEAD = re.compile(rb"^(profile|extends)\s*=", re.MULTILINE)


def names() -> list[str]:
    """The bundled devices, in alphabetical order: the files beside each other that say so in their head."""
    return sorted(path.stem for path in bundled().glob("*.toml") if _is_device(path))


def variants() -> list[str]:
    """Devices with other hardware or by other rules, which are run where they are named and not as one of `all`."""
    return sorted(path.stem for path in (bundled() / _VARIANTS).glob("*.toml"))


def _is_device(file: Path) -> bool:
    return _HEAD.search(file.read_bytes()) is not None


def is_path(profile: str) -> bool:
    """Whether a profile is named by its file, and not by the name of a bundled one."""
    return "/" in profile or profile.endswith(".toml")


def file_of(profile: str | Path) -> Path:
    """The file of a bundled name or of a path (`is_path`). Raises `ProfileError`."""
    if isinstance(profile, Path) or is_path(profile):
        return Path(profile)
    file = f"{profile}.toml"
    if file in os.listdir(bundled() / _VARIANTS):
        return bundled() / _VARIANTS / file
    if file not in os.listdir(bundled()) or not _is_device(bundled() / file):
        known = [*names(), *variants()]
        cure = suggest(profile, known) or f"; there are {', '.join(known)}"
        raise ProfileError(f"there is no profile {profile!r}{cure}")
    return bundled() / file


def load(profile: str | Path, options: Changes | None = None) -> Profile:
    """A bundled profile by name, any other by path; `options` go before what its file says. Raises `ProfileError`."""
    for key in options or {}:
        if key in IDENTITY:
            raise ProfileError(f"{key!r} says which profile this is, and is no option")
    file = file_of(profile)
    loaded = read(file, Profile, library=bundled(), changes=options)
    return loaded if "kernel" in (options or {}) or not is_path(loaded.kernel) else _placed(loaded, file)


def _placed(loaded: Profile, file: Path) -> Profile:
    """The profile with the path of its kernel file from the file that names it."""
    said = next(one.file for one in load_table(file, bundled())[1] if "kernel" in one.keys)
    return replace(loaded, kernel=str((said.parent / loaded.kernel).absolute()))
