"""A point of sale on the vendor's library, a terminal that is served by the command line, and a kill of it at each stage of a payment."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from terminal_sim.bench.served_apis import ServedTerminalApi
from terminal_sim.pos.adyen.seal import SharedKey
from terminal_sim.secret import Secret
from tests.interop.adyen import LIBRARY, Library, PointOfSale


class ServedShop:
    """A V400m in a process of its own, whose state outlives it."""

    def __init__(self, state: Path, library: Library) -> None:
        self._state, self._library = state, library
        self._process: subprocess.Popen[str] | None = None
        self._environment = {**os.environ, "XDG_RUNTIME_DIR": str(state.parent)}

    def open(self) -> PointOfSale:
        """Serve the terminal."""
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "terminal_sim",
                "serve",
                "v400m",
                "--pos",
                "adyen:0",
                "--json",
                "--state",
                str(self._state),
            ],
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        (told,) = json.loads(self._process.stdout.readline())["pos"]
        key_file = Path(told["passphrase"])
        key = SharedKey(told["key"], told["version"], Secret(key_file.read_text("ascii").strip()))
        api = ServedTerminalApi(
            terminal=told["terminal"],
            poiid=told["poiid"],
            url=told["url"],
            key=key,
            key_file=key_file,
            ca_file=Path(told["ca"]),
        )
        return PointOfSale(self._library, api)

    def kill(self) -> None:
        """The process is gone from one moment to the next."""
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)
        self._process.stdout.close()
        self._process = None

    def close(self) -> None:
        if self._process is not None:
            self.kill()

    def send(self, *lines: str) -> None:
        """Act at the terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "terminal_sim", "send", *lines],
            env=self._environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def library() -> Iterator[Library]:
    if not LIBRARY.is_dir() or shutil.which("node") is None:
        pytest.skip("@adyen/api-library of npm is missing: sh tools/others.sh .venv")
    made = Library()
    yield made
    made.close()


@pytest.fixture
def shop(tmp_path: Path, library: Library) -> Iterator[ServedShop]:
    made = ServedShop(tmp_path / "state", library)
    try:
        yield made
    finally:
        made.close()


def body(said: Any) -> Any:
    (found,) = (
        value for name, value in said["response"]["SaleToPOIResponse"].items() if name != "MessageHeader"
    )
    return found


def test_an_answer_outlives_the_process_that_gave_it_and_a_payment_that_never_began_is_aborted(
    shop: ServedShop,
) -> None:
    till = shop.open()
    paying = till.pay(12.5, "T-1", service_id="P1")
    shop.send('expect screen "Tap, swipe or insert card" within 60s', "insert visa-credit")
    shop.send('expect screen "Approved" within 60s', "remove card")
    paid = body(paying.result(60))
    assert paid["Response"]["Result"] == "Success"
    waiting = till.pay(3, "T-2", service_id="P2")
    shop.send('expect screen "Tap, swipe or insert card" within 60s')
    shop.kill()
    assert "error" in waiting.result(60)

    till = shop.open()
    repeated = body(till.status("P1").result(60))["RepeatedMessageResponse"]["RepeatedResponseMessageBody"]
    assert repeated["PaymentResponse"] == paid
    never = body(till.status("P2").result(60))["RepeatedMessageResponse"]["RepeatedResponseMessageBody"]
    assert never["PaymentResponse"]["Response"]["ErrorCondition"] == "Aborted"
    again = body(till.pay(12.5, "T-1", service_id="P1").result(60))
    assert again["Response"]["ErrorCondition"] == "NotAllowed"
