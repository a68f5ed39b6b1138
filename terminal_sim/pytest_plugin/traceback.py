"""Tracebacks of Python tests end at a line of the test."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

_OURS = Path(__file__).parents[1]


def end_at_their_line(failure: BaseException) -> None:
    """Cuts the lines of the simulator off the end of the traceback, where an expectation did not hold or a call cannot be.

    Any other exception that passes through the simulator may be its fault: that traceback stays whole.
    """
    if not type(failure).__module__.startswith("terminal_sim."):
        return
    from terminal_sim.bench import BenchMisuse, ProfileError
    from terminal_sim.verbs import BadScript, ExpectationFailed

    if not isinstance(failure, ExpectationFailed | BadScript | BenchMisuse | ProfileError):
        return
    last: TracebackType | None = None
    entry = failure.__traceback__
    while entry is not None:
        if _OURS not in Path(entry.tb_frame.f_code.co_filename).parents:
            last = entry
        entry = entry.tb_next
    if last is not None:
        last.tb_next = None
