"""Where the data of the package is: profiles, cards, hosts, wordings and fonts. Every room above may import it."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def bundled() -> Path:
    """The wheel carries profiles/ as _profiles/; a checkout reads the real folder."""
    here = Path(__file__).resolve().parents[1]
    packaged = here / "_profiles"
    return packaged if packaged.is_dir() else here.parent / "profiles"
