"""What the API lists: verbs with their arguments, faults of a terminal, cards with their purpose, flows, completions, and what is wrong with a script."""

from __future__ import annotations

import pytest

from terminal_sim.verbs import VERBS
from tests.web.kit import API, Client


def test_every_verb_is_listed_with_its_arguments(shared: Client) -> None:
    rows = {row["verb"]: row for row in shared.get("/verbs")}
    assert rows.keys() == {" ".join(words) for words in VERBS}
    assert [argument["choices"] for argument in rows["paper"]["arguments"]] == [["out", "low", "in"]]
    assert rows["press!"]["name"] == "press-blindly"


def test_a_terminal_lists_the_faults_that_it_can_have(shared: Client) -> None:
    faults = {row["name"]: row for row in shared.get("/terminals/v400m-1/faults")}
    assert "printer-jam" in faults
    assert "app" not in faults
    assert "unplug" in faults["wire"]["arguments"][0]["choices"]


def test_each_card_says_what_it_is_for_in_both_languages(shared: Client) -> None:
    cards = shared.get("/cards")
    assert all(card["purpose"].keys() == {"en", "fr"} and "*" in card["number"] for card in cards)


def test_the_table_of_a_flow_has_every_state_that_the_terminal_is_in(shared: Client) -> None:
    states = {
        f"{flow['flow']}.{state['state']}"
        for flow in shared.get("/terminals/v400m-1/flows")
        for state in flow["states"]
    }
    assert set(shared.get("/terminals/v400m-1")["flows"]) <= states
    assert b'data-state="amount"' in shared.get("/terminals/v400m-1/flows/sale.svg")
    assert shared.ask("GET", f"{API}/terminals/v400m-1/flows/none.svg")[0] == 404


def test_a_line_goes_on_as_in_the_shell(shared: Client) -> None:
    found = shared.get("/terminals/v400m-1/complete?line=insert%20visa-cr")
    assert found["start"] == len("insert ")
    assert "visa-credit" in [one["text"] for one in found["candidates"]]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('keys 1\nterminal v400m\nscenario "a"\n  press OK\n', []),
        ('keys 1\nterminal v400m\nscenario "a"\n  pres OK\n', [(4, 3)]),
        ('keys 1\nterminal v400m\nuse "/etc/passwd"\n', [(3, 1)]),
        ('keys 1\nterminal ../x.toml\n', [(2, 1)]),
        ('keys 1\nterminal v400m\nscenario "a"\n  save state "x"\n', [(4, 1)]),
    ],
)  # fmt: skip
def test_a_script_is_checked_and_names_no_file(
    text: str, place: list[tuple[int, int]], shared: Client
) -> None:
    status, found = shared.ask("POST", f"{API}/scripts/check", {"text": text})
    assert (status, [(each["line"], each["column"]) for each in found]) == (200, place)
