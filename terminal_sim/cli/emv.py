"""`terminal-sim emv decode HEX`: what the bytes of a card or a terminal mean, by name, with the numbers of cards masked."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from terminal_sim.bench.decoding import KINDS, Decoded, DecodedItem, DecodeError, decoded
from terminal_sim.cli.console import as_user_errors
from terminal_sim.datafiles.printable import printable


def run(given: Namespace) -> int:
    with as_user_errors(DecodeError):
        found = decoded(" ".join(given.hex), given.kind, given.kernel)
    if given.format == "json":
        said = {"kind": found.kind, "or": list(found.others), "items": [_record(one) for one in found.items]}
        print(json.dumps(said, indent=2, ensure_ascii=False))
        return 0
    for line in decoded_lines(found):
        print(line)
    return 0


def decoded_lines(found: Decoded) -> list[str]:
    """What was decoded as lines: the kind, what was found, and what else it could have been."""
    lines = [KINDS[found.kind], *map(printable, _lines(found.items, 1))]
    return [*lines, f"(or --as {', '.join(found.others)})"] if found.others else lines


def _record(item: DecodedItem) -> dict[str, Any]:
    said: dict[str, Any] = {"tag": item.tag, "name": item.name, "value": item.value}
    if item.words:
        said["words"] = list(item.words)
    if item.items:
        said["items"] = [_record(one) for one in item.items]
    return said


def _lines(items: tuple[DecodedItem, ...], depth: int) -> Iterator[str]:
    for item in items:
        head = " ".join(part for part in (item.tag, item.name) if part)
        yield f"{'  ' * depth}{head}{f': {item.value}' if item.value else ''}"
        yield from (f"{'  ' * (depth + 1)}{word}" for word in item.words)
        yield from _lines(item.items, depth + 1)
