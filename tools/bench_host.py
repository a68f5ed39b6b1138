"""ISO 8583: the codec of each shipped dialect in turns with pyiso8583, and a served host that decides and books, by messages a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

import iso8583
from bench_floor import heard
from bench_rig import Figure, contest
from msgspec import structs

from terminal_sim.bench.host_file import host_file
from terminal_sim.core.message import HostReply, HostRequest
from terminal_sim.core.moment import Duration
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.iso8583.dialect import Iso8583
from terminal_sim.host.iso8583.load import bundled_dialects, load_dialect
from terminal_sim.host.network.address import HostAddress
from terminal_sim.host.network.framing import FrameBuffer
from terminal_sim.host.network.server import AcquirerServer

CODEC_AIM = 1 / 3  # of the cost of pyiso8583 alone
_AT_ONCE = Duration(0)


def hosts(quick: bool) -> list[Figure]:
    spoken = load_dialect()
    request, reply = heard("insert").messages[:2]
    asked, answered = spoken.decode_request(request), spoken.decode_reply(reply)
    found = [_codec(load_dialect(name), asked, answered, quick) for name in bundled_dialects()]
    return [*found, _served(spoken, asked, 500 if quick else 5_000)]


def _codec(dialect: Iso8583, request: HostRequest, reply: HostReply, quick: bool) -> Figure:
    """The request and the reply of a chip sale: their fields to bytes and back, by either codec."""
    wire, spec = dialect.wire, dialect.wire.library_specification
    known = frozenset(form.name for form in (*wire.heads, *wire.forms))
    bitmaps = {form.name for form in wire.heads[1:]}  # which the codec makes itself
    messages = [dialect.encode_request(request), dialect.encode_reply(reply)]
    fields = [
        {name: text for name, text in wire.decode(message, known).items() if name not in bitmaps}
        for message in messages
    ]
    theirs = [iso8583.decode(message, spec)[0] for message in messages]

    def ours() -> None:
        for message, each in zip(messages, fields, strict=True):
            wire.encode(each)
            wire.decode(message, known)

    def library() -> None:
        for message, each in zip(messages, theirs, strict=True):
            iso8583.encode(dict(each), spec)
            iso8583.decode(message, spec)

    def whole() -> None:
        dialect.decode_request(dialect.encode_request(request))
        dialect.decode_reply(dialect.encode_reply(reply))

    runs: dict[str, Callable[[], object]] = {"ours": ours, "library": library, "whole": whole}
    found = contest(runs, rounds=7 if quick else 31, calls=50)
    ratio = found.ratio("ours", "library")
    return Figure(
        f"messages of {dialect.layout.id}",
        f"{2e6 / found.micros('ours'):,.0f} a second, {ratio:.2f} times pyiso8583",
        f"<= {CODEC_AIM:.2f} times",
        ratio <= CODEC_AIM,
        (
            (
                f"encoded and decoded; pyiso8583 alone {2e6 / found.micros('library'):,.0f} a second,"
                f" with what the fields mean {found.ratio('whole', 'library'):.2f} times it"
            ),
        ),
    )


def _served(dialect: Iso8583, request: HostRequest, count: int) -> Figure:
    """As many sales over one connection, all of them under way at once; terminal and host share the process."""
    spec = dialect.wire.library_specification
    messages = [
        dialect.encode_request(structs.replace(request, stan=number, reference=f"R{number}"))
        for number in range(1, count + 1)
    ]
    seconds = asyncio.run(_answered(dialect, messages))
    begun = time.process_time()
    for message in messages:
        fields, _ = iso8583.decode(message, spec)
        iso8583.encode(fields, spec)
    library = time.process_time() - begun
    return Figure(
        "a served host, sales authorised and booked",
        f"{count / seconds:,.0f} a second of CPU",
        "",
        None,
        (f"{seconds / library:.1f} times what pyiso8583 takes to decode and encode as many",),
    )


async def _answered(dialect: Iso8583, messages: list[bytes]) -> float:
    """CPU seconds until all of these have their answers."""
    config = replace(Acquirer.load(host_file("test-acquirer")).config, delay=_AT_ONCE)
    acquirer = Acquirer(config, dialect, keeps_messages=False)
    server = AcquirerServer(acquirer, HostAddress.parse("iso8583://127.0.0.1:0"), lambda _: None)
    at = await server.listen()
    reader, writer = await asyncio.open_connection(at.host, at.port)
    begun = time.process_time()
    writer.write(b"".join(at.framing.framed(message) for message in messages))
    frames, left = FrameBuffer(at.framing), len(messages)
    while left:
        frames.feed(await reader.read(65_536))
        while frames.take() is not None:
            left -= 1
    seconds = time.process_time() - begun
    writer.close()
    await server.close()
    return seconds
