"""Each state of each flow on each profile: entered by hand, left by time, by cancel and by a power cut."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from terminal_sim.core import events as ev
from terminal_sim.core.events import KEY_TRIGGERS, Event, Trigger
from terminal_sim.core.flow import AnyFlow, name_of
from terminal_sim.core.message import HostReply, MessageClass
from terminal_sim.core.money import Money
from terminal_sim.core.payment_request import PaymentRequest, RefundRequest
from terminal_sim.core.screen import Button, Choice, Pad
from terminal_sim.core.services import FIELD_ALARM
from terminal_sim.emv.data import track
from terminal_sim.emv.talk.asks import ChooseApplication, EnterPin, GoOnline
from terminal_sim.emv.talk.card import CardData
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.profile import check
from terminal_sim.secret import Secret
from tests.contracts.drive import NAMES, TEXTS, Drive, full, prompting
from tests.contracts.states import NO_CANCEL, PASSING, WAYS, Place, has

PLAIN_STRIPE = track.parse({2: ";4012888888881881=30031010000000000000?"})
CHIP_STRIPE = track.parse({2: ";4111111111111111=30032010000000000000?"})
CARD = CardData(pan=Secret("4111111111111111"), expiry="3003", brand="visa")
CASES = [(name, place) for name in NAMES for place in WAYS if has(full(name), place)]
SETTLED = [(name, place) for name, place in CASES if place not in PASSING]


def ids(cases: list[tuple[str, Place]]) -> list[str]:
    return [f"{name}-{'-'.join(place)}" for name, place in cases]


each_state = pytest.mark.parametrize(("name", "place"), CASES, ids=ids(CASES))
each_settled_state = pytest.mark.parametrize(("name", "place"), SETTLED, ids=ids(SETTLED))


def driven(name: str, place: Place) -> Drive:
    drive = Drive((prompting if place[1] == "offer-copy" else full)(name))
    WAYS[place](drive)
    return drive


def entered(drive: Drive) -> set[Place]:
    return {
        (str(entry.fields["flow"]), str(entry.fields["dest"]))
        for entry in drive.bench.trace.entries
        if entry.kind == "state"
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_profile_fits_the_flows_and_the_catalogues(name: str) -> None:
    with Drive(full(name)) as drive:
        check(drive.profile, drive.bench.flows, TEXTS)
        assert drive.at_home


@each_state
def test_the_state_is_entered_and_its_screen_shows(name: str, place: Place) -> None:
    with driven(name, place) as drive:
        assert place in entered(drive)
        assert place in PASSING or drive.at == place
        assert drive.terminal.view().text
        assert drive.broken() == []


@each_settled_state
def test_time_leads_home(name: str, place: Place) -> None:
    """Also where the acquirer has become silent in that very moment."""
    with driven(name, place) as drive:
        drive.terminal.network(False)
        drive.pass_time(1_800)
        assert drive.at_home, (drive.at, drive.screen)
        assert drive.broken() == []


@each_settled_state
def test_cancel_leads_home(name: str, place: Place) -> None:
    """Pressed again and again; a card that the screen asks for is taken away, and a result that nobody can press goes by itself."""
    if place in NO_CANCEL:
        return
    with driven(name, place) as drive:
        for _ in range(12):
            if drive.at == ("home", "idle"):
                break
            if drive.screen == "remove-card":
                drive.terminal.remove_card()
            elif not drive.terminal.press("CANCEL"):
                drive.bench.advance(drive.profile.timeouts.result)
        assert drive.at == ("home", "idle"), drive.screen


@each_settled_state
def test_a_power_cut_in_the_state_leads_home_with_the_books_in_order(name: str, place: Place) -> None:
    with driven(name, place) as drive:
        drive.cut()
        assert drive.screen == "off"
        drive.revive()
        drive.heal()
        assert drive.faults() == []


@each_settled_state
def test_an_orderly_switch_off_in_the_state_leads_home_with_the_books_in_order(
    name: str, place: Place
) -> None:
    with driven(name, place) as drive:
        drive.terminal.power_off()
        assert not drive.on
        drive.revive()
        drive.heal()
        assert drive.faults() == []


@each_settled_state
def test_an_unknown_commit_in_the_state_is_decided_by_the_next_boot(name: str, place: Place) -> None:
    with driven(name, place) as drive:
        drive.terminal.fault("commit-unknown")
        drive.terminal.press("OK")
        drive.pass_time(1_800)
        if not drive.on:
            assert drive.screen == "out-of-service"
        drive.heal()
        assert drive.faults() == []


@each_settled_state
def test_what_the_state_takes_is_within_reach_of_a_finger(name: str, place: Place) -> None:
    """A move that no key, button or pad of the profile can make is none; a key that does what another does needs no place of its own."""
    with driven(name, place) as drive:
        if drive.profile.keypad.where == "keys" or place[0] == "home":
            return
        top, elements = drive.terminal.firmware.stack[-1], drive.terminal.firmware.screen().elements
        does = {
            key: [
                (move.dest, name_of(move.guard), name_of(move.action))
                for move in top.flow.moves
                if move.trigger is KEY_TRIGGERS[key] and top.state in move.sources
            ]
            for key in ("OK", "CANCEL", "CLEAR", "5")
        }
        wanted = {key for key, moves in does.items() if moves}
        if does["CANCEL"] == does["OK"]:
            wanted.discard("CANCEL")
        shown = {element.key for element in elements if isinstance(element, Button)}
        if any(isinstance(element, Pad) for element in elements):
            shown |= {key for row in drive.profile.keypad.layout for key in row}
        assert wanted - shown == set()


@each_settled_state
def test_every_key_that_the_terminal_says_it_takes_is_taken(name: str, place: Place) -> None:
    keys = sorted({key for row in full(name).keypad.layout for key in row})
    for key in keys[:: max(len(keys) // 5, 1)]:
        with driven(name, place) as drive:
            says = drive.terminal.takes(key)
            assert drive.terminal.press(key) == says, key


_TARGETS = ("txn-1", "older", "newer", "void", "receipts", "nothing")


def choices(drive: Drive) -> list[str]:
    return [e.id for e in drive.terminal.firmware.screen().elements if isinstance(e, Choice)]


def events_of(trigger: Trigger, drive: Drive) -> list[Event]:
    """What may come as this trigger, right and wrong, in the state that the terminal is in."""
    given: dict[Trigger, list[Event]] = {
        Trigger.DIGIT: [ev.KeyPressed(digit) for digit in "0589"],
        Trigger.SELECT: [ev.Touched(target) for target in (*choices(drive), *_TARGETS)],
        Trigger.CARD_SWIPED: [ev.CardSwiped(stripe) for stripe in (PLAIN_STRIPE, CHIP_STRIPE, None)],
        Trigger.PAYMENT_REQUESTED: [
            ev.PaymentRequested(
                PaymentRequest(id="R", amount=Money(minor, drive.profile.currency), ticket="T")
            )
            for minor in (0, 100)
        ],
        Trigger.REFUND_REQUESTED: [
            ev.RefundRequested(RefundRequest(id="B", original=original, ticket="T"))
            for original in ("unknown", *drive.terminal.firmware.durable.payments)
        ],
        Trigger.REQUEST_CANCELLED: [ev.RequestCancelled("R"), ev.RequestCancelled("unknown")],
        Trigger.KERNEL_PROMPT: [
            ev.KernelAsked(EnterPin(pan=CARD.pan)),
            ev.KernelAsked(ChooseApplication(labels=("A", "B"))),
            ev.KernelAsked(GoOnline(card=CARD, icc_data=b"")),
        ],
        Trigger.KERNEL_MESSAGE: [ev.KernelShows(message) for message in DisplayMessage],
        Trigger.FIELD_ON: [ev.Alarm(FIELD_ALARM)],
        Trigger.KERNEL_OUTCOME: [ev.KernelEnded(Outcome(verdict=verdict)) for verdict in Verdict],
        Trigger.HOST_REPLY: [
            ev.HostReplied(
                HostReply(
                    message_class=MessageClass.AUTHORISATION,
                    terminal="X",
                    stan=1,
                    amount=Money(1, "CAD"),
                    response_code=code,
                )
            )
            for code in ("00", "10", "05")
        ],
        Trigger.RETURNED: [ev.Returned(accepted) for accepted in (True, False)],
    }
    return given.get(trigger, [ev.KeyPressed({v: k for k, v in KEY_TRIGGERS.items()}.get(trigger, "F1"))])


@cache
def guards_alone(flow: AnyFlow) -> AnyFlow:
    """The same table without what it does, so that trying a move changes nothing but the state."""
    return replace(
        flow,
        states=tuple(replace(state, enter=None) for state in flow.states),
        moves=tuple(replace(move, action=None) for move in flow.moves),
    )


@each_settled_state
def test_takes_says_what_fire_and_stock_transitions_do(name: str, place: Place) -> None:
    """In every state, for every trigger of the alphabet and several events of each."""
    with driven(name, place) as drive:
        for context in drive.terminal.firmware.stack:
            flow, state = context.flow, context.state
            bare = guards_alone(flow)
            for trigger in Trigger:
                for event in events_of(trigger, drive):
                    says = flow.takes(context, trigger, event)
                    assert context.state == state
                    by_plan = bare.fire(context, trigger, event)
                    after_plan, context.state = context.state, state
                    known = bare.machine.events.get(trigger.value)
                    by_machine = known is not None and bool(known.trigger(context, event))
                    after_machine, context.state = context.state, state
                    assert says is by_plan is by_machine, (trigger, event)
                    assert after_plan == after_machine, (trigger, event)
