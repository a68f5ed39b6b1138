"""One POST over HTTP/1.1 to this machine, without redirections and without a second try."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

import h11
from msgspec import Struct

_PIECE = 65_536
_MOST_BYTES = 1 << 20  # of an answer


class PostedAnswer(Struct, frozen=True):
    """What the other side answered."""

    status: int
    body: bytes


async def post(url: str, headers: Mapping[str, str], body: bytes) -> PostedAnswer:
    """The answer, once it is whole, or has more than a megabyte. Raises `OSError`, `EOFError` and `h11.ProtocolError` where there is none."""
    to = urlsplit(url)
    reader, writer = await asyncio.open_connection(to.hostname, to.port or 80, limit=_PIECE)
    try:
        line = h11.Connection(h11.CLIENT)
        target = (to.path or "/") + (f"?{to.query}" if to.query else "")
        fields = [
            ("host", to.netloc.rpartition("@")[2]),
            *headers.items(),
            ("content-length", str(len(body))),
            ("connection", "close"),
        ]
        request = h11.Request(method="POST", target=target, headers=fields)
        for event in (request, h11.Data(data=body), h11.EndOfMessage()):
            writer.write(line.send(event) or b"")
        await writer.drain()
        return await _answered(line, reader)
    finally:
        writer.transport.abort()


async def _answered(line: h11.Connection, reader: asyncio.StreamReader) -> PostedAnswer:
    status, body = 0, bytearray()
    while True:
        event = line.next_event()
        if event is h11.NEED_DATA:
            line.receive_data(await reader.read(_PIECE))
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > _MOST_BYTES:
                return PostedAnswer(status, bytes(body))
        elif isinstance(event, h11.EndOfMessage):
            return PostedAnswer(status, bytes(body))
        elif not isinstance(event, h11.InformationalResponse):  # it hung up
            raise EOFError
