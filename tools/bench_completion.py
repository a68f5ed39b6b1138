"""How long an editor waits for what may stand at the cursor of a file of 1,000 lines, and for the rest that it asks while one types."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from bench_rig import Figure, contest

from terminal_sim.language_server.completion import offers_at
from terminal_sim.language_server.cures import problems_of
from terminal_sim.language_server.document import Document
from terminal_sim.language_server.hover import hover_at
from terminal_sim.language_server.names import stored
from terminal_sim.language_server.scopes import names_of, scope_of

_AIM = 20.0  # milliseconds
_LINES = 1_000
_SCENARIO = """
scenario "Sale {}" @sale
  let total = 1250
  press  OK
  press  ${{total}} OK
  insert visa-credit
  expect screen "Approved"
  expect receipt "$12.50" copy=merchant
  expect host sale amount=1250 entry=chip count=1
  remove card
"""
_TYPED = {
    "an act": "  exp",
    "a card": "  insert vi",
    "an id": "  tap id:",
    "a field": "  expect journal sale am",
}


def completions(quick: bool) -> list[Figure]:
    """CPU time of an answer for a text that has just changed, so nothing of it is known."""
    head = "keys 1\nterminal all\n\nmacro home\n  expect screen id:home\n"
    count = (_LINES - head.count("\n")) // _SCENARIO.count("\n")
    text = head + "".join(_SCENARIO.format(number) for number in range(count))
    line = text.count("\n")
    path = Path("bench.keys")

    def offered(typed: str) -> int:
        document = Document(path, text + typed)
        return len(
            offers_at(document, line, len(typed), scope_of(document), names_of(document, line, stored))
        )

    def hovered() -> object:
        document = Document(path, text)
        names = names_of(document, line - 5, stored)
        return hover_at(document, line - 5, 12, scope_of(document), names, stored)

    found = contest(
        {
            **{name: partial(offered, typed) for name, typed in _TYPED.items()},
            "hover": hovered,
            "check": lambda: problems_of(Document(path, text), {}),
        },
        rounds=3 if quick else 11,
        calls=1,
    )
    rest = (
        f"hover: {found.micros('hover') / 1e3:.1f} ms",
        f"all problems, in a thread when typing has stopped: {found.micros('check') / 1e3:.0f} ms",
    )
    return [
        Figure(
            f"completion of {name}, {line:,} lines",
            f"{(millis := found.micros(name) / 1e3):.1f} ms",
            f"{_AIM:.0f} ms",
            millis <= _AIM,
            rest if name == "a field" else (),
        )
        for name in _TYPED
    ]
