"""A terminal of a bench as the interface for points of sale that runs on it sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from importlib.metadata import version

from terminal_sim.bench.asked_lines import AskedLines
from terminal_sim.bench.terminal import TerminalUnderTest
from terminal_sim.core.events import Event, Paper
from terminal_sim.core.money import CURRENCIES
from terminal_sim.core.own_flows import OwnFlow
from terminal_sim.core.payment import Payment
from terminal_sim.core.receipt import Centred, Copy, Pair, Receipt
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.core.text import Phrase, Text
from terminal_sim.flows.receipts import receipt_for
from terminal_sim.journal.errors import CommitUnknown
from terminal_sim.journal.records import JournalStore
from terminal_sim.pos.adyen.messages.values import PrinterStatus
from terminal_sim.pos.adyen.service.device import (
    DeviceCondition,
    DeviceStatus,
    ReceiptField,
    TerminalIdentity,
)
from terminal_sim.profile.kernel import COUNTRIES
from terminal_sim.runtime.clock import VirtualClock

_PRINTER = {Paper.IN: PrinterStatus.OK, Paper.LOW: PrinterStatus.PAPER_LOW, Paper.OUT: PrinterStatus.NO_PAPER}
_SERIAL = 999_000_000  # of the first terminal of a model, less one; no terminal that was sold has it
_LONGEST_NOTE = 1_000  # characters: a note tells what a client sent, which may be long
_NUMBER_LENGTH = 4  # of the digits in which a terminal's name ends


class ApiTerminal:
    """See the module. Its rows stand in the journal of the points of sale, under a name that `rows_of` makes of the terminal's."""

    def __init__(
        self, terminal: TerminalUnderTest, clock: VirtualClock, open_journal: Callable[[], JournalStore]
    ) -> None:
        self._terminal = terminal
        self._asked = AskedLines(terminal)
        self._clock = clock
        self._open_journal = open_journal
        profile = terminal.profile
        number = int(terminal.name[-_NUMBER_LENGTH:])
        self.identity = TerminalIdentity(
            poiid=f"{profile.name}-{_SERIAL + number}",
            merchant=profile.merchant.id,
            store="TEST_STORE",
            currency=profile.currency,
            exponent=CURRENCIES[profile.currency][1],
            country=COUNTRIES[profile.country],
            language=terminal.locale[:2],
            software=f"terminal-sim {version('terminal-sim')}",
        )

    @property
    def name(self) -> str:
        return self._terminal.name

    @property
    def now(self) -> datetime:
        return self._clock.now.civil_second

    @property
    def mono(self) -> int:
        return self._clock.now.mono

    def status(self) -> DeviceStatus:
        terminal = self._terminal
        firmware = terminal.board.firmware
        printer = terminal.profile.printer is not None
        jammed = terminal.board.printer.jammed
        return DeviceStatus(
            busy=firmware is not None and not firmware.takes_requests,
            host_reachable=terminal.host_is_in_reach,
            network_up=terminal.network_is_up,
            printer=(PrinterStatus.PAPER_JAM if jammed else _PRINTER[terminal.board.printer.paper])
            if printer
            else None,
            battery=terminal.battery_charge,
            kept=len(firmware.offline.pending) if firmware is not None else 0,
        )

    def condition(self) -> DeviceCondition:
        firmware = self._terminal.board.firmware
        if firmware is None:
            return DeviceCondition(on=False)
        flows = {flow for flow, _ in self._terminal.running_flows}
        return DeviceCondition(
            on=True,
            in_menu=OwnFlow.MENU in flows,
            card_in=firmware.environment.card_in,
            out_of_order=OwnFlow.TAMPERED in flows or not firmware.environment.reader,
        )

    def payment(self, reference: str) -> Payment | None:
        firmware = self._terminal.board.firmware
        return None if firmware is None else firmware.durable.payments.get(reference)

    def requested(self, request: str) -> Payment | None:
        firmware = self._terminal.board.firmware
        reference = None if firmware is None else firmware.durable.requested.get(request)
        return None if reference is None else self.payment(reference)

    def receipts(self, payment: Payment) -> tuple[Sequence[ReceiptField], Sequence[ReceiptField]]:
        firmware = self._terminal.firmware
        merchant = receipt_for(firmware, payment, Copy.MERCHANT)
        cardholder = receipt_for(firmware, payment, Copy.CUSTOMER)
        return tuple(self._fields(merchant)), tuple(self._fields(cardholder))

    def _fields(self, receipt: Receipt) -> Iterator[ReceiptField]:
        for line in receipt.lines:
            if isinstance(line, Centred):
                said = line.text.id if isinstance(line.text, Text) else ""
                yield ReceiptField(said, self._words(line.text, receipt.locale), bold=line.bold)
            elif isinstance(line, Pair):
                said = line.label.id if isinstance(line.label, Text) else ""
                yield ReceiptField(
                    said,
                    self._words(line.label, receipt.locale),
                    self._terminal.bench.texts.phrase(line.value, receipt.locale),
                    line.bold,
                )
            else:
                yield ReceiptField("", "")

    def _words(self, phrase: Phrase, locale: str) -> str:
        return self._terminal.bench.texts.phrase(phrase, locale)

    def ask(self, event: Event) -> None:
        with self._asked.asking(event):
            self._terminal.post(event)

    def store(self, rows: Sequence[JournalRow]) -> bool:
        now = self._clock.now
        flat = [row.flat() for row in rows]
        try:
            self._open_journal().append(
                rows_of(self.name), self._terminal.board.power.boot, now.mono, now.wall, flat
            )
        except CommitUnknown as unknown:
            self.note(f"the interface for points of sale cannot store what it answers: {unknown}")
            return False
        return True

    def note(self, text: str) -> None:
        tracing = self._terminal.bench.engine.tracing
        if tracing is not None:
            tracing.note(self._terminal.board, text[:_LONGEST_NOTE])


def rows_of(terminal: str) -> str:
    """The name under which the rows of the interface on `terminal` stand."""
    return f"{terminal} API"
