"""Whole scripts over the API: run beside the served bench, their results, and what cannot be run."""

from __future__ import annotations

from time import monotonic
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.patience import PATIENCE
from tests.web.kit import API, Client

SALE = """keys 1
terminal v400m

scenario "A sale"
  press OK 1250 OK
  insert visa-credit
  expect screen "Approved"

scenario "Another"
  press OK 700
  screenshot "amount"
  expect screen "%s"
"""


def ended(bench: Client, run: str) -> Any:
    """The run when it has ended."""
    ends = monotonic() + PATIENCE
    while (found := bench.get(f"/runs/{run}"))["state"] == "running":
        assert monotonic() < ends
    return found


def test_a_script_passes_beside_the_served_bench(shared: Client) -> None:
    before = shared.get("/bench")["event"]
    status, begun = shared.ask("POST", f"{API}/scripts/run", {"text": SALE % "$7.00"})
    assert (status, begun["cases"]) == (202, 2)
    found = ended(shared, begun["run"])
    assert (found["state"], found["exit"], found["failure"]) == ("passed", 0, None), found
    assert [each["outcome"] for each in found["scenarios"]] == ["held", "held"]
    assert shared.get("/bench")["event"] == before


def test_a_failure_names_its_line_and_comes_as_junit_too(shared: Client) -> None:
    _, begun = shared.ask("POST", f"{API}/scripts/run", {"text": SALE % "$8.00", "profiles": ["s1f2"]})
    found = ended(shared, begun["run"])
    assert (found["state"], found["exit"]) == ("failed", 1)
    assert found["failure"]["line"] == 5
    status, text = shared.ask("GET", f"{API}/runs/{begun['run']}/junit")
    assert status == 200
    assert len(list(ElementTree.fromstring(text).iter("testcase"))) == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "prss OK"}, "text"),
        ({"text": SALE.replace("visa-credit", "visa")}, "text"),
        ({"text": SALE, "profiles": ["v400"]}, "profiles"),
        ({"text": SALE, "only": "nothing-of-it"}, "text"),
        ({"text": SALE.replace("insert", 'save state "/tmp/x"\n  insert')}, "text"),
        ({"text": SALE, "seed": -1}, "seed"),
        ({"texts": SALE}, ""),
    ],
)  # fmt: skip
def test_a_script_that_cannot_be_meant_is_refused_before_it_runs(
    shared: Client, body: object, field: str
) -> None:
    status, problem = shared.ask("POST", f"{API}/scripts/run", body)
    assert (status, problem.get("field", "")) == (422, field), problem


def test_a_run_is_stopped(shared: Client) -> None:
    text = 'keys 1\nterminal v400m\nscenario "Long"\n' + "  press OK CANCEL\n" * 5_000
    _, begun = shared.ask("POST", f"{API}/scripts/run", {"text": text})
    assert shared.ask("DELETE", f"{API}/runs/{begun['run']}")[0] == 200
    assert ended(shared, begun["run"])["state"] == "stopped"
    assert shared.ask("GET", f"{API}/runs/r999")[0] == 404
