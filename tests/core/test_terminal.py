"""The firmware as a function: events in, effects out, nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.core import effects as fx
from terminal_sim.core import events as ev
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.events import Event
from terminal_sim.core.frame import framed
from terminal_sim.core.payment import PaymentState
from terminal_sim.core.receipt import Copy
from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.core.rows.table import row_of
from terminal_sim.core.trace_number import serial
from tests.core.fuzz import NAME, PROFILES, STRIPE, Fresh, histories, keys
from tests.examples import examples

profiles = st.sampled_from(range(len(PROFILES)))
a_while = examples(60)


def flat(effects: list[fx.Effect]) -> list[str]:
    """Effects as text; secrets are equal where their values are, which their text does not tell, so requests go by themselves."""
    return [repr(effect) for effect in effects]


@a_while
@given(profiles, histories)
def test_the_same_events_have_the_same_effects(profile: int, events: list[Event]) -> None:
    one, other = Fresh(profile), Fresh(profile)
    for event in events:
        assert one.handle(event) == other.handle(event)
    assert flat(one.effects) == flat(other.effects)
    assert one.terminal.screen() == other.terminal.screen()


@a_while
@given(profiles, histories)
def test_what_the_terminal_knows_is_the_fold_of_what_it_recorded(profile: int, events: list[Event]) -> None:
    fresh = Fresh(profile)
    for event in events:
        fresh.handle(event)
        assert fresh.terminal.durable == DurableState.of(map(row_of, fresh.rows))


@a_while
@given(profiles, histories, histories)
def test_a_terminal_that_boots_goes_on_as_its_rows_say_and_not_as_it_remembers(
    profile: int, before: list[Event], after: list[Event]
) -> None:
    """A power cut: two terminals that boot from the same rows are the same, whatever the first one had going on."""
    lived = Fresh(profile)
    for event in before:
        lived.handle(event)
    one, other = Fresh(profile, list(lived.rows), mono=5), Fresh(profile, list(lived.rows), mono=5)
    for event in after:
        assert one.handle(event) == other.handle(event)


@a_while
@given(profiles, histories)
def test_a_row_stands_before_the_send_that_it_justifies(profile: int, events: list[Event]) -> None:
    """Write-ahead is the order of the list (reliability rule 2)."""
    fresh = Fresh(profile)
    for event in events:
        fresh.handle(event)
    written: dict[str, str] = {}
    for effect in fresh.effects:
        if isinstance(effect, fx.Record):
            for row in (typed.flat() for typed in effect.rows):
                written[str(row.fields.get("reference", ""))] = str(row.fields.get("state", ""))
        elif isinstance(effect, fx.Send):
            due = (
                "AUTH_SENT" if effect.request.kind.value in ("sale", "moto", "refund") else "REVERSAL_PENDING"
            )
            assert written[effect.request.reference] == due


@a_while
@given(profiles, histories)
def test_a_receipt_prints_only_what_was_recorded_before(profile: int, events: list[Event]) -> None:
    fresh = Fresh(profile)
    for event in events:
        fresh.handle(event)
    known: set[str] = set()
    for effect in fresh.effects:
        if isinstance(effect, fx.Record):
            rows = [row.flat() for row in effect.rows]
            known |= {str(row.fields["reference"]) for row in rows if "reference" in row.fields}
        elif isinstance(effect, fx.Print) and effect.receipt.copy is not Copy.DOCUMENT:
            assert effect.receipt.reference in known or effect.receipt.reference == "NONE"


@a_while
@given(profiles, histories)
def test_a_key_that_is_taken_is_not_ignored(profile: int, events: list[Event]) -> None:
    fresh = Fresh(profile)
    for event in events:
        if isinstance(event, ev.KeyPressed):
            says = fresh.terminal.takes(event.key)
            ignored = any(isinstance(effect, fx.Ignored) for effect in fresh.handle(event))
            assert says is not ignored, event.key
        else:
            fresh.handle(event)


@a_while
@given(profiles, histories)
def test_looking_at_the_screen_changes_nothing(profile: int, events: list[Event]) -> None:
    """Somebody looks after each event, or nobody ever does: it is the same terminal."""
    watched, alone = Fresh(profile), Fresh(profile)
    for event in events:
        assert watched.terminal.screen() == watched.terminal.screen()
        watched.terminal.takes("OK")
        assert watched.handle(event) == alone.handle(event)
    assert watched.terminal.screen() == alone.terminal.screen()


@a_while
@given(profiles, histories)
def test_a_screen_that_is_kept_is_the_one_that_would_be_made_now(profile: int, events: list[Event]) -> None:
    fresh = Fresh(profile)
    for event in events:
        fresh.terminal.screen()
        fresh.handle(event)
        shown = fresh.terminal.screen()
        assert fresh.terminal.screen() is shown
        if fresh.terminal.environment.app_open:
            assert shown == framed(fresh.terminal)
        else:
            assert shown.id == "app-closed"


@a_while
@given(profiles, histories)
def test_home_lies_below_everything_and_no_flow_is_left_over(profile: int, events: list[Event]) -> None:
    fresh = Fresh(profile)
    for event in events:
        fresh.handle(event)
        flows = [context.flow.name for context in fresh.terminal.stack]
        assert flows[0] == PROFILES[profile].home.flow
        assert all(context.state in context.flow.table for context in fresh.terminal.stack)
    assert len(fresh.terminal.stack) < 12


def sale(fresh: Fresh, event: Event) -> list[fx.Effect]:
    for before in (*keys("OK"), *keys("1000", "OK")):
        fresh.handle(before)
    return fresh.handle(event)


def test_a_swipe_is_recorded_and_then_sent() -> None:
    ordered = sale(Fresh(), ev.CardSwiped(STRIPE))
    kinds = [type(effect) for effect in ordered]
    assert kinds.index(fx.Record) < kinds.index(fx.Send)
    assert fx.SetAlarm in kinds


def test_an_answer_that_nothing_waits_for_is_recorded_and_changes_nothing() -> None:
    fresh = Fresh()
    ordered = sale(fresh, ev.CardSwiped(STRIPE))
    request = next(effect.request for effect in ordered if isinstance(effect, fx.Send))
    from tests.core.samples import REPLY

    durable, screen = DurableState.of(map(row_of, fresh.rows)), fresh.terminal.screen()
    effects = fresh.handle(ev.HostReplied(REPLY))  # of another terminal
    rows = [row.flat() for effect in effects if isinstance(effect, fx.Record) for row in effect.rows]
    assert [row.kind for row in rows] == ["unexpected"]
    assert rows[0] == FlatRow("unexpected", {"mti": "0110", "stan": 7, "amount": 1000, "response_code": "00"})
    assert fresh.terminal.durable.payments == durable.payments
    assert fresh.terminal.screen() == screen
    assert fresh.terminal.durable.payments[request.reference].state is PaymentState.AUTH_SENT


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_payment_is_named_by_its_terminal_and_its_number_and_never_as_another(one: int, other: int) -> None:
    assert (serial(one) == serial(other)) == (one == other)
    assert int(serial(one), 36) == one
    assert len(serial(one)) == 4 or one >= 36**4


def test_a_reference_has_room_in_de_37_and_depends_on_no_clock() -> None:
    fresh = Fresh()
    assert fresh.terminal.reference() == f"{NAME}0001"
    assert len(fresh.terminal.reference()) == 12


def test_the_language_of_a_card_is_the_first_that_the_terminal_speaks() -> None:
    terminal = Fresh().terminal
    assert terminal.language_of(("de", "fr", "en")) == "fr-CA"
    assert terminal.language_of(("en",)) == "en-CA"
    assert terminal.language_of(("de",)) == ""
    assert terminal.language_of(()) == ""
