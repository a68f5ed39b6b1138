"""Bugs that show where the host dies and begins again, cannot be reached, or gets messages in another order; planted one at a time."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from terminal_sim.core import reversals
from terminal_sim.core import terminal as core_terminal
from terminal_sim.core.message import answers
from terminal_sim.core.offline import OfflineQueue
from terminal_sim.core.payment import PaymentState
from terminal_sim.core.reversals import Reversals
from terminal_sim.core.rows.offline import OfflineDeclinedRow, about
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.books import AcquirerBooks
from terminal_sim.host.ledger import Ledger
from terminal_sim.host.ledger_file import LedgerFile
from terminal_sim.runtime.executor import Executor
from tests.explore.planted.planting import Plant, always, nothing, sets, wraps
from tests.explore.simulation.field_bugs import FieldBug

_TRIES = 6


def _answers_unwritten(sound: Any) -> Any:
    return lambda self, booked, counted, _: sound(self, booked, counted, ())


def _forgets_tombstones(sound: Any) -> Any:
    def recall(self: Ledger, entries: Any) -> None:
        sound(self, entries)
        self._tombstones.clear()

    return recall


def _an_end_is_no_connection(sound: Any) -> Any:
    def deliver(self: Executor, board: Any, due: Any) -> None:
        if due.arrival.problem == "closed":
            due = structs.replace(due, arrival=structs.replace(due.arrival, problem="unreachable"))
        sound(self, board, due)

    return deliver


def _undelivered_is_taken(sound: Any) -> Any:
    def unreachable(self: Reversals, stan: int) -> bool:
        if self._sent is None or self._sent.stan != stan:
            return False
        payment = self._terminal.durable.payments[self._sent.reference]
        if payment.kind.undoes:
            return bool(sound(self, stan))
        undone = structs.replace(payment, state=PaymentState.REVERSED)
        self._terminal.record(undone, reversals._reversal_row(undone, PaymentState.COMPLETED))
        self._done()
        return True

    return unreachable


def _undelivered_is_declined(sound: Any) -> Any:
    def unreachable(self: OfflineQueue, stan: int) -> bool:
        if not sound(self, stan) or self._sent is None:
            return False
        payment = self._terminal.durable.payments[self._sent.reference]
        declined = structs.replace(payment, state=PaymentState.DECLINED)
        self._terminal.record(declined, OfflineDeclinedRow(**about(declined), response_code=""))
        self._done()
        return True

    return unreachable


def _gives_up(sound: Any) -> Any:
    def due(self: Reversals) -> None:
        if self._attempts < _TRIES:
            sound(self)

    return due


def _matched(**ignored: Any) -> Plant:
    """Answers are compared with what was sent but for these fields, in every place."""

    def match(reply: Any, request: Any) -> bool:
        changes = {name: value(request) for name, value in ignored.items()}
        return answers(structs.replace(reply, **changes), request)

    def patch(monkeypatch: Any) -> None:
        for module in (reversals, core_terminal):
            monkeypatch.setattr(module, "answers", match)

    return patch


HOST_BUGS: tuple[FieldBug, ...] = (
    # A host that dies.
    FieldBug("the host does not write down what it has answered", wraps(AcquirerBooks, "_keep", _answers_unwritten)),
    FieldBug("the host answers before its books are synced", sets(Acquirer, "make_durable", nothing), rare=True),
    FieldBug("a host that begins again knows no payment of its earlier life", sets(LedgerFile, "about", always([]))),
    FieldBug("a host that begins again forgets which reversals came before their payments", wraps(Ledger, "recall", _forgets_tombstones), rare=True),
    # A line that ends, and a host that is away.
    FieldBug("a connection that ends is taken for one that could not be made", wraps(Executor, "deliver", _an_end_is_no_connection)),
    FieldBug("a reversal that could not be delivered counts as taken", wraps(Reversals, "unreachable", _undelivered_is_taken)),
    FieldBug("a reversal is given up after six tries", wraps(Reversals, "due", _gives_up)),
    # Messages in another order.
    FieldBug("a payment that was reversed before it came is charged", sets(Ledger, "is_reversed_before_arrival", always(False))),
    FieldBug("an answer to something else of the same number counts", _matched(message_class=lambda request: request.kind.facts.message_class), rare=True),
    FieldBug("what could not be forwarded counts as declined", wraps(OfflineQueue, "unreachable", _undelivered_is_declined)),
)  # fmt: skip
