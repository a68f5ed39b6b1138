"""Acts that are simpler to read than another one of the same kind."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Duration
from terminal_sim.explore.search.act import PRESENTING, PRESS, WAIT, Act, is_digits

_UNITS = tuple(map(Duration.parse, ("1d", "1h", "1min", "1s")))
_PLAINEST = {"insert": "visa-credit", "tap-card": "visa-credit", "swipe": "visa-stripe"}
_FIRST_TICKET = "T-1"


def simpler_acts(act: Act) -> Iterator[Act]:
    """Acts of the same kind that are simpler to read, the simplest first; a wait is only made longer, so that what was due is due all the same."""
    if act[0] in PRESENTING and act[1] != _PLAINEST[act[0]]:
        yield (act[0], _PLAINEST[act[0]])
    elif act[0] == PRESS:
        for at, word in enumerate(act[1:], 1):
            if is_digits(word) and len(word) > 1:
                for short in ("1", "1000"):
                    if len(short) < len(word) or (short == "1000" and len(word) == 4 and word != short):
                        yield (*act[:at], short, *act[at + 1 :])
    elif act[:2] == ("host", "answers") and len(act) > 3:
        yield act[:3]
    elif act[0] == "pos" and act[2] != _FIRST_TICKET:
        yield (*act[:2], _FIRST_TICKET, *act[3:])
    elif act[0] == WAIT:
        length = Duration.parse(act[1])
        for unit in _UNITS:
            whole = Duration(-(-length // unit) * unit)
            if whole != length and len(str(whole)) < len(act[1]):
                yield (WAIT, str(whole))
