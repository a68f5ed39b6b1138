"""Messages as the vendors' libraries send and accept them, and the facts of their public schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[1] / "vectors" / "pos"


def vectors(name: str) -> Any:
    """The content of `tests/vectors/pos/NAME.json`."""
    return json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))
