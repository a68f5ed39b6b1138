"""`terminal-sim help`: the lines of the script language, and every name that they can say, from the reference.

`help` lists the forms of all lines, `help WORD...` says what those do that begin so, `help TOPIC` lists the names of a topic, and
`help NAME` says what a name means.
"""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import cache
from shutil import get_terminal_size
from textwrap import indent

from terminal_sim.cli import UserError
from terminal_sim.cli.console import is_terminal
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.reports.render import Report, as_table
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.reference import BY_WORD, TOPICS, Topic
from terminal_sim.script.verb_reference import Entry, ReferenceArgument, verb_entries
from terminal_sim.script.vocabulary import vocabulary

_CATALOGUE = "fault"
_INDENTED = " " * 6


def run(given: Namespace) -> int:
    if given.words and not _is_known(given.words):
        raise UserError(no_such_line(given.words))
    if given.format == "json":
        print(json.dumps(_data(given.words), indent=2, ensure_ascii=False))
    else:
        print(help_of(given.words))
        if not given.words:
            print(
                f"help WORD says more of a line or name, and help lists: {' '.join(BY_WORD)}", file=sys.stderr
            )
    return ExitCode.HELD


def help_of(words: Sequence[str]) -> str:
    """The forms of all lines; what those do that begin with `words`; the names of a topic; or what a name means. One sentence for anything else."""
    if not words:
        return "\n".join(f"  {verb.form}" for verb in verb_entries())
    if len(words) == 1 and words[0] in BY_WORD:
        return _listing(BY_WORD[words[0]])
    parts = ["\n".join(_told(one)) for one in _lines(words)]
    parts += ["\n".join(_faults())] if parts and words[0] == _CATALOGUE else []
    parts += ["\n".join(_named(topic, one)) for topic, one in _names(words)]
    return "\n".join(parts) if parts else f"  {no_such_line(words)}"


def no_such_line(words: Sequence[str]) -> str:
    """Why there is no help for `words`."""
    known = (
        *(one.name.split()[0] for one in verb_entries()),
        *BY_WORD,
        *(entry.name for _, entry in _every_name()),
    )
    return f"no line begins with {' '.join(words)!r}{suggest(words[0], known)}"


def _data(words: Sequence[str]) -> object:
    if len(words) == 1 and words[0] in BY_WORD:
        return _topic_data(BY_WORD[words[0]])
    if words:
        named = [{"topic": topic.word, **asdict(one)} for topic, one in _names(words)]
        return [*({"topic": "verbs", **asdict(one)} for one in _lines(words)), *named]
    return {
        "verbs": [asdict(one) for one in verb_entries()],
        "topics": [_topic_data(topic) for topic in TOPICS],
    }


def _topic_data(topic: Topic) -> dict[str, object]:
    entries = [asdict(one) for one in topic.entries(vocabulary())]
    return {"word": topic.word, "title": topic.title, "about": topic.about, "entries": entries}


def _is_known(words: Sequence[str]) -> bool:
    return (len(words) == 1 and words[0] in BY_WORD) or bool(_lines(words) or _names(words))


def _lines(words: Sequence[str]) -> list[Entry]:
    """The verbs that begin with the words."""
    return [one for one in verb_entries() if one.name.split()[: len(words)] == list(words)]


def _names(words: Sequence[str]) -> list[tuple[Topic, Entry]]:
    """What has the last of the words for its name or form: in every topic, or in that which the first one names."""
    *topic, name = words
    return [
        (one, entry)
        for one, entry in _every_name()
        if name in (entry.name, entry.form, *entry.facts.get("Also", "").split())
        and (not topic or topic == [one.word] or topic == [_CATALOGUE] == [one.word[:-1]])
    ]


@cache
def _every_name() -> tuple[tuple[Topic, Entry], ...]:
    return tuple((topic, entry) for topic in TOPICS for entry in topic.entries(vocabulary()))


def _told(verb: Entry) -> Iterator[str]:
    """The form of a line, what it does, its values, and examples."""
    yield f"  {verb.form}"
    yield indent(verb.meaning, _INDENTED)
    yield from _arguments(verb.arguments)
    yield from _examples(verb)
    yield ""


def _arguments(arguments: Iterable[ReferenceArgument]) -> Iterator[str]:
    told = [(one.form, _meaning(one)) for one in arguments]
    width = max((len(form) for form, _ in told), default=0)
    if told:
        yield ""
    for form, meaning in told:
        yield f"{_INDENTED}{form:{width}}  {meaning}".rstrip()


def _meaning(argument: ReferenceArgument) -> str:
    default = f"; {argument.default} by default" if argument.default else ""
    return f"{argument.meaning}{default}"


def _examples(entry: Entry) -> Iterator[str]:
    if entry.examples:
        yield ""
        yield f"{_INDENTED}for example:"
        yield from (f"{_INDENTED}  {line}" for line in entry.examples)


def _named(topic: Topic, entry: Entry) -> Iterator[str]:
    """A name with its topic, its meaning and its facts."""
    yield f"  {entry.form or entry.name}    ({topic.title})"
    if entry.meaning:
        yield indent(entry.meaning, _INDENTED)
    yield from (f"{_INDENTED}{label}: {fact}" for label, fact in entry.facts.items() if fact)
    yield from _examples(entry)
    yield ""


def _listing(topic: Topic) -> str:
    """The names of a topic as a table, with a sentence above it."""
    entries = list(topic.entries(vocabulary()))
    told = any(entry.meaning for entry in entries)
    columns = ("Name", *(("Meaning",) if told else ()), *topic.columns)
    rows = [
        (
            entry.form or entry.name,
            *((entry.meaning,) if told else ()),
            *(entry.facts[one] for one in topic.columns),
        )
        for entry in entries
    ]
    table = as_table(
        Report(topic.title, columns, rows, ()), is_terminal=is_terminal(), width=get_terminal_size().columns
    )
    return f"{topic.about}\n\n{table}".rstrip()


def _faults() -> Iterator[str]:
    """Each fault with its arguments and its meaning."""
    faults = list(BY_WORD["faults"].entries(vocabulary()))
    width = max(len(fault.form) for fault in faults)
    for fault in faults:
        yield f"{_INDENTED}{fault.form:{width}}  {fault.meaning} {fault.facts['Where']}".rstrip()
