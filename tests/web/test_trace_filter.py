"""The filter language: what it finds, what it refuses, that the page's form of it finds the same, and a trace as a file to keep."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from terminal_drivers.captures import pcapng
from terminal_sim.explore.trace_filter import FilteredEntry, TraceFilter, WrongFilter, label
from tests.web.kit import API, Client, served

PAGE = Path(__file__).parents[2] / "terminal_sim" / "web" / "page"
FILTERS = (
    "", "kind:apdu", "kind:apdu,host", "-kind:apdu", "kind:act", "state:pin", "state:sale.amount", "tag:95", "tag:9F26", "sw:9000", "sw:6A83",
    "act:insert", "-act:insert kind:state", "n>60", "n<10", "n:10..20", "t>0", "t>1s", "t:0..2.5", "t:0s..300ms", "amount:1250", "amount>1250",
    "step:genac1", "terminal:v400m", "terminal:v400m-1", "screen:approved,processing", "row:sale", "code:00", "mti:0100", '"insert visa"', "-approved",
    "/ins.rt/", "KIND:APDU", "kind:apdu tag:82 n>5", "flow:sale -dest:amount", "key:OK",
)  # fmt: skip
CASES = """
import { filter } from "./filter.js";
import { readFileSync } from "fs";
const { entries, filters, labels, names } = JSON.parse(readFileSync(0, "utf8"));
const seats = new Map(Object.entries(names));
console.log(JSON.stringify(filters.map((written) => {
  const { test } = filter(written);
  return entries.filter((entry) => test(entry, labels[entry.cause] ? { label: labels[entry.cause] } : undefined, seats)).map((entry) => entry.n);
})));
"""


@pytest.fixture(scope="module")
def sale() -> Any:
    """The entries of a sale, and the client of its bench."""
    with served("v400m") as bench:
        bench.acts("press OK 1250 OK", "insert visa-credit", 'expect screen "Approved"')
        status, text = bench.ask("GET", f"{API}/trace")
        assert status == 200
        yield bench, [json.loads(line) for line in text.decode().splitlines()]


def found(entries: list[dict[str, Any]], written: str) -> list[int]:
    wanted = TraceFilter.of(written)
    labels = {entry["n"]: label(entry) for entry in entries}
    return [
        entry["n"]
        for entry in entries
        if wanted.admits(FilteredEntry(entry, labels.get(entry["cause"], ""), "v400m-1"))
    ]


@pytest.mark.parametrize("written", FILTERS)
def test_the_api_gives_what_the_filter_admits(
    sale: tuple[Client, list[dict[str, Any]]], written: str
) -> None:
    bench, entries = sale
    status, text = bench.ask("GET", f"{API}/trace?filter={quote(written)}")
    assert status == 200
    assert [json.loads(line)["n"] for line in text.decode().splitlines()] == found(entries, written)


def test_the_filters_of_these_tests_admit_something_and_not_all(
    sale: tuple[Client, list[dict[str, Any]]],
) -> None:
    _, entries = sale
    some = [written for written in FILTERS if 0 < len(found(entries, written)) < len(entries)]
    assert len(some) >= len(FILTERS) * 2 // 3


def test_the_page_finds_the_same(sale: tuple[Client, list[dict[str, Any]]], tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    _, entries = sale
    for file in PAGE.glob("*.js"):
        shutil.copy(file, tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    (tmp_path / "cases.js").write_text(CASES, "utf-8")
    labels = {entry["n"]: label(entry) for entry in entries if label(entry)}
    asked = {
        "entries": entries, "filters": FILTERS, "labels": labels, "names": {entry["terminal"]: "v400m-1" for entry in entries if entry["terminal"]},
    }  # fmt: skip
    ran = subprocess.run(
        [node, "cases.js"], cwd=tmp_path, input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    theirs = dict(zip(FILTERS, json.loads(ran.stdout), strict=True))
    assert theirs == {written: found(entries, written) for written in FILTERS}


@pytest.mark.parametrize(
    ("written", "cure"),
    [
        ("knd:apdu", "did you mean 'kind'?"),
        ("kind:apd", "did you mean 'apdu'?"),
        ("n>many", "number"),
        ("t>soon", "t:"),
        ("state:", "state:VALUE"),
        ("/(a+)+$/", "repeat"),
        ("/a*b*c*d*/", "repeats"),
        ("/[/", "/[/"),
        ("x" * 2_000, "1000 characters"),
    ],
)
def test_a_wrong_word_is_said_with_its_cure(written: str, cure: str) -> None:
    with pytest.raises(WrongFilter) as wrong:
        TraceFilter.of(written)
    assert cure in str(wrong.value)


def test_a_trace_is_kept_as_a_capture_without_card_data(sale: tuple[Client, list[dict[str, Any]]]) -> None:
    bench, entries = sale
    status, about, capture = bench.ask_raw("GET", f"{API}/trace?as=pcapng")
    assert (status, about["content-type"]) == (200, "application/x-pcapng")
    packets = [block for block in pcapng.parse(capture) if isinstance(block, pcapng.Packet)]
    apdus = sum(entry["kind"] == "apdu" for entry in entries)
    assert len([packet for packet in packets if packet.interface == 0]) == 2 * apdus
    assert bytes.fromhex("00A40400") in capture
    assert bytes.fromhex("4761739001010010") not in capture


def test_a_trace_is_kept_as_a_page_whose_texts_are_texts() -> None:
    with served("v400m") as bench:
        bench.acts("press OK", 'note "<script>alert(1)</script>"')
        status, about, page = bench.ask_raw("GET", f"{API}/trace?as=html&filter={quote('n>0')}")
    assert status == 200
    assert "attachment" in about["content-disposition"]
    assert b"<script" not in page
    assert b"<code>OK</code>" in page
    assert b"SIMULATOR" in page


def test_a_form_that_there_is_not_is_refused(shared: Client) -> None:
    assert shared.ask("GET", f"{API}/trace?as=xml")[0] == 422
    assert shared.ask("GET", f"{API}/trace?filter=knd:apdu")[1]["field"] == "filter"
