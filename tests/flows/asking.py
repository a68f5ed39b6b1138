"""A point of sale that asks one terminal by the events of its firmware, and keeps what it is answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.bench.saved_state import SavedState
from terminal_sim.core.device_request import (
    Given,
    InputRequest,
    PrintedDocument,
    PrintRequest,
    Question,
    ReceiptCopy,
)
from terminal_sim.core.events import CardRequested, InputRequested, PaymentRequested, PrintRequested
from terminal_sim.core.money import Money
from terminal_sim.core.payment_request import (
    CardRequest,
    InputGiven,
    PaymentRequest,
    RequestAnswer,
    RequestEnded,
    RequestUnknown,
)

SECOND = 1_000_000
MODELS = ("v400m", "s1f2", "square-terminal")
on_each_model = pytest.mark.parametrize("model", MODELS)


class AskingTill:
    """A point of sale that asks one terminal, and keeps what it is answered."""

    def __init__(self, bench: Bench, terminal: TerminalUnderTest) -> None:
        self.bench, self.terminal = bench, terminal
        self.answers: list[tuple[str, RequestAnswer]] = []
        terminal.board.points_of_sale.append(self)

    def asked_for(self, _: str) -> bool:
        return True

    def answered(self, _: str, request: str, answer: RequestAnswer) -> bool:
        self.answers.append((request, answer))
        return True

    def lost_power(self, _: str) -> None:
        self.answers.append(("", RequestUnknown()))

    def ask(self, question: Question, *, id: str = "Q", within: int = 0) -> None:  # noqa: A002
        asked = InputRequest(
            id=id, question=question, title="Loyalty", lines=("Join our club?",), within=within
        )
        self.terminal.post(InputRequested(asked))

    def pay(self, id: str = "P", *, minor: int = 1000, card: str = "", brands: tuple[str, ...] = ()) -> None:  # noqa: A002
        amount = Money(minor, self.terminal.profile.currency)
        asked = PaymentRequest(id=id, amount=amount, ticket="T-1", card=card, brands=brands)
        self.terminal.post(PaymentRequested(asked))

    def acquire(self, id: str = "C", *, total: int = 0, brands: tuple[str, ...] = ()) -> None:  # noqa: A002
        amount = Money(total, self.terminal.profile.currency) if total else None
        self.terminal.post(CardRequested(CardRequest(id=id, total=amount, brands=brands)))

    def print(self, paper: PrintedDocument | ReceiptCopy) -> None:
        self.terminal.post(PrintRequested(PrintRequest(id="D", paper=paper)))

    @property
    def last(self) -> RequestAnswer:
        return self.answers[-1][1]

    @property
    def given(self) -> Given:
        assert isinstance(self.last, InputGiven)
        return self.last.given

    @property
    def notice(self) -> str:
        assert isinstance(self.last, RequestEnded)
        return self.last.notice.id

    @property
    def screen(self) -> str:
        return self.terminal.view().screen.id


@contextmanager
def till(
    model: str = "v400m", locale: str = "en-CA", state: SavedState | None = None
) -> Iterator[AskingTill]:
    """A bench with one terminal, which goes on from `state` where there is one, and the point of sale that asks it."""
    with Bench(trace=False) as bench:
        yield AskingTill(bench, bench.add_terminal(model, locale=locale, state_from=state))
