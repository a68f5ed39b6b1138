"""The transaction counters (ATC, 9F36) that an issuer has seen of its cards.

Rules:
1. A request for a decision carries a counter above the highest one seen of its card: a card counts up at each transaction (EMV Book 2, 8.1),
   so that an older counter means a cryptogram that was recorded and sent again, or a copy of the card.
2. An advice may come late, so that a lower counter is right there; but no counter belongs to two payments.
3. A card fresh from the factory counts from the beginning, whatever the books have of one that had its number before.
4. A card is known here by a keyed digest of its number and sequence number, so that the books hold no card number.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Final

from msgspec import Struct

from terminal_sim.secret import Secret

_DIGEST: Final = 16  # hex digits: enough for the cards of a test bench


class CounterUse(Struct, frozen=True, kw_only=True):
    """The counter `atc` of a card, which came with the payment of this reference; `card` is a digest (rule 4)."""

    card: str
    atc: int
    payment: str

    @property
    def name(self) -> str:
        """What the use is found by in the books: card and counter."""
        return f"{self.card}:{self.atc:04X}"


@lru_cache(maxsize=64)
def card_digest(pan: Secret[str], sequence: str, key: Secret[bytes]) -> str:
    """What a card is known by: HMAC-SHA-256 of number and sequence number under `key`, cut to 16 hex digits."""
    return hmac.digest(key.reveal(), f"{pan.reveal()}/{sequence}".encode(), "sha256").hex()[:_DIGEST]


class CountersState(Struct, frozen=True, kw_only=True):
    """The counters at one moment: the highest of each card, each use by its name, and the cards that were issued."""

    highest: Mapping[str, int]
    uses: Mapping[str, CounterUse]
    issued: frozenset[str]


class CardCounters:
    """See the rules above. Uses of earlier books may be recalled when something speaks of them."""

    def __init__(self) -> None:
        self._highest: dict[str, int] = {}
        self._uses: dict[str, CounterUse] = {}
        self._issued: set[str] = set()

    def snapshot(self) -> CountersState:
        return CountersState(
            highest=self._highest.copy(), uses=self._uses.copy(), issued=frozenset(self._issued)
        )

    def restore(self, state: CountersState) -> None:
        self._highest, self._uses = dict(state.highest), dict(state.uses)
        self._issued = set(state.issued)

    def __len__(self) -> int:
        return len(self._uses)

    def since(self, number: int) -> tuple[CounterUse, ...]:
        """The uses after the first `number` that were seen or recalled."""
        return tuple(islice(self._uses.values(), number, None))

    def begin_behind(self, highest: Mapping[str, int]) -> None:
        """The highest counter of each card is known from earlier books, though none of their uses is recalled yet."""
        self._highest = dict(highest)

    def recall(self, uses: Iterable[CounterUse]) -> None:
        """Take over uses of earlier books, but for those of a card that was issued since."""
        for use in uses:
            if use.card not in self._issued:
                self.take(use)

    def begin_anew(self, card: str) -> None:
        """The card is fresh from the factory (rule 3)."""
        self._issued.add(card)
        self._highest.pop(card, None)
        self._uses = {name: use for name, use in self._uses.items() if use.card != card}

    def take(self, use: CounterUse) -> None:
        """The issuer has seen this counter in a message whose cryptogram was right."""
        self._uses.setdefault(use.name, use)
        self._highest[use.card] = max(self._highest.get(use.card, 0), use.atc)

    def objection(self, use: CounterUse, *, late: bool) -> str:
        """Why the counter is not in order, for the host's log; empty where it is. `late` holds for advices (rule 2)."""
        known = self._uses.get(use.name)
        if known is not None:
            return (
                ""
                if known.payment == use.payment
                else f"replay: counter {use.atc:04X} came with another payment"
            )
        highest = self._highest.get(use.card, -1)
        if late or use.atc > highest:
            return ""
        return f"the card's counter {use.atc:04X} is not above {highest:04X}, the highest seen"
