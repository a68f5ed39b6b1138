"""The vendor's own library (npm, square), unchanged, drives a virtual Square Terminal."""

from __future__ import annotations

from typing import Any

from terminal_sim.bench import Bench
from tests.interop.square_sellers import node_seller, told

SECOND = 1_000_000


def test_the_library_takes_a_checkout_to_its_payment_and_reads_errors() -> None:
    with Bench() as bench:
        terminal = bench.add_terminal("square-terminal")
        with bench.serve_pos() as served:
            library = node_seller(served.square.url, served.square.token)

            def call(name: str, **arguments: Any) -> Any:
                asked = library.ask({"call": name, "arguments": arguments})
                served.until(asked.done, 60)
                return told(asked.result())

            def checkout(key: str, device: str) -> Any:
                wanted = {
                    "amountMoney": {"amount": 1250, "currency": "CAD"},
                    "deviceOptions": {"deviceId": device},
                }
                return call("terminal.checkouts.create", idempotencyKey=key, checkout=wanted)

            try:
                made = checkout("k1", terminal.name)["checkout"]
                assert made["status"] == "PENDING"
                terminal.insert("visa-credit")
                bench.advance(5 * SECOND)
                done = call("terminal.checkouts.get", checkoutId=made["id"])["checkout"]
                assert done["status"] == "COMPLETED"
                payment = call("payments.get", paymentId=done["paymentIds"][0])["payment"]
                assert payment["totalMoney"] == {"amount": 1250, "currency": "CAD"}
                status, errors = checkout("k2", "nobody")
                assert (status, errors[0]["code"]) == (400, "BAD_REQUEST")
                ping = {"type": "PING", "deviceId": terminal.name}
                action = call("terminal.actions.create", idempotencyKey="a1", action=ping)["action"]
                dismissed = call("terminal.dismissTerminalAction", actionId=action["id"])["action"]
                assert dismissed["id"] == action["id"], "its colon is percent-encoded on the way"
            finally:
                library.close()
