"""A failing session is made short: what is not needed goes, and what is needed becomes as simple as it may be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from terminal_sim.bench import contents
from terminal_sim.explore.search import exploration
from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.archive import Archive
from terminal_sim.explore.search.ground import Ground
from terminal_sim.explore.search.shrink import Shrinker
from terminal_sim.explore.search.simpler import simpler_acts
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, has, screen_id
from terminal_sim.oracles.oracle import oracle


@oracle("T-declined", "no payment is declined")
def declined(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.came_to == "declined":
        yield "it is"


@oracle("T-refused", "no void is declined")
def refused(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.came_to == "void-declined":
        yield "one is"


@oracle("T-second", "there is no second payment in the history that was begun by hand")
def second(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    by_hand = [rows for rows in facts.payments.values() if not rows[-1].text("ticket")]
    if screen_id(seen.after) == "history" and len(by_hand) > 1:
        yield "there is"


@oracle("T-third", "there is no third payment")
def third(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if len(facts.payments) > 1 and seen.came_to == "present-card":
        yield "one is asked for"


@oracle("T-late", "nothing is shown without a link after the first second", contents.ScreenShown)
def late(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if not seen.around_before.network and seen.mono >= 1_000_000:
        yield "something is"


@oracle("T-kept", "no payment is kept")
def kept(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.came_to == "accepted-offline":
        yield "one is"


@oracle("T-over", "nothing between 50.00 and 51.00 is above the offline limit")
def over_limit(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if facts.limit == 5000 and seen.after is not None and has(seen.after, "offline-limit-exceeded"):
        yield "something is"


GROUND = Ground.of("v400m", {}, (declined, refused, second, third, late))
START: Act = ("tap", "start")
HISTORY: list[Act] = [
    ("press", "8", "OK"), ("press", "0856", "OK"), ("tap", "transactions"), ("tap", "history"), ("tap", "history-transactions"),
]  # fmt: skip
ADMIN: list[Act] = [("press", "9", "OK"), ("press", "0856", "OK"), *HISTORY[2:]]


def paid(amount: str, *presented: Act) -> list[Act]:
    return [START, ("press", amount, "OK"), *presented, ("wait", "2s"), ("press", "OK"), ("remove", "card")]


def shrunk(acts: list[Act], code: str, archive: Archive | None = None) -> list[Act]:
    with Shrinker(GROUND, code, archive) as shrinker:
        return shrinker.shrunk(acts)


def test_what_has_nothing_to_do_with_it_goes_and_what_is_left_is_simple() -> None:
    acts = [
        *paid("1250", ("insert", "mastercard-pin"), ("press", "1234", "OK")),
        ("network", "down"),
        ("network", "up"),
        *paid("2000", ("insert", "visa-declined")),
    ]
    assert shrunk(acts, "T-declined") == [
        START,
        ("press", "1", "OK"),
        ("insert", "visa-declined"),
        ("wait", "2s"),
    ]


def test_a_void_to_which_menus_lead_gives_way_to_one_that_a_till_asks_for() -> None:
    acts = [
        *paid("1000", ("insert", "visa-credit")),
        *ADMIN,
        ("tap", "txn-1"),
        ("host", "answers", "declined:51"),
        ("tap", "void"),
        ("wait", "2s"),
    ]
    assert shrunk(acts, "T-refused") == [
        ("pos", "sale", "T-1", "1000"),
        ("swipe", "visa-stripe"),
        ("wait", "2s"),
        ("host", "answers", "declined:51"),
        ("pos", "refund", "T-1"),
        ("wait", "2s"),
    ]


def test_many_payments_give_way_to_those_that_a_till_asks_for() -> None:
    acts = [
        *paid("1000", ("insert", "visa-credit")),
        *paid("2000", ("tap-card", "visa-credit")),
        *paid("3000", ("insert", "mastercard-pin"), ("press", "1234", "OK")),
        *ADMIN,
    ]
    assert shrunk(acts, "T-third") == [
        ("pos", "sale", "T-1", "1000"),
        ("tap-card", "visa-credit"),
        ("wait", "2s"),
        ("pos", "sale", "T-2", "1000"),
        ("tap-card", "visa-credit"),
        ("wait", "2s"),
        ("press", "OK"),
        START,
        ("press", "1", "OK"),
    ]


def test_what_others_must_lead_to_gives_way_to_a_plain_end() -> None:
    """A card that is taken out must have been put in; a digit may be typed anywhere."""
    acts = [
        *paid("1000", ("insert", "visa-credit"))[:-2],
        ("network", "down"),
        ("wait", "2s"),
        ("remove", "card"),
    ]
    assert shrunk(acts, "T-late") == [("wait", "2s"), ("network", "down"), ("press", "1")]


def test_an_option_stands_for_the_touches_that_set_it() -> None:
    ground = Ground.of("square-terminal", {}, (kept, over_limit))
    way: list[Act] = [
        ("tap", one) for one in ("more", "settings", "checkout", "offline-payments", "allow", "home")
    ]
    acts: list[Act] = [*way, ("network", "down"), ("press", "1000", "OK"), ("insert", "visa-credit")]
    found = exploration.shrunk(ground, acts, "T-kept", ground, 1)
    assert found is not None
    assert found.ground.options == {"offline.allowed": "true"}
    assert found.acts == (("network", "down"), ("press", "1", "OK"), ("insert", "visa-credit"))
    limit: list[Act] = [*way[:-1], ("tap", "offline-limit"), ("press", "5000", "OK"), ("tap", "home")]
    over: list[Act] = [*limit, ("network", "down"), ("press", "5001", "OK")]
    found = exploration.shrunk(ground, over, "T-over", ground, 1)
    assert found is not None
    assert found.ground.options == {"offline.allowed": "true", "offline.limit": "5000"}
    assert found.acts == (("network", "down"), ("press", "5001", "OK"))
    allowed = ground.switched({"offline.allowed": "false"})
    given = exploration.shrunk(allowed, acts, "T-kept", allowed, 1)
    assert given is not None
    assert ("tap", "allow") in given.acts, "who gave the option has it as it is"


def test_the_first_acts_give_way_to_the_cheapest_that_lead_to_the_same() -> None:
    """Two payments by a PIN become what the archive knows: two plain ones."""
    long = [
        *paid("1250", ("insert", "mastercard-pin"), ("press", "1234", "OK")),
        *paid("1250", ("tap-card", "mastercard-pin"), ("press", "1234", "OK")),
    ]
    plain = paid("1000", ("tap-card", "visa-credit"))[:-1] * 2
    archive = Archive()
    with GROUND.session() as session:
        for act in plain:
            assert session.do(act)
        stack, signature = session.terminal.running_flows, Archive.signature_of(session.terminal)
        archive.keep(stack, signature, tuple(session.acts), 0, session.moment())
    found = shrunk([*long, *ADMIN], "T-second", archive)
    alone = shrunk([*long, *ADMIN], "T-second")
    assert len(found) < len(alone)
    assert ("tap-card", "visa-credit") in found


def test_a_session_that_does_not_fail_again_is_left_as_it_is() -> None:
    acts = paid("1250", ("insert", "visa-credit"))
    assert shrunk(acts, "T-declined") == acts


@pytest.mark.parametrize(
    ("act", "simpler"),
    [
        (("wait", "1h1s"), [("wait", "1d"), ("wait", "2h")]),
        (("wait", "1d"), []),
        (("insert", "amex-credit"), [("insert", "visa-credit")]),
        (("swipe", "gift-card"), [("swipe", "visa-stripe")]),
        (("press", "250000", "OK"), [("press", "1", "OK"), ("press", "1000", "OK")]),
        (("pos", "cancel", "T-3"), [("pos", "cancel", "T-1")]),
        (("remove", "card"), []),
    ],
)
def test_simpler_acts_are_of_the_same_kind_and_no_wait_is_shorter(act: Act, simpler: list[Act]) -> None:
    assert [*simpler_acts(act)] == simpler
