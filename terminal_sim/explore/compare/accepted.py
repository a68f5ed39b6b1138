"""The file of differences that are wanted: text that is reviewed like code.

```
# Differences that are wanted, for terminal-sim compare --accept.

screen home
- Welcome
+ Good day

row sale.completed
+ tip: 0
```

A block is one difference: its kind and name, the lines of the old firmware behind `- ` and those of the new one behind `+ `. Blocks are sorted, and stand
apart by an empty line; a line that begins with `#` in the first column is a remark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from terminal_sim.datafiles.text_file import UnreadableFile, text_of
from terminal_sim.explore.compare.difference import FirmwareDifference

_HEAD = "# Differences that are wanted, for terminal-sim compare --accept."
_OLD, _NEW = "- ", "+ "
_REMARK = "#"


class AcceptedError(Exception):
    """A file that holds no accepted differences; the text names file and line."""


def read_accepted(file: Path) -> frozenset[FirmwareDifference]:
    """The differences of a file. Raises `AcceptedError`."""
    try:
        lines = text_of(file).split("\n")
    except UnreadableFile as wrong:
        raise AcceptedError(f"{file}: {wrong}") from None
    return frozenset(_blocks(file, lines))


def write_accepted(differences: Iterable[FirmwareDifference], file: Path) -> None:
    """Write the differences: the same ones give the same bytes. Raises `OSError`."""
    blocks = [_HEAD, *("\n".join(block(one)) for one in sorted(set(differences)))]
    file.write_text("\n\n".join(blocks) + "\n", encoding="utf-8", newline="\n")


def block(one: FirmwareDifference) -> list[str]:
    """The lines of a difference."""
    marked = [*(_OLD + line for line in one.old), *(_NEW + line for line in one.new)]
    return [f"{one.kind} {one.name}".rstrip(), *map(str.rstrip, marked)]


def _blocks(file: Path, lines: Iterable[str]) -> Iterator[FirmwareDifference]:
    head, old, new = "", list[str](), list[str]()

    def ended() -> Iterator[FirmwareDifference]:
        if head:
            kind, _, name = head.partition(" ")
            yield FirmwareDifference(kind, name, tuple(old), tuple(new))

    for number, written in enumerate(lines, 1):
        line = written.rstrip()
        sign, text = line[:2].ljust(2), line[2:]
        if line.startswith(_REMARK):
            continue
        if sign in (_OLD, _NEW):
            if not head:
                raise AcceptedError(
                    f"{file}:{number}: this line belongs to no block: begin it with its kind and name, as in screen home"
                )
            (old if sign == _OLD else new).append(text)
        elif not line.strip() or not head or old or new:
            yield from ended()
            head, old, new = line.strip(), [], []
        else:
            raise AcceptedError(
                f"{file}:{number}: a line of a block begins with '- ' or '+ ', and this one does not: {line[:60]!r}"
            )
    yield from ended()
