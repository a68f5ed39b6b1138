"""Scripts that a client sends as text. They stand alone: what one sends may not name files of the server's machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from terminal_sim.bench import ProfileError
from terminal_sim.script.check import check
from terminal_sim.script.parse import parse_text
from terminal_sim.script.tree import Problem, Script, ScriptError
from terminal_sim.script.vocabulary import vocabulary

FILE = Path("script.keys")
_NAMES_FILES = re.compile(
    r'\s*(use\s|cards\s|examples\s+from\s|(from|save)\s+state\s+"|terminal\s.*[/\\])', re.ASCII
)
_NO_SECRETS: Mapping[str, str] = {}


def own_script(text: str) -> Script:
    """The script, read. Raises `ScriptError` for one that names a file, before any file is looked for."""
    found = [
        Problem(FILE, number, 1, "a script that is sent stands alone: it names no file", line)
        for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1)
        if _NAMES_FILES.match(line)
    ]
    if found:
        raise ScriptError(found)
    return parse_text(text, FILE)


def problems(text: str) -> list[dict[str, object]]:
    """Everything that is wrong with the script: line and column from 1, and how many characters it concerns."""
    try:
        check(own_script(text), vocabulary(), environ=_NO_SECRETS)
    except ScriptError as wrong:
        return [
            {"line": each.line, "column": each.column, "width": each.width, "sentence": each.sentence}
            for each in wrong.problems
        ]
    except ProfileError as wrong:
        return [{"line": 1, "column": 1, "width": 1, "sentence": str(wrong)}]
    return []
