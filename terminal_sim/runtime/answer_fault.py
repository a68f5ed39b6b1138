"""What can happen to an answer of the acquirer on its way to the terminal, whatever the link and the dialect."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from terminal_sim.core.message import MessageClass
from terminal_sim.core.money import Money
from terminal_sim.core.trace_number import LAST_STAN
from terminal_sim.host.dialect import Dialect
from terminal_sim.host.link import Arrival


class AnswerFault(Enum):
    """A fault that strikes one answer; the value is the name of the fault.

    The acquirer has answered as it does: its books know nothing of the fault.
    """

    DUPLICATE = "host-duplicate"
    WRONG_AMOUNT = "host-wrong-amount"
    WRONG_TRACE = "host-wrong-trace"
    WRONG_TYPE = "host-wrong-type"


class ComingAnswerFault(Struct, frozen=True):
    """A `fault` that strikes the `answer`-th answer from now that can be read."""

    fault: AnswerFault
    answer: int = 1

    def __str__(self) -> str:
        """As a script says it."""
        return self.fault.value if self.answer == 1 else f"{self.fault.value} {self.answer}"


def strike(
    fault: AnswerFault, arrival: Arrival, dialect: Dialect, sealed: Callable[[bytes], bytes]
) -> tuple[Arrival, ...]:
    """What arrives in the place of `arrival`, noted for the trace; `sealed` gives a message the code that belongs to it.

    Raises `MessageError` where that is no answer of the dialect.
    """
    reply = dialect.decode_reply(arrival.message)
    noted = replace(arrival, note=f"{arrival.note}; {fault.value}".removeprefix("; "))
    if fault is AnswerFault.DUPLICATE:
        return noted, replace(arrival, note="")
    if fault is AnswerFault.WRONG_AMOUNT:
        wrong = replace(reply, amount=Money(reply.amount.minor + 1, reply.amount.currency))
    elif fault is AnswerFault.WRONG_TYPE:
        wrong = replace(reply, message_class=_ANOTHER[reply.message_class])
    else:
        wrong = replace(reply, stan=_unused(reply.stan))
    return (replace(noted, message=sealed(dialect.encode_reply(wrong))),)


def _unused(stan: int) -> int:
    """A trace number of the other half of the circle, which a terminal neither awaits nor comes to soon.

    The number beside it may be the one that the terminal awaits when a late answer arrives: that answer would be its answer.
    """
    return (stan - 1 + LAST_STAN // 2) % LAST_STAN + 1


_ANOTHER = {
    MessageClass.AUTHORISATION: MessageClass.FINANCIAL,
    MessageClass.FINANCIAL: MessageClass.AUTHORISATION,
    MessageClass.AUTHORISATION_ADVICE: MessageClass.ADVICE,
    MessageClass.ADVICE: MessageClass.AUTHORISATION,
    MessageClass.REVERSAL: MessageClass.ADVICE,
    MessageClass.BATCH_UPLOAD: MessageClass.ADVICE,
    MessageClass.RECONCILIATION: MessageClass.BATCH_UPLOAD,
}
