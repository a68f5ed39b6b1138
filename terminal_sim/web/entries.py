"""A trace entry as the API gives it: flat, or with its bytes and what they are."""

from __future__ import annotations

from terminal_sim.bench import TraceEntry
from terminal_sim.bench.decoded import DecodedBytes, Part, decoded


def flat(entry: TraceEntry) -> dict[str, object]:
    """`n` and `cause` are numbers of entries, `t` virtual microseconds since the bench began; then the fields of the entry's kind."""
    said = {
        name: value if isinstance(value, str | int) else value.text for name, value in entry.fields.items()
    }
    return {
        "n": entry.number,
        "cause": entry.cause,
        "t": entry.at.mono,
        "wall": entry.at.civil.isoformat(timespec="milliseconds"),
        "terminal": entry.terminal,
        "kind": entry.kind,
        **said,
    }


def detailed(entry: TraceEntry) -> dict[str, object]:
    """The same with its bytes, masked: two digits each, `••` for a hidden one, and the tree of their parts by offsets."""
    return flat(entry) | {"bytes": [_bytes(each) for each in decoded(entry)]}


def _bytes(found: DecodedBytes) -> dict[str, object]:
    return {"name": found.name, "hex": found.bytes.hex(), "parts": [_part(part) for part in found.parts]}


def _part(part: Part) -> dict[str, object]:
    return {
        "name": part.name,
        "tag": part.tag,
        "first": part.first,
        "end": part.end,
        "value": part.value,
        "parts": [_part(each) for each in part.parts],
    }
