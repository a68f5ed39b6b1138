"""What a hostile client sends to a port: one table of ways, each of which makes the bytes of an attack from a recorded request."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum, auto
from random import Random
from typing import Any

from terminal_sim.pos.adyen.messages.responses import written
from terminal_sim.pos.adyen.wire.seal import NONCE_BYTES, SharedKey, seal

PATIENCE = 120.0  # seconds of the wall for an answer, on a machine that has much else to do
_DEEP = 100_000


class End(Enum):
    """How a client leaves: it reads to the end, hangs up in the middle, or resets the connection."""

    READ = auto()
    HANG_UP = auto()
    RESET = auto()


_LEAVES = (End.HANG_UP, End.RESET)


@dataclass(frozen=True)
class Attack:
    """The bytes of one connection. `in_tls` says whether a TLS port is spoken to by TLS at all."""

    sent: bytes
    end: End = End.READ
    in_tls: bool = True


@dataclass(frozen=True)
class Recorded:
    """One request; the body is in clear."""

    method: str
    target: str
    body: bytes


@dataclass(frozen=True)
class Port:
    """A served port, and the good requests that are recorded of it: `at_once` are those that wait for no person, and `key` seals them."""

    name: str
    number: int
    headers: Mapping[str, str]
    requests: Sequence[Recorded]
    at_once: Sequence[Recorded]
    tls: ssl.SSLContext | None = None
    key: SharedKey | None = None


def request(method: str, target: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """A request of HTTP/1.1 that asks for the end of its connection."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode("latin-1") + body


def sealed(draw: Random, port: Port, body: bytes) -> dict[str, Any]:
    """The members of the message that `body` is inside of."""
    assert port.key is not None
    made: dict[str, Any] = json.loads(written(seal(body, port.key, draw.randbytes(NONCE_BYTES))))
    return made


def message(draw: Random, port: Port, body: bytes) -> bytes:
    """`body` as the port wants it."""
    if port.key is None:
        return body
    return json.dumps({"SaleToPOIRequest": {"MessageHeader": {}, **sealed(draw, port, body)}}).encode()


def whole(draw: Random, port: Port, asked: Recorded) -> bytes:
    """All bytes of a good request."""
    return request(asked.method, asked.target, port.headers, message(draw, port, asked.body))


def _posted(draw: Random, port: Port, body: bytes) -> Attack:
    """A request whose body is this."""
    target = draw.choice([asked.target for asked in port.requests if asked.method == "POST"])
    return Attack(request("POST", target, port.headers, body))


def changed_bytes(draw: Random, port: Port) -> Attack:
    """A good request with some bytes changed, doubled or left out."""
    text = bytearray(whole(draw, port, draw.choice(port.requests)))
    for _ in range(draw.randint(1, 8)):
        place = draw.randrange(len(text))
        text[place : place + 1] = draw.choice((b"", bytes([draw.randrange(256)]), bytes([text[place]]) * 2))
    return Attack(bytes(text), draw.choice(_LEAVES))


def changed_body(draw: Random, port: Port) -> Attack:
    """A body with some bytes changed, under a right length and a good seal."""
    asked = draw.choice(port.at_once)
    text = bytearray(asked.body or b"{}")
    for _ in range(draw.randint(1, 5)):
        text[draw.randrange(len(text))] = draw.randrange(256)
    return Attack(request(asked.method, asked.target, port.headers, message(draw, port, bytes(text))))


_TAILS = (
    "",
    "/../..",
    "%00",
    "%zz",
    "?a=%",
    "//",
    "%2e%2e/etc/passwd",
    "a" * 5_000,
    ";x",
    "?" * 50,
    "?limit=1e9",
)


def changed_target(draw: Random, port: Port) -> Attack:
    """A path with something behind it, or another method."""
    asked = draw.choice(port.at_once)
    method = draw.choice(
        (asked.method, "GET", "HEAD", "PUT", "OPTIONS", "TRACE", "CONNECT", "post", "X" * 500)
    )
    target = asked.target + draw.choice(_TAILS)
    return Attack(request(method, target, port.headers, message(draw, port, asked.body)))


_ODD_HEADERS = (
    b"Content-Length: 3\r\nContent-Length: 4",
    b"Content-Length: 3, 3",
    b"Content-Length: -1",
    b"Content-Length: +5",
    b"Content-Length: 99999999999999999999999999",
    b"Content-Length: 0x10",
    b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked, chunked",
    b"Transfer-Encoding: gzip",
    b"Transfer-Encoding: chunked\r\nExpect: 100-continue",
    b"Expect: 200-ok\r\nContent-Length: 2",
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 2",
    b"Host: a\r\nHost: b\r\nContent-Length: 2",
    b"A : b\r\nContent-Length: 2",
    b" folded\r\nContent-Length: 2",
    b"N\x00ul: \x00\r\nContent-Length: 2",
    b"Content-Length: 2\r\nSquare-Version: \xff\xfe",
    b"Content-Length: 2\r\nSquare-Version: 9999-99-99",
    b"Content-Length: 2\r\nAuthorization: Bearer \xe9\r\nX-API-Key: \xe9",
    b"Content-Length: 2\r\nAuthorization: Bearer " + b"x" * 9_000,
    b"B: " + b"y" * 40_000,
    b"\r\n".join(b"H%d: z" % number for number in range(3_000)),
)


def odd_headers(draw: Random, port: Port) -> Attack:
    """Lengths, codings and names that contradict one another, or go beyond all bounds."""
    asked = draw.choice(port.requests)
    own = [f"{name}: {value}" for name, value in port.headers.items() if draw.random() < 0.5]
    head = "\r\n".join([f"{asked.method} {asked.target} HTTP/1.1", "Host: x", *own, ""]).encode()
    text = head + draw.choice(_ODD_HEADERS) + b"\r\n\r\n" + message(draw, port, asked.body)
    return Attack(text, draw.choice(_LEAVES))


_SIZES = (
    b"5",
    b"zz",
    b"-1",
    b"f" * 20,
    b"0" * 30 + b"5",
    b"5;x=" + b"y" * 500,
    b"",
    b"\x00",
    b"5 ",
    b"fffff",
)


def chunks(draw: Random, port: Port) -> Attack:
    """A body in chunks, whose sizes are right or anything else."""
    own = "".join(f"{name}: {value}\r\n" for name, value in port.headers.items())
    asked = draw.choice(port.requests)
    body = message(draw, port, asked.body)
    rest = b"%x\r\n%s\r\n" % (len(body) - 5, body[5:]) if len(body) > 5 else b""
    parts = draw.choice(_SIZES) + b"\r\n" + body[:5].ljust(5) + b"\r\n" + rest + b"0\r\n"
    trailer = draw.choice((b"\r\n", b"T: 1\r\n\r\n", b"", b"\xff\r\n\r\n"))
    head = f"POST {asked.target} HTTP/1.1\r\nHost: x\r\n{own}Transfer-Encoding: chunked\r\n\r\n".encode()
    return Attack(head + parts + trailer, draw.choice(_LEAVES))


_TEXTS: tuple[bytes, ...] = (
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"NaN",
    b"{",
    b"[" * _DEEP,
    b'{"a":' * _DEEP,
    b'{"SaleToPOIRequest":' + b"[" * _DEEP + b"]" * _DEEP + b"}",
    b'{"checkout":' + b'{"a":' * _DEEP + b"1" + b"}" * _DEEP + b"}",
    b'{"a":1e999999999}',
    b'{"a":' + b"9" * 50_000 + b"}",
    b'{"a":"\xff\xfe"}',
    b'{"a":"\\ud800"}',
    b"\xef\xbb\xbf{}",
    '{"a":1}'.encode("utf-16"),
    b'{"a":1,"a":2}',
    b'{"idempotency_key":"\\u0000","checkout":{}}',
    b'{"' + b"k" * 200_000 + b'":1}',
    b"{" + b",".join(b'"k%d":1' % number for number in range(20_000)) + b"}",
    bytes(range(256)) * 100,
    b" " * 900_000,
    b"x" * ((1 << 20) + 1),
)


def texts(draw: Random, port: Port) -> Attack:
    """What is no message, of any depth and length, under a good seal or as it is."""
    text = draw.choice(_TEXTS)
    return _posted(draw, port, message(draw, port, text) if draw.random() < 0.5 else text)


_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1e308,
    10**400,
    "",
    "x" * 5_000,
    [],
    {},
    [[[[]]]],
    "\x00",
    "é",
    "%s%n",
    "2026-99-99T99:99:99Z",
)


def changed_member(draw: Random, port: Port) -> Attack:
    """A good message with something else in one place, or several."""
    asked = draw.choice(port.at_once)
    node = json.loads(asked.body or b"{}")
    for _ in range(draw.randint(1, 3)):
        _change(draw, node)
    body = message(draw, port, json.dumps(node).encode())
    return Attack(request(asked.method, asked.target, port.headers, body))


def _change(draw: Random, node: Any) -> None:
    while isinstance(node, dict | list) and node:
        key = draw.choice(list(node)) if isinstance(node, dict) else draw.randrange(len(node))
        if not isinstance(node[key], dict | list) or draw.random() < 0.25:
            node[key] = deepcopy(draw.choice(_VALUES))
            return
        node = node[key]


def seals(draw: Random, port: Port) -> Attack:
    """A seal with one member that is something else; without a key, a seal that nobody can open."""
    if port.key is None:
        return _posted(draw, port, b'{"SaleToPOIRequest":{"NexoBlob":"AAAA","SecurityTrailer":{}}}')
    outer = sealed(draw, port, draw.choice(port.requests).body)
    part = draw.choice((outer, outer["SecurityTrailer"]))
    name = draw.choice(list(part))
    part[name] = draw.choice((*_VALUES, "AAAA", "!", str(part[name])[:-4], str(part[name]) + "AAAA"))
    return _posted(draw, port, json.dumps({"SaleToPOIRequest": {"MessageHeader": {}, **outer}}).encode())


def dropped(draw: Random, port: Port) -> Attack:
    """A good request that ends before its end."""
    text = whole(draw, port, draw.choice(port.requests))
    return Attack(text[: draw.randrange(len(text))], draw.choice(_LEAVES))


def pipelined(draw: Random, port: Port) -> Attack:
    """Many requests in one piece, and nobody who reads the answers."""
    kept = request("GET", "/", port.headers, b"").replace(b"Connection: close\r\n", b"")
    return Attack(kept * draw.randint(2, 200), draw.choice(_LEAVES))


_OTHER_PROTOCOLS = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    b"\x16\x03\x01\xff\xff" + b"\x01" * 500,
    b"\x80\x2e\x01\x03\x01" + bytes(40),
    b"\x15\x03\x03\x00\x02\x02\x28",
    b"\x00",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/0.9\r\n\r\n",
    b"GET /\r\n\r\n",
    b"POST / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"\r\n" * 5_000,
    b"GET http://example.org/ HTTP/1.1\r\nHost: x\r\n\r\n",
    bytes(range(256)) * 200,
)


def other_protocols(draw: Random, _: Port) -> Attack:
    """Another protocol, inside TLS or in its place; a client that says nothing."""
    sent = draw.choice((*_OTHER_PROTOCOLS, b"", draw.randbytes(draw.randrange(1, 3_000))))
    return Attack(sent, draw.choice(_LEAVES), in_tls=draw.random() < 0.3)


Way = Callable[[Random, Port], Attack]
WAYS: tuple[Way, ...] = (
    changed_bytes,
    changed_body,
    changed_target,
    odd_headers,
    chunks,
    texts,
    changed_member,
    seals,
    dropped,
    pipelined,
    other_protocols,
)


async def answered(port: Port, attack: Attack) -> bytes:
    """What came back until the other side hung up; nothing where this side left first."""
    tls = port.tls if attack.in_tls else None
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port.number, ssl=tls)
    except OSError:
        return b""
    try:
        writer.write(attack.sent)
        if attack.end is End.READ:
            return await asyncio.wait_for(reader.read(), PATIENCE)
        await asyncio.sleep(0)
        if attack.end is End.HANG_UP:
            writer.close()
            await writer.wait_closed()
    except (OSError, ssl.SSLError):
        pass
    finally:
        writer.transport.abort()
    return b""
