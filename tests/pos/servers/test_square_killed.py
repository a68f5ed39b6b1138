"""A service in a process of its own, which is killed with an event that nobody has taken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.patience import PATIENCE
from tests.pos.square.postal import is_well_signed
from tests.pos.square.receiver import receiving

AWAY = "da40d603-c2ea-4a65-8cfd-f42e36dab0c7"


class ServedProcess:
    """What the process says of itself, and calls to it."""

    def __init__(self, told: Any) -> None:
        self._told = told
        (self._square,) = told["pos"]

    def ask(self, url: str, token: str, path: str, body: object) -> Any:
        line = HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        line.request("POST", path, json.dumps(body), headers)
        said = line.getresponse().read()
        line.close()
        return json.loads(said)

    def call(self, path: str, body: object) -> Any:
        """The answer of the service."""
        token = Path(self._square["token"]).read_text("ascii").strip()
        return self.ask(self._square["square"], token, path, body)

    def advance(self, duration: str) -> None:
        """Let virtual time pass."""
        url, token = self._told["url"], self._told["token"]
        assert "clock" in self.ask(url, token, "/api/v1/bench/clock", {"advance": duration})


@contextmanager
def served(state: Path) -> Iterator[ServedProcess]:
    """The process until the end of the block, which kills it."""
    command = [sys.executable, "-m", "terminal_sim", "serve", "square-terminal"]
    with subprocess.Popen(
        [*command, "--pos", "square:0", "--json", "--state", str(state)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(state.parent)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield ServedProcess(json.loads(process.stdout.readline()))
        finally:
            process.kill()


def test_an_event_that_nobody_took_before_the_service_was_killed_comes_again(tmp_path: Path) -> None:
    with receiving() as receiver:
        receiver.answer = lambda _: 500
        with served(tmp_path / "state") as service:
            types = ["terminal.checkout.created"]
            body = {"subscription": {"event_types": types, "notification_url": receiver.url}}
            made = service.call("/v2/webhooks/subscriptions", body)["subscription"]
            checkout = {
                "amount_money": {"amount": 700, "currency": "CAD"},
                "device_options": {"device_id": AWAY},
            }
            service.call("/v2/terminals/checkouts", {"idempotency_key": "k1", "checkout": checkout})
            service.advance("30s")
        assert len(receiver.came) == 1
        receiver.answer = lambda _: 200
        with served(tmp_path / "state") as service:
            service.advance("2min")
            service.advance("1h")
        first, again = receiver.came
    assert again.body == first.body
    assert again.headers["square-retry-number"] == "1"
    assert is_well_signed(again, made["signature_key"])
