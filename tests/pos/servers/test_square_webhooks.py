"""Events on their way over sockets: a subscriber of another thread, the service behind its port."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.bench.served_apis import ServedApis
from terminal_sim.pos.square.webhooks.webhooks import Letter
from tests.patience import PATIENCE
from tests.pos.square.postal import is_well_signed
from tests.pos.square.receiver import Receiver, receiving

SECOND = 1_000_000


class Seller:
    """Calls the service from threads of its own, beside the thread that has the bench."""

    def __init__(self, bench: Bench, terminal: TerminalUnderTest, served: ServedApis) -> None:
        self.bench, self.terminal, self.served = bench, terminal, served
        self.keys = 0

    def send(self, method: str, path: str, body: object = None) -> Any:
        """The answer to one request, on the caller's own thread."""
        line = HTTPConnection(urlsplit(self.served.square.url).netloc, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {self.served.square.token}"}
        line.request(method, path, None if body is None else json.dumps(body), headers)
        said = json.loads(line.getresponse().read())
        line.close()
        return said

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The same, while the bench serves."""
        answer: Future[Any] = Future()
        asking = Thread(target=lambda: answer.set_result(self.send(method, path, body)))
        asking.start()
        self.served.until(answer.done, PATIENCE)
        asking.join()
        return answer.result()

    def subscribe(self, receiver: Receiver) -> Any:
        types = ["terminal.checkout.created", "terminal.checkout.updated"]
        body = {"subscription": {"event_types": types, "notification_url": receiver.url}}
        return self.call("POST", "/v2/webhooks/subscriptions", body)["subscription"]

    def checkout(self) -> Any:
        self.keys += 1
        body = {
            "idempotency_key": f"k{self.keys}",
            "checkout": {
                "amount_money": {"amount": 700, "currency": "CAD"},
                "device_options": {"device_id": self.terminal.name},
            },
        }
        return self.call("POST", "/v2/terminals/checkouts", body)["checkout"]


@contextmanager
def selling(state: Path | None = None) -> Iterator[Seller]:
    with Bench(trace=False, state=state) as bench:
        terminal = bench.add_terminal("square-terminal")
        with bench.serve_pos() as served:
            yield Seller(bench, terminal, served)


def test_a_subscriber_of_another_thread_hears_of_a_checkout_in_order() -> None:
    with receiving() as receiver, selling() as seller:
        made = seller.subscribe(receiver)
        seller.checkout()
        seller.served.until(lambda: len(receiver.came) == 2, PATIENCE)
        seller.terminal.insert("visa-credit")
        seller.bench.advance(5 * SECOND)
        seller.served.until(lambda: len(receiver.came) == 3, PATIENCE)
        assert receiver.states() == ["PENDING", "IN_PROGRESS", "COMPLETED"]
        assert all(is_well_signed(letter, made["signature_key"]) for letter in receiver.came)


def test_what_a_subscriber_did_not_take_comes_again_after_a_restart(tmp_path: Path) -> None:
    with receiving() as receiver:
        receiver.answer = lambda _: 500
        with selling(tmp_path / "state") as seller:
            seller.subscribe(receiver)
            seller.terminal.network(False)
            seller.checkout()
            seller.bench.advance(30 * SECOND)  # not before the result is in
        assert receiver.states() == ["PENDING"]
        receiver.answer = lambda _: 200
        with selling(tmp_path / "state") as seller:
            seller.bench.advance(61 * SECOND)
            seller.served.until(lambda: receiver.states().count("PENDING") == 2, PATIENCE)
            (again,) = [one for one in receiver.came if "square-retry-number" in one.headers]
            assert again.body == receiver.came[0].body
            assert again.headers["square-retry-reason"] == "http_error"


def test_a_subscriber_may_call_the_service_before_it_answers() -> None:
    with receiving() as receiver, selling() as seller:
        seen: list[str] = []

        def answer(letter: Letter) -> int:
            name = json.loads(letter.body)["data"]["id"]
            seen.append(seller.send("GET", f"/v2/terminals/checkouts/{name}")["checkout"]["id"])
            return 200

        receiver.answer = answer
        seller.subscribe(receiver)
        made = seller.checkout()
        seller.bench.advance(60 * SECOND)
        assert seen == [made["id"]] * 2, "time does not pass before its answers are in"


def test_a_test_of_a_subscription_says_the_status_that_the_subscriber_gives() -> None:
    with receiving() as receiver, selling() as seller:
        made = seller.subscribe(receiver)
        receiver.answer = lambda _: 418
        said = seller.call("POST", f"/v2/webhooks/subscriptions/{made['id']}/test", {})
        assert said["status_code"] == 418
        assert is_well_signed(receiver.came[0], made["signature_key"])
