"""The report of the open batch, and of the last one that was closed: on the screen, and on paper where it is asked for."""

from __future__ import annotations

from terminal_sim.core import effects as fx
from terminal_sim.core.batch_report import BatchReport
from terminal_sim.core.closed_batch import ClosedBatch
from terminal_sim.core.events import Event, PrinterStopped, Trigger
from terminal_sim.core.flow import DONE, STAY, Context, Firmware, Flow, Move, State
from terminal_sim.core.receipt import Receipt
from terminal_sim.core.screen import Choice, Element, Screen, TextLine, Title
from terminal_sim.core.text import Text, say
from terminal_sim.flows import batches, fields


class BatchReportFlow(Context):
    """`remark` is what became of the paper, `stopped` the report that waits for paper."""

    __slots__ = ("remark", "stopped")

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.remark: Text | None = None
        self.stopped: Receipt | None = None

    @property
    def last(self) -> ClosedBatch | None:
        """The batch that was closed last, whether the acquirer has closed it or not."""
        return self.terminal.durable.settling or self.terminal.durable.settled

    # Guards.

    def picks_print(self, event: Event) -> bool:
        return fields.touched(event) == "print"

    def report_waits(self, _: Event) -> bool:
        return self.stopped is not None

    # Actions.

    def print_open(self, _: Event) -> None:
        self._print(batches.open_batch(self.terminal))

    def print_last(self, _: Event) -> None:
        if self.last is not None:
            self._print(batches.closed_batch(self.terminal, self.last))

    def _print(self, report: BatchReport) -> None:
        self.terminal.order(fx.Print(batches.printed(self.terminal, report)))

    def print_stopped(self, _: Event) -> None:
        if self.stopped is not None:
            self.terminal.order(fx.Print(self.stopped))

    def say_printed(self, _: Event) -> None:
        self.remark, self.stopped = say("copy-printed"), None

    def say_no_paper(self, event: Event) -> None:
        if isinstance(event, PrinterStopped):
            self.remark, self.stopped = say("out-of-paper"), event.receipt

    def forget_remark(self, _: Event) -> None:
        self.remark, self.stopped = None, None

    # Screens.

    def open_one(self) -> Screen:
        more = (Choice("last-batch", say("last-batch")),) if self.last is not None else ()
        return self._screen("batch-report", batches.open_batch(self.terminal), more)

    def last_one(self) -> Screen:
        if self.last is None:
            return self.open_one()
        return self._screen("last-batch", batches.closed_batch(self.terminal, self.last))

    def _screen(self, title: str, report: BatchReport, more: tuple[Element, ...] = ()) -> Screen:
        remark = (TextLine(self.remark, self.remark.id),) if self.remark is not None else ()
        paper = (Choice("print", say("print")),) if self.terminal.profile.printer is not None else ()
        return Screen(
            title,
            (
                Title(title, say(title)),
                *batches.lines(report),
                TextLine(say(report.outcome), report.outcome),
                *remark,
                *paper,
                *more,
                fields.leave(self.terminal),
            ),
        )


_SHOWN = ("open", "last")
BATCH_REPORT = Flow(
    "batch-report",
    BatchReportFlow,
    "open",
    (
        State("open", BatchReportFlow.open_one, timeout="menu", free=True),
        State("last", BatchReportFlow.last_one, timeout="menu", free=True),
    ),
    (
        Move(
            Trigger.SELECT, "open", STAY, guard=BatchReportFlow.picks_print, action=BatchReportFlow.print_open
        ),
        Move(Trigger.SELECT, "open", "last", action=BatchReportFlow.forget_remark),
        Move(Trigger.SELECT, "last", STAY, action=BatchReportFlow.print_last),
        Move(Trigger.PRINTED, _SHOWN, STAY, action=BatchReportFlow.say_printed),
        Move(Trigger.OUT_OF_PAPER, _SHOWN, STAY, action=BatchReportFlow.say_no_paper),
        Move(
            Trigger.PAPER_LOADED,
            _SHOWN,
            STAY,
            guard=BatchReportFlow.report_waits,
            action=BatchReportFlow.print_stopped,
        ),
        Move(Trigger.CANCEL, "last", "open", action=BatchReportFlow.forget_remark),
        Move(Trigger.CANCEL, "open", DONE),
        Move(Trigger.TIMEOUT, _SHOWN, DONE, action=BatchReportFlow.go_home),
    ),
    needs="settlement",
)
