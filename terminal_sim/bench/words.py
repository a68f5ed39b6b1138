"""Closed lists of the core that scripts, reference and checks name: each is read from the one table that has it."""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.payment import PaymentState
from terminal_sim.core.rows.settlement import SettlementState
from terminal_sim.core.rows.table import ROW_KINDS, field_names
from terminal_sim.emv.data.reasons import rules, told
from terminal_sim.emv.talk.rules import Rule
from terminal_sim.host.script_commands import NAMES as COMMAND_NAMES
from terminal_sim.host.seen import ALWAYS_SEEN, SOMETIMES_SEEN
from terminal_sim.pos.model.report import FIELDS as SALES_FIELDS
from terminal_sim.pos.model.rows import PaymentTypeKind
from terminal_sim.reports.transactions import FIELDS as REPORT_FIELDS

__all__ = [
    "ENTRY_MODES",
    "HOST_FIELDS",
    "JOURNAL_FIELDS",
    "KIND_MEANINGS",
    "MESSAGE_KINDS",
    "PAYMENT_STATES",
    "REPORT_FIELDS",
    "RULES",
    "SALES_FIELDS",
    "SCRIPT_WORDS",
    "SETTLEMENT_STATES",
    "PaymentTypeKind",
    "rules",
    "told",
]

SCRIPT_WORDS = ("71", "72", *COMMAND_NAMES)
"""What an issuer script begins with where it does not begin with the hex digits of a command."""

MESSAGE_KINDS = tuple(kind.value for kind in MessageKind)
"""The kinds of host messages."""

RULES: Mapping[str, str] = {rule.value: f"{rule.sentence} ({rule.paragraph})" for rule in Rule}
"""The rules by which card and terminal decide: what has happened where one is a reason, and its paragraph in the EMV books."""

ENTRY_MODES = tuple(mode.value for mode in EntryMode)
"""The ways in which a card's data may come in."""

PAYMENT_STATES = tuple(state.value for state in PaymentState)
"""The states of a payment."""

SETTLEMENT_STATES = tuple(state.value for state in SettlementState)
"""The states of a batch that is being settled."""

JOURNAL_FIELDS: Mapping[str, tuple[str, ...]] = {kind: field_names(kind) for kind in ROW_KINDS}
"""The kinds of journal rows, each with the fields that its rows may have."""

KIND_MEANINGS: Mapping[str, str] = {
    kind: (row.__doc__ or "").partition(".\n")[0].partition(". ")[0].rstrip(".") + "."
    for kind, row in ROW_KINDS.items()
}
"""What each kind of journal row says: the first sentence of its class."""

HOST_FIELDS: tuple[str, ...] = ("kind", "mti", *ALWAYS_SEEN, *SOMETIMES_SEEN)
"""The fields that an expectation may name of a message that the acquirer got."""
