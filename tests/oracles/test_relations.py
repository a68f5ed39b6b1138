"""Relations between two sessions: each finds what it is for, and a sound terminal is the same in both."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.exploration import shrunk
from terminal_sim.explore.search.finding import script
from terminal_sim.explore.search.ground import Ground
from terminal_sim.explore.search.neutral import ALSO, is_idle, is_repeatable, neutral_errands
from terminal_sim.explore.search.relating import applicable, marked, of_code, related
from terminal_sim.flows.ending import EndingFlow
from terminal_sim.oracles.relations import RELATIONS
from terminal_sim.profile import names
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse
from terminal_sim.script.plan import plan
from terminal_sim.script.results import ScenarioOutcome
from terminal_sim.script.run import Runner
from terminal_sim.script.vocabulary import vocabulary
from tests.explore.planted.bugs import BUGS
from tests.explore.planted.planting import V400M, PlantedBug, always, planted, sets, wraps

NAMED = {bug.what: bug for bug in BUGS}
PAY: list[Act] = [
    ("tap", "start"),
    ("press", "1000", "OK"),
    ("insert", "visa-credit"),
    ("wait", "2s"),
    ("press", "OK"),
    ("remove", "card"),
]
SWIPED: list[Act] = [("tap", "start"), ("press", "1000", "OK"), ("swipe", "visa-stripe")]
LOCKED: list[Act] = [
    ("press", "9", "OK"),
    *([("press", "1111", "OK")] * 5),
    ("wait", "29min"),
    ("press", "9", "OK"),
    ("press", "0856", "OK"),
]


def _first_alone(sound: Any) -> Any:
    """A sum that the first terminal of the program shows, and no other."""
    terminals: list[object] = []

    def total(self: Any) -> Any:
        terminals.append(self.terminal)
        return sound(self) if self.terminal is terminals[0] else ()

    return total


LEAKS: dict[str, tuple[PlantedBug, list[Act]]] = {
    "M-errand-1": (NAMED["a payment that was cancelled takes a trace number"], [*PAY, (ALSO, "cancelled-sale"), *PAY]),
    "M-clock-1": (NAMED["a lock follows the wall clock"], LOCKED),
    "M-language-1": (NAMED["amounts are higher in French"], [("tap", "start"), ("press", "2000000", "OK")]),
    "M-reader-1": (PlantedBug("a reader of another protocol drops the first of its news", V400M, sets(VivotechReader, "swipes", always([]))), SWIPED),
    "M-again-1": (PlantedBug("what is shown depends on what another bench has done", V400M, wraps(EndingFlow, "sum", _first_alone)), PAY),
}  # fmt: skip


@pytest.mark.parametrize("code", LEAKS)
def test_a_relation_finds_its_bug_and_the_same_acts_at_a_sound_terminal_are_alike(code: str) -> None:
    one, (bug, acts) = of_code(code), LEAKS[code]
    assert one is not None
    with planted(bug):
        breach = related(one, Ground.of(bug.profile, bug.options, ()), acts)
    assert breach is not None
    assert breach.alarm.code == code
    assert related(one, Ground.of(bug.profile, bug.options, ()), acts) is None


def outcome(file: Path) -> ScenarioOutcome:
    """How the script in a file ends where the firmware is as it is now."""
    (case,) = plan(check(parse(file), vocabulary(), environ={}))
    return Runner(Options()).run(case).outcome


@pytest.mark.parametrize("code", ["M-errand-1", "M-clock-1"])
def test_what_a_relation_finds_is_a_script_that_fails_there_and_nowhere_else(
    code: str, tmp_path: Path
) -> None:
    bug, acts = LEAKS[code]
    ground, file = Ground.of(bug.profile, bug.options, ()), tmp_path / "found.keys"
    with planted(bug):
        finding = shrunk(ground, acts, code, ground, 1)
        assert finding is not None
        file.write_text(script(finding, 1), encoding="utf-8")
        assert outcome(file) is ScenarioOutcome.UNMET
    assert outcome(file) is ScenarioOutcome.HELD
    assert "verify" not in file.read_text(encoding="utf-8"), (
        "the last line names what the other session showed"
    )


def test_a_reader_that_says_late_that_a_card_has_left_is_not_compared_any_further() -> None:
    reader = of_code("M-reader-1")
    begun: list[Act] = [("tap", "payment"), ("press", "1", "OK")]
    acts: list[Act] = [
        *begun,
        ("insert", "visa-credit"),
        ("wait", "1d"),
        *begun,
        ("tap-card", "visa-credit"),
        ("remove", "card"),
        ("wait", "2s"),
    ]
    assert reader is not None
    assert related(reader, Ground.of("s1f2", {}, ()), acts) is None


def test_readers_are_compared_up_to_a_card_whose_protocol_they_choose() -> None:
    reader, ground = of_code("M-reader-1"), Ground.of("s1f2", {}, ())
    begun: list[Act] = [("tap", "payment"), ("press", "1", "OK")]
    assert reader is not None
    assert (
        marked(reader, [*begun, ("insert", "visa-both-protocols"), ("wait", "2s")], ground, Random(1))
        == begun
    )


@pytest.mark.parametrize("name", names())
def test_each_neutral_errand_of_a_profile_changes_nothing_that_follows(name: str) -> None:
    ground = Ground.of(name, {}, ())
    start = [("tap", entry.id) for entry in ground.model.home.entries if entry.flow == "sale"]
    pay: list[Act] = [*start, *PAY[1:]]
    errand = of_code("M-errand-1")
    assert errand is not None
    for errand_name in neutral_errands(ground.model):
        assert related(errand, ground, [(ALSO, errand_name), *pay, (ALSO, errand_name), *pay]) is None, (
            errand_name
        )


def test_a_boot_is_no_neutral_errand_where_what_a_card_paid_before_counts() -> None:
    ground = Ground.of("square-terminal", {"kernel": "offline-capable"}, ())
    boot: list[Act] = [("power", "cut"), ("power", "on")]
    pay: list[Act] = [("press", "6000", "OK"), ("insert", "visa-credit"), ("wait", "2s"), ("press", "OK"), ("remove", "card")]  # fmt: skip

    def reasons(acts: list[Act]) -> str:
        with ground.session() as session:
            for act in acts:
                session.do(act)
            last = session.watch.facts.last
        return last.text("reasons") if last is not None else ""

    assert "reboot" not in neutral_errands(ground.model)
    assert "risk.floor-limit" in reasons([*pay, *pay])
    assert "risk.floor-limit" not in reasons([*pay, *boot, *pay])


@pytest.mark.parametrize("name", names())
def test_every_relation_that_a_profile_can_be_held_to_holds_for_a_payment(name: str) -> None:
    ground = Ground.of(name, {}, ())
    start = [("tap", entry.id) for entry in ground.model.home.entries if entry.flow == "sale"]
    assert {one.code for one in applicable(ground)} <= {one.code for one in RELATIONS}
    assert [one.code for one in applicable(ground) if related(one, ground, [*start, *PAY[1:]])] == []


def test_a_fault_that_counts_what_comes_is_kept_out_of_sessions_with_an_errand() -> None:
    assert not is_repeatable(("fault", "power-cut-after", "3"))
    assert not is_repeatable(("tear", "card", "after", "genac1"))
    assert is_repeatable(("fault", "printer-jam"))
    assert is_repeatable(("network", "down"))


def test_a_terminal_whose_account_takes_nothing_stands_between_no_two_customers() -> None:
    with Ground.of("v400m", {}, ()).session() as session:
        assert is_idle(session)
        session.do(("account", "standalone", "off"))
        assert not is_idle(session)


def test_a_terminal_whose_batch_the_acquirer_declined_stands_between_no_two_customers() -> None:
    closed: list[Act] = [
        ("pos", "sale", "T-1", "1000"),
        ("swipe", "visa-stripe"),
        ("host", "answers", "declined:51"),
        ("wait", "1d"),
        ("press", "9", "OK", "0856", "OK"),
        ("tap", "settle"),
        ("press", "OK"),
        ("wait", "2s"),
        ("press", "CANCEL"),
    ]
    ground = Ground.of("v400m", {}, ())
    with ground.session() as session:
        for act in closed:
            session.do(act)
        assert session.watch.facts.unsettled is not None
        assert not is_idle(session), "a boot would send the batch once more"
    errand = of_code("M-errand-1")
    assert errand is not None
    assert related(errand, ground, [*closed, (ALSO, "reboot"), ("wait", "2s")]) is None
