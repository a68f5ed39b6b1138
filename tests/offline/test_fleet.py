"""A thousand terminals live through one outage on one clock, in one process."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from terminal_sim.bench import Bench
from terminal_sim.core import effects as fx
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.events import NetworkChanged, PoweredOn
from terminal_sim.core.message import EntryMode, HostRequest, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.terminal import Terminal
from terminal_sim.host.acquirer_link import AcquirerLink
from terminal_sim.journal.invariants import violations
from terminal_sim.runtime.board import Board, Printer
from terminal_sim.runtime.card_vault import Vault
from terminal_sim.runtime.reader_port import ReaderPort
from terminal_sim.secret import Secret, mask_pan
from tests.offline.shop import DAY, HOUR, SECOND, TEXTS, stock

PAN = "4111111111111111"
PROFILE = replace(stock("square-terminal"), offline=replace(stock("square-terminal").offline, limit=25_000))


class Fleet:
    """Terminals without anybody in front of them: payments are kept as the card flow keeps them."""

    def __init__(self, size: int) -> None:
        self.bench = Bench(texts=TEXTS, trace=False)
        model = self.bench.add_terminal(PROFILE).board
        self.boards = [
            Board(
                name=f"F{n:07d}",
                readers=ReaderPort(model.readers.reader),
                link=AcquirerLink(self.bench.acquirer),
                printer=Printer(),
                kernel=model.kernel,
                keys=model.keys,
                dialect=model.dialect,
                vault=Vault(),
            )
            for n in range(size)
        ]
        for board in self.boards:
            self.bench.engine.attach(board)
            board.firmware = Terminal(board.name, PROFILE, self.bench.flows, DurableState(), "en-CA")
            self.bench.engine.post(board, PoweredOn())
        self.bench.settle()

    def network(self, up: bool) -> None:
        for board in self.boards:
            board.link.up = up
            self.bench.engine.post(board, NetworkChanged(up, "wifi"))
        self.bench.settle()

    def keep(self, amount: int) -> None:
        for board in self.boards:
            self._keep(board, Money(amount, "CAD"))

    def _keep(self, board: Board, amount: Money) -> None:
        terminal = board.firmware
        assert terminal is not None
        stan = terminal.durable.trace_number.following
        payment = Payment(
            kind=MessageKind.SALE,
            reference=terminal.reference(),
            state=PaymentState.PENDING,
            amount=amount,
            entry=EntryMode.CHIP,
            pan=mask_pan(PAN),
            stan=stan,
            at=self.bench.now.civil,
        )
        request = HostRequest(
            kind=MessageKind.SALE,
            terminal=terminal.name,
            merchant=PROFILE.merchant.id,
            stan=stan,
            reference=payment.reference,
            amount=amount,
            at=payment.at,
            entry=EntryMode.CHIP,
            pan=Secret(PAN),
            expiry=Secret("3003"),
        )
        terminal.offline.store(payment, request)
        effects, terminal.effects = terminal.effects, []  # as `handle` hands them over
        for effect in effects:
            if isinstance(effect, fx.Store):
                stored = board.vault.sealed(effect, self.bench.engine._random)
                self.bench.writer.commit([(board, (effect.payment.flat(), stored.flat()))])
            elif isinstance(effect, fx.SetAlarm):
                self.bench.engine._executor.carry_out(board, effect)

    def states(self) -> set[PaymentState]:
        return {
            payment.state
            for board in self.boards
            if board.firmware is not None
            for payment in board.firmware.durable.payments.values()
        }


def test_a_thousand_terminals_expire_together_within_a_second() -> None:
    fleet = Fleet(1_000)
    fleet.network(False)
    fleet.keep(1_000)
    fleet.bench.advance(DAY - SECOND)
    assert fleet.states() == {PaymentState.PENDING}
    began = time.process_time()
    fleet.bench.advance(SECOND)
    took = time.process_time() - began
    assert fleet.states() == {PaymentState.EXPIRED}
    fleet.network(True)
    fleet.bench.advance(HOUR)
    assert fleet.bench.host_messages() == []
    assert took < 1
    fleet.bench.close()


@pytest.mark.parametrize(
    ("size", "each"), [(1_000, 2), (20, 100), pytest.param(1_000, 100, marks=pytest.mark.soak)]
)
def test_a_fleet_forwards_everything_once_and_in_order(size: int, each: int) -> None:
    fleet = Fleet(size)
    fleet.network(False)
    for n in range(each):
        fleet.keep(1_000 + n)
    fleet.network(True)
    fleet.bench.advance(HOUR)
    assert fleet.states() == {PaymentState.COMPLETED}
    seen: dict[object, list[object]] = {}
    for message in fleet.bench.host_messages():
        seen.setdefault(message.fields["terminal"], []).append(message.fields["amount"])
    assert seen == {board.name: list(range(1_000, 1_000 + each)) for board in fleet.boards}
    assert len(fleet.bench.acquirer.entries()) == size * each
    assert violations(fleet.bench.journal, fleet.bench.acquirer.entries(), fleet.bench.host_messages()) == []
    fleet.bench.close()
