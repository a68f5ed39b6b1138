"""Does the run of a bundle on the product that this module belongs to, and answers with one line of JSON: `python -m ... BUNDLE`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec

from terminal_sim.explore import product
from terminal_sim.explore.bundle import BundleError
from terminal_sim.explore.bundle_file import read
from terminal_sim.explore.firmware import FirmwareAnswer
from terminal_sim.explore.replay import Replay


def answer(bundle: Path) -> FirmwareAnswer:
    """What the replay comes to."""
    try:
        with Replay(read(bundle), os.environ) as replay:
            for _ in replay.acts():
                pass
            found = replay.difference
    except BundleError as wrong:
        return FirmwareAnswer(product.VERSION, error=str(wrong))
    if found is None:
        return FirmwareAnswer(product.VERSION)
    return FirmwareAnswer(
        product.VERSION,
        event=found.event,
        wanted=found.wanted,
        got=found.got,
        wanted_screen=found.wanted_screen,
        got_screen=found.got_screen,
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(answer(Path(sys.argv[1]))) + b"\n")
