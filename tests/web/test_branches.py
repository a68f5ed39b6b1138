"""Time travel over the API: the bench as it was after any event, another branch from there, and two of them side by side."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.web.kit import API, Client, served

AT = "/terminals/v400m-1"


def trace(bench: Client, branch: str = "") -> list[dict[str, Any]]:
    status, text = bench.ask("GET", f"{API}/trace?limit=10000{f'&branch={branch}' if branch else ''}")
    assert status == 200
    return [json.loads(line) for line in text.decode().splitlines()]


def sold(bench: Client) -> list[dict[str, Any]]:
    """A sale that was approved, as its trace."""
    bench.acts("press OK 1250 OK", "insert visa-credit", 'expect screen "Approved"')
    return trace(bench)


def test_every_screen_of_a_sale_is_seen_again(bench: Client) -> None:
    for entry in sold(bench):
        if entry["kind"] == "screen":
            then = bench.get(f"{AT}/screen?at={entry['n']}")
            assert (then["id"], then["text"]) == (entry["screen"], entry["text"])
            assert entry["screen"] in bench.get(f"{AT}?at={entry['n']}")["screen"]


def test_receipts_journal_clock_and_card_are_those_of_then(bench: Client) -> None:
    entries = sold(bench)
    amount = next(entry["n"] for entry in entries if entry.get("screen") == "amount")
    reading = next(entry["n"] for entry in entries if entry.get("line", "").startswith("insert"))
    bench.post("/bench/clock", {"advance": "24h"})
    assert bench.get(f"{AT}/receipts?at={amount}") == []
    assert bench.get(f"{AT}/receipts?at={entries[-1]['n']}") != []
    assert len(bench.get(f"{AT}/journal?at={amount}")) < len(bench.get(f"{AT}/journal"))
    assert bench.get(f"{AT}/report?at={amount}") != bench.get(f"{AT}/report")
    assert bench.get(f"{AT}?at={amount}")["card"] == ""
    assert bench.get(f"{AT}?at={reading}")["card"] == "visa-credit"
    assert bench.get(f"/bench?at={amount}")["clock"].startswith("2026-01-15")
    assert bench.get(f"/host/messages?at={amount}") == []
    assert bench.get("/bench")["clock"].startswith("2026-01-16")


def test_looking_back_changes_nothing(bench: Client) -> None:
    sold(bench)
    before = bench.get("/bench"), bench.get(f"{AT}/journal"), trace(bench)
    for event in range(1, len(before[2]) + 1, 7):
        status, _, drawn = bench.ask_raw("GET", f"{API}{AT}/device.svg?at={event}")
        assert status == 200
        assert drawn.startswith(b"<svg")
    assert (bench.get("/bench"), bench.get(f"{AT}/journal"), trace(bench)) == before


def test_each_deadline_of_a_long_jump_is_a_moment_of_its_own(bench: Client) -> None:
    bench.acts("press OK 1250")
    left = bench.get("/bench")["event"]
    bench.post("/bench/clock", {"advance": "1h"})
    home = next(entry["n"] for entry in trace(bench) if entry["n"] > left and entry.get("screen") == "home")
    assert bench.get(f"{AT}/screen?at={left}")["id"] == "amount"
    assert bench.get(f"{AT}/screen?at={home}")["id"] == "home"
    assert bench.get(f"/bench?at={home}")["t"] < 3_600_000_000


def test_a_branch_goes_on_by_itself_and_both_are_compared(bench: Client) -> None:
    entries = sold(bench)
    insert = next(entry["n"] for entry in entries if entry.get("line", "").startswith("insert"))
    made = bench.post("/branches", {"from": insert - 1})
    assert (made["branch"], made["from"], made["live"]) == ("b2", insert - 1, False)
    status, found = bench.ask(
        "POST",
        f"{API}{AT}/acts?branch=b2",
        {"lines": ["insert visa-declined", 'expect screen "Declined"', "press 1"]},
    )
    assert (status, found["done"]) == (409, 2), found
    assert bench.get(f"{AT}/screen")["id"] == "approved"
    assert bench.get(f"{AT}/screen?branch=b2")["id"] == "declined"
    assert trace(bench, "b2")[: insert - 1] == entries[: insert - 1]
    compared = bench.get("/branches/b1/diff/b2")
    assert compared["same"] == insert - 1
    assert compared["rows"][0][0]["line"] == "insert visa-credit"
    assert compared["rows"][0][1]["line"] == "insert visa-declined"
    assert compared["counts"]["screen"] >= 1
    assert "approved" in compared["screens"]["v400m-1"]["changed"]["main"]
    assert compared["journal"]["v400m-1"]["a"]
    assert compared["journal"]["v400m-1"]["b"]
    assert bench.get("/bench?branch=b2")["violations"] == []


def test_a_recording_of_a_branch_begins_with_what_both_did(bench: Client) -> None:
    entries = sold(bench)
    insert = next(entry["n"] for entry in entries if entry.get("line", "").startswith("insert"))
    bench.post("/branches", {"from": insert - 1})
    bench.post(f"{AT}/verbs/insert?branch=b2", {"card": "visa-declined"})
    status, recording = bench.ask("GET", f"{API}{AT}/recording?branch=b2")
    assert status == 200
    assert b"press 1250 OK" in recording
    assert b"insert visa-declined" in recording
    assert b"insert visa-credit" not in recording


def test_another_branch_becomes_the_live_one_and_its_watchers_hear_of_it(bench: Client) -> None:
    bench.acts("press OK 1250")
    with bench.socket() as socket:
        assert socket.ask(sub={})["done"]["branch"] == "b1"
        bench.post("/branches", {"from": 2})
        bench.post("/branches/b2", {"live": True})
        while "branch" not in (heard := socket.next()):
            pass
        assert (heard["branch"]["branch"], heard["branch"]["live"]) == ("b2", True)
        done = socket.ask(sub={"after": 0})["done"]
        assert (done["branch"], done["event"]) == ("b2", bench.get("/bench")["event"])
        assert "done" in socket.ask(do="press", terminal="v400m-1", keys=["OK"])
    assert bench.get(f"{AT}/screen?branch=b1")["text"] != bench.get(f"{AT}/screen")["text"]
    assert [each["live"] for each in bench.get("/branches")] == [False, True]
    assert bench.ask("DELETE", f"{API}/branches/b2")[0] == 409
    assert bench.ask("DELETE", f"{API}/branches/b1")[0] == 200
    assert [each["branch"] for each in bench.get("/branches")] == ["b2"]


def test_inputs_over_a_socket_go_to_the_branch_that_it_watches(bench: Client) -> None:
    bench.acts("press OK")
    bench.post("/branches", {"from": bench.get("/bench")["event"]})
    with bench.socket() as socket:
        socket.ask(sub={"branch": "b2"})
        socket.ask(do="press", terminal="v400m-1", keys=["7"])
        socket.ask(do="press", terminal="v400m-1", keys=["1"], branch="b1")
        assert socket.ask(sub={"branch": "b9"})["refused"]["code"] == "not-found"
    assert "$0.07" in bench.get(f"{AT}/screen?branch=b2")["text"]
    assert "$0.01" in bench.get(f"{AT}/screen")["text"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", f"{AT}/screen?at=0", None, 404),
        ("GET", f"{AT}/screen?at=9999", None, 404),
        ("GET", f"{AT}/screen?at=x", None, 422),
        ("GET", f"{AT}/screen?branch=b7", None, 404),
        ("POST", "/branches", {"from": 9999}, 404),
        ("POST", "/branches", {"from": 0}, 422),
        ("POST", "/branches", {"at": 1}, 422),
        ("POST", "/branches/b1", {"live": False}, 422),
        ("DELETE", "/branches/b1", None, 409),
        ("DELETE", "/branches/b7", None, 404),
        ("GET", "/branches/b1/diff/b7", None, 404),
    ],
)  # fmt: skip
def test_a_moment_or_branch_that_there_is_not_is_said(
    shared: Client, method: str, path: str, body: object, status: int
) -> None:
    said, problem = shared.ask(method, API + path, body)
    assert (said, bool(problem["detail"])) == (status, True)


def test_a_moment_before_another_terminal_was_set_up_has_the_ones_of_then() -> None:
    with served("square-terminal", "v400m") as bench:
        bench.acts("press OK")
        assert [each["id"] for each in bench.get("/terminals?at=3")] == ["square-terminal-1"]
        assert bench.ask("GET", f"{API}{AT}?at=3")[0] == 404
        last = bench.get("/bench")["event"]
        assert len(bench.get(f"/terminals?at={last}")) == 2
        assert bench.get("/terminals/square-terminal-1/screen?at=3")["id"] == "home"
        assert bench.post("/branches", {"from": 3})["branch"] == "b2"
        assert [each["id"] for each in bench.get("/terminals?branch=b2")] == ["square-terminal-1"]


def test_a_bench_in_a_folder_keeps_its_first_branch_live(tmp_path: Any) -> None:
    with served("v400m", state=tmp_path / "state") as bench:
        bench.acts("press OK 1250")
        assert bench.get(f"{AT}/screen?at=2")["id"] == "home"
        bench.post("/branches", {"from": 2})
        status, problem = bench.ask("POST", f"{API}/branches/b2", {"live": True})
        assert (status, "folder" in problem["detail"]) == (409, True)
