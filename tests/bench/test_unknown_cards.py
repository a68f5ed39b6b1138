"""A card that the terminal cannot use is named as such, and nothing is booked for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.bench import Bench

SECOND = 1_000_000
UNKNOWN = "applications = [{ aid = 'A0000009991010', label = 'LOYALTY' }]"


@pytest.mark.parametrize("directory", ["true", "false"])
def test_a_chip_without_a_payment_application_is_not_accepted_and_not_declined(
    tmp_path: Path, directory: str
) -> None:
    (tmp_path / "loyalty.toml").write_text(
        f"extends = 'visa-credit'\nid = 'loyalty'\n[chip]\ndirectory = {directory}\n{UNKNOWN}\n"
    )
    with Bench(decks=[tmp_path]) as bench:
        till = bench.add_terminal("v400m")
        for key in ("OK", "2", "0", "0", "0", "OK"):
            till.press(key)
        till.insert("loyalty")
        assert till.view().screen.id == "not-accepted"
        bench.advance(60 * SECOND)
        assert [row.kind for row in till.journal() if row.kind == "auth"] == []
