"""A number that is typed at the checkout is a payment without the card, and has its limit."""

from __future__ import annotations

import pytest

from terminal_sim import profile
from terminal_sim.bench import Bench


@pytest.mark.parametrize(("amount", "stands"), [("50000", "card-number"), ("50001", "present-card")])
def test_a_number_is_typed_up_to_the_limit_of_payments_without_the_card(amount: str, stands: str) -> None:
    with Bench() as bench:
        terminal = bench.add_terminal(profile.load("square-stand", {"limits.moto_max_amount": "50000"}))
        for key in (*amount, "OK"):
            terminal.press(key)
        terminal.touch("manual-entry")
        shown = terminal.view()
        assert shown.screen.id == stands
        assert (stands == "present-card") == any(item.id == "amount-too-high" for item in shown.items)
