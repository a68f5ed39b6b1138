"""The vendor's own library reaches a virtual terminal by the platform, and hears of it where the terminal is out of reach."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.bench.served_apis import ServedApis, ServedPlatform
from tests.interop.adyen import LIBRARY, Library

SECOND = 1_000_000
PAYMENT = {
    "SaleData": {"SaleTransactionID": {"TransactionID": "T-1", "TimeStamp": "2026-01-15T09:00:00+00:00"}},
    "PaymentTransaction": {"AmountsReq": {"Currency": "CAD", "RequestedAmount": 10.99}},
}


class CloudShop:
    """A terminal, the platform in front of it, and the library."""

    def __init__(
        self, bench: Bench, terminal: TerminalUnderTest, served: ServedApis, library: Library
    ) -> None:
        assert served.cloud is not None
        self.bench, self.terminal, self.served = bench, terminal, served
        self.cloud: ServedPlatform = served.cloud
        self._library = library

    @property
    def poiid(self) -> str:
        return self.served.of(self.terminal).poiid

    def _message(self, category: str, body: Any, service_id: str) -> dict[str, Any]:
        header = {
            "MessageCategory": category,
            "MessageClass": "Service",
            "MessageType": "Request",
            "POIID": self.poiid,
            "ProtocolVersion": "3.0",
            "SaleID": "Till1",
            "ServiceID": service_id,
        }
        return {"SaleToPOIRequest": {"MessageHeader": header, f"{category}Request": body}}

    def _key(self) -> str:
        return self.cloud.key_file.read_text("ascii").strip()

    def ask(self, category: str, body: Any, service_id: str, how: str = "sync", key: str = "") -> Future[Any]:
        message = self._message(category, body, service_id)
        return self._library.ask(
            {"url": self.cloud.url, "cloud": how, "key": key or self._key(), "request": message}
        )

    def ask_device(self, method: str, *args: Any, sealed: bool = False) -> Future[Any]:
        """Call a method of the library's Cloud device API."""
        call: dict[str, Any] = {
            "url": self.cloud.url,
            "key": self._key(),
            "device": method,
            "args": ["Merchant", *args],
        }
        if sealed:
            shared = self.served.of(self.terminal).key
            assert shared is not None
            call["credentials"] = {
                "keyIdentifier": shared.identifier,
                "keyVersion": shared.version,
                "adyenCryptoVersion": 1,
                "passphrase": shared.passphrase.reveal(),
            }
        return self._library.ask(call)

    def pay_at_device(self, service_id: str, how: str, *, sealed: bool = False) -> Future[Any]:
        return self.ask_device(how, self.poiid, self._message("Payment", PAYMENT, service_id), sealed=sealed)

    def answer(self, asked: Future[Any]) -> Any:
        self.served.until(asked.done, 120)
        return asked.result()

    def card(self) -> None:
        self.served.until(lambda: self.terminal.view().screen.id == "present-card", 120)
        self.terminal.insert("visa-credit")
        self.bench.advance(5 * SECOND)
        self.terminal.remove_card()


@pytest.fixture(scope="module")
def shop() -> Iterator[CloudShop]:
    if not LIBRARY.is_dir() or shutil.which("node") is None:
        pytest.skip("@adyen/api-library of npm is missing: sh tools/others.sh .venv")
    with Bench() as bench:
        terminal = bench.add_terminal("v400m")
        with bench.serve_pos(cloud=0) as served:
            assert served.cloud is not None
            library = Library(str(served.cloud.ca_file))
            try:
                yield CloudShop(bench, terminal, served, library)
            finally:
                library.close()


def test_a_payment_waits_for_the_shopper_in_the_call(shop: CloudShop) -> None:
    asked = shop.ask("Payment", PAYMENT, "C1")
    shop.card()
    said = shop.answer(asked)["response"]["SaleToPOIResponse"]["PaymentResponse"]
    assert said["Response"]["Result"] == "Success"


def test_an_asynchronous_payment_is_taken_and_its_status_has_the_answer(shop: CloudShop) -> None:
    assert shop.answer(shop.ask("Payment", PAYMENT, "C2", "async"))["response"] == "ok"
    shop.card()
    reference = {"MessageCategory": "Payment", "SaleID": "Till1", "ServiceID": "C2"}
    status = shop.answer(shop.ask("TransactionStatus", {"MessageReference": reference}, "C3"))
    repeated = status["response"]["SaleToPOIResponse"]["TransactionStatusResponse"]["RepeatedMessageResponse"]
    assert repeated["RepeatedResponseMessageBody"]["PaymentResponse"]["Response"]["Result"] == "Success"


def test_a_terminal_out_of_reach_is_told_by_a_rejection(shop: CloudShop) -> None:
    shop.terminal.network(False)
    try:
        said = shop.answer(shop.ask("Payment", PAYMENT, "C4", "async"))["response"]
        notified = said["SaleToPOIRequest"]["EventNotification"]
        assert notified["EventToNotify"] == "Reject"
        assert "Failed+to+send+message+to+POI" in notified["EventDetails"]
    finally:
        shop.terminal.network(True)


def test_a_wrong_key_is_not_let_in(shop: CloudShop) -> None:
    refused = shop.answer(shop.ask("Diagnosis", {}, "C5", key="another"))
    assert refused["error"]["statusCode"] == 401


def test_the_terminals_in_reach_are_listed_and_one_is_asked_for(shop: CloudShop) -> None:
    assert shop.answer(shop.ask_device("getConnectedDevices"))["response"] == {
        "uniqueDeviceIds": [shop.poiid]
    }
    assert shop.answer(shop.ask_device("getDeviceStatus", shop.poiid))["response"]["status"] == "ONLINE"
    shop.terminal.network(False)
    try:
        assert shop.answer(shop.ask_device("getConnectedDevices"))["response"] == {"uniqueDeviceIds": []}
        assert shop.answer(shop.ask_device("getDeviceStatus", shop.poiid))["response"]["status"] == "OFFLINE"
    finally:
        shop.terminal.network(True)
    assert shop.answer(shop.ask_device("getDeviceStatus", "V400m-1"))["error"]["statusCode"] == 404


@pytest.mark.parametrize("sealed", [False, True])
def test_a_payment_by_the_device_interface_is_in_clear_or_sealed_for_the_terminal(
    shop: CloudShop, sealed: bool
) -> None:
    asked = shop.pay_at_device(f"D{sealed:d}", "sync", sealed=sealed)
    shop.card()
    said = shop.answer(asked)["response"]["SaleToPOIResponse"]["PaymentResponse"]
    assert said["Response"]["Result"] == "Success"


def test_an_asynchronous_payment_by_the_device_interface_is_taken(shop: CloudShop) -> None:
    assert shop.answer(shop.pay_at_device("D2", "async", sealed=True))["response"]["Result"] == "ok"
    shop.card()
    reference = {"MessageCategory": "Payment", "SaleID": "Till1", "ServiceID": "D2"}
    status = shop.answer(shop.ask("TransactionStatus", {"MessageReference": reference}, "D3"))
    answered = status["response"]["SaleToPOIResponse"]["TransactionStatusResponse"]["Response"]
    assert answered["Result"] == "Success"
