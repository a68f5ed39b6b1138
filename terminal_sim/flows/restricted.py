"""A payment of which a point of sale says what it may be made with: cards of some brands, or cards that come in in some ways.

A card that it may not be made with is refused as soon as its number is known: no PIN is asked for, and the acquirer is not asked.
"""

from __future__ import annotations

from terminal_sim.core.config import Profile
from terminal_sim.core.events import CardSwiped, Event, KernelAsked, KernelEnded, Trigger
from terminal_sim.core.flow import Move, Moves
from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.payment_request import RequestRefusal
from terminal_sim.emv.talk.asks import EnterPin, GoOnline
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.flows.fields import highest_of
from terminal_sim.flows.sale import SaleFlow
from terminal_sim.secret import Secret

_GOOD = (Verdict.APPROVED, Verdict.READ)


def refusal_of_amount(profile: Profile, amount: Money, kind: MessageKind) -> RequestRefusal | None:
    """Why a terminal of `profile` takes no payment of this `amount` and `kind`; None where it does."""
    if amount.currency != profile.currency:
        return RequestRefusal.CURRENCY
    return None if 0 < amount.minor <= highest_of(profile.limits, kind) else RequestRefusal.AMOUNT


class RestrictedFlow(SaleFlow):
    """A payment with a card that can be restricted."""

    __slots__ = ()

    @property
    def taken(self) -> tuple[EntryMode, ...]:
        asked = self.terminal.requests.for_card
        have = super().taken
        if asked is None or not asked.entries:
            return have
        return tuple([entry for entry in have if entry in asked.entries])

    def card_is_of_no_taken_brand(self, event: Event) -> bool:
        number = _number(event)
        return number is not None and self.is_refused_brand(number.reveal())


def _number(event: Event) -> Secret[str] | None:
    """The number of the card, where `event` is the first thing that follows from it."""
    match event:
        case CardSwiped(stripe) if stripe is not None:
            return stripe.pan
        case KernelAsked(EnterPin() as ask):
            return ask.pan
        case KernelAsked(GoOnline() as ask):
            return ask.card.pan
        case KernelEnded(outcome) if outcome.verdict in _GOOD and outcome.card is not None:
            return outcome.card.pan
        case _:
            return None


RESTRICTIONS: Moves[RestrictedFlow] = tuple(
    Move(
        trigger,
        source,
        "failed",
        guard=RestrictedFlow.card_is_of_no_taken_brand,
        action=RestrictedFlow.refuse_brand,
    )
    for trigger, source in (
        (Trigger.CARD_SWIPED, "present"),
        (Trigger.KERNEL_PROMPT, "reading"),
        (Trigger.KERNEL_OUTCOME, "reading"),
    )
)
