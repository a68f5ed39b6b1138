"""An act of the explorer: the words of a line of the script language, such as ("press", "1000", "OK") or ("network", "down").

A session is a list of acts. What an act does is what its line does in a script, so that a list of acts is a script.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from terminal_sim.bench import Duration

Act: TypeAlias = tuple[str, ...]

PRESS, PRESS_BLINDLY, HOLD, TAP, WAIT = "press", "press!", "hold", "tap", "wait"
_BLIND = "!"
TAP_BLINDLY = f"{TAP}{_BLIND}"
PRESENTING: Mapping[str, Literal["insert", "tap", "swipe"]] = {
    "insert": "insert",
    "tap-card": "tap",
    "swipe": "swipe",
}
FAULTS = ("network", "service", "paper", "battery", "power", "fault", "host", "tear", "account")
"""The first words of acts that make something go wrong around the terminal, or right again."""
_LONG = Duration.parse("5min")


def line_of(act: Act) -> str:
    """The act as a line of a script."""
    return f"{TAP} id:{act[1]}" if act[0] == TAP else " ".join(act)


def line_of_last(act: Act) -> str:
    """The same for an act in which a rule is broken: a sound firmware need not take the key, nor show what is touched, and the line goes on where it does not."""
    line = line_of(act)
    return line.replace(act[0], act[0] + _BLIND, 1) if act[0] in (PRESS, TAP) else line


def cost(act: Act) -> int:
    """What the act adds to the length of a session: a fault counts as five ordinary acts."""
    return 5 if act[0] in FAULTS else 1


def is_digits(word: str) -> bool:
    """Whether a word of keys spells itself."""
    return word.isascii() and word.isdigit()


def with_new_tickets(acts: Iterable[Act], sales: int) -> list[Act]:
    """The same where the point of sale has `sales` sales already: those that the acts begin are the next ones, since a ticket that is there is refused."""
    tickets: dict[str, str] = {}
    found: list[Act] = []
    for act in acts:
        if act[:2] == ("pos", "sale"):
            tickets.setdefault(act[2], f"T-{sales + len(tickets) + 1}")
        known = len(act) > 2 and act[0] == "pos" and act[2] in tickets
        found.append((*act[:2], tickets[act[2]], *act[3:]) if known else act)
    return found


def joined(acts: Iterable[Act]) -> list[Act]:
    """The same with key presses that follow one another as one act, digits as one word."""
    found: list[Act] = []
    for act in acts:
        if found and act[0] == PRESS and found[-1][0] == PRESS:
            keys = [*found[-1][1:]]
            for word in act[1:]:
                if keys and is_digits(word) and is_digits(keys[-1]):
                    keys[-1] += word
                else:
                    keys.append(word)
            found[-1] = (PRESS, *keys)
        else:
            found.append(act)
    return found


def takes_long(act: Act) -> bool:
    """Whether minutes pass in it: what counts time may show itself."""
    return act[0] == WAIT and Duration.parse(act[1]) >= _LONG
