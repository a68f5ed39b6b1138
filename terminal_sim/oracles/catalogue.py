"""All rules, by their files."""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.bench.money_rules import INVARIANTS
from terminal_sim.oracles.accounts import ACCOUNTS
from terminal_sim.oracles.alarms import ALARMS
from terminal_sim.oracles.amounts import AMOUNTS
from terminal_sim.oracles.batch_members import BATCH_MEMBERS
from terminal_sim.oracles.batches import BATCHES
from terminal_sim.oracles.cards import CARDS
from terminal_sim.oracles.chart import CHART, REACHED
from terminal_sim.oracles.customers import CUSTOMERS
from terminal_sim.oracles.endings import ENDINGS
from terminal_sim.oracles.expected import EXPECTED
from terminal_sim.oracles.fields import FIELDS
from terminal_sim.oracles.forwarding import FORWARDING
from terminal_sim.oracles.home import HOME
from terminal_sim.oracles.lists import LISTS
from terminal_sim.oracles.liveness import LIVENESS
from terminal_sim.oracles.messages import MESSAGES
from terminal_sim.oracles.offline import OFFLINE
from terminal_sim.oracles.oracle import Oracle
from terminal_sim.oracles.pages import PAGES
from terminal_sim.oracles.passcodes import PASSCODES
from terminal_sim.oracles.reading import READING
from terminal_sim.oracles.receipt_lines import RECEIPT_LINES
from terminal_sim.oracles.receipts import PAPER
from terminal_sim.oracles.relations import RELATIONS
from terminal_sim.oracles.results import RESULTS
from terminal_sim.oracles.rows import ROWS
from terminal_sim.oracles.timeouts import TIMEOUTS
from terminal_sim.oracles.ways import WAYS
from terminal_sim.oracles.wire import WIRE
from terminal_sim.oracles.words import WORDS

ORACLES: tuple[Oracle, ...] = (
    *AMOUNTS, *OFFLINE, *PASSCODES, *TIMEOUTS, *HOME, *ENDINGS, *PAPER, *LISTS, *CARDS, *CUSTOMERS, *MESSAGES,
    *FIELDS, *ACCOUNTS, *WAYS, *RESULTS, *RECEIPT_LINES, *PAGES, *FORWARDING, *READING, *ALARMS, *BATCHES, *BATCH_MEMBERS, *WORDS, *EXPECTED, *LIVENESS, *ROWS, *WIRE,
)  # fmt: skip
"""The rules that are asked while a session goes on; the invariants are asked for a verdict."""

EXPLORED: Mapping[str, str] = {**{one.code: one.sentence for one in RELATIONS}, **dict([REACHED])}
"""The rules that look at more than one session: an exploration holds what it does to them, a script cannot."""

CODES: Mapping[str, str] = {
    **{f"I-{code}": says for code, says in INVARIANTS.items()},
    **{one.code: one.sentence for one in CHART},
    **{one.code: one.sentence for one in ORACLES},
    **EXPLORED,
}
"""The sentence of each rule by its code."""
