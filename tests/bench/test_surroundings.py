"""What a bench takes for the surroundings of a terminal, and which payments these let it begin."""

from __future__ import annotations

from dataclasses import replace

import pytest

from terminal_sim import profile as profiles
from terminal_sim.bench import Bench, BenchMisuse


@pytest.mark.parametrize("percent", [-3, 101, 500])
def test_a_charge_that_no_battery_has_is_refused(percent: int) -> None:
    with Bench() as bench, pytest.raises(BenchMisuse, match="0 to 100"):
        bench.add_terminal("v400m").battery(percent)


def test_a_time_below_zero_is_refused() -> None:
    with Bench() as bench:
        terminal = bench.add_terminal("v400m")
        with pytest.raises(BenchMisuse, match="below zero"):
            terminal.network_slow(-1)
        with pytest.raises(BenchMisuse, match="zero microseconds or more"):
            terminal.hold("OK", -1)


def test_a_card_that_is_printed_shows_none_of_its_tracks() -> None:
    with Bench() as bench:
        assert "4111111111111111" not in repr(bench.card("visa-credit"))


@pytest.mark.parametrize("entry", ["moto", "refund"])
def test_no_payment_begins_while_standalone_payments_are_off(entry: str) -> None:
    model = profiles.load("v400m")
    model = replace(
        model,
        standalone=replace(model.standalone, enabled=False),
        refunds=replace(model.refunds, unreferenced=True),
    )
    with Bench() as bench:
        terminal = bench.add_terminal(model)
        for key in ("8", "OK", *"0856", "OK"):
            terminal.press(key)
        terminal.touch(entry)
        assert terminal.view().screen.id == "standalone-off"
