"""The vendor's own library (PyPI, squareup), unchanged, subscribes to webhooks, verifies them, pairs a device, and uses the sandbox's ids."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.bench.served_apis import ServedApis
from terminal_sim.pos.square.webhooks.events import EVENT_TYPES
from tests.interop.library_process import HERE, OTHERS, LibraryProcess
from tests.patience import PATIENCE
from tests.pos.square.receiver import receiving

SECOND = 1_000_000
LIBRARY = OTHERS / "square"
PAYS = "9fa747a2-25ff-48ee-b078-04381f7c828f"


class Application:
    """An application on the library."""

    def __init__(
        self, bench: Bench, terminal: TerminalUnderTest, served: ServedApis, library: LibraryProcess
    ) -> None:
        self.bench, self.terminal, self.served = bench, terminal, served
        self._library = library

    def call(self, call: str, **arguments: Any) -> Any:
        """The answer to a call of the client, which is no error."""
        asked = self._library.ask({"call": call, "arguments": arguments})
        self.served.until(asked.done, PATIENCE)
        said = asked.result()
        assert "answer" in said, said
        return said["answer"]


@pytest.fixture
def application() -> Iterator[Application]:
    if not LIBRARY.is_dir():
        pytest.skip("squareup of PyPI is missing: sh tools/others.sh .venv")
    with Bench(trace=False) as bench:
        terminal = bench.add_terminal("square-terminal")
        with bench.serve_pos() as served:
            command = [
                sys.executable,
                str(HERE / "square_point_of_sale.py"),
                served.square.url,
                served.square.token,
            ]
            library = LibraryProcess(command, PYTHONPATH=str(LIBRARY))
            try:
                yield Application(bench, terminal, served, library)
            finally:
                library.close()


def test_the_library_is_told_by_webhooks_that_its_own_verifier_accepts(application: Application) -> None:
    with receiving() as receiver:
        statuses = iter((500, 200))
        receiver.answer = lambda _: next(statuses, 200)
        subscription = {"name": "pos", "event_types": EVENT_TYPES, "notification_url": receiver.url}
        made = application.call(
            "webhooks.subscriptions.create", idempotency_key="w1", subscription=subscription
        )["subscription"]
        code = application.call(
            "devices.codes.create", idempotency_key="d1", device_code={"product_type": "TERMINAL_API"}
        )["device_code"]
        application.terminal.pair(code["code"])
        assert application.call("devices.codes.get", id=code["id"])["device_code"]["status"] == "PAIRED"
        application.call(
            "terminal.checkouts.create",
            idempotency_key="k1",
            checkout={
                "amount_money": {"amount": 700, "currency": "CAD"},
                "device_options": {"device_id": PAYS},
            },
        )
        application.bench.advance(120 * SECOND)
        application.served.until(lambda: len(receiver.came) == 6, PATIENCE)
        for letter in receiver.came:
            wanted = {
                "request_body": letter.body.decode(),
                "signature_header": letter.headers["x-square-hmacsha256-signature"],
                "signature_key": made["signature_key"],
                "notification_url": receiver.url,
            }
            assert application.call("verify_signature", **wanted) is True
            spoilt = wanted | {"request_body": letter.body.decode() + " "}
            assert application.call("verify_signature", **spoilt) is False


def test_the_library_reads_subscriptions_devices_codes_and_locations(application: Application) -> None:
    with receiving() as receiver:
        subscription = {"event_types": ["payment.created"], "notification_url": receiver.url}
        made = application.call("webhooks.subscriptions.create", subscription=subscription)["subscription"]
        one = {"subscription_id": made["id"]}
        assert application.call("webhooks.subscriptions.get", **one)["subscription"] == made
        changed = application.call("webhooks.subscriptions.update", **one, subscription={"name": "till"})
        assert changed["subscription"]["name"] == "till"
        tested = application.call("webhooks.subscriptions.test", **one, event_type="payment.created")
        assert tested["status_code"] == tested["subscription_test_result"]["status_code"] == 200
        renewed = application.call("webhooks.subscriptions.update_signature_key", **one)
        assert renewed["signature_key"] != made["signature_key"]
        assert len(application.call("webhooks.subscriptions.list")) == 1
        application.call("webhooks.subscriptions.delete", **one)
        assert application.call("webhooks.subscriptions.list") == []
    (device,) = application.call("devices.list")
    assert application.call("devices.get", device_id=device["id"])["device"] == device
    (location,) = application.call("locations.list")["locations"]
    assert application.call("locations.get", location_id=location["id"])["location"] == location
    assert application.call("devices.codes.list") == []
    assert "payment.created" in application.call("webhooks.event_types.list")["event_types"]
