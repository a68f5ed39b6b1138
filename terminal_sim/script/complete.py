"""The words that may come next on a line that is being typed, from the table of verbs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from terminal_sim.script.values import Scope
from terminal_sim.verbs import VERBS, Parameter, ValueKind, Verb
from terminal_sim.verbs.signature import NEGATION


def completions(before: Sequence[str], scope: Scope) -> list[str]:
    """What may stand after the words `before`, in alphabetical order: words of verbs, values that are few, and keywords."""
    no = len(before) > 1 and before[1] == NEGATION
    words = (before[0], *before[2:]) if no else tuple(before)
    verbs = [verb for verb in VERBS.values() if verb.negatable or not no]
    longest = max((len(verb.words) for verb in verbs if words[: len(verb.words)] == verb.words), default=0)
    found = {word for verb in verbs if len(verb.words) > longest for word in _verb_word(verb, words, no)}
    for verb in verbs:
        if len(verb.words) == longest and words[:longest] == verb.words:
            found.update(_after(verb, words[longest:], scope))
    return sorted(found)


def _verb_word(verb: Verb, words: tuple[str, ...], no: bool) -> Iterator[str]:
    """The next word of a verb whose words have begun."""
    if len(verb.words) > len(words) and verb.words[: len(words)] == words:
        yield verb.words[len(words)]
        if verb.negatable and len(words) == 1 and not no:
            yield NEGATION


def _after(verb: Verb, values: Sequence[str], scope: Scope) -> Iterator[str]:
    if values and values[-1] in verb.introduced:
        yield from _values(verb.introduced[values[-1]], scope)
        return
    if len(values) < len(verb.values):
        yield from _values(verb.values[len(values)], scope)
    elif verb.rest is not None:
        yield from _values(verb.rest, scope)
    yield from verb.introduced.keys() - set(values)


def _values(parameter: Parameter, scope: Scope) -> Iterator[str]:
    """The values of a parameter that can be listed."""
    yield from parameter.choices
    if parameter.kind is ValueKind.CARD:
        yield from scope.cards
    elif parameter.kind in (ValueKind.KEY, ValueKind.KEYS):
        yield from (key for one in scope.profiles for row in one.keypad.layout for key in row)
    elif parameter.kind is ValueKind.DISPLAY:
        yield from (display for one in scope.profiles for display in one.displays)
