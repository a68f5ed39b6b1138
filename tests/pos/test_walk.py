"""Random days at a till and its terminal: outages, power cuts and hands, and no sale is paid twice or closed without its payment."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from terminal_sim.bench import Bench, BenchMisuse, TerminalUnderTest
from terminal_sim.bench.point_of_sale import PointOfSale
from terminal_sim.display.texts import Texts
from terminal_sim.journal.invariants import violations

SECOND = 1_000_000
ACTS = 40
SHORT, PARTS, WALKS = 1, 12, 60
PROFILES = ("v400m", "s1f2", "square-terminal", "square-register")
ANSWERS = ("approved", "declined", "timeout", "late:20s", "partial:300", "garbage")
CARDS = ("visa-credit", "visa-declined", "mute")
TEXTS = Texts.load()


class Day:
    """One history. What the bench refuses is an answer as well, and the day goes on."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.bench = Bench(texts=TEXTS, trace=False, seed=seed)
        self.terminal: TerminalUnderTest = self.bench.add_terminal(PROFILES[seed % len(PROFILES)])
        self.till: PointOfSale = self.bench.point_of_sale
        self.till.set_up_payment_type("HAND", name="By hand")
        self.tickets: list[str] = []
        self.said: list[str] = [f"seed {seed}"]
        acts: list[tuple[int, Callable[[], None]]] = [
            (6, self.sale), (6, self.card), (4, self.wait), (2, self.cancel), (2, self.refund), (2, self.close),
            (2, self.key), (2, self.power), (2, self.network), (1, self.service), (2, self.answers), (2, self.remove),
            (1, self.void_at_the_terminal), (1, self.fuse), (1, self.account),
        ]  # fmt: skip
        self.acts = [act for weight, act in acts for _ in range(weight)]

    def go(self) -> None:
        for _ in range(ACTS):
            act = self.random.choice(self.acts)
            self.said.append(act.__name__)
            try:
                act()
            except BenchMisuse as refused:
                self.said.append(f"({refused})")
            self.check(resolved=False)
        self.heal()
        self.check(resolved=True)

    def check(self, *, resolved: bool) -> None:
        bench = self.bench
        found = violations(
            bench.journal,
            bench.acquirer.entries(),
            bench.host_messages(),
            self.till.book.sales.values(),
            resolved=resolved,
        )
        assert found == [], " ".join(self.said)

    def heal(self) -> None:
        self.terminal.board.power.fuse = 0
        self.bench.acquirer.script([])
        if self.terminal.board.readers.card_in:
            self.terminal.remove_card()
        if not self.terminal.is_on:
            self.terminal.power_on()
        self.terminal.service(True)
        self.terminal.network(True)
        self.bench.advance(4 * 3600 * SECOND)

    def ticket(self) -> str:
        return self.random.choice([*self.tickets, "none"])

    # Acts.

    def sale(self) -> None:
        if not self.tickets or self.random.random() < 0.7:
            self.tickets.append(f"T-{len(self.tickets) + 1}")
        self.till.sale(self.terminal, self.tickets[-1], self.random.choice((300, 1000)), server="Anne")

    def card(self) -> None:
        self.terminal.insert(self.random.choice(CARDS))

    def remove(self) -> None:
        self.terminal.remove_card()

    def wait(self) -> None:
        self.bench.advance(self.random.choice((1, 3, 15, 45, 200)) * SECOND)

    def cancel(self) -> None:
        self.till.cancel(self.ticket())

    def refund(self) -> None:
        self.till.refund(self.ticket())

    def close(self) -> None:
        self.tickets.append(f"T-{len(self.tickets) + 1}")
        self.till.close(self.tickets[-1], 500, "HAND", currency="CAD")

    def key(self) -> None:
        for key in self.random.choice((("CANCEL",), ("OK",), ("OK", "5", "0", "0", "OK"))):
            self.terminal.press(key)

    def power(self) -> None:
        if self.terminal.is_on:
            self.terminal.power_cut()
        else:
            self.terminal.power_on()

    def network(self) -> None:
        self.terminal.network(not self.terminal.network_is_up)

    def service(self) -> None:
        self.terminal.service(self.random.random() < 0.5)

    def answers(self) -> None:
        self.bench.host_answers([self.random.choice(ANSWERS)])

    def fuse(self) -> None:
        self.terminal.fault("power-cut-after", str(self.random.randint(1, 40)))

    def account(self) -> None:
        self.terminal.account(self.random.random() < 0.5)

    def void_at_the_terminal(self) -> None:
        for place in ("transactions", "history", "txn-1", "void"):
            self.terminal.touch(place)


@pytest.mark.parametrize(
    "part", [pytest.param(part, marks=() if part < SHORT else pytest.mark.soak) for part in range(PARTS)]
)
def test_no_sale_is_paid_twice_and_none_is_closed_without_its_payment(part: int) -> None:
    for seed in range(part * WALKS // PARTS * 4, (part + 1) * WALKS // PARTS * 4):
        day = Day(seed)
        try:
            day.go()
        finally:
            day.bench.close()


def test_the_days_get_somewhere() -> None:
    states: set[str] = set()
    for seed in range(12):
        day = Day(seed)
        day.go()
        states |= {line.state for line in day.till.sales()}
        day.bench.close()
    assert {"open", "paid", "refunded"} <= states
