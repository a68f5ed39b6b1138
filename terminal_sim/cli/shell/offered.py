"""What a line that is typed may go on with here: what this screen offers now goes before all other words of the language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from terminal_sim.bench import Role, TerminalUnderTest
from terminal_sim.cli.shell.commands import COMMANDS
from terminal_sim.cli.shell.session import ShellSession
from terminal_sim.script.candidates import CandidateKind, CompletionCandidate
from terminal_sim.script.complete import Completion

_NOW = "on the screen now"
_TOUCHING = "tap"


def offered(line: str, session: ShellSession) -> Completion:
    """The candidates for the last word of the line: first what can be done at the screen as it is."""
    found = session.lines.complete(line)
    before, typed = line[: found.start], line[found.start :]
    there = session.lines.complete(before).candidates if typed else found.candidates
    here = [one for one in _here(before, there, session.terminal) if _fits(one.text, typed)]
    known = {one.text for one in here}
    return Completion(found.start, (*here, *(one for one in found.candidates if one.text not in known)))


def _here(
    before: str, there: Iterable[CompletionCandidate], terminal: TerminalUnderTest
) -> Iterator[CompletionCandidate]:
    words = tuple(before.split())
    yield from _commands(words)
    kinds = {one.kind for one in there}
    if kinds & {CandidateKind.ID, CandidateKind.TEXT}:
        yield from _shown(terminal, touch=words[:1] == (_TOUCHING,))
    if CandidateKind.KEY in kinds:
        meanings = {one.text: one.meaning for one in there if one.kind is CandidateKind.KEY}
        for row in terminal.profile.keypad.layout:
            for key in row:
                if key in meanings and terminal.takes(key):
                    yield CompletionCandidate(
                        key, CandidateKind.KEY, ", ".join(filter(None, (meanings[key], "taken now")))
                    )


def _commands(words: tuple[str, ...]) -> Iterator[CompletionCandidate]:
    """The next words of the commands of the shell that begin so."""
    said: set[str] = set()
    for command in COMMANDS:
        if command.words[: len(words)] == words and len(command.words) > len(words):
            word = command.words[len(words)]
            if word not in said:
                said.add(word)
                yield CompletionCandidate(word, CandidateKind.ACT, command.meaning, command.form)


def _shown(terminal: TerminalUnderTest, *, touch: bool) -> Iterator[CompletionCandidate]:
    """What stands on the displays, by its text and by its id; with `touch`, what can be touched."""
    for display in terminal.profile.displays:
        for item in terminal.view(display).items:
            if item.role is Role.KEY or (touch and not item.touchable):
                continue
            if item.text:
                escaped = item.text.replace("\\", r"\\").replace('"', r"\"")
                yield CompletionCandidate(f'"{escaped}"', CandidateKind.TEXT, _NOW)
            if item.id:
                yield CompletionCandidate(f"id:{item.id}", CandidateKind.ID, f"{_NOW}: {item.wording}")


def _fits(text: str, typed: str) -> bool:
    """Whether the word may become this text; what is quoted or an id is found by its first letters, too."""
    bare = text.removeprefix("id:").removeprefix('"')
    return any(each.casefold().startswith(typed.casefold()) for each in (text, bare))
