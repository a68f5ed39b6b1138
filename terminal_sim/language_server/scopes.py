"""What the words of a document are judged by: its terminals, cards, macros, variables and states, found fast enough for each key press."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from terminal_sim.language_server.document import Document
from terminal_sim.language_server.names import Reads, columns_of, macros_of, used_by
from terminal_sim.script.candidates import ScriptNames
from terminal_sim.script.diagnostics import Diagnostics
from terminal_sim.script.parse import parse_text
from terminal_sim.script.scope import Scope
from terminal_sim.script.settings import settings
from terminal_sim.script.tree import Macro, ScriptError, SourcePlace
from terminal_sim.script.vocabulary import vocabulary

_GIVEN = re.compile(r"^[^\S\r\n]+(?:let|capture)[^\S\r\n]+([A-Za-z_][\w-]*)", re.MULTILINE | re.ASCII)
_SAVED = re.compile(r"^[^\S\r\n]+save[^\S\r\n]+state[^\S\r\n]+([A-Za-z_][\w-]*)", re.MULTILINE | re.ASCII)
_PARAMETER = re.compile(r"\$\{([A-Za-z_][\w-]*)\}", re.ASCII)


def scope_of(document: Document) -> Scope:
    """The terminals and cards of a document; all bundled terminals where it names none that is right."""
    said = tuple((word, tuple(token.text for token in values)) for word, values in document.settings.items())
    return _scope(document.path, said)


@lru_cache(32)
def _scope(path: Path, said: tuple[tuple[str, tuple[str, ...]], ...]) -> Scope:
    words = vocabulary()
    lines = [" ".join((word, *values)) for word, values in said if values]
    try:
        script = parse_text("\n".join(["keys 1", *lines]), path)
    except ScriptError:
        script = parse_text("keys 1", path)
    diagnostics = Diagnostics()
    diagnostics.about(script)
    found = settings(script, words, diagnostics, profiles=None, locale="", options={}, environ={})
    profiles = tuple(found.profiles.values()) or tuple(words.load(name) for name in words.profiles)
    return Scope(words, profiles, words.cards(found.decks), found.decks)


def forget() -> None:
    """Read terminals and cards again: a file was saved, which may be one of them."""
    _scope.cache_clear()


def names_of(document: Document, line: int, read: Reads) -> ScriptNames:
    """The names that a step of the document may say at a line."""
    macros = {}
    for name, (home, section) in macros_of([document, *used_by(document, read)]).items():
        parameters = tuple(found for token in section.head[2:] for found in _PARAMETER.findall(token.text))
        macros[name] = Macro(name, SourcePlace(home.path, section.first + 1), parameters, ())
    variables = dict.fromkeys(_GIVEN.findall(document.text))
    variables.update(dict.fromkeys(token.text for token in document.settings.get("secret", ())))
    within = document.section_at(line)
    if within is not None and within.word == "macro":
        variables.update(dict.fromkeys(_PARAMETER.findall(document.line(within.first))))
    if within is not None and within.table >= 0:
        variables.update(dict.fromkeys(columns_of(document, within)))
    return ScriptNames(macros, tuple(variables), tuple(dict.fromkeys(_SAVED.findall(document.text))))
