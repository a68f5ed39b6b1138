"""One WebSocket: inputs in order, each answered after all that it caused."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

import pytest
from websockets.exceptions import InvalidStatus

from terminal_sim.web import app, feed
from tests.patience import PATIENCE
from tests.web.kit import API, Client, served


def test_all_that_an_input_caused_comes_before_its_answer(bench: Client) -> None:
    with bench.socket() as socket:
        socket.ask(sub={})
        done = socket.ask(do="press", terminal="v400m-1", keys=["OK"])["done"]
        assert socket.events[-1]["n"] == done["event"]
        assert socket.screens[-1]["generation"] == done["generation"]
        assert socket.screens[-1]["screen"] == done["screen"] == "amount"
        assert done["line"] == "press OK"


def test_what_is_typed_fast_arrives_in_order(bench: Client) -> None:
    with bench.socket() as socket:
        socket.ask(do="press", terminal="v400m-1", keys=["OK"])
        for burst in range(50):
            digits = f"{1234567 + burst * 1111}"
            asked = [socket.say(do="press", terminal="v400m-1", keys=[digit]) for digit in digits]
            assert all("done" in socket.answer(seq) for seq in asked)
            text = bench.get("/terminals/v400m-1/screen")["text"]
            assert f"{int(digits) / 100:,.2f}" in text
            socket.ask(do="press", terminal="v400m-1", keys=["CLEAR"] * 7)


def test_a_touch_of_a_screen_that_is_gone_touches_nothing() -> None:
    with served("square-terminal") as bench, bench.socket() as socket:
        seen = bench.get("/terminals/square-terminal-1/screen")["generation"]
        socket.ask(do="press", terminal="square-terminal-1", keys=["1250"])
        touched = socket.ask(do="tap", terminal="square-terminal-1", what="id:charge", seen=seen)
        assert "done" in touched, touched
        late = socket.ask(do="tap", terminal="square-terminal-1", what="id:cancel", seen=seen)
        assert late["refused"]["code"] == "refused"


def test_an_input_that_was_answered_is_not_done_again(bench: Client) -> None:
    with bench.socket() as socket:
        socket.opened.send(json.dumps({"hello": "page-1"}))
        socket.ask(do="press", terminal="v400m-1", keys=["OK"])
        first = socket.ask(do="press", terminal="v400m-1", keys=["5"])
    with bench.socket() as socket:
        socket.opened.send(json.dumps({"hello": "page-1"}))
        socket.opened.send(json.dumps({"seq": 2, "do": "press", "terminal": "v400m-1", "keys": ["5"]}))
        assert socket.answer(2) == first
    assert "$0.05" in bench.get("/terminals/v400m-1/screen")["text"]


def test_many_watchers_see_one_order(bench: Client) -> None:
    with bench.socket() as first, bench.socket() as second:
        first.ask(sub={})
        second.ask(sub={})
        for digit in "OK", "1", "2":
            first.ask(do="press", terminal="v400m-1", keys=[digit])
            second.ask(do="press", terminal="v400m-1", keys=["3"])
        last = bench.get("/bench")["event"]
        for socket in (first, second):
            while socket.events[-1]["n"] < last:
                socket.next()
        assert first.events == second.events


def test_a_watcher_that_comes_back_misses_nothing(bench: Client) -> None:
    with bench.socket() as socket:
        socket.ask(sub={})
        socket.ask(do="press", terminal="v400m-1", keys=["OK"])
        known = socket.events[-1]["n"]
    bench.acts("press 1250 OK")
    with bench.socket() as socket:
        socket.ask(sub={"after": known})
        assert [event["n"] for event in socket.events] == list(
            range(known + 1, bench.get("/bench")["event"] + 1)
        )


def test_what_cannot_be_meant_is_refused_and_the_socket_stays(shared: Client) -> None:
    with shared.socket() as socket:
        for said in (
            "{",
            "[]",
            '{"seq": true}',
            '{"seq": 99, "do": "prss", "terminal": "v400m-1"}',
            "[" * 10_000,
        ):
            socket.opened.send(said)
            assert socket.next()["refused"]["detail"]
        assert "done" in socket.ask(sub={"kinds": ["key"]})


LONG = pytest.mark.soak


@pytest.mark.parametrize("count", [60, pytest.param(1_000, marks=LONG)])
def test_connections_that_drop_leave_the_bench_as_it_was(bench: Client, count: int) -> None:
    files = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(count):
        with bench.socket() as socket:
            socket.say(sub={})
            socket.say(do="press", terminal="v400m-1", keys=["OK"])
            socket.opened.socket.close()
    assert bench.get("/bench")["violations"] == []
    ends = monotonic() + PATIENCE
    while len(list(Path("/proc/self/fd").iterdir())) > files + 4:
        assert monotonic() < ends, "sockets stay open"


@pytest.mark.parametrize("count", [10, pytest.param(100, marks=LONG)])
def test_watchers_that_do_not_read_cost_the_others_nothing(bench: Client, count: int) -> None:
    with ExitStack() as watchers:
        for _ in range(count):
            slow = watchers.enter_context(bench.socket())
            watchers.callback(slow.opened.socket.close)
            slow.say(sub={})
        for _ in range(30):
            bench.acts("press OK 1250 OK", "press CANCEL", 'expect screen "Start"')
        assert bench.get("/terminals/v400m-1/screen")["id"] == "home"


def test_a_watcher_that_fell_far_behind_is_told_what_it_lost(
    bench: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LONGEST", 5)
    bench.acts("press OK 1250 OK")
    last = bench.get("/bench")["event"]
    with bench.socket() as socket:
        socket.ask(sub={"after": 1})
        assert socket.lost == [{"from": 2, "to": last - 5}]
        assert [event["n"] for event in socket.events] == list(range(last - 4, last + 1))


def test_twelve_tabs_see_one_order_and_every_answer(bench: Client) -> None:
    with ExitStack() as tabs:
        opened = [tabs.enter_context(bench.socket()) for _ in range(12)]
        for tab in opened:
            tab.ask(sub={})
        opened[0].ask(do="press", terminal="v400m-1", keys=["OK"])
        asked = [tab.say(do="press", terminal="v400m-1", keys=["1"]) for tab in opened]
        assert all("done" in tab.answer(seq) for tab, seq in zip(opened, asked, strict=True))
        last = bench.get("/bench")["event"]
        for tab in opened:
            while tab.events[-1]["n"] < last:
                tab.next()
        assert all(tab.events == opened[0].events for tab in opened)


def test_another_input_with_the_number_of_one_that_was_answered_is_refused(bench: Client) -> None:
    with bench.socket() as socket:
        socket.ask(do="press", terminal="v400m-1", keys=["OK"])
        socket.opened.send(json.dumps({"seq": 1, "do": "press", "terminal": "v400m-1", "keys": ["5"]}))
        assert "another input" in socket.answer(1)["refused"]["detail"]


def test_more_sockets_than_a_bench_has_room_for_are_refused(
    bench: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "MOST_SOCKETS", 1)
    with bench.socket(), pytest.raises(InvalidStatus) as refused, bench.socket():
        pass
    assert refused.value.response.status_code == 429
    assert bench.ask("GET", f"{API}/bench")[0] == 200
