"""Processing restrictions: version, usage control, effective and expiration date (EMV Book 3, 10.4). They only set TVR bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from terminal_sim.emv.data import tags, tvr
from terminal_sim.emv.data.fields import full_year
from terminal_sim.emv.steps.state import CASHBACK, PURCHASE, Transaction
from terminal_sim.emv.talk.rules import Rule

_ATM, _NOT_ATM = 0x02_00, 0x01_00
_ATM_TYPES: Final = ("14", "15", "16")
_CAPABLE_OF_CASH: Final = 0x80


@dataclass(frozen=True, slots=True)
class Usage:
    """The bits of the usage control that allow a kind of transaction in the issuer's country and abroad (Book 3, annex C2)."""

    domestic: int
    international: int


_USAGES: Final = {
    "cash": Usage(0x80_00, 0x40_00),
    "goods or services": Usage(0x28_00, 0x14_00),
    "cashback": Usage(0x00_80, 0x00_40),
}


def check(transaction: Transaction) -> None:
    """Compares the card's version, usage control and dates with the terminal's (10.4.1 to 10.4.3)."""
    for bit, rule in findings(transaction).items():
        transaction.mark(bit, rule)


def findings(transaction: Transaction) -> dict[int, Rule]:
    """What the comparisons find, as bits of the TVR with their rules."""
    card, terminal = transaction.card, transaction.terminal
    found: dict[int, Rule] = {}
    version = card.get(tags.VERSION_CARD)
    if version is not None and version != terminal[tags.VERSION_TERMINAL]:
        found[tvr.DIFFERENT_VERSIONS] = Rule.RESTRICT_VERSION
    if tags.USAGE_CONTROL in card and not _usage_allows(transaction):
        found[tvr.SERVICE_NOT_ALLOWED] = Rule.RESTRICT_USAGE
    today = _day(terminal[tags.DATE])
    if tags.EFFECTIVE_DATE in card and _day(card[tags.EFFECTIVE_DATE]) > today:
        found[tvr.NOT_YET_EFFECTIVE] = Rule.RESTRICT_NOT_YET
    if tags.EXPIRATION_DATE in card and _day(card[tags.EXPIRATION_DATE]) < today:
        found[tvr.EXPIRED] = Rule.RESTRICT_EXPIRED
    return found


def _usage_allows(transaction: Transaction) -> bool:
    control = int.from_bytes(transaction.card[tags.USAGE_CONTROL])
    if not control & (_ATM if _is_atm(transaction) else _NOT_ATM):
        return False
    issuer = transaction.card.get(tags.ISSUER_COUNTRY)
    if issuer is None:
        return True
    domestic = issuer == transaction.terminal[tags.TERMINAL_COUNTRY]
    return all(
        control & (usage.domestic if domestic else usage.international) for usage in _asked(transaction)
    )


def _asked(transaction: Transaction) -> list[Usage]:
    """What the transaction type (9C) and the other amount (9F03) ask of the usage control; a refund asks nothing (10.4.2)."""
    asked = []
    if transaction.is_cash:
        asked.append(_USAGES["cash"])
    if transaction.terminal[tags.TRANSACTION_TYPE] in (PURCHASE, CASHBACK):
        asked.append(_USAGES["goods or services"])
    if transaction.is_cashback:
        asked.append(_USAGES["cashback"])
    return asked


def _is_atm(transaction: Transaction) -> bool:
    """An unattended terminal of a bank that gives cash (Book 4, annex A1)."""
    terminal = transaction.terminal
    gives_cash = terminal[tags.ADDITIONAL_CAPABILITIES][0] & _CAPABLE_OF_CASH
    return terminal[tags.TERMINAL_TYPE].hex() in _ATM_TYPES and bool(gives_cash)


def _day(yymmdd: bytes) -> str:
    """A date that compares."""
    return full_year(yymmdd.hex())
