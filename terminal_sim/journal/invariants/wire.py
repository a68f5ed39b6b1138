"""Family W, wire: a message leaves after its row, with the row's trace number and amount, and once as new."""

from __future__ import annotations

from terminal_sim.journal.invariants.invariant import Invariant
from terminal_sim.journal.invariants.views import FORWARDED, OFFLINE_RESOLVED, REQUESTED, UNDOING

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
        """select w.txn, w.kind, count(*) as sends from wire as w where substr(w.mti, 4) = '0' group by w.txn, w.kind
        having sends > 1 + coalesce((select (select max(boot) from journal where terminal = p.terminal) - min(p.boot)
            from payment as p where p.txn = w.txn), 0)""",
    ),
    Invariant(
        "W7",
        "a payment was forwarded without a row that says so",
        f"""select txn, mti from wire where kind in {FORWARDED}
        and txn not in (select txn from offline where kind = 'offline.sent')""",
    ),
    Invariant(
        "W8",
        "a payment was forwarded before an older one was resolved",
        f"""select s.txn, o.txn as older from offline as s join offline as o using (terminal)
        where s.kind = 'offline.sent' and o.kind = 'offline.stored' and o.txn <> s.txn
        and o.number < (select number from offline as k where k.txn = s.txn and k.kind = 'offline.stored')
        and not exists (select 1 from offline as f where f.txn = o.txn and f.number < s.number and f.kind in {OFFLINE_RESOLVED})""",
    ),
)
