"""What the API shows of the host: its books and rules where it is in the same process, the ways and messages where it is not."""

from __future__ import annotations

import json
from pathlib import Path

from tests.host.network.kit import Serving
from tests.web.kit import API, Client, served


def test_the_books_agree_with_what_was_paid_and_taken_back(bench: Client) -> None:
    bench.acts(
        "press OK 1250 OK", "insert visa-credit", 'expect screen "Approved"', "remove card", "wait 30s"
    )
    paid = bench.get("/bench")["event"]
    bench.acts("host answers timeout", "press OK 500 OK", "swipe visa-stripe", "wait 3min")
    now = bench.get("/host")
    assert (now["address"], now["dialect"]) == ("", "iso8583-1987")
    assert now["books"] == {"entries": 3, "net": {"CAD": 1250}}
    entries = bench.get("/host/entries")
    assert [(row["number"], row["kind"], row["amount"], row["pan"]) for row in entries] == [
        (1, "charge", 1250, "411111******1111"),
        (2, "charge", 500, "401288******1881"),
        (3, "reversal", -500, "401288******1881"),
    ]
    assert entries[2]["original"] == entries[1]["reference"]
    assert bench.get("/host/entries?after=2") == entries[2:]
    messages = bench.get("/host/messages")
    assert bench.get("/host/messages?after=1") == messages[1:]
    assert now["messages"] == len(messages) == 3
    assert bench.get(f"/host?at={paid}")["books"] == {"entries": 1, "net": {"CAD": 1250}}
    assert bench.get(f"/host/entries?at={paid}") == entries[:1]


def test_the_rules_are_shown_as_they_are_changed_while_the_host_runs(bench: Client) -> None:
    before = bench.get("/host")["rules"]
    assert (before["answers"], before["sends"], before["pack"]) == ([], [], "")
    assert before["packs"] == ["adyen-amounts"]
    assert "pan=400000******0002: declined:05" in before["always"]
    bench.acts("host answers declined:51 late:30s", "host pack adyen-amounts", "host sends unblock-pin")
    after = bench.get("/host")["rules"]
    assert (after["answers"], after["pack"], len(after["sends"])) == (
        ["declined:51", "late:30s"],
        "adyen-amounts",
        1,
    )
    bench.acts("host pack none", "press OK 500 OK", "swipe visa-stripe", 'expect screen "Declined"')
    spent = bench.get("/host")["rules"]
    assert (spent["answers"], spent["pack"]) == (["late:30s"], "")


def test_each_way_to_the_host_says_what_is_wrong_with_it() -> None:
    with served("v400m", "s1f2") as bench:
        bench.acts("network slow 5s", "fault host-duplicate 2", "paper out")
        assert bench.get("/host")["lines"] == [
            {
                "terminal": "V4000001",
                "state": "same process",
                "waits": False,
                "troubles": ["network slow 5s", "fault host-duplicate 2"],
            },
            {"terminal": "S1F20001", "state": "same process", "waits": False, "troubles": []},
        ]


def test_of_a_host_in_another_process_the_ways_and_messages_are_shown(tmp_path: Path) -> None:
    with Serving() as host, served("v400m", host_at=host.address, state=tmp_path / "state") as bench:
        assert bench.get("/host")["lines"][0]["state"] == "closed"
        bench.acts("press OK 1250 OK", "insert visa-credit", 'expect screen "Approved"')
        now = bench.get("/host")
        assert now["address"] == host.address
        assert (now["rules"], now["books"], now["messages"]) == (None, None, 1)
        assert now["lines"] == [{"terminal": "V4000001", "state": "open", "waits": False, "troubles": []}]
        assert [each["response"] for each in bench.get("/host/messages")] == ["00"]
        status, problem = bench.ask("GET", f"{API}/host/entries")
        assert status == 409
        assert problem["detail"] == f"the host is at {host.address}, and so are its books"
        assert "4111111111111111" not in json.dumps([now, bench.get("/host/messages")])
