"""Faults between points of sale and what they call: what the client gets, and what has happened all the same."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.bench.served_apis import ServedApis
from terminal_sim.pos.adyen.wire.seal import SharedKey, seal
from tests.patience import PATIENCE

SECOND = 1_000_000
FORMER = "1999-12-31T23:59:59+00:00"


class Caller:
    """Calls what is served from a thread of its own."""

    def __init__(self, bench: Bench, terminal: TerminalUnderTest, served: ServedApis) -> None:
        self.bench, self.terminal, self.served = bench, terminal, served

    def post(self, path: str, body: Any) -> Future[tuple[int, Any]]:
        """Status and text of the answer to come, or what the client is told instead of it."""
        answer: Future[tuple[int, Any]] = Future()
        Thread(target=self._send, args=(answer, path, body), daemon=True).start()
        return answer

    def got(self, answer: Future[tuple[int, Any]]) -> tuple[int, Any]:
        """The answer that comes without any more time."""
        self.served.until(answer.done, PATIENCE)
        return answer.result()

    def _send(self, answer: Future[tuple[int, Any]], path: str, body: Any) -> None:
        line, headers = self._line()
        try:
            with closing(line), closing(self._sent(line, path, body, headers)) as found:
                answer.set_result((found.status, found.read()))
        except (OSError, HTTPException) as told:
            answer.set_exception(told)

    def _sent(self, line: HTTPConnection, path: str, body: Any, headers: dict[str, str]) -> HTTPResponse:
        line.request("POST", path, json.dumps(body), headers)
        return line.getresponse()

    def _line(self) -> tuple[HTTPConnection, dict[str, str]]:
        if self.terminal.profile.api == "square":
            square = self.served.square
            line = HTTPConnection(urlsplit(square.url).netloc, timeout=PATIENCE)
            return line, {"Authorization": f"Bearer {square.token}"}
        api = self.served.of(self.terminal)
        context = ssl.create_default_context(cafile=str(api.ca_file))
        return HTTPSConnection(urlsplit(api.url).netloc, context=context, timeout=PATIENCE), {}

    def pay(self, service_id: str = "P1") -> Future[tuple[int, Any]]:
        return self.post("/nexo/", self.message("Payment", payment(), service_id))

    def status(self, service_id: str = "P1") -> str:
        """What has become of a payment."""
        reference = {"MessageCategory": "Payment", "SaleID": "Till1", "ServiceID": service_id}
        message = self.message("TransactionStatus", {"MessageReference": reference}, "Q1")
        _, text = self.got(self.post("/nexo/", message))
        said = json.loads(text)["SaleToPOIResponse"]["TransactionStatusResponse"]
        if "RepeatedMessageResponse" not in said:
            return str(said["Response"]["ErrorCondition"])
        repeated = said["RepeatedMessageResponse"]["RepeatedResponseMessageBody"]
        return str(repeated["PaymentResponse"]["Response"]["Result"])

    def message(self, category: str, body: Any, service_id: str) -> dict[str, Any]:
        header = {
            "MessageCategory": category,
            "MessageClass": "Service",
            "MessageType": "Request",
            "POIID": self.served.of(self.terminal).poiid,
            "ProtocolVersion": "3.0",
            "SaleID": "Till1",
            "ServiceID": service_id,
        }
        return {"SaleToPOIRequest": {"MessageHeader": header, f"{category}Request": body}}

    def show_card(self) -> None:
        self.served.until(lambda: self.terminal.view().screen.id == "present-card", PATIENCE)
        self.terminal.insert("visa-credit")
        self.bench.advance(5 * SECOND)

    @property
    def sales(self) -> int:
        return sum(
            (row.flat.kind, row.flat.fields.get("state")) == ("sale", "COMPLETED")
            for row in self.terminal.journal()
        )


def payment() -> dict[str, Any]:
    """A payment that is asked for by a point of sale whose clock is a quarter of a century behind."""
    return {
        "SaleData": {"SaleTransactionID": {"TransactionID": "T-1", "TimeStamp": FORMER}},
        "PaymentTransaction": {"AmountsReq": {"Currency": "CAD", "RequestedAmount": 10.99}},
    }


@contextmanager
def calling(profile: str, *, in_clear: bool = True) -> Iterator[Caller]:
    with Bench(trace=False) as bench:
        terminal = bench.add_terminal(profile)
        with bench.serve_pos(sealed=not in_clear) as served:
            yield Caller(bench, terminal, served)


@pytest.mark.parametrize("fault", ["answer-lost", "half"])
def test_an_answer_that_is_lost_or_cut_off_was_durable_and_is_asked_for_again(fault: str) -> None:
    with calling("v400m") as caller:
        caller.terminal.fault("api", fault)
        paying = caller.pay()
        caller.show_card()
        with pytest.raises(IncompleteRead if fault == "half" else (OSError, HTTPException)):
            caller.got(paying)
        assert caller.status() == "Success"
        assert caller.sales == 1


def test_a_connection_that_is_reset_while_the_shopper_pays_stops_nothing() -> None:
    with calling("v400m") as caller:
        caller.terminal.fault("api", "reset")
        paying = caller.pay()
        caller.served.until(lambda: caller.terminal.view().screen.id == "present-card", PATIENCE)
        with pytest.raises(ConnectionResetError):
            caller.got(paying)
        assert caller.status() == "InProgress"
        caller.show_card()
        assert caller.status() == "Success"


def test_a_slow_answer_leaves_a_minute_after_it_was_made_and_others_before_it() -> None:
    with calling("v400m") as caller:
        caller.terminal.fault("api", "slow")
        paying = caller.pay()
        caller.show_card()
        assert caller.status() == "Success"
        caller.bench.advance(54 * SECOND)
        assert not paying.done()
        caller.bench.advance(60 * SECOND)
        status, text = caller.got(paying)
        said = json.loads(text)["SaleToPOIResponse"]["PaymentResponse"]
        assert (status, said["Response"]["Result"]) == (200, "Success")
        assert said["SaleData"]["SaleTransactionID"]["TimeStamp"] == FORMER, "the client's clock is its own"


def checkout(caller: Caller) -> Future[tuple[int, Any]]:
    body = {
        "idempotency_key": "k1",
        "checkout": {
            "amount_money": {"amount": 700, "currency": "CAD"},
            "device_options": {"device_id": caller.terminal.name},
        },
    }
    return caller.post("/v2/terminals/checkouts", body)


def test_the_second_call_from_now_is_answered_503_and_does_nothing() -> None:
    with calling("square-terminal") as caller:
        caller.terminal.fault("api", "unavailable", "2")
        assert caller.got(caller.post("/v2/terminals/checkouts/search", {}))[0] == 200
        status, text = caller.got(checkout(caller))
        assert (status, json.loads(text)["errors"][0]["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert caller.terminal.view().screen.id != "present-card"
        assert caller.got(checkout(caller))[0] == 200


def test_a_checkout_whose_answer_was_lost_is_had_again_by_its_key() -> None:
    with calling("square-terminal") as caller:
        caller.terminal.fault("api", "answer-lost")
        with pytest.raises((OSError, HTTPException)):
            caller.got(checkout(caller))
        again = json.loads(caller.got(checkout(caller))[1])["checkout"]["id"]
        _, found = caller.got(caller.post("/v2/terminals/checkouts/search", {}))
        assert [one["id"] for one in json.loads(found)["checkouts"]] == [again]


def test_a_client_that_looks_at_certificates_leaves_before_one_that_is_not_valid_now() -> None:
    with calling("v400m") as caller:
        for state, said in (("expired", "expired"), ("not-yet-valid", "not yet valid")):
            caller.terminal.fault("certificate", state)
            with pytest.raises(ssl.SSLCertVerificationError, match=said):
                caller.got(caller.pay())
        caller.terminal.fault("certificate", "valid")
        assert caller.status() == "NotFound", "no payment was begun"


def test_a_point_of_sale_with_another_version_of_the_key_is_refused_as_any_broken_seal_is() -> None:
    with calling("v400m", in_clear=False) as caller:
        key = caller.served.of(caller.terminal).key
        assert key is not None
        caller.terminal.fault("shared-key", "renewed")
        reference = {"MessageCategory": "Payment", "SaleID": "Till1", "ServiceID": "P1"}
        message = caller.message("TransactionStatus", {"MessageReference": reference}, "Q1")

        def ask(version: int) -> int:
            shared = SharedKey(key.identifier, version, key.passphrase)
            header = message["SaleToPOIRequest"]["MessageHeader"]
            closed = seal(json.dumps(message).encode(), shared, bytes(15) + bytes([version]))
            inside = {"MessageHeader": header, **json.loads(msgspec.json.encode(closed))}
            return caller.got(caller.post("/nexo/", {"SaleToPOIRequest": inside}))[0]

        assert (ask(1), ask(2)) == (401, 200)
        caller.terminal.fault("shared-key", "restored")
        assert (ask(1), ask(2)) == (200, 401)
