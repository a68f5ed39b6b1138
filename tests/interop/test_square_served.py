"""A seller on the vendor's library, a service that the command line serves, and a kill of it in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop.library_process import LibraryProcess
from tests.interop.served_process import ServedProcess
from tests.interop.square_sellers import python_seller, told


class ServedSeller(ServedProcess):
    """A Square Terminal in a process of its own, and a seller."""

    def __init__(self, state: Path) -> None:
        super().__init__(state, "square-terminal", "square")
        self.library: LibraryProcess | None = None
        self.device = ""

    def open(self) -> None:
        """Serve the terminal, and have a seller come."""
        if self.library is not None:
            self.library.close()
        about = self.start()
        (self.device,) = about["devices"].values()
        self.library = python_seller(about["square"], Path(about["token"]).read_text("ascii").strip())

    def call(self, name: str, **arguments: Any) -> Any:
        assert self.library is not None
        return told(self.library.ask({"call": name, "arguments": arguments}).result(120))

    def checkout(self, key: str, amount: int) -> Any:
        wanted = {
            "amount_money": {"amount": amount, "currency": "CAD"},
            "device_options": {"device_id": self.device},
        }
        return self.call("terminal.checkouts.create", idempotency_key=key, checkout=wanted)["checkout"]

    def status(self, checkout: Any) -> Any:
        return self.call("terminal.checkouts.get", checkout_id=checkout["id"])["checkout"]["status"]

    def close(self) -> None:
        super().close()
        if self.library is not None:
            self.library.close()


@pytest.fixture
def seller(tmp_path: Path) -> Iterator[ServedSeller]:
    made = ServedSeller(tmp_path / "state")
    try:
        yield made
    finally:
        made.close()


def test_what_was_paid_outlives_the_process_and_what_waits_is_asked_for_again(seller: ServedSeller) -> None:
    seller.open()
    first = seller.checkout("k1", 500)
    seller.send('expect screen "Tap, swipe or insert card" within 5s', "insert visa-credit")
    seller.send('expect screen "Approved" within 10s', "remove card")
    assert seller.status(first) == "COMPLETED"
    second = seller.checkout("k2", 700)
    seller.send('expect screen "Tap, swipe or insert card" within 10s')
    seller.kill()

    seller.open()
    assert seller.status(first) == "COMPLETED"
    assert seller.checkout("k2", 700)["id"] == second["id"]
    seller.send('expect screen "Tap, swipe or insert card" within 10s', "insert visa-credit")
    seller.send('expect screen "Approved" within 10s', "remove card")
    assert seller.status(second) == "COMPLETED"
