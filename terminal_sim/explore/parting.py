"""Two benches that began as one, set side by side: where they part, and what happened on each of them since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from itertools import zip_longest

from terminal_sim.bench import TraceEntry, View, contents

MOST_ALIGNED = 1_000  # entries of each side; longer ones are set side by side in their order

Pair = tuple[TraceEntry | None, TraceEntry | None]


@dataclass(frozen=True)
class Parting:
    """`same` is how many events both have in common from the beginning; `left` and `right` are what each had after them."""

    same: int
    left: Sequence[TraceEntry] = field(repr=False)
    right: Sequence[TraceEntry] = field(repr=False)

    @classmethod
    def of(cls, left: Sequence[TraceEntry], right: Sequence[TraceEntry]) -> Parting:
        """The entries of both from their beginning, or from one number on."""
        same = next(
            (
                at
                for at, (a, b) in enumerate(zip(left, right, strict=False))
                if a is not b and _key(a) != _key(b)
            ),
            min(len(left), len(right)),
        )
        last = left[same - 1].number if same else 0
        return cls(last, left[same:], right[same:])

    @cached_property
    def rows(self) -> list[Pair]:
        """What happened after the common beginning, entries that are alike beside each other."""
        if max(len(self.left), len(self.right)) > MOST_ALIGNED:
            return list(zip_longest(self.left, self.right))
        keys = [_what(one) for one in self.left], [_what(one) for one in self.right]
        found: list[Pair] = []
        for kind, a, b, c, d in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
            left, right = self.left[a:b], self.right[c:d]
            found += zip(left, right, strict=True) if kind == "equal" else _beside(left, right)
        return found

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many rows differ, by kind."""
        counted: Counter[str] = Counter()
        for left, right in self.rows:
            if left is None or right is None or _what(left) != _what(right):
                counted.update({each.kind for each in (left, right) if each is not None})
        return dict(counted)


def _beside(left: Sequence[TraceEntry], right: Sequence[TraceEntry]) -> Iterator[Pair]:
    """Entries that are not alike: those of one kind beside each other, in their order."""
    waiting = list(right)
    for one in left:
        at = next((place for place, other in enumerate(waiting) if other.kind == one.kind), None)
        if at is None:
            yield one, None
            continue
        yield from ((None, other) for other in waiting[:at])
        yield one, waiting[at]
        del waiting[: at + 1]
    yield from ((None, other) for other in waiting)


def changed_items(left: View, right: View) -> list[str]:
    """The ids of the elements that two screens do not have alike, in the order of the screens."""
    before = {item.id: item for item in left.items if item.id}
    after = {item.id: item for item in right.items if item.id}
    return [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]


def _key(entry: TraceEntry) -> tuple[object, ...]:
    return entry.number, entry.at.mono, *_what(entry)


def _what(entry: TraceEntry) -> tuple[object, ...]:
    """What an entry says, without its number and its time. A screen is its text."""
    content = entry.content
    said = (content.screen, content.text.text) if isinstance(content, contents.ScreenShown) else ()
    return entry.terminal, entry.kind, *(said or map(str, content.fields().values()))
