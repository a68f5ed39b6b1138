"""Server-sent events: everything in order, and what was missed after a lost connection."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import Any

from tests.patience import PATIENCE
from tests.web.kit import API, Client


def listened(bench: Client, until: int, **headers: str) -> list[dict[str, Any]]:
    """The events that come until the one with the number `until`."""
    connection = HTTPConnection(bench.address.host, bench.address.port, timeout=PATIENCE)
    connection.request(
        "GET", f"{API}/events", headers={"Authorization": f"Bearer {bench.address.token}", **headers}
    )
    answer = connection.getresponse()
    assert answer.getheader("content-type") == "text/event-stream"
    found: list[dict[str, Any]] = []
    while not found or found[-1]["n"] < until:
        line = answer.readline().decode()
        if line.startswith("data: "):
            found.append(json.loads(line.removeprefix("data: ")))
    answer.close()
    connection.close()
    return found


def test_a_listener_gets_every_event_in_order(bench: Client) -> None:
    bench.acts("press OK 1250 OK")
    last = bench.get("/bench")["event"]
    assert [event["n"] for event in listened(bench, last)] == list(range(1, last + 1))


def test_a_listener_that_comes_back_names_the_last_event_that_it_has(bench: Client) -> None:
    bench.acts("press OK 1250 OK")
    last = bench.get("/bench")["event"]
    assert [event["n"] for event in listened(bench, last, **{"Last-Event-ID": "5"})] == list(
        range(6, last + 1)
    )


def test_an_id_that_is_none_is_refused(bench: Client) -> None:
    status, problem = bench.ask("GET", f"{API}/events", headers={"Last-Event-ID": "five"})
    assert (status, problem["field"]) == (422, "Last-Event-ID")
