"""Verbs as keywords: their names, arguments, types and documents as Robot Framework asks a dynamic library for them.

1. A keyword is named by the words of its verb: `expect screen` is `Expect Screen`, and `Expect No Screen` where it has an opposite.
2. What stands at its place in a script does so here. What has a word or a name before it is a named argument: `within 5s` is `within=5s`.
3. A word that cannot name an argument (the `=` of `let`) makes its value one that stands at its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from robot.api.types import Secret

from terminal_sim.adapters.session import SECRET_KINDS
from terminal_sim.verbs import VERBS, Parameter, Verb
from terminal_sim.verbs.signature import NEGATION, ValueKind

Argument = str | tuple[str, object]

_MORE = "more"
_LOOKING = ("expect", "forbid", "capture")
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class RobotKeyword:
    """A verb as a keyword; `no` is its opposite."""

    verb: Verb
    no: bool = False

    @property
    def name(self) -> str:
        words = [word.replace("-", " ").title() for word in self.verb.words]
        return " ".join([words[0], NEGATION.title(), *words[1:]] if self.no else words)

    @property
    def placed(self) -> tuple[Parameter, ...]:
        """What stands at its place."""
        unnamed = tuple(p for p in self.verb.introduced.values() if not _names(p.keyword))
        return self.verb.values + unnamed

    @property
    def named(self) -> Mapping[str, Parameter]:
        """The named arguments."""
        introduced = {word: p for word, p in self.verb.introduced.items() if _names(word)}
        left_out = ("within",) if self.no else ("for",) if self.verb.negatable else ()
        return {name: p for name, p in {**self.verb.named, **introduced}.items() if name not in left_out}

    @property
    def arguments(self) -> list[Argument]:
        """As `get_keyword_arguments` gives them: a name, a name with its default, `*` before named ones, `*many`, `**any`."""
        found: list[Argument] = [
            p.name.rstrip("_") if p.required else (p.name, p.default) for p in self.placed
        ]
        rest = self.verb.rest
        if rest is not None:
            found += [rest.name, f"*{_MORE}"] if rest.required else [f"*{rest.name}"]
        elif self.named:
            found.append("*")
        found += [name if p.required else (name, p.default) for name, p in self.named.items()]
        return [*found, "**fields"] if self.verb.fields else found

    @property
    def types(self) -> dict[str, Any]:
        """The type of each argument, by its name; Robot Framework converts to it what a test says."""
        found = {p.name.rstrip("_"): _type(p) for p in self.placed} | {
            n: _type(p) for n, p in self.named.items()
        }
        rest = self.verb.rest
        if rest is not None:
            names = (rest.name, _MORE) if rest.required else (rest.name,)
            found |= dict.fromkeys(names, _type(rest))
        return {name: kind for name, kind in found.items() if kind is not None}

    @property
    def documentation(self) -> str:
        opposite = "It must not hold now, nor while ``for`` lasts. " if self.no else ""
        lines = [
            opposite + _CODE.sub(r"``\1``", " ".join(self.verb.doc.split())),
            "",
            f"In a script: ``{self.verb.form}``",
        ]
        meanings = [f"- ``{name}``: {p.meaning}" for name, p in self._explained() if p.meaning]
        return "\n".join([*lines, "", *meanings] if meanings else lines)

    @property
    def tags(self) -> list[str]:
        return ["expectation" if self.verb.words[0] in _LOOKING else "act"]

    def _explained(self) -> Iterator[tuple[str, Parameter]]:
        yield from ((p.name.rstrip("_"), p) for p in self.placed)
        if self.verb.rest is not None:
            yield self.verb.rest.name, self.verb.rest
        yield from self.named.items()


def keywords() -> dict[str, RobotKeyword]:
    """Every keyword by its name."""
    every = [RobotKeyword(verb) for verb in VERBS.values()]
    every += [RobotKeyword(verb, no=True) for verb in VERBS.values() if verb.negatable]
    return {keyword.name: keyword for keyword in every}


def _names(word: str) -> bool:
    return word.isidentifier()


def _type(parameter: Parameter) -> Any:
    """None where any text will do."""
    if parameter.choices:
        return Literal[parameter.choices]
    if parameter.kind is ValueKind.TIME:
        return timedelta
    if parameter.kind is ValueKind.COUNT:
        return int
    if parameter.repeated:
        return list[str] | str
    return str | Secret if parameter.kind in SECRET_KINDS else str


@dataclass(frozen=True, slots=True)
class OwnKeyword:
    """A keyword that is no verb: `method` is the library's."""

    method: str
    arguments: list[Argument]
    documentation: str

    @property
    def tags(self) -> list[str]:
        return ["reading" if self.method.startswith("get_") else "setup"]


OWN = {
    "Get Screen": OwnKeyword(
        "get_screen",
        [("on", "main")],
        "Returns the settled screen as text, in its frame; ``on`` names the display where the terminal has several.",
    ),
    "Get Receipt": OwnKeyword(
        "get_receipt",
        [("copy", "")],
        "Returns the newest receipt as text, or the newest ``merchant`` or ``customer`` copy; an empty text where there is none.",
    ),
    "New Terminal": OwnKeyword(
        "new_terminal",
        [("profile", ""), ("locale", ""), "**options"],
        "Begins with a fresh terminal in place of the one there is: of another profile, in another language, with options of the profile by their"
        " dotted keys, such as ``offline.allowed=true``. What is not said is as the import of the library says.",
    ),
    "From State": OwnKeyword(
        "from_state",
        ["state", ("profile", ""), ("locale", ""), "**options"],
        "Goes on where `Save State` kept everything: under its name in an earlier test of this suite, or in a file beside the suite. The terminal is of the"
        " profile of that state, so another than that of the import is named here, too.",
    ),
}
"""The keywords beside the verbs."""
