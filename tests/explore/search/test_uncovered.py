"""The explorer goes for the moves that were not made yet: the least tried first, to where one can come near to them."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from terminal_sim.bench import flows
from terminal_sim.emv import kernels, steps
from terminal_sim.explore.coverage import Coverage
from terminal_sim.explore.denominator import Denominator
from terminal_sim.explore.guard_reading import UNKNOWN, GuardReader
from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.archive import Archive
from terminal_sim.explore.search.beyond import OVER_A_NETWORK, beyond_a_script
from terminal_sim.explore.search.exploration import exploration
from terminal_sim.explore.search.guards import GuardedSurroundings
from terminal_sim.explore.search.recipes import ActsAt, Recipes
from terminal_sim.explore.search.triggers import makes
from terminal_sim.explore.search.uncovered import UncoveredMoves
from terminal_sim.profile import load, names

AMOUNT, READING, PIN, HOME = ("sale", "amount"), ("sale", "reading"), ("sale", "pin"), ("home", "idle")
KEYS = [
    "move sale amount confirm reading -",
    "move sale reading kernel_prompt pin asks_for_pin",
    "move home idle returned - -",
    "guard sale amount confirm reading - yes",
]


def archive(*stacks: tuple[tuple[str, str], ...]) -> Archive:
    made = Archive()
    for number, stack in enumerate(stacks):
        made.keep(stack, f"[{number}]".encode(), (), 0)
    return made


def chosen(
    known: Archive, covered: set[str], times: int = 1
) -> list[tuple[str, tuple[object, ...], set[str]]]:
    moves = UncoveredMoves.of(KEYS, covered)
    found = [moves.choose(known, Random(number)) for number in range(times)]
    return [(one.move.key, one.places, set(one.triggers)) for one in found if one is not None]


def test_a_move_begins_in_its_source() -> None:
    assert chosen(archive((HOME, AMOUNT)), set(KEYS[1:])) == [(KEYS[0], (AMOUNT,), {"confirm"})]


def test_a_source_that_is_passed_through_is_come_to_by_the_moves_that_lead_there() -> None:
    assert chosen(archive((HOME, AMOUNT)), {KEYS[0], KEYS[2]}) == [
        (KEYS[1], (AMOUNT,), {"confirm", "kernel_prompt"})
    ]


def test_a_source_that_lies_below_is_gone_for_from_what_is_on_top_of_it() -> None:
    assert chosen(archive((HOME, AMOUNT)), {KEYS[0], KEYS[1]}) == [(KEYS[2], (AMOUNT,), {"returned"})]


def test_the_least_tried_move_comes_first_and_none_where_nothing_is_left() -> None:
    known = archive((HOME,), (HOME, AMOUNT))
    assert sorted(key for key, _, _ in chosen(known, set(), 6)) == sorted(KEYS[:3] * 2)
    assert chosen(known, set(KEYS)) == []
    assert chosen(archive(), set()) == []


@pytest.mark.parametrize(
    ("act", "trigger", "can"),
    [
        (("press", "1000", "OK"), "confirm", True),
        (("press", "1000", "OK"), "digit", True),
        (("press", "OK"), "digit", False),
        (("press!", "MENU"), "menu", True),
        (("press", "F1"), "function", True),
        (("tap", "void"), "select", True),
        (("fault", "wire", "drop"), "reader_lost", True),
        (("fault", "tamper"), "reader_lost", False),
        (("network", "down"), "network_lost", True),
        (("network", "up"), "network_lost", False),
    ],
)
def test_a_trigger_has_the_acts_that_can_make_it(act: Act, trigger: str, *, can: bool) -> None:
    assert makes(act, trigger) is can


def test_what_made_a_move_in_one_flow_is_tried_for_the_same_in_another_the_last_step_first() -> None:
    known = Recipes()
    steps = [
        ActsAt(HOME, (("tap", "start"),)),
        ActsAt(AMOUNT, (("press", "1", "OK"),)),
        ActsAt(("sale", "present"), (("insert", "mute"),)),
        ActsAt(("sale", "present"), (("remove", "card"),)),
    ]
    acts = [act for step in steps for act in step.acts]
    known.learn("move sale present card_removed - -", steps)
    assert [known.of("move charge present card_removed - -", tries) for tries in range(4)] == [
        (("charge", "present"), (acts[3],)),
        (("charge", "present"), (acts[2], acts[3])),
        (("charge", "amount"), (acts[1], acts[2], acts[3])),
        (("charge", "present"), (acts[3],)),
    ]
    assert known.of("move charge present card_tapped reading -", 0) is None


def test_a_recipe_that_begins_in_another_flow_begins_there_for_every_flow() -> None:
    known = Recipes()
    known.learn("move sale amount digit - -", [ActsAt(HOME, (("press", "1"),))])
    assert known.of("move refund amount digit - -", 0) == (HOME, (("press", "1"),))


def test_what_no_script_begins_is_a_flow_that_only_a_request_begins() -> None:
    """No menu of a profile leads there, and so each has its place in the table."""
    for name in OVER_A_NETWORK:
        assert name in flows()
        for profile in map(load, names()):
            menus = (profile.home.entries, *(menu.entries for menu in profile.menus.values()))
            assert name not in {entry.flow for entries in menus for entry in entries}


def test_some_hundred_acts_make_a_tenth_of_the_moves() -> None:
    found = exploration("v400m", {}, (), 1)
    for _ in found.run(lambda one: one.acts < 900):
        raise AssertionError
    assert found.summary.percent > 10


def test_what_was_always_around_when_a_guard_held_is_wanted_again_and_nothing_else() -> None:
    guards = GuardedSurroundings(Coverage({"v400m": set()}))
    move = "sale approved confirm remove-card card_is_in"
    for guards.now in ((True, "in", 1), (True, "out", 2)):
        guards.asked("v400m", move, held=True)
    guards.now = (False, "in", 0)
    guards.asked("v400m", move, held=False)
    assert guards.fit((True, "anything", 7), "card_is_in")
    assert not guards.fit((False, "in", 1), "card_is_in")
    assert guards.fit((False, "in", 1), "never_held")
    guards.moved("v400m", move)
    assert guards.made == [f"move {move}"]


@pytest.mark.parametrize(
    ("profile", "move", "why"),
    [
        ("v400m", "sale pin reader_lost failed -", "a virtual reader, which is missed at the next frame"),
        ("v400m", "sale reading timeout failed -", "a virtual card, which is read at once"),
        ("v400m", "sale completing timeout failed -", "a virtual card, which is read at once"),
        ("square-reader", "charge completing timeout failed -", ""),
        ("square-terminal", "charge receipt-number printed - -", "a virtual printer, which prints at once"),
        ("v400m", "part-refund authorising timeout failed -", "a point of sale on a network"),
        ("v400m", "sale approved input_requested done card_is_out", "a point of sale on a network"),
        (
            "v400m",
            "charge present card_swiped failed card_is_of_no_taken_brand",
            "a point of sale on a network",
        ),
        ("v400m", "charge present select - offers_ways", "checkout"),
        ("square-reader", "notice shown confirm done -", "menus of which no entry is ever refused"),
        ("v400m", "notice shown confirm done -", ""),
        ("v400m", "menu closed returned done -", "a passcode that is given up, which leads home"),
        ("v400m", "sale reading reader_lost failed -", ""),
        ("v400m", "sale remove-card reader_lost done -", ""),
        ("v400m", "moto remove-card reader_lost done -", "a virtual reader, which is missed at the next frame"),
        ("square-reader", "charge pin reader_lost failed -", ""),
        ("square-stand", "charge approved cancel done -", "a red key, which the screen does not draw"),
        ("square-stand", "checkout pad cancel - has_input", "a red key, which the screen does not draw"),
        ("square-stand", "charge failed cancel done -", ""),
        ("v400m", "sale approved cancel done -", ""),
        ("square-stand", "charge failed card_removed - -", ""),
        ("v400m", "moto failed card_removed - -", ""),
        ("square-stand", "charge authorising host_reply failed -", "entries.stripe"),
        ("square-stand", "charge authorising host_reply completing kernel_waits", ""),
        ("square-stand", "manual-entry authorising host_reply failed -", ""),
        ("square-register", "charge authorising host_reply failed -", ""),
        ("v400m", "sale reading kernel_outcome reading may_select_next", "an outcome that no kernel ends with"),
    ],
)  # fmt: skip
def test_what_no_act_brings_about_counts_as_forbidden_with_its_reason(
    profile: str, move: str, why: str
) -> None:
    model = load(profile)
    assert f"move {move}" in Denominator.of(model).allowed
    there = Denominator.of(model, beyond=beyond_a_script)
    assert there.forbidden.get(f"move {move}", "") == why
    assert (f"move {move}" in there.allowed) == (not why)


@pytest.mark.parametrize("profile", ["s1f2", "square-reader", "square-terminal"])
def test_no_exploration_makes_a_move_that_counts_as_forbidden(profile: str) -> None:
    found = exploration(profile, {}, (), 1)
    for _ in found.run(lambda one: one.acts < 1500):
        raise AssertionError
    there = found.summary.denominator
    made = {key for key in found.coverage.keys[profile] if key.startswith("move ")}
    assert not made & there.forbidden.keys()


def test_no_kernel_ends_so_that_the_next_application_is_selected() -> None:
    for room in (kernels, steps):
        for file in Path(room.__path__[0]).glob("*.py"):
            assert "SELECT_NEXT" not in file.read_text(encoding="utf-8")


def test_what_was_always_around_when_a_trigger_came_is_brought_about_by_what_was_seen_to_bring_it() -> None:
    guards = GuardedSurroundings(Coverage({"v400m": set()}), now=(True, "in", 0))
    guards.look((False, "in", 0), ("network", "down"))
    guards.moved("v400m", "sale authorising host_unreachable failed -")
    guards.look((True, "in", 0), ("network", "up"))
    assert guards.missing("-", "host_unreachable") == [("network", "down")]
    guards.moved("v400m", "sale authorising host_unreachable failed -")
    assert guards.missing("-", "host_unreachable") == []
    assert guards.missing("-", "card_inserted") == []


def test_a_guard_whose_lines_are_no_statement_says_nothing() -> None:
    guards = {
        "of no definition": lambda context, _: bool(context.taken),
    }
    reader = GuardReader(flows()["sale"], load("v400m"))
    assert [reader.read(one).value for one in guards.values()] == [UNKNOWN]
