"""One WebSocket: inputs in order, each answered after all that it caused."""

from __future__ import annotations

import json
from contextlib import ExitStack

from tests.web.kit import Client, served


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


def test_connections_that_drop_leave_the_bench_as_it_was(bench: Client) -> None:
    for _ in range(60):
        with bench.socket() as socket:
            socket.say(sub={})
            socket.say(do="press", terminal="v400m-1", keys=["OK"])
            socket.opened.socket.close()
    assert bench.get("/bench")["violations"] == []


def test_a_watcher_that_does_not_read_costs_the_others_nothing(bench: Client) -> None:
    with ExitStack() as watchers:
        for _ in range(10):
            slow = watchers.enter_context(bench.socket())
            watchers.callback(slow.opened.socket.close)
            slow.say(sub={})
        for _ in range(30):
            bench.acts("press OK 1250 OK", "press CANCEL", 'expect screen "Start"')
        assert bench.get("/terminals/v400m-1/screen")["id"] == "home"
