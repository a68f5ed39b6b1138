"""What a session shows of a firmware to those outside of it, as values that go through a line of JSON.

| kind      | name                      | text                                                       |
|-----------|---------------------------|------------------------------------------------------------|
| `screen`  | the id of the screen      | the main display, drawn in characters                      |
| `display` | the name of the display   | another display, where an act changed it                   |
| `row`     | the kind of journal row   | a line for each field                                      |
| `message` | `out` or `in`, with kind  | a line for each field                                      |
| `message` | `at`, with kind           | a line for each field that the acquirer read               |
| `till`    | the kind of row           | a line for each field of what the point of sale wrote down |
| `card`    | the step of the payment   | the command that the terminal gave the card                |
| `receipt` | the copy                  | the paper, or that it stopped                              |
| `beep`    | the tone                  |                                                            |
| `light`   | the name of the light     | its state, where an act changed it                         |
| `taken`   | the id of the screen      | keys, and ways of presenting a card, that it takes at last |
| `crash`   | the class of the error    | its text                                                   |
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from terminal_sim.explore.search.act import Act


class ObservedKind(Enum):
    """What came out of a terminal, in the order in which differences are told."""

    SCREEN = "screen"
    DISPLAY = "display"
    ROW = "row"
    MESSAGE = "message"
    TILL = "till"
    CARD = "card"
    RECEIPT = "receipt"
    BEEP = "beep"
    LIGHT = "light"
    TAKEN = "taken"
    CRASH = "crash"


class CorpusSession(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A session of a corpus: acts at a fresh terminal of `profile` with `options`, and the file and title that it has there. `clock` is the civil time at its beginning, the bench's own where it is empty."""

    file: str
    title: str
    profile: str
    locale: str
    options: dict[str, str]
    acts: tuple[Act, ...]
    clock: str = ""


class ObservedJob(Struct, frozen=True, forbid_unknown_fields=True):
    """A session to observe, with drawings or without."""

    session: CorpusSession
    pictures: bool


class Observation(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that came out, `after` so many microseconds of virtual time from the beginning of its act; `picture` is a drawing (SVG) where one was asked for."""

    kind: ObservedKind
    name: str
    after: int
    text: str
    picture: str = ""


class ObservedAct(Struct, frozen=True, forbid_unknown_fields=True):
    """What was done of an act, as lines of a script, and what followed from it."""

    done: tuple[str, ...]
    seen: tuple[Observation, ...]


class ObservedSession(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole session, or the `error` for which it could not begin."""

    acts: tuple[ObservedAct, ...]
    error: str = ""
