"""The verbs of cards. Each waits for a reader that takes the card so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from terminal_sim.verbs.signature import Keyword, ValueKind, verb
from terminal_sim.verbs.spelling import quoted
from terminal_sim.verbs.waiting import Waiting

At = Annotated[
    str, ValueKind.READER, Keyword("at", "the reader, where there are several: its address, or its protocol")
]


class CardVerbs(Waiting):
    """The verbs by which a card is presented, taken out and torn away."""

    @verb("insert", "insert visa-credit")
    def insert(self, card: Annotated[str, ValueKind.CARD], *, at: At = "") -> None:
        """Waits for a reader that takes a chip card and puts the card in; `at` names it where there are several."""
        self._present("insert", self.terminal.insert, "insert", card, at)

    @verb("tap-card", "tap-card visa-credit", "tap-card visa-credit beside interac-debit")
    def tap_card(
        self,
        card: Annotated[str, ValueKind.CARD],
        *,
        beside: Annotated[str, ValueKind.CARD, Keyword("beside", "another card that is held with it")] = "",
        at: At = "",
    ) -> None:
        """Waits for a reader that takes a contactless card and holds the card to it."""
        both = (("beside", beside),) if beside else ()
        self._present("tap", lambda name: self.terminal.tap(name, beside=beside), "tap-card", card, at, both)

    @verb("swipe", "swipe visa-stripe")
    def swipe(self, card: Annotated[str, ValueKind.CARD], *, at: At = "") -> None:
        """Waits for a reader that takes a stripe and swipes the card."""
        self._present("swipe", self.terminal.swipe, "swipe", card, at)

    @verb("remove card", "remove card")
    def remove_card(self) -> None:
        """Takes the card out of the slot."""
        with self._by_hand("remove card"):
            self.terminal.remove_card()

    @verb("tear card after", "tear card after genac1", "insert visa-credit", rehearsed=True)
    def tear_card(self, *step: Annotated[str, ValueKind.STEP]) -> None:
        """Has the next card taken away after `select gpo read genac1 online genac2` or `apdu N`."""
        with self._by_hand("tear card after", *step):
            self.terminal.tear_after(" ".join(step))

    def _present(
        self,
        how: Literal["insert", "tap", "swipe"],
        present: Callable[[str], None],
        word: str,
        card: str,
        at: str,
        more: tuple[tuple[str, str], ...] = (),
    ) -> None:
        if at:
            self.terminal.check_place(how, at)
        self._until(
            lambda: self.terminal.wants_card(how) or None,
            f"the terminal to ask for a card to {how}",
            lambda: "a screen that asks for none",
        )
        try:
            said = (*(part for pair in more for part in pair), *(("at", quoted(at)) if at else ()))
            with self._by_hand(word, card, *said):
                present(card)
        finally:
            named = self.terminal.card
            self.mask.hide(*(named.secret_texts if named is not None else ()))
