"""Hostile clients at every port of the vendors' interfaces: the process goes on, serves others, keeps its secrets and gives back what it took."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from terminal_sim.pos.adyen.wire.seal import SharedKey
from terminal_sim.pos.servers.http import MOST_CONNECTIONS
from terminal_sim.secret import Secret
from tests.pos.servers.hostile import PATIENCE, WAYS, Port, Recorded, answered, request, whole
from tests.pos.vectors import vectors

AT_ONCE = ("Diagnosis", "TransactionStatus", "Abort", "Login", "Logout", "GetTotals", "Reconciliation")
AT_A_TIME = 16
MEGABYTE = 1 << 20
REMEMBERED = 3_000  # bytes a request that a served bench keeps, up to bounds of its own: the trace's entry, and the moment to go back to


class Served:
    """`terminal-sim serve` in a process of its own, with both vendors' interfaces and the platform."""

    def __init__(self, folder: Path) -> None:
        self._said = (folder / "said.txt").open("w+b")
        command = [
            "serve",
            "v400m",
            "square-terminal",
            "--no-page",
            "--json",
            "--state",
            str(folder / "state"),
        ]
        command += [word for api in ("adyen", "adyen-cloud", "square") for word in ("--pos", f"{api}:0")]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "terminal_sim", *command],
            env={**os.environ, "XDG_RUNTIME_DIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
        )
        assert self._process.stdout is not None
        self.told = self._process.stdout.readline()
        self._seen = psutil.Process(self._process.pid)
        adyen, cloud, square = json.loads(self.told)["pos"]
        passphrase, platform, token = (
            Path(file).read_text("ascii").strip()
            for file in (adyen["passphrase"], cloud["key"], square["token"])
        )
        self.secrets = tuple(secret.encode() for secret in (passphrase, platform, token))
        key = SharedKey(adyen["key"], adyen["version"], Secret(passphrase))
        tls = ssl.create_default_context(cafile=adyen["ca"])
        nexo = [
            text["plaintext"].replace("V400m-123456789", adyen["poiid"])
            for text in vectors("adyen_requests")["local_encrypted"]["requests"]
        ]
        self.ports = (
            Port("adyen", _port(adyen["url"]), {}, *_nexo(nexo, "/nexo/"), tls, key),
            Port("platform", _port(cloud["cloud"]), {"X-API-Key": platform}, *_nexo(nexo, "/sync"), tls),
            Port("square", _port(square["square"]), {"Authorization": f"Bearer {token}"}, *_square()),
        )

    @property
    def memory(self) -> int:
        """Bytes of it that are in memory."""
        return int(self._seen.memory_info().rss)

    @property
    def descriptors(self) -> int:
        return int(self._seen.num_fds())

    def addresses(self) -> set[str]:
        """Every address at either end of a connection of it."""
        lines = self._seen.net_connections("inet")
        return {end.ip for line in lines for end in (line.laddr, line.raddr) if end}

    def close(self) -> bytes:
        """All that it said until now; it was alive."""
        assert self._process.poll() is None
        self._process.kill()
        self._process.wait(60)
        assert self._process.stdout is not None
        rest = self._process.stdout.read().encode()
        self._process.stdout.close()
        self._said.seek(0)
        said = self._said.read()
        self._said.close()
        return rest + said


def _port(url: str) -> int:
    found = urlsplit(url).port
    assert found is not None
    return found


def _nexo(texts: list[str], target: str) -> tuple[list[Recorded], list[Recorded]]:
    requests = [Recorded("POST", target, text.encode()) for text in texts]
    at_once = [asked for asked in requests if _category(asked.body) in AT_ONCE]
    assert at_once
    return requests, at_once


def _category(text: bytes) -> str:
    header: dict[str, Any] = json.loads(text)["SaleToPOIRequest"]["MessageHeader"]
    return str(header["MessageCategory"])


def _square() -> tuple[list[Recorded], list[Recorded]]:
    requests = []
    for sdk in vectors("square_requests")["sdks"].values():
        for sent in sdk["requests"]:
            method, target, _ = sent["request_line"].split(" ")
            if "webhooks" not in target:  # an event would leave for an address that may be another program's
                requests.append(Recorded(method, target, sent["body"].encode()))
    return requests, requests


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The process, which has nothing to say of what clients do to it."""
    process = Served(tmp_path)
    yield process
    assert process.close() == b""
    assert not any(secret in process.told.encode() for secret in process.secrets)


async def serves_others(port: Port) -> None:
    """A client that wants nothing bad is answered."""
    draw = Random(monotonic())
    if port.name == "square":
        said = await _said(port, request("GET", "/v2/locations", port.headers, b""))
        assert b'"LTERMINALSIM1"' in said, said
        return
    (asked,) = [asked for asked in port.at_once if _category(asked.body) == "Diagnosis"][:1]
    said = await _said(port, whole(draw, port, asked))
    assert said.startswith(b"HTTP/1.1 200"), said
    assert (b"NexoBlob" if port.key else b'"Result":"Success"') in said, said


async def _said(port: Port, text: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port.number, ssl=port.tls)
    writer.write(text)
    said = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.transport.abort()
    return said


@asynccontextmanager
async def connections(
    port: Port, count: int, *, tls: bool
) -> AsyncIterator[list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]:
    """So many connections at once, to which nothing was said."""
    context = port.tls if tls else None
    opened = await asyncio.gather(
        *(asyncio.open_connection("127.0.0.1", port.number, ssl=context) for _ in range(count))
    )
    try:
        yield opened
    finally:
        for _, writer in opened:
            writer.transport.abort()


async def attack(served: Served, draw: Random, count: int) -> Counter[str]:
    """So many attacks, some at a time; which statuses they were answered with."""
    statuses: Counter[str] = Counter()

    async def one(number: int) -> None:
        port, way = served.ports[number % len(served.ports)], WAYS[number % len(WAYS)]
        made = way(draw, port)
        said = await answered(port, made)
        assert not any(secret in said for secret in served.secrets), (way.__name__, port.name)
        if said:
            status = said[9:12].decode()
            assert status[0] in "1234", (way.__name__, port.name, made.sent[:300], said)
            statuses[f"{port.name} {status}"] += 1
        if number % 50 == 0:
            await serves_others(port)

    for begin in range(0, count, AT_A_TIME):
        await asyncio.gather(*(one(number) for number in range(begin, min(begin + AT_A_TIME, count))))
    return statuses


async def given_back(served: Served, descriptors: int) -> None:
    """Its descriptors are as many as before, as soon as it has noticed that everybody left."""
    ends = monotonic() + PATIENCE
    while served.descriptors > descriptors:
        assert monotonic() < ends, (served.descriptors, descriptors)
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.soak)])
def test_hostile_requests_harm_nobody(served: Served, count: int) -> None:
    async def run() -> None:
        draw = Random(count)
        for port in served.ports:
            await serves_others(port)
        before = served.descriptors
        statuses = await attack(served, draw, count // 2)
        level = served.memory
        statuses += await attack(served, draw, count // 2)
        for port in served.ports:
            assert {f"{port.name} 200", f"{port.name} 404"} & set(statuses), statuses
            await serves_others(port)
        await given_back(served, before)
        grown = served.memory - level
        assert grown < 8 * MEGABYTE + REMEMBERED * count // 2, (
            f"{grown / MEGABYTE:.1f} MB for {count // 2} requests"
        )
        assert served.addresses() == {"127.0.0.1"}

    asyncio.run(run())


def test_two_hundred_connections_at_once_shut_nobody_out_and_too_many_are_cut_off(served: Served) -> None:
    async def run() -> None:
        before = served.descriptors
        for port in served.ports:
            async with connections(port, 200, tls=False) as idle:
                for _, writer in idle[::2]:
                    writer.write(b"\x16\x03\x01" if port.tls else b"POST / HTTP/1.1\r\nHost: x\r\nContent-Le")
                await serves_others(port)
                async with connections(port, MOST_CONNECTIONS, tls=False) as more:
                    reading = [asyncio.ensure_future(reader.read()) for reader, _ in more]
                    await asyncio.wait(reading, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
                    assert served.descriptors <= before + MOST_CONNECTIONS + 1  # one is being refused
                    for one in reading:
                        one.cancel()
                    await asyncio.gather(*reading, return_exceptions=True)
            await given_back(served, before)

    asyncio.run(run())


@pytest.mark.soak
def test_a_client_that_speaks_slower_than_a_request_may_take_is_cut_off(served: Served) -> None:
    async def drip(port: Port, writer: asyncio.StreamWriter) -> None:
        """A byte each second, until the other side has had enough."""
        ends = monotonic() + PATIENCE
        while not writer.transport.is_closing():
            assert monotonic() < ends, port.name
            writer.write(b"X")
            await asyncio.sleep(1)

    async def run() -> None:
        before = served.descriptors
        for port in served.ports:
            async with connections(port, 100, tls=True) as slow:
                dripping = asyncio.gather(*(drip(port, writer) for _, writer in slow))
                await asyncio.sleep(3)
                await serves_others(port)
                await dripping
        await given_back(served, before)

    asyncio.run(run())
