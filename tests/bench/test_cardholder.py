"""A cardholder who could not be verified does not get an approved payment, by whatever way the terminal goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.bench import Bench, TerminalUnderTest

SECOND = 1_000_000
WRONG, RIGHT = "1111", "1234"


def keys(terminal: TerminalUnderTest, *words: str) -> None:
    for word in words:
        for key in word if word.isdigit() else [word]:
            terminal.press(key)


def states(terminal: TerminalUnderTest) -> list[object]:
    """The last state of each sale, in the order of the sales."""
    found: dict[object, object] = {}
    for row in terminal.journal():
        if row.kind == "sale":
            found[row.fields["reference"]] = row.fields["state"]
    return list(found.values())


def pay(bench: Bench, till: TerminalUnderTest, card: str, *pins: str) -> None:
    keys(till, "OK", "2000", "OK")
    till.insert(card)
    for pin in pins:
        keys(till, pin, "OK")
    bench.advance(5 * SECOND)
    till.remove_card()
    bench.advance(60 * SECOND)


@pytest.mark.parametrize(
    "cvm",
    [["offline-pin"], ["offline-pin", "no-cvm"], ["offline-pin", "signature"], ["offline-pin", "online-pin"]],
)
def test_a_blocked_pin_is_never_approved_whatever_method_is_next(tmp_path: Path, cvm: list[str]) -> None:
    (tmp_path / "blocked.toml").write_text(
        f"extends = 'mastercard-pin'\nid = 'blocked'\n[chip]\ncvm = {cvm}\n"
    )
    online = [RIGHT] if "online-pin" in cvm else []
    with Bench(decks=[tmp_path]) as bench:
        till = bench.add_terminal("v400m")
        pay(bench, till, "blocked", WRONG, RIGHT)
        pay(bench, till, "blocked", WRONG, WRONG, WRONG, *online)
        pay(bench, till, "blocked", *online)
        assert states(till) == ["COMPLETED", "DECLINED", "DECLINED"]


def test_a_blocked_pin_is_not_accepted_offline_either() -> None:
    with Bench() as bench:
        till = bench.add_terminal("v400m-offline")
        till.network(False)
        pay(bench, till, "mastercard-pin", RIGHT)
        pay(bench, till, "mastercard-pin", WRONG, WRONG, WRONG)
        pay(bench, till, "mastercard-pin")
        stored = [row for row in till.journal() if row.kind == "offline.stored"]
        assert len(stored) == 1


@pytest.mark.parametrize("card", ["mastercard-pin", "amex-credit", "interac-debit"])
def test_a_card_is_tapped_up_to_the_receipt(card: str) -> None:
    with Bench() as bench:
        till = bench.add_terminal("v400m")
        keys(till, "OK", "2000", "OK")
        till.tap(card)
        bench.advance(60 * SECOND)
        assert states(till) == ["COMPLETED"]


def test_above_the_limit_the_pin_of_a_tap_is_typed_when_the_card_has_left() -> None:
    for pin, state in ((RIGHT, "COMPLETED"), (WRONG, "DECLINED")):
        with Bench() as bench:
            till = bench.add_terminal("v400m")
            keys(till, "OK", "30000", "OK")
            till.tap("mastercard-pin")
            keys(till, pin, "OK")
            bench.advance(60 * SECOND)
            assert states(till) == [state]
