"""Does the sessions that come in on lines of JSON on the product that this module belongs to, and answers each with one line: `python -m ...`."""

from __future__ import annotations

import sys

import msgspec

from terminal_sim.explore.compare.observed import ObservedJob
from terminal_sim.explore.compare.observer import FirmwareObserver


def serve() -> None:
    """One answer for each line, until there are no more."""
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # what a firmware prints is no answer
    with FirmwareObserver() as observer:
        for line in sys.stdin.buffer:
            job = msgspec.json.decode(line, type=ObservedJob)
            out.write(msgspec.json.encode(observer.observe(job.session, pictures=job.pictures)) + b"\n")
            out.flush()


if __name__ == "__main__":
    serve()
