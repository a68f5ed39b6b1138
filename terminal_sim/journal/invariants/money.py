"""Family M, money: what the host's books charge is what the terminal's payments say."""

from __future__ import annotations

from terminal_sim.journal.invariants.invariant import Invariant
from terminal_sim.journal.invariants.views import BOOKED, CHARGING, GIVING_BACK, UNDOING

# An amount as the merchant sees it: below zero where money is given back.
_SIGNED = f"case when kind in {GIVING_BACK} then -amount else amount end"

MONEY = (
    Invariant(
        "M1",
        "a payment was charged more than once",
        f"select txn, count(*) as n from ledger where kind in {BOOKED} group by txn having n > 1",
    ),
    Invariant(
        "M2",
        "the host charged what the terminal does not know",
        "select txn, amount from ledger where amount <> 0 and txn not in (select txn from payment)",
    ),
    Invariant(
        "M3",
        "a voided payment is still charged",
        "select txn, charged from net where state = 'VOIDED' and charged <> 0",
    ),
    Invariant(
        "M4",
        "a completed payment was not charged",
        "select txn, amount from net where state = 'COMPLETED' and charged = 0 and not doubtful",
    ),
    Invariant(
        "M5",
        "the host charged another amount or currency",
        f"""select txn, {_SIGNED} as completed, charged, currency from net
        where state = 'COMPLETED' and charged <> 0 and charged <> {_SIGNED}
        union select n.txn, n.amount, l.amount, l.currency from net as n join ledger as l using (txn)
        where l.currency <> n.currency""",
    ),
    Invariant(
        "M6",
        "the totals of terminal and host differ",
        f"""select currency, sum(amount) as difference from (
            select currency, {_SIGNED} as amount from net where state in ('COMPLETED', 'VOIDED')
            union all select currency, -amount from ledger)
        where not exists (select 1 from newest where state in ('AUTH_SENT', 'REVERSAL_PENDING', 'FORWARD_SENT'))
        group by currency having sum(amount) <> 0""",
    ),
    Invariant(
        "M7",
        "a reversed payment is still charged",
        "select txn, charged from net where state = 'REVERSED' and charged <> 0",
    ),
    Invariant(
        "M8",
        "more was given back than was paid",
        f"""select o.txn, o.amount, sum(b.amount) as given_back from newest as o join newest as b on b.original = o.txn
        where b.kind in {GIVING_BACK} and b.state = 'COMPLETED' group by o.txn having given_back > o.amount""",
    ),
    Invariant(
        "M9",
        "a payment was voided twice, or voided and refunded",
        f"""select original, count(*) as n from newest where state = 'COMPLETED' and kind in {GIVING_BACK}
        and original is not null group by original having n > 1 and sum(kind = 'void') > 0""",
    ),
    Invariant(
        "M10",
        "a payment that was declined, or is pending, expired or lost, is in the host's books",
        """select txn, state, charged from net where state in ('DECLINED', 'PENDING', 'EXPIRED', 'LOST')
        and charged <> 0""",
    ),
    Invariant(
        "M11",
        "an offline payment was lost and no row says why",
        """with cause as materialized (select terminal, min(number) as first from journal where kind in ('account', 'tamper')
            group by terminal)
        select l.txn, l.reason from offline as l left join cause as c using (terminal)
        where l.kind = 'offline.lost' and l.reason <> 'card-data' and (c.first is null or c.first >= l.number)""",
    ),
    Invariant(
        "M12",
        "a batch was closed with other totals than its payments come to",
        f"""with counted as materialized (select terminal, batch,
            sum(kind in {CHARGING}) as sales, sum(amount * (kind in {CHARGING})) as sales_sum,
            sum(kind in {UNDOING}) as voids, sum(amount * (kind in {UNDOING})) as voids_sum,
            sum(kind not in {CHARGING} and kind not in {UNDOING}) as refunds,
            sum(amount * (kind not in {CHARGING} and kind not in {UNDOING})) as refunds_sum
            from payment where state = 'COMPLETED' and batch > 0 group by terminal, batch)
        select s.terminal, s.batch, s.sales, c.sales as of_payments from settlement as s
        left join counted as c using (terminal, batch)
        where (coalesce(s.sales, 0), coalesce(s.sales_sum, 0), coalesce(s.voids, 0), coalesce(s.voids_sum, 0),
            coalesce(s.refunds, 0), coalesce(s.refunds_sum, 0))
        is not (coalesce(c.sales, 0), coalesce(c.sales_sum, 0), coalesce(c.voids, 0), coalesce(c.voids_sum, 0),
            coalesce(c.refunds, 0), coalesce(c.refunds_sum, 0))
        or s.amount <> coalesce(s.sales_sum, 0) - coalesce(s.voids_sum, 0) - coalesce(s.refunds_sum, 0)""",
    ),
    Invariant("M13", "an amount is not above zero", "select txn, seq, amount from payment where amount <= 0"),
)
