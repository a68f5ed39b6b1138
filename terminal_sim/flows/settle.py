"""The settlement of a batch: its totals are shown, confirmed and sent, and the report prints when the acquirer has closed it.

Rules:
1. A settlement that is not answered goes on behind whatever the terminal does next; its report is then printed on request alone.
2. One that begins by itself asks for no confirmation.
"""

from __future__ import annotations

from terminal_sim.core import effects as fx
from terminal_sim.core.events import REQUESTS, Event, Returned, Trigger
from terminal_sim.core.flow import DONE, STAY, Firmware, Flow, Move, Moves, State, States
from terminal_sim.core.own_flows import OwnFlow, SettleContext
from terminal_sim.core.screen import Element, Screen, TextLine, Title, Tone
from terminal_sim.core.text import Text, say
from terminal_sim.flows import batches, fields


class SettleFlow(SettleContext):
    """`remark` is why the batch is not closed, or what became of the paper."""

    __slots__ = ("remark",)

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.remark: Text | None = None

    # Guards.

    def begins_by_itself(self, _: Event) -> bool:
        return self.automatic

    def may_be_closed(self, _: Event) -> bool:
        return self.terminal.settlements.refusal is None

    def is_settled(self, _: Event) -> bool:
        return self.terminal.durable.settling is None

    def goes_on(self, _: Event) -> bool:
        return self.terminal.settlements.is_under_way

    def report_waits(self, _: Event) -> bool:
        """Whether the paper ran out under the report."""
        return self.remark == say("out-of-paper")

    # Actions.

    def look(self, _: Event) -> None:
        """Go on at once where nobody is asked."""
        if self.automatic:
            self.terminal.post(Returned())

    def explain(self, _: Event) -> None:
        self.remark = self.terminal.settlements.refusal

    def begin(self, _: Event) -> None:
        self.remark = None
        self.terminal.settlements.begin()

    def finish(self, _: Event) -> None:
        self.terminal.order(fx.Beep("good"))
        self._print()

    def print_again(self, _: Event) -> None:
        self._print()

    def say_no_paper(self, _: Event) -> None:
        self.remark = say("out-of-paper")

    def leave_pending(self, _: Event) -> None:
        self.terminal.order(fx.Beep("bad"))

    def _print(self) -> None:
        self.remark = None
        settled = self.terminal.durable.settled
        if settled is not None and self.terminal.profile.printer is not None:
            report = batches.closed_batch(self.terminal, settled)
            self.terminal.order(fx.Print(batches.printed(self.terminal, report)))

    # Screens.

    def ask(self) -> Screen:
        """The batch that would be closed now: one that waits for its answer goes first."""
        settling = self.terminal.durable.settling
        shown = (
            batches.open_batch(self.terminal)
            if settling is None
            else batches.closed_batch(self.terminal, settling)
        )
        elements: list[Element] = [Title("settle", say("settle")), *batches.lines(shown)]
        if settling is not None:
            elements.append(TextLine(say("batch-pending"), "batch-pending", Tone.BAD))
        if self.remark == self.terminal.settlements.refusal:
            elements += self._remarks()
        return Screen("settle", (*elements, fields.CONFIRM, fields.CANCEL))

    def settling(self) -> Screen:
        return Screen("settling", (TextLine(say("settling"), "settling", Tone.BIG), fields.CANCEL))

    def settled(self) -> Screen:
        batch = self.terminal.durable.settled
        if batch is None:
            return self.pending()
        report = batches.closed_batch(self.terminal, batch)
        return Screen(
            "settled",
            (
                TextLine(say("settled"), "settled", Tone.GOOD),
                TextLine(say(report.outcome), report.outcome),
                *batches.lines(report),
                *self._remarks(),
                fields.CONFIRM,
            ),
        )

    def pending(self) -> Screen:
        return Screen(
            "settlement-pending",
            (
                TextLine(say("settlement-pending"), "settlement-pending", Tone.BAD),
                TextLine(say("settlement-goes-on"), tone=Tone.SMALL),
                fields.CONFIRM,
                fields.CANCEL,
            ),
        )

    def _remarks(self) -> tuple[TextLine, ...]:
        return (TextLine(self.remark, self.remark.id, Tone.BAD),) if self.remark is not None else ()


_ENDED = ("settled", "pending")
_STATES: States[SettleFlow] = (
    State("ready", SettleFlow.ask, timeout="menu", enter=SettleFlow.look),
    State("settling", SettleFlow.settling, timeout="issuer", enter=SettleFlow.begin),
    State("settled", SettleFlow.settled, timeout="result", enter=SettleFlow.finish),
    State("pending", SettleFlow.pending, timeout="result", enter=SettleFlow.leave_pending),
)
_MOVES: Moves[SettleFlow] = (
    Move(Trigger.RETURNED, "ready", "settling", guard=SettleFlow.begins_by_itself),
    Move(Trigger.CONFIRM, "ready", "settling", guard=SettleFlow.may_be_closed),
    Move(Trigger.CONFIRM, "ready", STAY, action=SettleFlow.explain),
    Move(Trigger.CANCEL, "ready", DONE),
    Move(Trigger.TIMEOUT, "ready", DONE, action=SettleFlow.go_home),
    Move(Trigger.SETTLEMENT_ANSWERED, ("settling", "pending"), "settled", guard=SettleFlow.is_settled),
    Move(Trigger.SETTLEMENT_ANSWERED, "settling", STAY, guard=SettleFlow.goes_on),
    Move(Trigger.SETTLEMENT_ANSWERED, "settling", "pending"),
    Move(Trigger.SETTLEMENT_UNDELIVERED, "settling", "pending"),
    Move(Trigger.CANCEL, "settling", "pending"),
    Move(Trigger.TIMEOUT, "settling", "pending"),
    Move(Trigger.PRINTED, "settled", STAY),
    Move(Trigger.OUT_OF_PAPER, "settled", STAY, action=SettleFlow.say_no_paper),
    Move(
        Trigger.PAPER_LOADED,
        "settled",
        STAY,
        guard=SettleFlow.report_waits,
        action=SettleFlow.print_again,
    ),
    *(
        Move(trigger, _ENDED, DONE, action=SettleFlow.go_home)
        for trigger in (Trigger.CONFIRM, Trigger.CANCEL, Trigger.TIMEOUT)
    ),
    *(Move(trigger, _ENDED, DONE, action=SettleFlow.make_way) for trigger in REQUESTS),
)

SETTLE = Flow(OwnFlow.SETTLE.value, SettleFlow, "ready", _STATES, _MOVES, needs="settlement")
