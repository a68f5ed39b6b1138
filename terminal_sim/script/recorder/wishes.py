"""What a person may wish of a recording: how it names things on the screen, and what it expects beside the screens."""

from __future__ import annotations

from enum import Enum


class Naming(Enum):
    """How a recorded line names a thing on the screen: by its id, which is the same in every language, or by what can be read there."""

    ID = "id"
    TEXT = "text"


class Expected(Enum):
    """What a recording expects beside the screens, each by the verb of this name."""

    HOST = "host"
    RECEIPT = "receipt"
    JOURNAL = "journal"
    LIGHT = "light"
    BEEP = "beep"
