"""Writes the script that repeats what was done at a terminal by hand, from the trace.

1. Keys and touches come from the firmware's entries, everything else from the `act` entries that verbs write.
2. Digits of a hidden field were never written: a PIN becomes `${card.pin}`, what else was hidden a `secret` that the
   environment gives. A hidden entry is taken for the right one, and for a whole one.
3. Virtual time that passed becomes `wait`, and each new screen an expectation, so a replay gives the same trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from terminal_sim.bench import Duration, TraceEntry, contents
from terminal_sim.script.selection import exactly

_HIDDEN = "DIGIT"
_PIN_SCREEN = "enter-pin"
_PIN = "${card.pin}"
_HOLD = "hold"


@dataclass(frozen=True, slots=True)
class _Move:
    """Something done from `at` to `until` (virtual microseconds) while the screen `screen` showed.

    `what` is a key that `verb` presses or, without `verb`, a whole line.
    """

    at: int
    until: int
    screen: str
    verb: str
    what: str


def record(entries: Iterable[TraceEntry], *, profile: str, locale: str, name: str) -> str:
    """A script with one scenario `name` of everything that was done at the one terminal of the entries."""
    moves, began, ended = _moves(entries)
    steps, secrets = _steps(moves, began, ended)
    head = ["keys 1", f"terminal {profile}", f"locale   {locale}", *(f"secret   {name}" for name in secrets)]
    return "\n".join([*head, "", f"scenario {exactly(name)}", *(f"  {step}" for step in steps)]) + "\n"


def _moves(entries: Iterable[TraceEntry]) -> tuple[list[_Move], int, _Move]:
    """What was done, when the first screen showed, and where it ended (a move that does nothing)."""
    moves: list[_Move] = []
    screen, began, now, holding = "", -1, 0, False
    for entry in entries:
        now = entry.at.mono
        content = entry.content
        if isinstance(content, contents.ScreenShown):
            screen = content.screen
            began = now if began < 0 else began
        elif isinstance(content, contents.KeyPress) and not holding:
            moves.append(_Move(now, now, screen, "press", content.key))
        elif isinstance(content, contents.KeyPress):
            # The key of a hold is written when it is let go; nothing else happened since.
            moves[-1] = replace(moves[-1], until=now)
            holding = False
        elif isinstance(content, contents.InputIgnored) and moves and moves[-1].verb:
            moves[-1] = replace(moves[-1], verb="press!")
        elif isinstance(content, contents.Touch):
            moves.append(_Move(now, now, screen, "", f"tap id:{content.target}"))
        elif isinstance(content, contents.Act):
            moves.append(_Move(now, now, screen, "", content.line))
            holding = moves[-1].what.startswith(f"{_HOLD} ")
    return moves, began, _Move(now, now, screen, "", "")


def _steps(moves: Sequence[_Move], began: int, end: _Move) -> tuple[list[str], list[str]]:
    """The lines of the scenario, and the names of the secrets that they need."""
    steps: list[str] = []
    secrets: list[str] = []
    since, said = began, ""
    for move in (*moves, end):
        if move.at > since:
            steps.append(f"wait {Duration(move.at - since)}")
        since = move.until
        if move.screen != said:
            steps.append(f"expect screen id:{move.screen}")
            said = move.screen
        if not move.verb:
            steps += [move.what] if move.what else []
            continue
        word = _word(move, secrets)
        if steps and steps[-1].startswith(f"{move.verb} "):
            steps[-1] = _typed(steps[-1], word)
        else:
            steps.append(f"{move.verb} {word}")
    return steps, secrets


def _word(move: _Move, secrets: list[str]) -> str:
    if move.what != _HIDDEN:
        return move.what
    if move.screen == _PIN_SCREEN:
        return _PIN
    name = move.screen.upper().replace("-", "_")
    if name not in secrets:
        secrets.append(name)
    return f"${{{name}}}"


def _typed(line: str, word: str) -> str:
    """The line with one more key: digits are spelled as one number, a hidden entry is one value."""
    last = line.rpartition(" ")[2]
    if word.startswith("$"):
        return line if last == word else f"{line} {word}"
    return f"{line}{word}" if word.isdigit() and last.isdigit() else f"{line} {word}"
