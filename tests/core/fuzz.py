"""Events for one terminal in any order, as hypothesis strategies: likely ones often, absurd ones sometimes."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from terminal_sim import profile as profiles
from terminal_sim.core import effects as fx
from terminal_sim.core import events as ev
from terminal_sim.core.device_request import (
    Confirmation,
    DisplayRequest,
    InputRequest,
    MenuChoice,
    PrintedDocument,
    PrintRequest,
    TypedAnswer,
    Typing,
)
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.events import Event
from terminal_sim.core.message import HostReply, MessageClass
from terminal_sim.core.moment import Instant, wall_of
from terminal_sim.core.money import Money
from terminal_sim.core.payment_request import CardRequest, PaymentRequest
from terminal_sim.core.receipt import Copy, Receipt
from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.core.rows.table import row_of
from terminal_sim.core.terminal import Terminal
from terminal_sim.emv.data import track
from terminal_sim.emv.talk.asks import ChooseApplication, EnterPin, GoOnline
from terminal_sim.emv.talk.card import CardData
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.flows import load
from terminal_sim.secret import Secret
from tests.core.samples import AT

FLOWS = load()
PROFILES = [profiles.load(name) for name in ("v400m", "s1f2")]
NAME = "TEST0001"
STRIPE = track.parse({2: ";4012888888881881=30031010000000000000?"})
CHIP_STRIPE = track.parse({2: ";4111111111111111=30032010000000000000?"})
CARD = CardData(
    pan=Secret("4111111111111111"), expiry="3003", brand="visa", track2=Secret("4111111111111111=30032010000")
)
RECEIPT = Receipt(Copy.MERCHANT, "en-CA", "NONE", ())
AMOUNTS = (100, 1000, 2500)


def keys(*words: str) -> list[Event]:
    """`keys("123", "OK")`."""
    return [ev.KeyPressed(key) for word in words for key in (word if word.isdigit() else [word])]


def _reply(stan: int, amount: int, code: str, message_class: MessageClass) -> ev.HostReplied:
    return ev.HostReplied(
        HostReply(
            message_class=message_class,
            terminal=NAME,
            stan=stan,
            amount=Money(amount, "CAD"),
            response_code=code,
        )
    )


def _request(id: str, amount: int) -> ev.PaymentRequested:  # noqa: A002
    return ev.PaymentRequested(PaymentRequest(id=id, amount=Money(amount, "CAD"), ticket="T-1"))


_stans = st.integers(1, 4)
_singles: st.SearchStrategy[Event] = st.one_of(
    st.sampled_from("0123456789").map(ev.KeyPressed),
    st.sampled_from(["OK", "OK", "CANCEL", "CLEAR", "UP", "DOWN", "MENU", "F1", "*", "??"]).map(ev.KeyPressed),
    st.sampled_from(
        ["start", "payment", "transactions", "admin", "history", "history-transactions", "txn-1", "txn-2", "void",
         "receipts", "customer-receipt", "merchant-receipt", "print", "moto", "confirm", "cancel", "application-1",
         "change-passcode", "older", "nothing"]
    ).map(ev.Touched),
    st.sampled_from(
        [ev.CardInserted(), ev.CardTapped(), ev.CardRemoved(), ev.CardSwiped(STRIPE), ev.CardSwiped(CHIP_STRIPE),
         ev.CardSwiped(None), ev.Printed(RECEIPT), ev.PrinterStopped(RECEIPT), ev.PoweredOn(), ev.PowerOffPressed(),
         ev.ReaderChanged(False), ev.ReaderChanged(True), ev.ClockSet(-3_600_000_000), ev.Alarm("state"),
         ev.Alarm("reversal"), ev.Alarm("field"), ev.Alarm("nobody's"), ev.Returned(), ev.Returned(accepted=True)]
    ),
    st.builds(_reply, _stans, st.sampled_from(AMOUNTS), st.sampled_from(["00", "10", "05"]),
              st.sampled_from([MessageClass.AUTHORISATION, MessageClass.REVERSAL, MessageClass.FINANCIAL])),
    st.builds(ev.HostUnreachable, _stans),
    st.builds(ev.NetworkChanged, st.booleans(), st.sampled_from(["wifi", "4g"])),
    st.builds(ev.ServiceChanged, st.booleans()),
    st.builds(ev.PaperChanged, st.sampled_from(ev.Paper)),
    st.builds(ev.BatteryChanged, st.sampled_from([100, 10, 3])),
    st.sampled_from(
        [ev.KernelAsked(EnterPin(pan=CARD.pan)), ev.KernelAsked(EnterPin(tries_left=2, wrong=True)),
         ev.KernelAsked(ChooseApplication(labels=("CREDIT", "DEBIT"))), ev.KernelAsked(GoOnline(card=CARD, icc_data=b""))]
    ),
    st.sampled_from(DisplayMessage).map(ev.KernelShows),
    st.builds(_request, st.sampled_from(["first", "second"]), st.sampled_from([0, *AMOUNTS])),
    st.sampled_from(
        [ev.InputRequested(InputRequest(id="yes", question=Confirmation())),
         ev.InputRequested(InputRequest(id="name", question=TypedAnswer(typing=Typing.TEXT, shortest=2), within=5_000_000)),
         ev.InputRequested(InputRequest(id="gift", question=MenuChoice(entries=("A", "B"), several=True))),
         ev.DisplayRequested(DisplayRequest(id="total", lines=("Total",))),
         ev.PrintRequested(PrintRequest(id="voucher", paper=PrintedDocument(()))),
         ev.CardRequested(CardRequest(id="card")), ev.CardRequested(CardRequest(id="card", total=Money(1000, "CAD"))),
         ev.PaymentRequested(PaymentRequest(id="with-card", amount=Money(1000, "CAD"), ticket="T-1", card="card")),
         ev.RequestCancelled("card"), ev.RequestCancelled("yes"), ev.RequestCancelled("first"), ev.RequestQueried("name")]
    ),
    st.sampled_from(Verdict).map(lambda verdict: ev.KernelEnded(Outcome(verdict=verdict, card=CARD))),
)  # fmt: skip


def _sale(amount: int, *rest: Event) -> list[Event]:
    return [*keys("OK"), ev.Touched("payment"), *keys(str(amount), "OK"), *rest]


_online = ev.KernelAsked(GoOnline(card=CARD, icc_data=b""))
_held: list[list[Event]] = [
    [ev.CardRequested(CardRequest(id="card", total=Money(1000, "CAD"))), *how]
    for how in (
        [ev.CardSwiped(STRIPE)],
        [ev.CardInserted(), ev.KernelEnded(Outcome(verdict=Verdict.READ, card=CARD))],
        [ev.CardTapped(), _online],
    )
]
_errands: st.SearchStrategy[list[Event]] = st.one_of(
    st.sampled_from(AMOUNTS).map(_sale),
    st.sampled_from(_held),
    st.builds(lambda amount: _sale(amount, ev.CardSwiped(STRIPE)), st.sampled_from(AMOUNTS)),
    st.builds(lambda amount: _sale(amount, ev.CardInserted(), _online), st.sampled_from(AMOUNTS)),
    st.builds(
        lambda amount, stan: _sale(amount, ev.CardSwiped(STRIPE), _reply(stan, amount, "00", MessageClass.AUTHORISATION), ev.Alarm("state")),
        st.sampled_from(AMOUNTS),
        _stans,
    ),
    st.just([*keys("8", "OK", "0856", "OK"), ev.Touched("moto"), *keys("1000", "OK", "4111111111111111", "OK", "0330", "OK",
                                                                     "737", "OK")]),
    st.just([*keys("9", "OK", "0856", "OK"), ev.Touched("admin"), ev.Touched("transactions"), ev.Touched("history"),
             ev.Touched("history-transactions"), ev.Touched("txn-1"), ev.Touched("void")]),
)  # fmt: skip
histories: st.SearchStrategy[list[Event]] = st.lists(
    st.one_of(_singles.map(lambda event: [event]), _errands), max_size=25
).map(lambda parts: [event for part in parts for event in part])


@dataclass
class Fresh:
    """A terminal that has just booted, with all that it ordered since."""

    profile_at: int = 0
    rows: list[FlatRow] = field(default_factory=list)
    effects: list[fx.Effect] = field(default_factory=list)
    mono: int = 0

    def __post_init__(self) -> None:
        profile = PROFILES[self.profile_at]
        durable = DurableState.of(map(row_of, self.rows))
        self.terminal = Terminal(NAME, profile, FLOWS, durable, profile.languages[0])
        self.handle(ev.PoweredOn())

    def handle(self, event: Event) -> list[fx.Effect]:
        """One second after the last one."""
        self.mono += 1_000_000
        ordered = self.terminal.handle(event, Instant(self.mono, wall_of(AT) + self.mono))
        self.effects += ordered
        for effect in ordered:
            if isinstance(effect, fx.Record):
                self.rows += [row.flat() for row in effect.rows]
        return ordered
