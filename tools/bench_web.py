"""A served bench: from a key to the settled screen over WebSocket and HTTP, what the API adds to the bench, and how soon it is there."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from bench_rig import Figure
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from terminal_sim.web.served import BenchOptions
from terminal_sim.web.serving import ServedAddress, serving

ROOT = Path(__file__).resolve().parents[1]
SOCKET_AIM, START_AIM, TERMINALS = 3.0, 0.6, 100  # ms, s
_PREFIX = "/api/v1"


def web(quick: bool) -> list[Figure]:
    rounds = 100 if quick else 400
    with served_bench(1) as bench:
        by_socket = _by_socket(bench, rounds)
        by_http = _by_http(
            bench,
            rounds,
            lambda n: ("POST", f"{_PREFIX}/terminals/v400m-1/verbs/press-blindly", {"keys": [str(n % 10)]}),
        )
        nothing = _by_http(bench, rounds, lambda _: ("GET", "/page/icon.svg", None))
    with served_bench(TERMINALS) as bench:
        many = _by_http(bench, 5, lambda _: ("POST", f"{_PREFIX}/bench/clock", {"advance": "1s"}))
    first = _first_screen(3 if quick else 7)
    return [
        Figure(
            "key to settled screen over WebSocket", f"{by_socket:.2f} ms (median)", f"< {SOCKET_AIM:.0f} ms", by_socket < SOCKET_AIM,
            ("with all events and the drawing of the device",),
        ),
        Figure(
            "key over HTTP", f"{by_http:.2f} ms (median)", "", True,
            (f"{by_http / nothing:.1f} times a file of the page over the same server ({nothing:.2f} ms)",),
        ),
        Figure(f"a second of {TERMINALS} terminals over HTTP", f"{many:.1f} ms", "", True),
        Figure("serve to first screen", f"{first:.2f} s", f"< {START_AIM} s", first < START_AIM),
    ]  # fmt: skip


@contextmanager
def served_bench(terminals: int) -> Iterator[ServedAddress]:
    """A bench in a thread of its own, served until the block ends."""
    ready = threading.Event()
    known: list[tuple[ServedAddress, asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        ended = asyncio.Event()
        async with serving(BenchOptions(), profiles=["v400m"] * terminals, version="0") as service:
            known.append((service.address, asyncio.get_running_loop(), ended))
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    address, loop, ended = known[0]
    try:
        yield address
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()


def _by_socket(bench: ServedAddress, rounds: int) -> float:
    """Milliseconds from a key to its answer, the median; digits and corrections in turn."""
    url = f"ws://{bench.host}:{bench.port}{_PREFIX}/ws"
    with connect(
        url,
        subprotocols=[Subprotocol("terminal-sim.1"), Subprotocol(f"bearer.{bench.token}")],
        proxy=None,
        compression=None,
    ) as socket:
        seq = 0

        def ask(**said: object) -> None:
            nonlocal seq
            seq += 1
            socket.send(json.dumps({"seq": seq, **said}))
            while json.loads(socket.recv()).get("seq") != seq:
                pass

        ask(sub={})
        ask(do="press", terminal="v400m-1", keys=["OK"])
        keys = ["1", "CLEAR"]
        return _median(lambda n: ask(do="press", terminal="v400m-1", keys=[keys[n % 2]]), rounds)


def _by_http(bench: ServedAddress, rounds: int, request: Callable[[int], tuple[str, str, object]]) -> float:
    connection = HTTPConnection(bench.host, bench.port)
    headers = {"Authorization": f"Bearer {bench.token}", "Content-Type": "application/json"}

    def ask(n: int) -> None:
        method, path, body = request(n)
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")

    try:
        return _median(ask, rounds)
    finally:
        connection.close()


def _median(act: Callable[[int], None], rounds: int) -> float:
    took = []
    for n in range(rounds):
        began = time.perf_counter()
        act(n)
        took.append(time.perf_counter() - began)
    return median(took) * 1e3


def _first_screen(rounds: int) -> float:
    """Seconds from the start of `terminal-sim serve` until its first terminal's screen has been read, the median."""
    with tempfile.TemporaryDirectory() as folder:
        _started(folder)  # bytecode is kept, as an installed package has it
        return median(_started(folder) for _ in range(rounds))


def _started(folder: str) -> float:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "drivers"))),
        "XDG_RUNTIME_DIR": folder,
        "PYTHONPYCACHEPREFIX": folder,
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "terminal_sim", "serve", "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        connection = HTTPConnection("127.0.0.1", int(said["url"].rpartition(":")[2]))
        connection.request(
            "GET", f"{_PREFIX}/terminals/v400m-1/screen", headers={"Authorization": f"Bearer {said['token']}"}
        )
        connection.getresponse().read()
        connection.close()
        took = time.perf_counter() - began
        process.terminate()
    return took
