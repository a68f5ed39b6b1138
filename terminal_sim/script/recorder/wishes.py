"""What a person may wish of a recording: how it names things on the screen, what it expects beside the screens, and which time it has."""

from __future__ import annotations

from enum import Enum


class Naming(Enum):
    """How a recorded line names a thing on the screen: by its id, which is the same in every language, or by what can be read there."""

    ID = "id"
    TEXT = "text"


class IdleTime(Enum):
    """Whether time in which nothing came due is written: a script that is typed has what it says, and a person at a clock that runs thinks."""

    KEPT = "kept"
    LEFT_OUT = "left out"


class Expected(Enum):
    """What a recording expects beside the screens, each by the verb of this name."""

    HOST = "host"
    RECEIPT = "receipt"
    JOURNAL = "journal"
    LIGHT = "light"
    BEEP = "beep"
