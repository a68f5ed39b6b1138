"""The card has the last word on an approval, and none on a refusal: every pair of what the acquirer and the card say."""

from __future__ import annotations

import pytest
from msgspec import structs

from terminal_sim.core import effects as fx
from terminal_sim.core import events as ev
from terminal_sim.core.message import HostReply, HostRequest, MessageClass, MessageKind
from terminal_sim.emv.talk.asks import EnterPin, GoOnline
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from tests.core.fuzz import CARD, Fresh, keys

REVERSED, COMPLETED, DECLINED, ADVISED = "REVERSAL_PENDING", "COMPLETED", "DECLINED", "FORWARD_SENT"

# The acquirer's code (none: not reached), the card's verdict, the state that follows, and the reason of a reversal.
SAID = [
    ("00", Verdict.APPROVED, COMPLETED, ""),
    ("10", Verdict.APPROVED, COMPLETED, ""),
    ("00", Verdict.DECLINED, REVERSED, "4017"),
    ("00", Verdict.CARD_ERROR, REVERSED, "4017"),
    ("00", Verdict.BLOCKED, REVERSED, "4017"),
    ("10", Verdict.DECLINED, REVERSED, "4017"),
    ("05", Verdict.DECLINED, DECLINED, ""),
    ("05", Verdict.APPROVED, DECLINED, ""),
    ("11", Verdict.APPROVED, DECLINED, ""),
    ("", Verdict.APPROVED, ADVISED, ""),
    ("", Verdict.DECLINED, DECLINED, ""),
]


def asked(terminal: Fresh) -> HostRequest:
    """A chip sale up to its request."""
    for event in (*keys("OK", "1000", "OK"), ev.CardInserted()):
        terminal.handle(event)
    ordered = terminal.handle(ev.KernelAsked(GoOnline(card=CARD, icc_data=b"")))
    return next(effect.request for effect in ordered if isinstance(effect, fx.Send))


def answer(request: HostRequest, code: str) -> ev.Event:
    if not code:
        return ev.HostUnreachable(request.stan)
    reply = HostReply(
        message_class=MessageClass.AUTHORISATION,
        terminal=request.terminal,
        stan=request.stan,
        amount=request.amount,
        response_code=code,
    )
    return ev.HostReplied(reply)


@pytest.mark.parametrize(("code", "verdict", "state", "reason"), SAID)
def test_acquirer_and_card_together_decide(code: str, verdict: Verdict, state: str, reason: str) -> None:
    terminal = Fresh()
    request = asked(terminal)
    terminal.handle(answer(request, code))
    ordered = terminal.handle(ev.KernelEnded(Outcome(verdict=verdict, card=CARD)))
    assert terminal.terminal.durable.payments[request.reference].state.value == state
    reversals = [effect.request for effect in ordered if isinstance(effect, fx.Send)]
    assert [(one.kind.value, one.reason) for one in reversals] == [("reversal", reason)] * bool(reason)
    beeps = [effect.tone for effect in ordered if isinstance(effect, fx.Beep)]
    assert beeps == ["good" if state in (COMPLETED, ADVISED) else "bad"]


@pytest.mark.parametrize(
    ("code", "verdict"), [("00", Verdict.APPROVED), ("00", Verdict.DECLINED), ("05", Verdict.DECLINED)]
)
def test_the_issuer_hears_what_the_card_said_in_the_end_behind_the_final_row(
    code: str, verdict: Verdict
) -> None:
    terminal = Fresh()
    request = asked(terminal)
    terminal.handle(answer(request, code))
    results = bytes.fromhex("9F5B052001020304")
    ordered = terminal.handle(
        ev.KernelEnded(Outcome(verdict=verdict, card=CARD, icc_data=results, advice=True))
    )
    [advice] = [
        effect.request
        for effect in ordered
        if isinstance(effect, fx.Send) and effect.request.kind is MessageKind.CARD_ADVICE
    ]
    row = next(effect for effect in ordered if isinstance(effect, fx.Record))
    assert ordered.index(row) < ordered.index(fx.Send(advice))
    assert (advice.icc_data, advice.track2, advice.pin_block) == (results, None, None)
    assert advice.original is not None
    assert (advice.original.reference, advice.original.stan) == (request.reference, request.stan)


def test_an_advice_that_is_not_answered_is_repeated_with_the_next_request() -> None:
    terminal = Fresh()
    declined = Outcome(verdict=Verdict.DECLINED, card=CARD, icc_data=b"\x9f\x27\x01\x08", advice=True)
    for event in (*keys("OK", "1000", "OK"), ev.CardInserted()):
        terminal.handle(event)
    first = sent(terminal.handle(ev.KernelEnded(declined)))
    assert [one.kind for one in first] == [MessageKind.CARD_ADVICE]
    [row] = [row for row in terminal.rows if row.kind == "card.refused"]
    assert (row.fields["reference"], row.fields["stan"]) == (first[0].reference, first[0].stan)
    for event in (ev.CardRemoved(), *keys("OK")):
        terminal.handle(event)
    for event in (*keys("OK", "1000", "OK"), ev.CardInserted()):
        terminal.handle(event)
    repeated, request = sent(terminal.handle(ev.KernelAsked(GoOnline(card=CARD, icc_data=b""))))
    assert repeated == structs.replace(first[0], repeat=True)
    assert request.stan == first[0].stan + 1
    reply = HostReply(
        message_class=MessageClass.AUTHORISATION_ADVICE,
        terminal=repeated.terminal,
        stan=repeated.stan,
        amount=repeated.amount,
        response_code="00",
    )
    assert not [one for one in terminal.handle(ev.HostReplied(reply)) if isinstance(one, fx.Record)]
    assert not sent(terminal.handle(ev.NetworkChanged(False, "wifi")))
    assert MessageKind.CARD_ADVICE not in [
        one.kind for one in sent(terminal.handle(ev.NetworkChanged(True, "wifi")))
    ]


def sent(ordered: list[fx.Effect]) -> list[HostRequest]:
    return [effect.request for effect in ordered if isinstance(effect, fx.Send)]


@pytest.mark.parametrize("unreached", [False, True], ids=["not asked", "not reached"])
def test_a_payment_that_the_card_approves_offline_is_stored_and_the_acquirer_is_advised(
    unreached: bool,
) -> None:
    terminal = Fresh()
    if unreached:
        terminal.handle(answer(asked(terminal), ""))
    else:
        for event in (*keys("OK", "1000", "OK"), ev.CardInserted()):
            terminal.handle(event)
    approved = Outcome(verdict=Verdict.APPROVED, card=CARD, cvm="signature", icc_data=b"\x9f\x27\x01\x40")
    ordered = terminal.handle(ev.KernelEnded(approved))
    stored = next(effect for effect in ordered if isinstance(effect, fx.Store))
    assert (stored.request.icc_data, stored.request.track2) == (approved.icc_data, None)
    forwarded = next(effect.request for effect in ordered if isinstance(effect, fx.Forward))
    assert ordered.index(stored) < ordered.index(fx.Forward(forwarded))
    [payment] = terminal.terminal.durable.payments.values()
    assert (forwarded.kind.value, forwarded.reference) == ("advice", payment.reference)
    assert (payment.response_code, payment.cvm) == ("Y3" if unreached else "Y1", "signature")
    assert terminal.terminal.screen().id == "approved"


@pytest.mark.parametrize(
    "lost",
    [ev.CardRemoved(), ev.ReaderChanged(False), ev.Alarm("state")],
    ids=lambda lost: type(lost).__name__,
)
@pytest.mark.parametrize(
    ("code", "state"),
    [("00", REVERSED), ("05", DECLINED), ("", DECLINED)],
    ids=["approved", "declined", "not reached"],
)
def test_a_card_that_says_nothing_any_more_leaves_an_approval_to_be_reversed(
    lost: ev.Event, code: str, state: str
) -> None:
    terminal = Fresh()
    request = asked(terminal)
    terminal.handle(answer(request, code))
    terminal.handle(lost)
    assert terminal.terminal.durable.payments[request.reference].state.value == state


@pytest.mark.parametrize(
    "lost",
    [ev.CardRemoved(), ev.ReaderChanged(False), ev.Alarm("state")],
    ids=lambda lost: type(lost).__name__,
)
def test_a_card_that_is_lost_before_the_answer_makes_a_reversal_and_the_answer_is_unexpected(
    lost: ev.Event,
) -> None:
    terminal = Fresh()
    request = asked(terminal)
    terminal.handle(lost)
    assert terminal.terminal.durable.payments[request.reference].state.value == REVERSED
    ordered = terminal.handle(answer(request, "00"))
    assert [row.flat().kind for e in ordered if isinstance(e, fx.Record) for row in e.rows] == ["unexpected"]
    assert terminal.terminal.durable.payments[request.reference].state.value == REVERSED


def test_a_card_without_a_language_is_spoken_to_in_the_terminals_own() -> None:
    """Not in that of the card before, which could not pay."""
    terminal = Fresh()
    for event in (*keys("OK", "1000", "OK"), ev.CardInserted()):
        terminal.handle(event)
    terminal.handle(ev.KernelAsked(EnterPin(languages=("fr",))))
    assert terminal.terminal.stack[-1].locale == "fr-CA"
    ended = ev.KernelEnded(Outcome(verdict=Verdict.USE_CHIP))
    for event in (*keys("1234", "OK"), ended, ev.CardRemoved(), ev.CardInserted()):
        terminal.handle(event)
    terminal.handle(ev.KernelAsked(GoOnline(card=structs.replace(CARD, languages=()), icc_data=b"")))
    assert (terminal.terminal.stack[-1].state, terminal.terminal.stack[-1].locale) == ("authorising", "")
