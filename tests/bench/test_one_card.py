"""There is one of each card: it is in one place at a time."""

from __future__ import annotations

import pytest

from terminal_sim.bench import Bench, BenchMisuse, TerminalUnderTest


def ask_for_a_card(till: TerminalUnderTest) -> None:
    for key in ("OK", "5", "0", "0", "OK"):
        till.press(key)


@pytest.mark.parametrize("how", ["insert", "tap", "swipe"])
def test_a_card_in_the_slot_of_one_terminal_is_not_presented_at_another(how: str) -> None:
    with Bench() as bench:
        one, other = bench.add_terminal("v400m"), bench.add_terminal("v400m")
        ask_for_a_card(one)
        ask_for_a_card(other)
        one.insert("visa-credit")
        with pytest.raises(BenchMisuse, match=f"is in the slot of {one.name}: take it out there first"):
            getattr(other, how)("visa-credit")
        assert other.card is None
        one.remove_card()
        getattr(other, how)("visa-credit")
        assert other.card is not None


def test_another_card_and_a_tapped_one_are_free() -> None:
    with Bench() as bench:
        one, other = bench.add_terminal("v400m"), bench.add_terminal("v400m")
        ask_for_a_card(one)
        ask_for_a_card(other)
        one.tap("visa-credit")
        other.tap("visa-credit")
        assert len(bench.host_messages()) == 2
