"""`-k EXPR`: which scenarios to run, by words of their names and by `@tags`, with `and`, `or`, `not` and brackets.

A word is looked for in the name, whatever its capitals; a `@tag` is the whole tag; a text in quotation marks is the whole
name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from terminal_sim.script.tokens import grammar
from terminal_sim.verbs.waiting import BadScript

if TYPE_CHECKING:
    from lark import Token, Tree

LONGEST_EXPRESSION = 1_000
Selection = Callable[[Sequence[str], Sequence[str]], bool]


def selection(expression: str) -> Selection:
    """A test of the names that a thing goes by, and its tags. Raises `BadScript`."""
    from lark.exceptions import UnexpectedInput

    if len(expression) > LONGEST_EXPRESSION:
        raise BadScript(
            f"-k takes at most {LONGEST_EXPRESSION:,} characters, and this expression has {len(expression):,}"
        )
    try:
        tree = grammar().parse(expression, start="selection")
    except UnexpectedInput as wrong:
        where = f"at column {wrong.column}" if wrong.column > 0 else "at its end"
        raise BadScript(
            f"-k {expression!r} cannot be read {where}: write words and @tags with and, or, not and brackets"
        ) from None
    for named in tree.find_data("exact"):
        _name(expression, str(named.children[0]))
    return lambda names, tags: _holds(tree, names, tags, expression)


def exactly(name: str) -> str:
    """The expression that selects one name alone."""
    return json.dumps(name, ensure_ascii=False)


def _name(expression: str, quoted: str) -> str:
    try:
        name: str = json.loads(quoted, strict=False)
    except ValueError:
        raise BadScript(
            f"-k {expression!r}: {quoted} is no name: after a backslash only a quotation mark or another"
        ) from None
    return name


def _holds(tree: Tree[Token], names: Sequence[str], tags: Sequence[str], expression: str) -> bool:
    kind = str(tree.data)
    if kind == "exact":
        return _name(expression, str(tree.children[0])) in names
    if kind == "part":
        word = str(tree.children[0])
        if word.startswith("@"):
            return word in tags
        return any(word.casefold() in name.casefold() for name in names)
    parts = [_holds(part, names, tags, expression) for part in tree.children if not isinstance(part, str)]
    return all(parts) if kind == "all_of" else any(parts) is not (kind == "none_of")
