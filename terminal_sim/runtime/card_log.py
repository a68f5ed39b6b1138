"""What a terminal remembers of cards for its kernel, and the look-ups that the kernel makes in it.

A card is known by its number and sequence number (EMV Book 3, 10.6.1; Book C-2, 3.7). Nothing of it is durable: a power cut empties it.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from terminal_sim.emv.data.reasons import written
from terminal_sim.emv.talk.answers import Amounts, FoundTorn, ListedCard, LookUpAnswer
from terminal_sim.emv.talk.asks import FindException, FindTorn, LookUp, SumAmounts
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.torn import TornTransaction
from terminal_sim.secret import Secret

_Card = tuple[Secret[str], str]


class CardLogState(Struct, frozen=True):
    """The log at one moment."""

    amounts: Mapping[_Card, int]
    torn: Mapping[_Card, TornTransaction]
    reasons: str = ""


class CardLog:
    """`listed` are the numbers of the exception file. `reasons` is why the newest transaction ended so, as short text; empty while one runs."""

    __slots__ = ("_amounts", "_listed", "_torn", "reasons")

    def __init__(self, listed: frozenset[Secret[str]] = frozenset()) -> None:
        self.reasons = ""
        self._listed = listed
        self._amounts: dict[_Card, int] = {}
        self._torn: dict[_Card, TornTransaction] = {}

    def answer(self, asked: LookUp) -> LookUpAnswer:
        """What the kernel asks of a card."""
        card = asked.pan, asked.sequence
        match asked:
            case FindException():
                return ListedCard(asked.pan in self._listed)
            case SumAmounts():
                return Amounts(self._amounts.get(card, 0))
            case FindTorn():
                return FoundTorn(self._torn.get(card))

    def keep(self, outcome: Outcome, amount: int) -> None:
        """Keeps what the next transaction of this card may need: an approved `amount` in minor units, or a torn transaction."""
        self.reasons = written(outcome.reasons)
        if outcome.torn is not None:
            self._torn[outcome.torn.pan, outcome.torn.sequence] = outcome.torn
        elif outcome.card is not None:
            card = outcome.card.pan, outcome.card.sequence
            self._torn.pop(card, None)
            if outcome.verdict is Verdict.APPROVED:
                self._amounts[card] = amount

    def clear(self) -> None:
        """Forget all cards."""
        self.reasons = ""
        self._amounts.clear()
        self._torn.clear()

    def snapshot(self) -> CardLogState:
        return CardLogState(dict(self._amounts), dict(self._torn), self.reasons)

    def restore(self, state: CardLogState) -> None:
        self._amounts, self._torn = dict(state.amounts), dict(state.torn)
        self.reasons = state.reasons
