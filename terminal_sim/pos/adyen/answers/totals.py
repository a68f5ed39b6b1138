"""Totals of what points of sale asked for, period by period: payments as debits, what was given back as credits.

The protocol parts them by the instrument, and further by what a request names. The open period has the identification that its answer will have;
a reconciliation ends it and begins the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from terminal_sim.core.message import MessageKind
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.pos.adyen.answers.outcomes import amount_of
from terminal_sim.pos.adyen.messages.requests import TotalFilter
from terminal_sim.pos.adyen.messages.responses import PaymentTotals, TransactionTotals
from terminal_sim.pos.adyen.messages.values import TotalDetail, TransactionType
from terminal_sim.pos.adyen.service.device import TerminalIdentity
from terminal_sim.pos.adyen.service.dialogue import Dialogues, ServiceDialogue

_FIRST = 1000
_COUNTS = (PaymentState.COMPLETED, PaymentState.VOIDED, PaymentState.PENDING, PaymentState.FORWARD_SENT)
_CREDITS = (MessageKind.VOID, MessageKind.REFUND)
_MEMBERS: Mapping[TotalDetail, str] = {
    TotalDetail.OPERATOR_ID: "operator_id",
    TotalDetail.POIID: "poiid",
    TotalDetail.SALE_ID: "sale_id",
    TotalDetail.SHIFT_NUMBER: "shift_number",
    TotalDetail.TOTALS_GROUP_ID: "totals_group_id",
}


def identification(dialogues: Dialogues) -> str:
    """The `POIReconciliationID` of the open period."""
    return str(_FIRST + len(dialogues.periods))


def open_period(dialogues: Dialogues) -> Iterable[ServiceDialogue]:
    """The dialogues of the open period."""
    after = dialogues.periods[-1].dialogues if dialogues.periods else 0
    return dialogues.within(after, dialogues.following - 1)


def last_period(dialogues: Dialogues) -> Iterable[ServiceDialogue]:
    """The dialogues of the period that ended last; none where none has."""
    if not dialogues.periods:
        return ()
    before = dialogues.periods[-2].dialogues if len(dialogues.periods) > 1 else 0
    return dialogues.within(before, dialogues.periods[-1].dialogues)


def totals(
    identity: TerminalIdentity,
    period: Iterable[ServiceDialogue],
    paid: Callable[[ServiceDialogue], Payment | None],
    details: Iterable[TotalDetail] = (),
    wanted: TotalFilter | None = None,
) -> list[TransactionTotals]:
    """The totals of `period`, parted by `details`, of those dialogues that fit `wanted`. `paid` gives what the terminal began for each."""
    by = tuple(details)
    parted: dict[tuple[str, ...], dict[TransactionType, list[int]]] = {}
    for dialogue in period:
        payment, group = paid(dialogue), _group(identity, dialogue)
        if payment is None or payment.state not in _COUNTS or not _fits(group, wanted):
            continue
        kind = TransactionType.CREDIT if payment.kind in _CREDITS else TransactionType.DEBIT
        key = tuple(group[detail] for detail in by)
        parted.setdefault(key, {}).setdefault(kind, []).append(payment.amount.minor)
    return [_line(identity, by, key, sums) for key, sums in sorted(parted.items())]


def _line(
    identity: TerminalIdentity,
    by: tuple[TotalDetail, ...],
    key: tuple[str, ...],
    sums: Mapping[TransactionType, list[int]],
) -> TransactionTotals:
    named = {_MEMBERS[detail]: value for detail, value in zip(by, key, strict=True) if value}
    return TransactionTotals(
        payment_instrument_type="Card",
        payment_currency=identity.currency,
        payment_totals=[
            PaymentTotals(
                transaction_type=kind,
                transaction_count=len(sums[kind]),
                transaction_amount=amount_of(sum(sums[kind]), identity.exponent),
            )
            for kind in (TransactionType.DEBIT, TransactionType.CREDIT)
            if kind in sums
        ],
        **named,
    )


def _group(identity: TerminalIdentity, dialogue: ServiceDialogue) -> Mapping[TotalDetail, str]:
    data = dialogue.body.sale_data
    terminal = data.sale_terminal_data if data is not None else None
    return {
        TotalDetail.POIID: identity.poiid,
        TotalDetail.SALE_ID: dialogue.header.sale_id,
        TotalDetail.OPERATOR_ID: dialogue.operator,
        TotalDetail.SHIFT_NUMBER: dialogue.shift,
        TotalDetail.TOTALS_GROUP_ID: (terminal.totals_group_id if terminal is not None else None) or "",
    }


def _fits(group: Mapping[TotalDetail, str], wanted: TotalFilter | None) -> bool:
    asked = {} if wanted is None else {detail: getattr(wanted, name) for detail, name in _MEMBERS.items()}
    return all(value is None or group[detail] == value for detail, value in asked.items())
