"""A bench with a terminal, and the service beside it, spoken to without a socket."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.bench.square_devices import SquareAtBench
from terminal_sim.pos.square.calls.routes import LaterAnswer, ServiceRequest
from terminal_sim.secret import Secret

SECOND = 1_000_000
PIN = "1234"
TOKEN = Secret("EAAA-test")
HEADERS = {"authorization": f"Bearer {TOKEN.reveal()}", "square-version": "2026-09-16"}


class SquareShop:
    """A shop with one device. `calls` counts what makes idempotency keys of its own."""

    def __init__(self, bench: Bench, terminal: TerminalUnderTest, service: SquareAtBench) -> None:
        self.bench, self.terminal, self.service = bench, terminal, service
        self.calls = 0

    def call(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] = HEADERS
    ) -> tuple[int, Any]:
        """Status and body of the answer."""
        path, _, query = path.partition("?")
        sent = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = ServiceRequest(method=method, path=path, query=query, headers=headers, body=sent)
        answer = self.service.answer(request, TOKEN)
        made = answer.made() if isinstance(answer, LaterAnswer) else answer
        return made.status, json.loads(made.body)

    def good(self, method: str, path: str, body: object = None) -> Any:
        """The body of an answer that is no error."""
        status, said = self.call(method, path, body)
        assert status == 200, said
        return said

    def error(self, method: str, path: str, body: object = None) -> tuple[int, str, str]:
        """Status, code and field of an error."""
        status, said = self.call(method, path, body)
        (error,) = said["errors"]
        return status, error["code"], error.get("field", "")

    def key(self) -> str:
        self.calls += 1
        return f"key-{self.calls}"

    def checkout(self, amount: int = 1250, **more: Any) -> Any:
        """A checkout that was made."""
        body = {
            "idempotency_key": self.key(),
            "checkout": {
                "amount_money": {"amount": amount, "currency": "CAD"},
                "device_options": {"device_id": self.terminal.name},
                **more,
            },
        }
        return self.good("POST", "/v2/terminals/checkouts", body)["checkout"]

    def now(self, checkout: Any) -> Any:
        """The checkout as it is now."""
        return self.good("GET", f"/v2/terminals/checkouts/{checkout['id']}")["checkout"]

    def payment(self, name: str) -> Any:
        """The payment as it is now."""
        return self.good("GET", f"/v2/payments/{name}")["payment"]

    def cancel(self, checkout: Any) -> Any:
        return self.good("POST", f"/v2/terminals/checkouts/{checkout['id']}/cancel")["checkout"]

    def card(self, name: str = "visa-credit") -> None:
        """The buyer inserts a card, types its PIN where that is wanted, and takes it out in the end."""
        self.terminal.insert(name)
        if self.screen == "enter-pin":
            for key in (*PIN, "OK"):
                self.terminal.press(key)
        self.bench.advance(5 * SECOND)
        if self.terminal.is_on and self.terminal.card_in_slot:
            self.terminal.remove_card()

    def wait(self, seconds: float) -> None:
        self.bench.advance(round(seconds * SECOND))

    @property
    def screen(self) -> str:
        return self.terminal.view().screen.id


@contextmanager
def shop(*, terminal_options: Mapping[str, object] | None = None, **options: Any) -> Iterator[SquareShop]:
    """A bench with one Square Terminal, and the service."""
    with Bench(**{"trace": False, **options}) as bench:
        terminal = bench.add_terminal("square-terminal", options=terminal_options)
        with bench.terminal_apis(lambda call: call()) as apis:
            assert apis.square is not None
            yield SquareShop(bench, terminal, apis.square)
