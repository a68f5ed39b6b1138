"""Points of sale on the vendor's own library, which is a process of its own: requests go in, and their answers come when they come."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from terminal_sim.bench.served_apis import ServedTerminalApi
from tests.interop.library_process import HERE, OTHERS, LibraryProcess

NODE_MODULES = OTHERS / "node" / "node_modules"
LIBRARY = NODE_MODULES / "@adyen" / "api-library"


class Library(LibraryProcess):
    """The process of the library."""

    def __init__(self, ca: str = "") -> None:
        """`ca` has certificates that the process trusts besides those of its own."""
        super().__init__(
            ["node", str(HERE / "adyen_point_of_sale.js")],
            NODE_PATH=str(NODE_MODULES),
            NODE_EXTRA_CA_CERTS=ca,
        )


class PointOfSale:
    """Asks the terminal behind `api`, by the category and the body of each request."""

    def __init__(self, library: Library, api: ServedTerminalApi) -> None:
        self.api = api
        self._library = library
        self._asked = 0

    def ask(
        self,
        category: str,
        body: Mapping[str, Any],
        *,
        service_id: str = "",
        key: bool | dict[str, Any] = True,
    ) -> Future[Any]:
        """The answer to come. `service_id` is a new one where none is given; `key` is another key, or False for a request in clear."""
        self._asked += 1
        shared = self.api.key
        keys = None
        if isinstance(key, dict):
            keys = key
        elif key and shared is not None:
            keys = {
                "KeyIdentifier": shared.identifier,
                "KeyVersion": shared.version,
                "AdyenCryptoVersion": 1,
                "Passphrase": shared.passphrase.reveal(),
            }
        header = {
            "MessageCategory": category,
            "MessageClass": "Device" if category in ("Print", "Display", "Input") else "Service",
            "MessageType": "Request",
            "POIID": self.api.poiid,
            "ProtocolVersion": "3.0",
            "SaleID": "Till1",
            "ServiceID": service_id or f"S{self._asked}",
        }
        request = {"SaleToPOIRequest": {"MessageHeader": header, f"{category}Request": dict(body)}}
        call = {"url": self.api.url, "ca": str(self.api.ca_file), "key": keys, "request": request}
        return self._library.ask(call)

    def pay(self, amount: float, ticket: str, *, service_id: str = "", **more: Any) -> Future[Any]:
        """Ask for a payment of `amount` dollars."""
        body = {
            "SaleData": {
                "SaleTransactionID": {"TransactionID": ticket, "TimeStamp": "2026-01-15T09:00:00+00:00"},
                **more.pop("sale_data", {}),
            },
            "PaymentTransaction": {"AmountsReq": {"Currency": "CAD", "RequestedAmount": amount}},
            **more,
        }
        return self.ask("Payment", body, service_id=service_id)

    def status(self, service_id: str) -> Future[Any]:
        """Ask what has become of a payment."""
        reference = {"MessageCategory": "Payment", "SaleID": "Till1", "ServiceID": service_id}
        return self.ask("TransactionStatus", {"MessageReference": reference})

    def abort(self, service_id: str) -> Future[Any]:
        """Take a payment back."""
        reference = {"MessageCategory": "Payment", "SaleID": "Till1", "ServiceID": service_id}
        return self.ask("Abort", {"MessageReference": reference, "AbortReason": "MerchantAbort"})
