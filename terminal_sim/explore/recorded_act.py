"""One act of a run: what a tester did, at which moment, and under which number it stands in the trace.

| first word          | the words after it                                                                   |
|---------------------|--------------------------------------------------------------------------------------|
| `press`             | keys, digits that follow each other as one word; `${visa-credit.pin}` for a secret    |
| `tap`               | the id of what was touched                                                           |
| `save state`        | the name of the state; a replay writes nothing                                       |
| of a verb in `ACTS` | the line of the script language                                                      |
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

PRESS, TAP, SAVE_STATE = "press", "tap", ("save", "state")
ACTS = (
    ("account", "standalone"),
    ("battery",),
    ("fault",),
    ("hold",),
    ("host", "answers"),
    ("host", "pack"),
    ("host", "sends"),
    ("insert",),
    ("network",),
    ("network", "slow"),
    ("order",),
    ("pair",),
    ("paper",),
    ("pos", "cancel"),
    ("pos", "close"),
    ("pos", "payment-type"),
    ("pos", "refund"),
    ("pos", "sale"),
    ("power",),
    ("remove", "card"),
    ("service",),
    ("swipe",),
    ("tap-card",),
    ("tear", "card", "after"),
    ("watch",),
)
"""The words of the verbs that write an act into the trace and touch nothing outside of the bench."""

_WORDS = re.compile(r'(?:"(?:\\.|[^"\\])*"|[^\s"]|"(?![^"]*"))+')


class RecordedAct(Struct, frozen=True, forbid_unknown_fields=True):
    """`act` has its words, `n` is its event number in the trace, `mono` its moment in microseconds of virtual time."""

    n: int
    act: tuple[str, ...]
    mono: int

    @property
    def line(self) -> str:
        """The act as a line of a script."""
        return f"tap id:{self.act[1]}" if self.act[0] == TAP else " ".join(self.act)


def words_of(line: str) -> tuple[str, ...]:
    """The words of a line, a text in quotation marks as one; joined by blanks they are the line again."""
    words = tuple(_WORDS.findall(line))
    return words if " ".join(words) == line else (line,)


def is_act(words: Sequence[str]) -> bool:
    """Whether a replay may do what these words say."""
    if words[0] == TAP:
        return len(words) == len((TAP, "ID"))
    return words[0] == PRESS or any(tuple(words[: len(verb)]) == verb for verb in (SAVE_STATE, *ACTS))
