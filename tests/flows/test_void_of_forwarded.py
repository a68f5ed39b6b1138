"""A payment that is forwarded while its screen stands is what it has become when a void of it is touched."""

from __future__ import annotations

from terminal_sim import profile
from terminal_sim.bench import Bench, Duration


def test_a_payment_that_was_forwarded_while_it_was_looked_at_is_voided() -> None:
    with Bench() as bench:
        terminal = bench.add_terminal(profile.load("square-register", {"offline.allowed": "true"}))
        terminal.service(up=False)
        for key in ("1", "0", "0", "0", "OK"):
            terminal.press(key)
        terminal.insert("visa-credit")
        terminal.touch("transactions")
        terminal.touch("txn-1")
        terminal.service(up=True)
        bench.advance(Duration.parse("2s"))
        terminal.touch("void")
        bench.advance(Duration.parse("2s"))
        assert terminal.view().screen.id == "approved"
        newest = {
            row.fields["reference"]: row.fields["state"]
            for row in terminal.journal()
            if row.kind in ("sale", "void")
        }
        assert sorted(newest.values()) == ["COMPLETED", "VOIDED"]
