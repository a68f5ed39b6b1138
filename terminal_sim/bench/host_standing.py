"""How the host of a bench stands: by which rules it answers, what stands in its books, and the way of each terminal to it.

Of a host on a network the bench knows the ways to it and nothing else: its rules and books are in its own process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from terminal_sim.host.config import AnswerRule
from terminal_sim.secret import mask_pan

if TYPE_CHECKING:
    from terminal_sim.bench.bench import Bench
    from terminal_sim.host.acquirer import Acquirer
    from terminal_sim.host.ledger import LedgerEntry

SAME_PROCESS = "same process"
_OF_THE_WAY = ("network ", "service ", "fault host-")
"""How the conditions of a terminal begin that are on its way to the host."""


class HostRules(Struct, frozen=True, kw_only=True):
    """What decides the next answers: those that were asked for and the issuer scripts that wait, the amount pack in force among `packs`, and the rules of the host file."""

    answers: Sequence[str]
    sends: Sequence[str]
    pack: str
    packs: Sequence[str]
    always: Sequence[str]


class HostBooks(Struct, frozen=True, kw_only=True):
    """How many entries the books have, and what the merchant is left with of all of them: minor units by currency."""

    entries: int
    net: Mapping[str, int]


class HostLine(Struct, frozen=True, kw_only=True):
    """The way of one terminal. `state` is `SAME_PROCESS`, or how far its connection is; `waits` says whether an answer is owed over it, `troubles` has what is not as it should be, in the words of the script that made it so."""

    terminal: str
    state: str
    waits: bool
    troubles: Sequence[str]


class HostStanding(Struct, frozen=True, kw_only=True):
    """`address` is that of a host on a network, whose `rules` and `books` are None; an acquirer in the same process has no address."""

    address: str
    dialect: str
    rules: HostRules | None
    books: HostBooks | None
    lines: Sequence[HostLine]


def host_standing(bench: Bench) -> HostStanding:
    """How the host of `bench` stands now."""
    network, acquirer = bench.network, bench.acquirer
    here = network is None
    return HostStanding(
        address="" if network is None else str(network.address),
        dialect=(acquirer.dialect if network is None else network.dialect).source,
        rules=_rules(acquirer) if here else None,
        books=_books(acquirer) if here else None,
        lines=[_line(bench, terminal.name, terminal.conditions()) for terminal in bench.terminals],
    )


def entry_row(entry: LedgerEntry) -> dict[str, str | int]:
    """One line of the books with its card number masked. An entry of no terminal's batch, of no other payment or of no card says nothing of it."""
    row: dict[str, str | int] = {
        "number": entry.number,
        "kind": entry.kind.value,
        "terminal": entry.terminal,
        "stan": entry.stan,
        "reference": entry.reference,
        "amount": entry.amount,
        "currency": entry.currency,
        "asked": entry.asked,
    }
    sometimes: dict[str, str | int] = {
        "original": entry.original,
        "pan": "" if entry.pan is None else mask_pan(entry.pan.reveal()),
        "batch": entry.batch,
    }
    return row | {name: value for name, value in sometimes.items() if value}


def _rules(acquirer: Acquirer) -> HostRules:
    config = acquirer.config
    return HostRules(
        answers=[str(answer) for answer in acquirer.scripted],
        sends=[str(script) for script in acquirer.sending],
        pack=config.pack,
        packs=list(config.packs),
        always=[_rule(rule) for rule in config.rules],
    )


def _rule(rule: AnswerRule) -> str:
    """A rule of a host file in a line, as its keys say it."""
    named = {
        "kind": "" if rule.kind is None else rule.kind.value,
        "pan": mask_pan(rule.pan) if rule.pan else "",
        "amount": rule.amount,
    }
    fits = " ".join(f"{name}={value}" for name, value in named.items() if value)
    return f"{fits}: {rule.answer}"


def _books(acquirer: Acquirer) -> HostBooks:
    entries = acquirer.entries()
    net: Counter[str] = Counter()
    for entry in entries:
        net[entry.currency] += entry.amount
    return HostBooks(entries=len(entries), net={currency: minor for currency, minor in net.items() if minor})


def _line(bench: Bench, terminal: str, conditions: Sequence[str]) -> HostLine:
    link = None if bench.network is None else bench.network.links[terminal]
    return HostLine(
        terminal=terminal,
        state=SAME_PROCESS if link is None else link.stage.value,
        waits=link is not None and link.awaits,
        troubles=[one for one in conditions if one.startswith(_OF_THE_WAY)],
    )
