"""Processing restrictions: version, usage control, effective and expiration date (EMV Book 3, 10.4). They only set TVR bits."""

from __future__ import annotations

from typing import Final

from terminal_sim.emv.data import tags, tvr
from terminal_sim.emv.steps.state import Transaction

_NOT_ATM: Final = 0x01_00
_DOMESTIC_GOODS_OR_SERVICES: Final = 0x28_00
_INTERNATIONAL_GOODS_OR_SERVICES: Final = 0x14_00
_DOMESTIC_CASHBACK: Final = 0x00_80
_INTERNATIONAL_CASHBACK: Final = 0x00_40

_CASHBACK: Final = b"\x09"


def check(transaction: Transaction) -> None:
    """Compares the card's version, usage control and dates with the terminal's (10.4.1 to 10.4.3)."""
    card, terminal = transaction.card, transaction.terminal
    version = card.get(tags.VERSION_CARD)
    if version is not None and version != terminal[tags.VERSION_TERMINAL]:
        transaction.tvr |= tvr.DIFFERENT_VERSIONS
    if tags.USAGE_CONTROL in card and not _usage_allows(transaction):
        transaction.tvr |= tvr.SERVICE_NOT_ALLOWED
    today = _day(terminal[tags.DATE])
    if tags.EFFECTIVE_DATE in card and _day(card[tags.EFFECTIVE_DATE]) > today:
        transaction.tvr |= tvr.NOT_YET_EFFECTIVE
    if _day(card[tags.EXPIRATION_DATE]) < today:
        transaction.tvr |= tvr.EXPIRED


def _usage_allows(transaction: Transaction) -> bool:
    control = int.from_bytes(transaction.card[tags.USAGE_CONTROL])
    if not control & _NOT_ATM:
        return False
    issuer = transaction.card.get(tags.ISSUER_COUNTRY)
    if issuer is None:
        return True
    domestic = issuer == transaction.terminal[tags.TERMINAL_COUNTRY]
    if not control & (_DOMESTIC_GOODS_OR_SERVICES if domestic else _INTERNATIONAL_GOODS_OR_SERVICES):
        return False
    if transaction.terminal[tags.TRANSACTION_TYPE] != _CASHBACK:
        return True
    return bool(control & (_DOMESTIC_CASHBACK if domestic else _INTERNATIONAL_CASHBACK))


def _day(yymmdd: bytes) -> tuple[int, bytes]:
    """A date that compares: the years 50 to 99 are of the 20th century (Book 4, 6.7.3)."""
    return (19 if yymmdd[0] >= 0x50 else 20, yymmdd)
