"""Family W, wire: a message leaves after its row, with the row's trace number and amount, and once as new."""

from __future__ import annotations

from terminal_sim.journal.invariants.invariant import Invariant
from terminal_sim.journal.invariants.views import FORWARDED, OFFLINE_RESOLVED, REQUESTED, UNDOING

_NEVER = 1 << 62  # above the number of any row

WIRE = (
    Invariant(
        "W1",
        "a trace number was used twice in a day",
        """select terminal, stan, day, count(distinct txn) as uses from wire
        group by terminal, stan, day having uses > 1""",
    ),
    Invariant(
        "W2",
        "a request left without its row",
        f"""select txn, mti from wire where kind in {REQUESTED}
        and txn not in (select txn from payment where state = 'AUTH_SENT')""",
    ),
    Invariant(
        "W3",
        "a void or reversal does not carry its original's trace number and amount",
        f"""select w.txn, w.mti, w.original_stan, w.amount from wire as w where w.kind in {UNDOING}
        and not exists (select 1 from payment as o where o.txn = w.original and o.stan = w.original_stan
            and o.amount = w.amount and o.currency = w.currency)""",
    ),
    Invariant(
        "W4",
        "a void or reversal left without its row",
        f"""select txn, mti from wire where kind in {UNDOING}
        and txn not in (select txn from payment where state = 'REVERSAL_PENDING')""",
    ),
    Invariant(
        "W5",
        "a request carries another trace number or amount than its row",
        f"""select w.txn, w.mti, w.stan, w.amount from wire as w where w.kind not in {FORWARDED}
        and exists (select 1 from payment as p where p.txn = w.txn)
        and not exists (select 1 from payment as p where p.txn = w.txn and p.stan = w.stan and p.amount = w.amount
            and p.currency = w.currency)""",
    ),
    Invariant(
        "W6",
        "a repeat was sent as if it were new",
        # A row says that a payment is forwarded before it is; of all else a boot does not know whether it has left.
        f"""with boots as materialized (select terminal, max(boot) as last from journal group by terminal),
        first as materialized (select terminal, txn, boot from payment union all select terminal, txn, boot from settlement),
        lived as materialized (select f.txn, b.last - min(f.boot) as again from first as f join boots as b using (terminal)
            group by f.txn)
        select w.txn, w.kind, count(*) as sends from wire as w left join lived using (txn) where substr(w.mti, 4) = '0'
        group by w.txn, w.kind having sends > 1 + iif(w.kind in {FORWARDED}, 0, coalesce(again, 0))""",
    ),
    Invariant(
        "W7",
        "a payment was forwarded without a row that says so",
        f"""select txn, mti from wire where kind in {FORWARDED}
        and txn not in (select txn from offline where kind = 'offline.sent')""",
    ),
    Invariant(
        "W8",
        "a payment was forwarded before the one ahead of it was resolved",
        # Ahead of a payment is what has left, and what is older. But what an outage of the link kept may wait for the app to be
        # opened, and is not ahead of what anything else kept. Which one it is is looked for only where something was not resolved.
        f"""with way as materialized (select terminal, txn, max(outage) as outage,
            min(number) filter (where kind = 'offline.stored') as stored,
            coalesce(min(number) filter (where kind = 'offline.sent'), {_NEVER}) as sent,
            coalesce(min(number) filter (where kind in {OFFLINE_RESOLVED}), {_NEVER}) as resolved
            from offline group by terminal, txn),
        queue as materialized (select *, max(resolved) over (partition by terminal order by stored
            rows between unbounded preceding and 1 preceding) as older, max(resolved) over (partition by terminal order by sent
            rows between unbounded preceding and 1 preceding) as left from way where stored is not null)
        select q.txn, o.txn as ahead from queue as q cross join queue as o
        where q.sent < {_NEVER} and (q.older > q.sent or q.left > q.sent) and o.terminal = q.terminal and o.txn != q.txn
        and o.resolved > q.sent and (o.sent < q.sent
            or o.stored < q.stored and not (o.outage is 'network' and q.outage is not 'network'))""",
    ),
)
