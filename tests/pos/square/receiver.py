"""A subscriber to webhooks in a thread of its own, at a port of this machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from terminal_sim.pos.square.webhooks.webhooks import Letter

Answer = Callable[[Letter], int]


class Receiver:
    """A subscriber at a port of its own; `answer` says the status for each letter."""

    def __init__(self) -> None:
        self.came: list[Letter] = []
        self.answer: Answer = lambda _: 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                letter = Letter(subscription="", url=receiver.url, headers=headers, body=body)
                receiver.came.append(letter)
                self.send_response(receiver.answer(letter))
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Tests are silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def states(self) -> list[str]:
        return [json.loads(one.body)["data"]["object"]["checkout"]["status"] for one in self.came]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A subscriber until the block ends."""
    receiver = Receiver()
    try:
        yield receiver
    finally:
        receiver.close()
