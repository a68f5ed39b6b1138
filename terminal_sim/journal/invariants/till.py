"""Family P, the point of sale: what its sales say is what the terminals' payments say.

The table `till` has its payments and refunds in their newest state, `sale` the amount of their sale; it is empty where there is no
point of sale. A sale that a person closed names no terminal and is held to nothing but its own amount.
"""

from __future__ import annotations

from terminal_sim.journal.invariants.invariant import Invariant
from terminal_sim.journal.invariants.views import UNDOING

_ANSWERED = "t.outcome not in ('asked', 'cancelling')"
_OF_TILL = (
    "request glob 'POS[0-9]*'"  # what the bench's own point of sale asks for (`pos.model.rows.request_id`)
)

TILL = (
    Invariant(
        "P1",
        "a sale was paid more than its amount",
        """select ticket, sale, sum(amount) as paid from till where kind = 'payment' and outcome = 'done'
        group by ticket having paid > sale""",
    ),
    Invariant(
        "P2",
        "a sale is paid by a payment that its terminal did not take",
        """select ticket, request, reference, amount from till as t
        where kind = 'payment' and outcome = 'done' and terminal <> '' and not exists (
            select 1 from payment as p where p.txn = t.reference and p.request = t.request and p.terminal = t.terminal
                and p.amount = t.amount and p.state in ('COMPLETED', 'PENDING'))""",
    ),
    Invariant(
        "P3",
        "a terminal has a payment for a request that was not made",
        f"""select txn, request from newest where {_OF_TILL} and exists (select 1 from till)
        and not exists (select 1 from till as t where t.request = newest.request and t.terminal = newest.terminal)""",
    ),
    Invariant(
        "P4",
        "a terminal took or gave back money, and the sale says that it did not",
        f"""select n.txn, t.ticket, n.kind, t.outcome from newest as n join till as t on t.request = n.request
        where n.state = 'COMPLETED' and t.outcome <> 'done' and {_ANSWERED}""",
    ),
    Invariant(
        "P5",
        "one request has two payments",
        "select request, count(*) as n from newest where request <> '' group by request having n > 1",
    ),
    Invariant(
        "P6",
        "a sale that a person closed names a terminal's payment",
        "select ticket, number, reference from till where terminal = '' and reference <> ''",
    ),
    Invariant(
        "P7",
        "a refund was booked, and its terminal gave nothing back",
        f"""select ticket, request, reference from till as t
        where kind = 'refund' and outcome = 'done' and terminal <> '' and not exists (
            select 1 from newest as n where n.txn = t.reference and n.request = t.request and n.kind in {UNDOING}
                and n.state = 'COMPLETED' and n.amount = t.amount)""",
    ),
)
