"""Messages of the Terminal API as the vendor's libraries send and accept them, and the facts of its public schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[2] / "vectors" / "pos"


def vectors(name: str) -> Any:
    """The content of `tests/vectors/pos/NAME.json`."""
    return json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))
