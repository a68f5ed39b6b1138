"""The bytes of a trace entry with what they are: for a page, a report, or anybody who reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from terminal_sim.emv.data.tree import Part, command_tree, response_tree
from terminal_sim.host.iso8583.load import load_dialect
from terminal_sim.runtime.contents import ApduExchange, MessageReceived, MessageSent
from terminal_sim.runtime.trace import TraceEntry
from terminal_sim.secret import MaskedBytes

__all__ = ["DecodedBytes", "Part", "decoded"]


@dataclass(frozen=True, slots=True)
class DecodedBytes:
    """`name` is `command`, `response` or `message`; `parts` cover the bytes in order, by offsets from the first one."""

    name: str
    bytes: MaskedBytes
    parts: tuple[Part, ...]


def decoded(entry: TraceEntry) -> tuple[DecodedBytes, ...]:
    """The bytes that the entry has: none where no subscriber wanted bytes when it was made, or where its kind has none."""
    content = entry.content
    if isinstance(content, ApduExchange):
        return (
            *_decoded("command", content.command_bytes, partial(command_tree, wanted=content.wanted)),
            *_decoded("response", content.response_bytes, response_tree),
        )
    if isinstance(content, MessageSent | MessageReceived):
        return _decoded("message", content.message, load_dialect(content.dialect).tree)
    return ()


def _decoded(
    name: str, data: MaskedBytes | None, tree: Callable[[MaskedBytes], tuple[Part, ...]]
) -> tuple[DecodedBytes, ...]:
    return () if data is None else (DecodedBytes(name, data, tree(data)),)
