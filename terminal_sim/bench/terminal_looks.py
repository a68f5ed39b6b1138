"""A terminal as a tester looks at it: its displays and lights, what it printed, and the rows of its journal."""

from __future__ import annotations

from collections.abc import Sequence

from terminal_sim.bench.receipts import PrintedReceipt
from terminal_sim.bench.terminal_standing import StandingTerminal
from terminal_sim.bench.workbench import Workbench
from terminal_sim.core.config import Profile
from terminal_sim.core.receipt import Receipt
from terminal_sim.core.rows.schema import Field
from terminal_sim.core.screen import Screen, TextLine, Tone
from terminal_sim.core.text import say
from terminal_sim.display.appearance import OFF, Appearance
from terminal_sim.display.picture import Picture
from terminal_sim.display.region import Region
from terminal_sim.display.selector import Selector
from terminal_sim.display.status_bar import NO_LINK, StatusBar
from terminal_sim.display.view import View
from terminal_sim.growing_list import GrowingList
from terminal_sim.journal.chain import StoredRow
from terminal_sim.readers.opening import Hardware
from terminal_sim.runtime.board import Board


class WatchedTerminal(StandingTerminal):
    """Its screens, lights, receipts and rows: to look changes nothing."""

    __slots__ = ("_papers",)

    def __init__(
        self, bench: Workbench, board: Board, profile: Profile, locale: str, hardware: Hardware
    ) -> None:
        super().__init__(bench, board, profile, locale, hardware)
        self._papers: GrowingList[PrintedReceipt] = GrowingList()
        board.panel.draw = self.view
        board.printer.out = self._hand_out

    def view(self, display: str = "main") -> View:
        """The settled screen in the language it speaks now; `main` is the first display of a terminal that has several."""
        terminal = self.board.firmware
        if display == "main" and display not in self.profile.displays:
            display = next(iter(self.profile.displays))
        if self.board.power.out_of_service:
            says = TextLine(say("out-of-service"), "out-of-service", Tone.BAD)
            screen = Screen("out-of-service", (says, TextLine(say("storage-failed"), "storage-failed")))
        elif terminal is None:
            screen = Screen("off")
        else:
            terminal.look(self.bench.engine.clock.now)
            screen = terminal.customer_screen() if display == "customer" else terminal.screen()
        locale = self.locale if terminal is None else terminal.screen_locale
        return self.bench.views.of(screen, self.profile, self.bench.texts, locale, display, self.locale)

    def appearance(self) -> Appearance:
        """All that the device shows and sounds now."""
        panel = self.board.panel
        return Appearance(
            views={name: self.view(name) for name in self.profile.displays},
            lights={**dict.fromkeys(self.profile.lights, OFF), **panel.lights},
            beeps=panel.beeps,
            bar=self._status_bar(),
        )

    def _status_bar(self) -> StatusBar | None:
        """The strip above the first display; there is none on a device that is off."""
        firmware, profile = self.board.firmware, self.profile
        if firmware is None or not profile.status_bar:
            return None
        around = firmware.environment
        return StatusBar(
            self.bench.engine.clock.now.civil,
            around.link if around.network_up else NO_LINK,
            around.battery if profile.battery is not None else None,
            self.bench.texts,
            self.locale,
        )

    def picture(self, *hidden: Selector | Region) -> Picture:
        """All that the device shows, on its displays and by its lights; what `hidden` names is covered."""
        return Picture(self.appearance(), self.profile).without(*hidden)

    @property
    def receipts(self) -> list[PrintedReceipt]:
        """What the printer has printed since the bench began, newest last."""
        return list(self._printed())

    def newest_receipt(self, copy: str = "", *, after: int = 0) -> PrintedReceipt | None:
        """The newest one, of that copy where one is named, without the first `after` ones; None where there is none."""
        printed = self._printed()
        newest_first = (printed[at] for at in range(len(printed) - 1, after - 1, -1))
        return next((paper for paper in newest_first if not copy or paper.copy == copy), None)

    def _printed(self) -> Sequence[PrintedReceipt]:
        printer = self.profile.printer
        if printer is not None:
            for receipt in self.board.printer.printed[len(self._papers) :]:
                self._papers.append(PrintedReceipt(receipt, self.bench.texts, printer))
        return self._papers

    @property
    def generation(self) -> int:
        """How many screens its main display has shown, as trace entries of screens count them."""
        return self.board.panel.generation

    def _hand_out(self, receipt: Receipt) -> None:
        printer = self.profile.printer
        if printer is not None:
            for taker in self.bench.receipt_takers:
                taker.take(self.name, PrintedReceipt(receipt, self.bench.texts, printer))

    @property
    def lights(self) -> dict[str, str]:
        return dict(self.board.panel.lights)

    @property
    def beeps(self) -> int:
        return self.board.panel.beeps

    @property
    def reasons(self) -> str:
        """Why the newest transaction with a card ended as it did, as short text; empty before one and while one runs."""
        return self.board.cards.reasons

    def journal(self, after: int = 0) -> list[StoredRow]:
        """The rows of this terminal, without the first `after` ones."""
        return list(self.bench.journal.rows(self.name, after))

    @property
    def rows_written(self) -> int:
        """How many rows its journal has."""
        return self.bench.journal.count(self.name)

    def report(self, after: int = 0) -> list[dict[str, Field]]:
        """The rows of this terminal's payment transactions report, but for what has no row of the journal behind the first `after`."""
        # Imported here: most terminals are asked for no report.
        from terminal_sim.bench.transactions import terminal_lines

        lines = terminal_lines(self.bench.journal, self.name, after)
        return [{**line.record(), "terminal": ""} for line in lines]
