"""What the API does: the acts of the language over HTTP, and what the bench has to show."""

from __future__ import annotations

import json
from pathlib import Path
from time import monotonic

import pytest

from terminal_sim.cli.main import main
from terminal_sim.verbs import VERBS
from tests.explore.planted import BUGS, planted
from tests.patience import PATIENCE
from tests.web.kit import API, Client, served

(SLOW,) = (bug for bug in BUGS if bug.what == "a passcode may be typed for a minute")


def test_a_sale_is_made_by_the_document_alone(bench: Client) -> None:
    """Every path that this uses is taken from the served document."""
    document = bench.get("/openapi.json")
    paths = {
        operation["operationId"]: path.replace("{terminal}", "v400m-1").removeprefix(API)
        for path, methods in document["paths"].items()
        for operation in methods.values()
    }
    bench.post(paths["press"], {"keys": ["OK", "1250", "OK"]})
    bench.post(paths["insert"], {"card": "visa-credit"})
    bench.post(paths["changeClock"], {"advance": "1s"})
    assert bench.get(paths["screen"])["id"] == "approved"
    assert (
        bench.post(paths["expect_host"], {"message": "sale", "fields": {"amount": 1250}, "count": 1})["done"]
        == 1
    )
    assert "$12.50" in bench.get(paths["receipts"])[0]["text"]
    assert [row["kind"] for row in bench.get(paths["report"])] or bench.get(paths["report"])


def test_lines_are_done_in_order_up_to_the_first_that_is_refused(bench: Client) -> None:
    status, problem = bench.ask(
        "POST",
        f"{API}/terminals/v400m-1/acts",
        {"lines": ["press OK 1250", 'expect screen "Nothing" within 1s', "press OK"]},
    )
    assert (status, problem["code"], problem["field"], problem["done"]) == (409, "refused", "lines.1", 1)
    assert bench.get("/terminals/v400m-1/screen")["id"] == "amount"


def test_a_line_that_cannot_be_meant_stops_all_of_them_before_any_is_done(bench: Client) -> None:
    status, problem = bench.ask("POST", f"{API}/terminals/v400m-1/acts", {"lines": ["press OK", "prss OK"]})
    assert (status, problem["field"]) == (422, "lines.1")
    assert "did you mean 'press'?" in problem["detail"]
    assert bench.get("/terminals/v400m-1/screen")["id"] == "home"


def test_a_refused_act_of_a_person_takes_no_time(bench: Client) -> None:
    status, problem = bench.ask("POST", f"{API}/terminals/v400m-1/verbs/insert", {"card": "visa-credit"})
    assert (status, problem["code"]) == (409, "refused")
    assert bench.get("/bench")["t"] == 0


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("/terminals/v400m-1/verbs/press", {"keys": ["OKK"]}, 422, "keys"),
        ("/terminals/v400m-1/verbs/press", {}, 422, "keys"),
        ("/terminals/v400m-1/verbs/press", {"keys": [["OK"]]}, 422, "keys"),
        ("/terminals/v400m-1/verbs/press", {"keyz": ["OK"]}, 422, "keyz"),
        ("/terminals/v400m-1/verbs/insert", {"card": "visa"}, 422, "card"),
        ("/terminals/v400m-1/verbs/expect-screen", {"what": "a", "within": "5"}, 422, "within"),
        ("/terminals/v400m-1/verbs/note", {"text": "a\nb"}, 422, "text"),
        ("/terminals/v400m-2/verbs/press", {"keys": ["OK"]}, 404, ""),
        ("/terminals", {"profile": "v400"}, 422, "profile"),
        ("/terminals", {"profile": "/etc/passwd"}, 422, "profile"),
        ("/terminals", {"profile": "v400m", "options": {"offline.alowed": True}}, 422, "options"),
        ("/terminals", {"profile": "v400m", "locale": "de-DE"}, 422, "locale"),
        ("/terminals", {"profile": 1}, 422, "profile"),
        ("/terminals", {"profile": "v400m", "more": 1}, 422, ""),
        ("/bench/clock", {}, 422, ""),
        ("/bench/clock", {"advance": "1s", "run": True}, 422, "run"),
        ("/bench/clock", {"advance": "soon"}, 422, "advance"),
        ("/bench/clock", {"next": True}, 409, "next"),
    ],
)  # fmt: skip
def test_bad_input_names_its_field(shared: Client, path: str, body: object, status: int, field: str) -> None:
    said, problem = shared.ask("POST", API + path, body)
    assert (said, problem.get("field", "")) == (status, field), problem
    assert problem["detail"]


def test_every_verb_of_the_language_is_an_operation(shared: Client) -> None:
    operations = {
        each["operationId"]
        for methods in shared.get("/openapi.json")["paths"].values()
        for each in methods.values()
    }
    assert {verb.method for verb in VERBS.values()} <= operations


def test_lines_come_as_plain_text_too(bench: Client) -> None:
    lines = b'# a sale\npress OK 1250 OK\r\ninsert visa-credit\nexpect screen "Approved"\n'
    status, found = bench.ask("POST", f"{API}/lines", lines, headers={"Content-Type": "text/plain"})
    assert (status, found["done"], found["screen"]) == (200, 3, "approved")


def test_several_terminals_share_one_clock() -> None:
    with served("v400m", "square-register") as bench:
        assert [each["id"] for each in bench.get("/terminals")] == ["v400m-1", "square-register-1"]
        assert bench.post("/terminals", {"profile": "v400m", "locale": "fr-CA"})["id"] == "v400m-2"
        bench.acts("press 1250", "tap id:charge", terminal="square-register-1")
        assert bench.get("/terminals/square-register-1/screen?display=customer")["id"] == "present-card"
        bench.post("/bench/clock", {"advance": "24h"})
        assert bench.get("/bench")["clock"] == "2026-01-16T09:00:00.000"


def test_a_clock_that_runs_stops_where_the_years_of_its_messages_end() -> None:
    with served("v400m", clock="2099-12-31T23:59:59.900") as bench:
        bench.post("/bench/clock", {"run": True})
        ends = monotonic() + PATIENCE
        while bench.get("/bench")["running"]:
            assert monotonic() < ends
        status, problem = bench.ask("POST", f"{API}/bench/clock", {"advance": "1h"})
        assert status == 409, problem


def test_a_secret_is_masked_wherever_it_is_shown(bench: Client) -> None:
    bench.acts(
        "press OK 1250 OK", "insert mastercard-pin", "press ${card.pin} OK", 'expect screen "Approved"'
    )
    status, trace = bench.ask("GET", f"{API}/trace")
    assert status == 200
    entries = [json.loads(line) for line in trace.decode().splitlines()]
    details = [
        bench.get(f"/trace/{entry['n']}") for entry in entries if entry["kind"] in ("apdu", "host", "key")
    ]
    everything = json.dumps(
        [
            entries,
            details,
            bench.get("/host/messages"),
            bench.get("/cards"),
            bench.get("/terminals/v400m-1/journal"),
        ]
    )
    assert "5555444433331111" not in everything
    assert any(each["bytes"] for each in details)
    assert [entry["n"] for entry in entries] == list(range(1, len(entries) + 1))


def test_no_line_writes_a_file(bench: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    status, problem = bench.ask("POST", f"{API}/terminals/v400m-1/acts", {"lines": ['save state "file"']})
    assert (status, problem["field"]) == (422, "lines.0")
    bench.acts('screenshot "home"')
    assert list(tmp_path.iterdir()) == []


def test_a_picture_is_taken_into_memory_and_recorded(bench: Client) -> None:
    bench.acts("press OK", 'screenshot "amount"')
    status, _, drawn = bench.ask_raw("GET", f"{API}/terminals/v400m-1/pictures/amount.png")
    assert status == 200
    assert drawn.startswith(b"\x89PNG")
    assert bench.ask("GET", f"{API}/terminals/v400m-1/pictures/other.png")[0] == 404
    assert b'screenshot "amount"' in bench.get("/terminals/v400m-1/recording")


def test_pictures_are_what_the_product_draws(shared: Client) -> None:
    for path, media, start in (
        ("screen.svg", "image/svg+xml", b"<svg"),
        ("device.svg", "image/svg+xml", b"<svg"),
        ("device.png", "image/png", b"\x89PNG"),
    ):
        status, headers, body = shared.ask_raw("GET", f"{API}/terminals/v400m-1/{path}")
        assert (status, headers["content-type"]) == (200, media)
        assert body.startswith(start)


def test_the_documentation_is_a_page_that_anybody_on_this_machine_reads(shared: Client) -> None:
    status, about, page = shared.ask_raw("GET", "/docs", headers={"Authorization": ""})
    assert (status, about["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.count(b"<section") == sum(map(len, shared.get("/openapi.json")["paths"].values()))
    assert b"<script" not in page
    assert shared.ask("GET", "/page/documentation.css")[0] == 200
    assert shared.ask("GET", "/page/../served.py")[0] == 404


def test_every_terminal_of_a_bench_has_a_script_that_needs_no_other_file() -> None:
    with served("v400m", "s1f2", "v400m") as bench:
        for name in ("v400m-1", "s1f2-1", "v400m-2"):
            script = bench.get(f"/terminals/{name}/recording").decode()
            assert "from state" not in script
            assert bench.post("/scripts/check", {"text": script}) == []


def test_a_recording_is_kept_as_a_bundle_that_is_replayed_byte_for_byte(tmp_path: Path) -> None:
    with served("v400m") as bench:
        lines = [
            "press OK 1250 OK",
            "insert mastercard-pin",
            "press ${card.pin} OK",
            'expect screen "Approved"',
        ]
        bench.post("/terminals/v400m-1/acts", {"lines": lines})
        file = tmp_path / "sale.tsim"
        file.write_bytes(bench.get("/terminals/v400m-1/bundle"))
    assert main(["replay", str(file)]) == 0


def test_the_rules_that_were_broken_are_told_and_from_which_line_on() -> None:
    with planted(SLOW), served("v400m") as bench:
        assert bench.get("/terminals/v400m-1/broken") == []
        bench.post("/terminals/v400m-1/acts", {"lines": ["press OK CANCEL", "press 8 OK", "wait 2min"]})
        (alarm,) = bench.get("/terminals/v400m-1/broken")
        assert alarm["code"] == "R-time-1"
        found = bench.get("/terminals/v400m-1/why/R-time-1?tries=4")
        lines = [point["line"] for point in found["points"]]
        assert lines[0] == ""
        assert lines[-1].startswith("wait")
        assert found["points"][0]["failed"] < found["points"][0]["tries"] == found["points"][-1]["failed"]
        assert lines[found["from"]] in lines[1:]
        status, problem = bench.ask("GET", f"{API}/terminals/v400m-1/why/I-L1")
        assert (status, problem["detail"]) == (
            409,
            "I-L1 is not broken by what was done here; rules that are: R-time-1",
        )
