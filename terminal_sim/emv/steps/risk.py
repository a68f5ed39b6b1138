"""Terminal risk management (EMV Book 3, 10.6): exception file, floor limit, random selection, velocity checking. It sets TVR bits and never ends.

1. An amount that with the last one of the same card reaches the floor limit exceeds it; such a transaction is not selected at random.
2. Under the threshold a number from 1 to 99 selects a transaction where it is at most the target percentage. From the threshold on the
   percentage grows with the amount, up to its maximum at the floor limit (biased random selection, figure 15).
3. Velocity is checked where the card gives both limits (9F14, 9F23). The card says its transaction counter and that of the last online
   transaction by GET DATA. Without either, both limits are exceeded; a last online counter of 0 is that of a new card.
"""

from __future__ import annotations

from terminal_sim.emv.data import tags, tlv, tvr
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.data.entropy import draw
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.steps import commands
from terminal_sim.emv.steps.exchange import exchange, put
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.answers import Amounts, ListedCard
from terminal_sim.emv.talk.asks import FindException, SumAmounts
from terminal_sim.emv.talk.config import Application
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.rules import Rule


def manage(transaction: Transaction) -> Conversation[None]:
    """All checks of a contact transaction; sets the TVR and the TSI."""
    card = transaction.card_data()
    yield from check_exceptions(transaction)
    logged = yield from put(SumAmounts(card.pan, card.sequence), Amounts)
    if not compare_floor_limit(transaction, logged.total) and _selected(transaction):
        transaction.mark(tvr.SELECTED_AT_RANDOM, Rule.RISK_RANDOM)
    yield from _check_velocity(transaction)


def check_exceptions(transaction: Transaction) -> Conversation[None]:
    """The exception file (Book 4, 6.3.5) and the merchant's wish to ask the issuer (10.6); sets the TVR."""
    if (yield from is_listed(transaction)):
        transaction.mark(tvr.ON_EXCEPTION_FILE, Rule.RISK_EXCEPTION_FILE)
    if transaction.request.forced_online:
        transaction.mark(tvr.MERCHANT_FORCED_ONLINE, Rule.RISK_MERCHANT_FORCED)


def is_listed(transaction: Transaction) -> Conversation[bool]:
    """Whether the card is on the exception file (Book 4, 6.3.5)."""
    card = transaction.card_data()
    found = yield from put(FindException(card.pan, card.sequence), ListedCard)
    return found.listed


def compare_floor_limit(transaction: Transaction, logged: int = 0) -> bool:
    """Whether the amount reaches the floor limit, with the last one `logged` of the same card (10.6.1); sets the TVR and the TSI."""
    transaction.tsi |= tvr.TSI_RISK_PERFORMED
    if transaction.request.amount + logged < transaction.selected().floor_limit:
        return False
    transaction.mark(tvr.FLOOR_LIMIT_EXCEEDED, Rule.RISK_FLOOR_LIMIT)
    return True


def _selected(transaction: Transaction) -> bool:
    drawn = int.from_bytes(draw(transaction.request.entropy, "random selection", 8)) % 99 + 1
    return selects(transaction.selected(), transaction.request.amount, drawn)


def selects(application: Application, amount: int, drawn: int) -> bool:
    """Whether the number `drawn`, 1 to 99, selects a transaction of `amount` minor units under the floor limit (10.6.2)."""
    target, most = application.target_percent, application.max_target_percent
    over = amount - application.threshold
    span = application.floor_limit - application.threshold
    if over < 0 or span <= 0:
        return drawn <= target
    return (drawn - target) * span <= (most - target) * over


def _check_velocity(transaction: Transaction) -> Conversation[None]:
    """Velocity checking (10.6.3): two GET DATA, at most four bits."""
    card = transaction.card
    if tags.LOWER_OFFLINE_LIMIT not in card or tags.UPPER_OFFLINE_LIMIT not in card:
        return
    counter = yield from _counter(tags.ATC)
    last = yield from _counter(tags.LAST_ONLINE_ATC)
    if last == 0:
        transaction.mark(tvr.NEW_CARD, Rule.RISK_NEW_CARD)
    if counter is None or last is None or counter <= last:
        transaction.mark(tvr.LOWER_LIMIT_EXCEEDED | tvr.UPPER_LIMIT_EXCEEDED, Rule.RISK_NO_COUNTER)
        return
    if counter - last > card[tags.LOWER_OFFLINE_LIMIT][0]:
        transaction.mark(tvr.LOWER_LIMIT_EXCEEDED, Rule.RISK_LOWER_LIMIT)
    if counter - last > card[tags.UPPER_OFFLINE_LIMIT][0]:
        transaction.mark(tvr.UPPER_LIMIT_EXCEEDED, Rule.RISK_UPPER_LIMIT)


def _counter(tag: int) -> Conversation[int | None]:
    """A counter of two bytes that the card gives by GET DATA, None where it gives none."""
    response = yield from exchange(commands.get_data(tag))
    if response.sw != StatusWord.OK:
        return None
    try:
        value = tlv.only(response.data, tag)
    except TlvError:
        return None
    return int.from_bytes(value) if len(value) == 2 else None
