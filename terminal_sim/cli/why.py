"""`terminal-sim why STATE [PAYMENT]`: the reasons for which card and terminal decided as they did, in order and in words."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from terminal_sim.bench import BenchMisuse, JournalError
from terminal_sim.bench.state_reading import read_state
from terminal_sim.bench.transactions import PaymentReasons, payment_reasons
from terminal_sim.bench.words import told
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors
from terminal_sim.datafiles.printable import printable


def run(given: Namespace) -> int:
    with as_user_errors(BenchMisuse, JournalError), read_state(given.state) as state:
        found = payment_reasons(state.journal, given.payment)
        if found is None and given.payment:
            raise UserError(
                f"the journal has no payment {given.payment!r}; report transactions lists them all"
            )
        if found is None:
            raise UserError("the journal has no payment with a card that gives reasons")
        for line in _lines(found):
            print(printable(line))
    return 0


def _lines(found: PaymentReasons) -> Iterator[str]:
    yield f"{found.reference}: {found.kind}, {found.entry}, {found.state}, because:"
    reasons = list(told(found.reasons))
    yield from (f"  {number}. {sentence}" for number, sentence in enumerate(reasons, start=1))
    if not reasons:
        yield "  no chip took part in it, or nothing was noted"
    if found.response_code:
        yield f"  the acquirer answered {found.response_code}"
