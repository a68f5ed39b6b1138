"""A point of sale on the vendor's library, a terminal that is served by the command line, and a kill of it at each stage of a payment."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from terminal_sim.bench.served_apis import ServedTerminalApi
from terminal_sim.pos.adyen.wire.seal import SharedKey
from terminal_sim.secret import Secret
from tests.interop.adyen import LIBRARY, Library, PointOfSale
from tests.interop.served_process import ServedProcess
from tests.patience import PATIENCE


class ServedShop(ServedProcess):
    """A V400m in a process of its own."""

    def __init__(self, state: Path, library: Library) -> None:
        super().__init__(state, "v400m", "adyen")
        self._library = library

    def open(self) -> PointOfSale:
        """Serve the terminal."""
        told = self.start()
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
    shop.send("--await", "id:present-card", "insert visa-credit")
    shop.send('expect screen "Approved" within 110s', "remove card")
    paid = body(paying.result(PATIENCE))
    assert paid["Response"]["Result"] == "Success"
    waiting = till.pay(3, "T-2", service_id="P2")
    shop.send("--await", "id:present-card", "expect screen id:present-card")
    shop.kill()
    assert "error" in waiting.result(PATIENCE)

    till = shop.open()
    repeated = body(till.status("P1").result(PATIENCE))["RepeatedMessageResponse"][
        "RepeatedResponseMessageBody"
    ]
    assert repeated["PaymentResponse"] == paid
    never = body(till.status("P2").result(PATIENCE))["RepeatedMessageResponse"]["RepeatedResponseMessageBody"]
    assert never["PaymentResponse"]["Response"]["ErrorCondition"] == "Aborted"
    again = body(till.pay(12.5, "T-1", service_id="P1").result(PATIENCE))
    assert again["Response"]["ErrorCondition"] == "NotAllowed"
