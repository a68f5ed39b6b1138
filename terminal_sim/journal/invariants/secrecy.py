"""Family X, secrets: card numbers are masked, and card data at rest is sealed."""

from __future__ import annotations

from terminal_sim.journal.invariants.invariant import Invariant

# The digits of a card number that should be masked and are not: all but the first six and last four, of a short one but the last four.
_HIDDEN = """replace(case when length({pan}) < 14 then substr({pan}, 1, length({pan}) - 4)
    else substr({pan}, 7, length({pan}) - 10) end, '*', '')"""

SECRECY = (
    Invariant(
        "X7",
        "a card number is not masked",
        f"""select 'journal' as found, seq as n from payment where {_HIDDEN.format(pan="pan")} <> ''
        union select 'host message', n from wire where {_HIDDEN.format(pan="pan")} <> ''""",
    ),
    Invariant(
        "X8",
        "the card data of an offline payment is not sealed, or with a nonce that was used before",
        """select txn, substr(sealed, 1, 24) as nonce, count(*) as uses from offline where kind = 'offline.stored'
        group by terminal, nonce having uses > 1 or nonce is null or length(nonce) < 24""",
    ),
)
