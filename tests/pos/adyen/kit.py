"""A terminal with its interface, spoken to without a socket: what a server hands over, and what it would send."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.pos.adyen.terminal_api import TerminalApi
from terminal_sim.pos.adyen.wire.exchange import HttpReply

SECOND = 1_000_000


class Asked:
    """A request that was sent: `replies` has what came back, one reply or, where the connection ended without one, None."""

    def __init__(self) -> None:
        self.replies: list[HttpReply | None] = []

    @property
    def body(self) -> Any:
        """The body of the answer."""
        (reply,) = self.replies
        assert reply is not None
        (found,) = (
            value
            for name, value in json.loads(reply.body)["SaleToPOIResponse"].items()
            if name != "MessageHeader"
        )
        return found

    @property
    def result(self) -> tuple[str, str]:
        """The result and the error condition."""
        response = self.body["Response"]
        return response["Result"], response.get("ErrorCondition", "")


class Spoken:
    """The interface of `terminal`, in clear."""

    def __init__(self, bench: Bench, terminal: TerminalUnderTest, api: TerminalApi) -> None:
        self.bench, self.terminal, self.api = bench, terminal, api

    def ask(self, category: str, body: Mapping[str, Any], sale_id: str, service_id: str) -> Asked:
        header = {
            "MessageCategory": category,
            "MessageClass": "Service",
            "MessageType": "Request",
            "POIID": self.api.poiid,
            "ProtocolVersion": "3.0",
            "SaleID": sale_id,
            "ServiceID": service_id,
        }
        return self.send(
            json.dumps({"SaleToPOIRequest": {"MessageHeader": header, f"{category}Request": body}})
        )

    def send(self, text: str) -> Asked:
        """What a server hands over where the terminal is on; else the connection ends."""
        asked = Asked()
        if self.terminal.is_on:
            self.api.receive(text.encode(), asked.replies.append)
        else:
            asked.replies.append(None)
        return asked

    def pay(self, amount: str, service_id: str, sale_id: str = "Till1", ticket: str = "T-1") -> Asked:
        body = {
            "SaleData": {
                "SaleTransactionID": {"TransactionID": ticket, "TimeStamp": "2026-01-15T09:00:00+00:00"}
            },
            "PaymentTransaction": {"AmountsReq": {"Currency": "CAD", "RequestedAmount": float(amount)}},
        }
        return self.ask("Payment", body, sale_id, service_id)

    def status(self, service_id: str, sale_id: str = "Till1", category: str = "Payment") -> Asked:
        reference = {"MessageCategory": category, "SaleID": sale_id, "ServiceID": service_id}
        return self.ask("TransactionStatus", {"MessageReference": reference}, sale_id, "Q")

    def abort(self, service_id: str, sale_id: str = "Till1") -> Asked:
        reference = {"MessageCategory": "Payment", "SaleID": sale_id, "ServiceID": service_id}
        body = {"MessageReference": reference, "AbortReason": "MerchantAbort"}
        return self.ask("Abort", body, sale_id, "A")

    def reverse(self, transaction: Mapping[str, str], service_id: str, sale_id: str = "Till1") -> Asked:
        body = {
            "OriginalPOITransaction": {"POITransactionID": dict(transaction)},
            "ReversalReason": "MerchantCancel",
        }
        return self.ask("Reversal", body, sale_id, service_id)


@contextmanager
def spoken(
    profile: str = "v400m",
    *,
    terminal_options: Mapping[str, object] | None = None,
    notified: Mapping[str, str] | None = None,
    **options: Any,
) -> Iterator[Spoken]:
    """A bench with one terminal of `profile`, and its interface; `notified` are the URLs that are told of `events` and `displays`."""
    with Bench(**{"trace": False, **options}) as bench:
        terminal = bench.add_terminal(profile, options=terminal_options)

        def at_once(call: Any) -> None:
            call()

        with bench.terminal_apis(at_once, sealed=False, **(notified or {})) as apis:
            yield Spoken(bench, terminal, apis.of(terminal))
