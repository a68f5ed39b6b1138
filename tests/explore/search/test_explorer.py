"""The explorer: it finds what is planted, leaves a script that fails again, is quiet about sound firmware, and does the same again."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim import profile
from terminal_sim.explore.search.act import Act, with_new_tickets
from terminal_sim.explore.search.exploration import exploration
from terminal_sim.explore.search.explorer import Explorer
from terminal_sim.explore.search.finding import ExplorerFinding, script
from terminal_sim.explore.search.ground import Ground
from terminal_sim.oracles.catalogue import ORACLES
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse
from terminal_sim.script.plan import plan
from terminal_sim.script.results import ScenarioOutcome
from terminal_sim.script.run import Runner
from terminal_sim.script.vocabulary import vocabulary
from tests.explore.planted import BUGS, PlantedBug, planted

QUICK = [
    bug
    for bug in BUGS
    if bug.what
    in (
        "an answer with another amount counts",
        "a passcode may be typed for a minute",
        "the first tab is marked whichever is open",
        "a boot does not go on with a settlement",
    )
]


def explored(
    name: str, acts: int, seed: int = 1, bug: PlantedBug | None = None, most: int = 99
) -> list[ExplorerFinding]:
    """The findings of so many acts; no more than `most`."""
    found = exploration(name, bug.options if bug is not None else {}, ORACLES, seed)
    for _ in found.run(lambda one: one.acts < acts):
        if len(found.findings) >= most:
            break
    return found.findings


def outcome(finding: ExplorerFinding, folder: Path) -> ScenarioOutcome:
    """How the script of a finding ends where the firmware is as it is now."""
    file = folder / f"{finding.name}.keys"
    file.write_text(script(finding, 1), encoding="utf-8")
    (case,) = plan(check(parse(file), vocabulary(), environ={}))
    return Runner(Options()).run(case).outcome


@pytest.mark.parametrize("bug", QUICK, ids=[bug.what for bug in QUICK])
def test_a_planted_bug_is_found_and_its_script_fails_there_and_nowhere_else(
    bug: PlantedBug, tmp_path: Path
) -> None:
    with planted(bug):
        (finding,) = explored(bug.profile, 15_000, bug=bug, most=1)
        assert outcome(finding, tmp_path) is ScenarioOutcome.UNMET
    assert outcome(finding, tmp_path) is ScenarioOutcome.HELD


@pytest.mark.parametrize("name", profile.names())
def test_a_sound_firmware_alarms_nobody(name: str) -> None:
    assert explored(name, 80) == []


def test_the_same_seed_does_the_same_acts() -> None:
    def sessions(seed: int) -> list[object]:
        explorer = Explorer(Ground.of("v400m", {}, ORACLES), seed)
        found = explorer.run()
        return [next(found).acts for _ in range(2)]

    assert sessions(3) == sessions(3)
    assert sessions(3) != sessions(4)


@pytest.mark.soak
@pytest.mark.parametrize("bug", BUGS, ids=[bug.what for bug in BUGS])
def test_every_planted_bug_is_found_in_thirty_seconds(bug: PlantedBug, tmp_path: Path) -> None:
    with planted(bug):
        (finding,) = explored(bug.profile, 25_000, bug=bug, most=1)
        assert outcome(finding, tmp_path) is not ScenarioOutcome.HELD
    assert outcome(finding, tmp_path) is ScenarioOutcome.HELD
    print(f"{bug.what}: {finding.alarm.code}, {len(finding.acts)} acts of {finding.length}")


def test_a_terminal_that_was_opened_as_its_power_failed_knows_so_when_it_is_on_again() -> None:
    """The explorer found that it took a payment, and that the PIN broke the bench."""
    acts: list[Act] = [("fault", "power-cut-after", "1"), ("fault", "tamper"), ("power", "on")]
    ground = Ground.of("v400m", {}, ORACLES)
    with ground.session() as session:
        for act in acts:
            assert session.do(act)
        assert session.terminal.view().screen.id == "tampered"
        assert (
            not session.do(("pos", "sale", "T-1", "1000")) or session.terminal.view().screen.id == "tampered"
        )
        assert session.verdict() == []


def test_a_pin_is_taken_after_the_app_was_deleted_and_signed_in_again() -> None:
    """The explorer found that it broke the bench."""
    leave: list[Act] = [("tap", "more"), ("tap", "delete-app"), ("press", "OK"), ("tap", "sign-in")]
    pay: list[Act] = [
        ("press", "1000", "OK"),
        ("insert", "interac-debit"),
        ("press", "1234", "OK"),
        ("wait", "2s"),
    ]
    done, alarms = Ground.of("square-reader", {}, ORACLES).alarms([*leave, *pay])
    assert (done, alarms) == ([*leave, *pay], [])


def test_an_errand_of_a_point_of_sale_is_gone_twice_with_tickets_of_its_own() -> None:
    errand: list[Act] = [
        ("pos", "sale", "T-1", "1000"),
        ("swipe", "visa-stripe"),
        ("wait", "2s"),
        ("press", "OK"),
        ("pos", "refund", "T-1"),
        ("wait", "2s"),
        ("press", "OK"),
    ]
    with Ground.of("v400m", {}, ()).session() as session:
        for _ in range(2):
            for act in with_new_tickets(errand, session.bench.sales_count):
                assert session.do(act), act
        booked = [entry.kind.value for entry in session.bench.acquirer.entries()]
        assert booked == ["charge", "void"] * 2
    assert with_new_tickets([("pos", "cancel", "T-1")], 2) == [("pos", "cancel", "T-1")], "it began none"


def test_an_errand_counts_as_gone_where_most_of_it_could_be_done() -> None:
    explorer = Explorer(Ground.of("v400m", {}, ORACLES), 1)
    running = explorer.run()
    ends = [next(running) for _ in range(60)]
    running.close()
    gone = [number for end in ends for number in end.errands]
    assert len(gone) > 100
    assert len(gone) == len(set(gone))
    assert set(gone).isdisjoint(explorer.untried)
    for end in ends:
        for number in end.errands[1:]:
            errand = explorer.errands[number]
            assert 2 * sum(act in end.acts for act in errand) >= len(errand), errand


def test_nobody_waits_on_once_a_rule_is_broken() -> None:
    """A reversal that is repeated every second would be repeated 86,400 times in a day."""
    (bug,) = (one for one in BUGS if one.what == "a reversal is repeated every second")
    with planted(bug), Ground.of(bug.profile, bug.options, ORACLES).session() as session:
        for act in (("tap", "start"), ("press", "1000", "OK"), ("host", "answers", *("timeout",) * 9), ("insert", "visa-credit")):  # fmt: skip
            assert session.do(act)
        assert session.do(("wait", "1d"))
        assert {one.code for one in session.alarms} == {"R-message-2"}
        assert session.acts[-1] == ("wait", "2min2s")
