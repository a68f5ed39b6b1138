"""The transactions of a point of sale: the history with what is pending, declined, expired and lost as sums, and a filter."""

from __future__ import annotations

from terminal_sim.core.events import Event, Touched, Trigger
from terminal_sim.core.flow import DONE, Firmware, Flow, Move, State
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.screen import Choice, Element, Screen, TextLine, Title, Tone
from terminal_sim.core.text import Text, say
from terminal_sim.flows import fields
from terminal_sim.flows.history import HISTORY_MOVES, HISTORY_STATES, HistoryFlow

# What each filter lets through.
FILTERS: dict[str, tuple[PaymentState, ...]] = {
    "pending": (PaymentState.PENDING, PaymentState.FORWARD_SENT),
    "completed": (PaymentState.COMPLETED,),
    "declined": (PaymentState.DECLINED,),
    "expired": (PaymentState.EXPIRED,),
    "lost": (PaymentState.LOST,),
}
_SUMMED_ON_TOP = ("pending", "declined", "expired", "lost")


class TransactionsFlow(HistoryFlow):
    """`filter` is a word of `FILTERS`, or empty for all."""

    __slots__ = ("filter",)
    faces_customer = False

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.filter = ""

    @property
    def rows(self) -> list[Payment]:
        """All payments that the filter counts, however old; without one the newest, and what gives money back among them."""
        return self._of(self.filter)[::-1] if self.filter else super().rows

    def picks_filter(self, event: Event) -> bool:
        return isinstance(event, Touched) and event.target == "filter"

    def set_filter(self, event: Event) -> None:
        if isinstance(event, Touched):
            self.filter = event.target if event.target in FILTERS else ""
            self.passed = 0

    def list_rows(self) -> Screen:
        """The sums of what was given away and is not paid yet or never will be, the filter, and the rows."""
        shown = super().list_rows()
        _, *rows = shown.elements
        elements: list[Element] = [Title("transactions", say("transactions"))]
        for name in _SUMMED_ON_TOP:
            number, total = self._sum(name, given_away=True)
            if number:
                line = say("state-and-sum", state=say(name), n=number, amount=total)
                elements.append(TextLine(line, f"sum-{name}", Tone.SMALL))
        elements.append(Choice("filter", say("filter"), say(self.filter or "all")))
        return Screen("transactions", (*elements, *rows))

    def which_filter(self) -> Screen:
        return Screen(
            "filter",
            (
                Title("filter", say("filter")),
                Choice("all", say("all")),
                *(Choice(name, say(name), self._counted(name)) for name in FILTERS),
                fields.leave(self.terminal),
            ),
        )

    def _counted(self, name: str) -> Text:
        number, total = self._sum(name)
        return say("count-and-sum", n=number, amount=total)

    def _sum(self, name: str, *, given_away: bool = False) -> tuple[int, Money]:
        """How many payments, and what they come to; what gives money back is none of them.

        What was declined with the customer still there costs nothing, and is not `given_away`.
        """
        later = self.terminal.durable.declined_later if given_away and name == "declined" else None
        found = [one.amount.minor for one in self._of(name) if later is None or one.reference in later]
        return len(found), Money(sum(found), self.terminal.profile.currency)

    def _of(self, name: str) -> list[Payment]:
        """The payments that a filter lets through, oldest first."""
        payments = self.terminal.durable.payments.values()
        return [one for one in payments if one.state in FILTERS[name] and one.kind.charges]


TRANSACTIONS = Flow(
    "transactions",
    TransactionsFlow,
    "list",
    (*HISTORY_STATES, State("filter", TransactionsFlow.which_filter, timeout="menu", free=True)),
    (
        Move(Trigger.SELECT, "list", "filter", guard=TransactionsFlow.picks_filter),
        Move(Trigger.SELECT, "filter", "list", action=TransactionsFlow.set_filter),
        Move(Trigger.CANCEL, "filter", "list"),
        Move(Trigger.TIMEOUT, "filter", DONE, action=TransactionsFlow.go_home),
        *HISTORY_MOVES,
    ),
)
