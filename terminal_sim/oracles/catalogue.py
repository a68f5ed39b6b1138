"""All rules, by their files."""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.bench.money_rules import INVARIANTS
from terminal_sim.oracles.amounts import AMOUNTS
from terminal_sim.oracles.cards import CARDS
from terminal_sim.oracles.endings import ENDINGS
from terminal_sim.oracles.home import HOME
from terminal_sim.oracles.lists import LISTS
from terminal_sim.oracles.messages import MESSAGES
from terminal_sim.oracles.offline import OFFLINE
from terminal_sim.oracles.oracle import Oracle
from terminal_sim.oracles.passcodes import PASSCODES
from terminal_sim.oracles.receipts import PAPER
from terminal_sim.oracles.timeouts import TIMEOUTS

ORACLES: tuple[Oracle, ...] = (
    *AMOUNTS, *OFFLINE, *PASSCODES, *TIMEOUTS, *HOME, *ENDINGS, *PAPER, *LISTS, *CARDS, *MESSAGES,
)  # fmt: skip
"""The rules that are asked while a session goes on; the invariants are asked for a verdict."""

CODES: Mapping[str, str] = {
    **{f"I-{code}": says for code, says in INVARIANTS.items()},
    **{one.code: one.sentence for one in ORACLES},
}
"""The sentence of each rule by its code."""
