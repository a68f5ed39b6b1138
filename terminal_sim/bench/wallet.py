"""The virtual cards of a bench: one of each name, which remembers what it has seen, and the accounts that its issuers have for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from terminal_sim.bench.card_memory import CardMemoryFolder
from terminal_sim.errors import BenchMisuse
from terminal_sim.host.acquirer import Acquirer

if TYPE_CHECKING:
    from terminal_sim.cards.catalogue import CardState, VirtualCard
    from terminal_sim.cards.profile.personality import CardAccount, Personality


class Slot(Protocol):
    """Where a card stands: a terminal."""

    @property
    def name(self) -> str: ...
    @property
    def card_in_slot(self) -> str: ...


class Wallet:
    """The cards by name. `decks` are folders of further card files, and `acquirer` reaches the issuer of all of them.

    `files` keep what the cards remember from one bench to the next; without them a card is new on each bench.
    """

    def __init__(
        self, acquirer: Acquirer, decks: Sequence[Path], files: CardMemoryFolder | None = None
    ) -> None:
        self._acquirer = acquirer
        self._decks = tuple(decks)
        self._files = files
        self._made: dict[str, VirtualCard] = {}
        self._cards: dict[str, VirtualCard] = {}  # those that were used, of all that were made
        self._fresh: dict[str, CardState] = {}  # what each card knew when it was made
        self._known: dict[str, CardState] = {}
        self._holders: dict[str, Slot] = {}  # where each card was presented last

    # The catalogue is imported where it is used: a terminal that shows its first screen has seen no card yet.

    def names(self) -> list[str]:
        from terminal_sim.cards import catalogue

        return catalogue.names(self._decks)

    def card(self, name: str) -> VirtualCard:
        """The card of this name, the same one at each call; its issuers open its accounts."""
        if name not in self._cards:
            card = self._new(name)
            who = card.personality
            known = self._known.get(name)
            if known is None and self._files is not None:
                known = self._files.known(name)
            for account in who.accounts:
                if name in self._known and self._acquirer.has_account(account.pan):
                    continue  # as that moment had it
                self._open(who, account, issued="" if known is not None else account.sequence)
            if known is not None:
                card.resume(known)
            if self._files is not None:
                card.keep_by(partial(self._files.keep, name))
            self._cards[name] = card
        return self._cards[name]

    def bank_at(self, acquirer: Acquirer) -> None:
        """Have the accounts of all cards at another acquirer, which knows from its books what the cards have done."""
        self._acquirer = acquirer
        for card in self._cards.values():
            for account in card.personality.accounts:
                self._open(card.personality, account, issued="")

    def _open(self, who: Personality, account: CardAccount, *, issued: str) -> None:
        self._acquirer.open_account(
            account.pan.reveal(),
            account.brand,
            expiry=who.expiry,
            cvc=who.cvc.reveal() if who.cvc else "",
            pin=who.pin.reveal() if who.pin else "",
            postal_code=who.postal_code,
            street_number=who.street_number,
            response_code=who.issuer_response,
            issued=issued,
        )

    def _new(self, name: str) -> VirtualCard:
        """The card as it comes from the factory."""
        if name not in self._made:
            from terminal_sim.cards import catalogue

            made = catalogue.load(name, self._decks, self._acquirer.issuer_keys)
            self._made[name], self._fresh[name] = made, made.snapshot()
        elif name in self._fresh:
            self._made[name].resume(self._fresh[name])
        return self._made[name]

    def into_hand(self, name: str, terminal: Slot) -> VirtualCard:
        """The card for a presentment at `terminal`. Raises `BenchMisuse` while it is in the slot of another one: there is one of each."""
        holder = self._holders.get(name, terminal)
        if holder is not terminal and holder.card_in_slot == name:
            raise BenchMisuse(f"the card {name!r} is in the slot of {holder.name}: take it out there first")
        self._holders[name] = terminal
        return self.card(name)

    def snapshot(self) -> Mapping[str, CardState]:
        """What each card remembers, those of an earlier bench among them."""
        return self._known | {name: card.snapshot() for name, card in self._cards.items()}

    def resume(self, known: Mapping[str, CardState]) -> None:
        """Let each card remember what it knew, once it is taken out."""
        self._known = dict(known)

    def restore(self, known: Mapping[str, CardState]) -> None:
        """Have used the cards that were used at that moment, each with what it knew then."""
        self._cards = {name: card for name, card in self._made.items() if name in known}
        for name, card in self._cards.items():
            card.resume(known[name])
        self._known = {name: state for name, state in known.items() if name not in self._cards}
        self._holders.clear()
