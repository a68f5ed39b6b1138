"""`terminal-sim help`: the lines of the script language, what those do that begin with some words, and the catalogue of faults."""

from __future__ import annotations

from argparse import Namespace
from textwrap import indent

from terminal_sim.bench.faults import FAULTS
from terminal_sim.cli import UserError
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.verbs import VERBS, Verb

_CATALOGUE = "fault"


def run(given: Namespace) -> int:
    if given.words and not _verbs(given.words):
        raise UserError(no_such_line(given.words))
    print(help_of(given.words))
    return ExitCode.HELD


def help_of(words: list[str]) -> str:
    """The forms of all verbs, or what the verbs that begin with `words` do; one sentence where none does."""
    if not words:
        return "\n".join(f"  {verb.form}" for verb in VERBS.values())
    found = _verbs(words)
    if not found:
        return f"  {no_such_line(words)}"
    told = [f"  {verb.form}\n{indent(verb.doc, ' ' * 6)}" for verb in found]
    return "\n".join([*told, *(_faults() if words[0] == _CATALOGUE else [])])


def no_such_line(words: list[str]) -> str:
    return f"no line begins with {' '.join(words)!r}{suggest(words[0], (first for first, *_ in VERBS))}"


def _verbs(words: list[str]) -> list[Verb]:
    return [verb for verb in VERBS.values() if list(verb.words[: len(words)]) == words]


def _faults() -> list[str]:
    """Each fault with its arguments and its meaning."""
    width = max(len(str(fault)) for fault in FAULTS)
    return [
        f"      {fault!s:{width}}  {fault.meaning}{f' {fault.part.only}' if fault.part is not None else ''}"
        for fault in FAULTS
    ]
