"""Server-sent events: what happens, for `curl` and for watchers that only listen.

Each event has its number as `id`; a watcher that comes back with `Last-Event-ID` gets what it has missed, or `event: lost` with what it cannot get any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec

from terminal_sim.web.branch import ServedBranch
from terminal_sim.web.feed import Feed, Interest

KEEP_ALIVE = 15.0  # s


async def stream(branch: ServedBranch, after: int) -> AsyncIterator[bytes]:
    """The text of the stream, from the event after `after` on, until the watcher goes away."""
    feed = Feed(branch, Interest(after=after))
    yield b"retry: 1000\n\n"
    while not branch.history.has_ended:
        for message in feed.events():
            yield _lost(message["lost"]) if "lost" in message else b"".join(map(_event, _entries(message)))
        if feed.is_behind:
            continue
        try:
            async with asyncio.timeout(KEEP_ALIVE):
                await branch.history.grown()
        except TimeoutError:
            yield b": still here\n\n"


def _entries(message: dict[str, object]) -> list[dict[str, object]]:
    found = message["events"]
    assert isinstance(found, list)
    return found


def _event(entry: dict[str, object]) -> bytes:
    return f"id: {entry['n']}\nevent: {entry['kind']}\ndata: ".encode() + msgspec.json.encode(entry) + b"\n\n"


def _lost(what: object) -> bytes:
    return b"event: lost\ndata: " + msgspec.json.encode(what) + b"\n\n"
