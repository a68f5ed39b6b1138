"""What a point of sale asks of a terminal: events in, answers out, with no point of sale there yet."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from terminal_sim import profile as profiles
from terminal_sim.core import effects as fx
from terminal_sim.core import events as ev
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.events import Event
from terminal_sim.core.message import HostReply, MessageClass
from terminal_sim.core.moment import Instant, wall_of
from terminal_sim.core.money import Money
from terminal_sim.core.payment import PaymentState
from terminal_sim.core.payment_request import (
    InputGiven,
    PaymentRequest,
    RequestAnswer,
    RequestBusy,
    RequestedPayment,
    RequestEnded,
    RequestRefusal,
    RequestRefused,
    RequestRunning,
    RequestTaken,
)
from terminal_sim.core.terminal import Terminal
from tests.core.fuzz import FLOWS, NAME, PROFILES, STRIPE, Fresh, histories, keys
from tests.core.samples import AT, payment
from tests.examples import examples

ASKED = PaymentRequest(id="R-1", amount=Money(2500, "CAD"), ticket="T-7", server="Ana", register="Bar")
V400M, S1F2 = 0, 1
ON_EACH = pytest.mark.parametrize("profile", [V400M, S1F2], ids=["v400m", "s1f2"])


def ask(fresh: Fresh, request: PaymentRequest = ASKED) -> list[RequestAnswer]:
    return answers(fresh.handle(ev.PaymentRequested(request)))


def answers(effects: list[fx.Effect]) -> list[RequestAnswer]:
    return [effect.answer for effect in effects if isinstance(effect, fx.AnswerPayment)]


def reply(code: str) -> ev.HostReplied:
    return ev.HostReplied(
        HostReply(
            message_class=MessageClass.AUTHORISATION,
            terminal=NAME,
            stan=1,
            amount=ASKED.amount,
            response_code=code,
        )
    )


def standing(fresh: Fresh) -> list[tuple[str, str]]:
    return [(context.flow.name, context.state) for context in fresh.terminal.stack]


@ON_EACH
def test_at_the_home_screen_a_request_starts_a_sale_of_its_amount(profile: int) -> None:
    fresh = Fresh(profile)
    effects = fresh.handle(ev.PaymentRequested(ASKED))
    assert answers(effects) == [RequestTaken()]
    assert any(isinstance(effect, fx.OpenReader) for effect in effects)
    assert standing(fresh) == [("home", "idle"), ("charge", "present")]
    effects = fresh.handle(ev.CardSwiped(STRIPE))
    assert [effect.request.amount for effect in effects if isinstance(effect, fx.Send)] == [ASKED.amount]


def test_a_home_screen_with_an_amount_pad_takes_a_request_as_well() -> None:
    profile = profiles.load("square-register")
    terminal = Terminal(NAME, profile, FLOWS, DurableState(), profile.languages[0])
    now = Instant(0, wall_of(AT))
    terminal.handle(ev.PoweredOn(), now)
    request = structs.replace(ASKED, amount=Money(2500, profile.currency))
    effects = terminal.handle(ev.PaymentRequested(request), now)
    assert answers(effects) == [RequestTaken()]
    assert [context.flow.name for context in terminal.stack] == ["checkout", "charge"]


@pytest.mark.parametrize(
    ("payment", "highest"),
    [(RequestedPayment.SALE, 60000), (RequestedPayment.KEYED, 50000)],
    ids=["by card", "by its number"],
)
def test_what_a_point_of_sale_asks_for_has_the_limit_of_the_same_payment_at_the_screen(
    payment: RequestedPayment, highest: int
) -> None:
    limits = {"limits.max_amount": "60000", "limits.moto_max_amount": "50000"}
    for amount, taken in ((highest, RequestTaken()), (highest + 1, RequestRefused(RequestRefusal.AMOUNT))):
        profile = profiles.load("square-register", limits)
        terminal = Terminal(NAME, profile, FLOWS, DurableState(), profile.languages[0])
        now = Instant(0, wall_of(AT))
        terminal.handle(ev.PoweredOn(), now)
        request = structs.replace(ASKED, amount=Money(amount, profile.currency), payment=payment)
        assert answers(terminal.handle(ev.PaymentRequested(request), now)) == [taken]


@ON_EACH
@pytest.mark.parametrize(
    ("code", "notice", "state"),
    [("00", "approved", PaymentState.COMPLETED), ("05", "declined", PaymentState.DECLINED)],
)
def test_the_answer_of_the_acquirer_ends_the_request_after_the_final_row(
    profile: int, code: str, notice: str, state: PaymentState
) -> None:
    fresh = Fresh(profile)
    ask(fresh)
    fresh.handle(ev.CardSwiped(STRIPE))
    effects = fresh.handle(reply(code))
    kinds = [type(effect) for effect in effects if isinstance(effect, fx.Record | fx.AnswerPayment)]
    assert kinds == [fx.Record, fx.AnswerPayment]
    (ended,) = answers(effects)
    assert isinstance(ended, RequestEnded)
    assert ended.notice.id == notice
    assert ended.payment is not None
    assert (ended.payment.state, ended.payment.amount) == (state, ASKED.amount)


@ON_EACH
@pytest.mark.parametrize(
    ("event", "notice"),
    [
        (ev.KeyPressed("CANCEL"), "cancelled"),
        (ev.Alarm("state"), "timed-out"),
        (ev.ReaderChanged(False), "reader-lost"),
    ],
)
def test_a_sale_that_ends_before_a_card_ends_its_request_without_a_payment(
    profile: int, event: Event, notice: str
) -> None:
    fresh = Fresh(profile)
    ask(fresh)
    (ended,) = answers(fresh.handle(event))
    assert isinstance(ended, RequestEnded)
    assert (ended.notice.id, ended.payment) == (notice, None)


@ON_EACH
def test_while_a_request_runs_another_is_met_with_busy_and_its_name(profile: int) -> None:
    fresh = Fresh(profile)
    ask(fresh)
    assert ask(fresh, structs.replace(ASKED, id="R-2")) == [RequestBusy("R-1")]
    assert ask(fresh) == [RequestRunning()]
    assert standing(fresh)[1:] == [("charge", "present")]


def test_a_merchant_in_a_sale_of_their_own_is_busy_without_a_name() -> None:
    fresh = Fresh(S1F2)
    for event in [*keys("OK"), ev.Touched("payment")]:
        fresh.handle(event)
    before = standing(fresh)
    assert ask(fresh) == [RequestBusy("")]
    assert standing(fresh) == before


def test_a_sale_of_the_merchants_own_answers_no_request() -> None:
    fresh = Fresh(S1F2)
    for event in [ev.Touched("payment"), *keys("2500", "OK"), ev.CardSwiped(STRIPE), reply("00")]:
        assert answers(fresh.handle(event)) == []


@ON_EACH
@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (Money(0, "CAD"), RequestRefusal.AMOUNT),
        (Money(10**9, "CAD"), RequestRefusal.AMOUNT),
        (Money(2500, "EUR"), RequestRefusal.CURRENCY),
    ],
)
def test_what_the_profile_does_not_allow_is_refused_with_its_reason(
    profile: int, amount: Money, reason: RequestRefusal
) -> None:
    fresh = Fresh(profile)
    assert ask(fresh, structs.replace(ASKED, amount=amount)) == [RequestRefused(reason)]
    assert standing(fresh) == [("home", "idle")]


def test_a_terminal_without_its_reader_or_with_an_empty_battery_refuses() -> None:
    fresh = Fresh(V400M)
    fresh.handle(ev.ReaderChanged(False))
    assert ask(fresh) == [RequestRefused(RequestRefusal.READER)]
    fresh = Fresh(V400M)
    fresh.handle(ev.BatteryChanged(1))
    assert ask(fresh) == [RequestRefused(RequestRefusal.BATTERY)]


def test_a_profile_that_offers_no_sale_refuses() -> None:
    fresh = Fresh(S1F2)
    given = fresh.terminal.profile
    home = replace(given.home, entries=tuple(entry for entry in given.home.entries if entry.flow != "sale"))
    fresh.terminal.profile = replace(given, home=home)
    assert ask(fresh) == [RequestRefused(RequestRefusal.SALE)]


@pytest.mark.parametrize(
    ("code", "notice"),
    [("", "accepted-offline"), ("Y1", "approved"), ("Y3", "approved")],
    ids=["kept", "approved offline", "approved since nobody was reached"],
)
def test_what_waits_for_the_acquirer_is_told_as_the_screen_told_it(code: str, notice: str) -> None:
    fresh = Fresh(V400M)
    waits = payment(state=PaymentState.PENDING, request=ASKED.id, response_code=code)
    fresh.terminal.durable.apply(waits)
    (told,) = answers(fresh.handle(ev.RequestQueried(ASKED.id)))
    assert isinstance(told, RequestEnded)
    assert (told.notice.id, told.payment) == (notice, waits)


@ON_EACH
def test_a_terminal_that_is_opened_ends_what_it_was_asked_for(profile: int) -> None:
    fresh = Fresh(profile)
    ask(fresh)
    (ended,) = answers(fresh.handle(ev.Tampered()))
    assert isinstance(ended, RequestEnded)
    assert ended.notice.id == "cancelled"


@examples(60)
@given(st.sampled_from(range(len(PROFILES))), histories)
def test_a_request_that_was_taken_is_ended_once_and_nothing_else_is(
    profile: int, events: list[Event]
) -> None:
    fresh = Fresh(profile)
    for event in events:
        if not isinstance(event, ev.PoweredOn):
            fresh.handle(event)
    running = fresh.terminal.requests.running
    serving: list[str] = []
    over: set[str] = set()
    for effect in fresh.effects:
        if isinstance(effect, fx.AnswerPayment):
            if isinstance(effect.answer, RequestTaken):
                assert serving in ([], ["card"])  # a payment takes the place of the card that it names
                serving = [effect.request]
            elif isinstance(effect.answer, RequestEnded | InputGiven) and effect.request not in over:
                assert serving == [effect.request]
                if effect.request in (
                    "first",
                    "second",
                    "with-card",
                ):  # what is no payment may be asked for again
                    over.add(effect.request)
                serving = []
    assert serving == ([] if running is None else [running.id])
