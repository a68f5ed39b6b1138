"""Campaigns: whoever does the jobs, and however often it is stopped, the same comes out, and nothing is lost."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from terminal_sim.explore.campaigns.campaign import Campaign, CampaignTerminal, turns
from terminal_sim.explore.campaigns.run import CampaignRun, definition
from terminal_sim.explore.campaigns.store import CampaignStore, StoreError
from terminal_sim.explore.campaigns.workers import ProcessWorkers, Results, ThisProcess
from terminal_sim.explore.search.explorer import Explorer
from tests.explore.campaigns.kit import campaign, done
from tests.explore.planted import BUGS, planted

(BUG,) = (bug for bug in BUGS if bug.what == "the first tab is marked whichever is open")


def test_one_process_and_several_find_the_same_in_the_same_order() -> None:
    given = campaign(BUG.profile, sessions=16, job_sessions=2)
    with planted(BUG):
        alone = done(given, ThisProcess())
        assert done(given, ProcessWorkers(3)) == alone
    assert [code for code, _, _ in alone.findings] == ["R-home-2"]


def test_the_next_round_begins_with_what_the_jobs_before_have_learned() -> None:
    given = campaign("v400m", sessions=12, job_sessions=2, round_jobs=3, variants=False)
    learned = [job.learned for job in done(given, ThisProcess()).jobs]
    errands = [number for one in learned for number in one.errands]
    assert all(one.cells and one.errands for one in learned)
    assert len(errands) == len(set(errands))
    first, second = ({cell for one in jobs for cell in one.cells} for jobs in (learned[:3], learned[3:]))
    assert first.isdisjoint(second)
    moves = [move for one in learned[3:] for move in one.moves]
    assert moves
    assert {move for one in learned[:3] for move in one.moves}.isdisjoint(moves)


def test_nothing_of_a_job_is_left_in_memory_when_it_is_done() -> None:
    gc.disable()
    try:
        done(campaign("v400m", sessions=6, variants=False), ThisProcess())
        assert [one for one in gc.get_objects() if isinstance(one, Explorer)] == []
    finally:
        gc.enable()


def test_a_killed_worker_costs_nothing() -> None:
    given = campaign("v400m", sessions=16, job_sessions=2)
    workers, killed = ProcessWorkers(2), []

    def kill_one(running: CampaignRun) -> bool:
        if running.sessions == given.job_sessions:
            killed.append(workers.pids[0])
            os.kill(workers.pids[0], signal.SIGKILL)
        return True

    found = done(given, workers, goes_on=kill_one)
    assert len(killed) == 1
    assert found.sessions == list(range(1, given.sessions + 1))
    assert found == done(given, ThisProcess())


def test_a_stopped_campaign_goes_on_to_the_same_end(tmp_path: Path) -> None:
    given = campaign(BUG.profile, sessions=24)
    with planted(BUG):
        whole = done(given, ThisProcess())
        stops = done(given, ThisProcess(), tmp_path / "campaign.db", goes_on=lambda one: one.sessions < 14)
        assert 14 <= len(stops.sessions) < 24
        assert done(given, ThisProcess(), tmp_path / "campaign.db", resume=True) == whole


def test_what_the_store_has_is_not_done_again(tmp_path: Path) -> None:
    given = campaign(BUG.profile, sessions=12)

    class NoWorkers(ThisProcess):
        def results(self, jobs: Sequence[bytes]) -> Results:
            assert jobs == []
            return super().results(jobs)

    with planted(BUG):
        whole = done(given, ThisProcess(), tmp_path / "campaign.db")
        assert done(given, NoWorkers(), tmp_path / "campaign.db", resume=True) == whole


def test_a_job_that_is_kept_twice_is_there_once(tmp_path: Path) -> None:
    given = campaign("v400m", sessions=3)
    (job,) = done(given, ThisProcess()).jobs
    with closing(CampaignStore(tmp_path / "campaign.db", "small", "", "")) as store:
        store.keep(0, job)
        store.keep(0, job)
        assert store.sessions == 3
        assert store.result(0) == job
        assert store.result(1) is None


@pytest.mark.parametrize(
    ("name", "text", "firmware", "resume", "said"),
    [
        ("small", "a", "x", False, "the campaign 'small' has 0 sessions there: --resume goes on with it"),
        ("small", "b", "x", True, "the campaign 'small' was begun with other values: a"),
        ("small", "a", "y", True, "the campaign 'small' was begun on another firmware"),
    ],
)
def test_a_store_is_not_mixed_with_another_campaign(
    tmp_path: Path, name: str, text: str, firmware: str, resume: bool, said: str
) -> None:
    file = tmp_path / "campaign.db"
    CampaignStore(file, "small", "a", "x").close()
    with pytest.raises(StoreError, match=said):
        CampaignStore(file, name, text, firmware, resume=resume)
    CampaignStore(file, "small", "a", "x", resume=True).close()
    CampaignStore(file, "another", "b", "y").close()


def test_a_file_that_is_no_store_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "campaign.db"
    file.write_text("this is a letter and no database, and it is long enough for one" * 20, encoding="utf-8")
    with pytest.raises(StoreError, match=r"campaign\.db: "):
        CampaignStore(file, "small", "a", "x")
    assert file.read_text(encoding="utf-8").startswith("this is a letter")


def test_a_store_of_another_version_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "campaign.db"
    CampaignStore(file, "small", "a", "x").close()
    with closing(apsw.Connection(str(file))) as database:
        database.execute("PRAGMA user_version = 1")
    with pytest.raises(StoreError, match="made by another version of terminal-sim: name another folder"):
        CampaignStore(file, "small", "a", "x", resume=True)


def test_the_corpus_goes_every_errand_that_was_gone() -> None:
    given = campaign("v400m", sessions=6, variants=False)
    with closing(CampaignStore(None, "small", "", "")) as store:
        running = CampaignRun(given, ThisProcess(), store)
        assert not list(running.run(lambda _: True))
        rows = [row for job in range(2) if (result := store.result(job)) for row in result.sessions]
        corpus = {one.number for _, sessions in running.gathered() for one in sessions}
    assert sum(bool(row.errands) for row in rows) > 1
    assert corpus.issuperset(row.number for row in rows if row.errands)


@pytest.mark.parametrize(
    ("sessions", "job_sessions", "round_jobs"), [(1, 5, 3), (10, 3, 2), (24, 4, 3), (7, 7, 1)]
)
def test_every_session_is_given_out_once(sessions: int, job_sessions: int, round_jobs: int) -> None:
    given = campaign("v400m", "s1f2", sessions=sessions, job_sessions=job_sessions, round_jobs=round_jobs)
    numbers: list[int] = []
    begins = 0
    while round_ := turns(given, (3, 2), begins):
        for turn in round_:
            assert turn.variant < (3, 2)[turn.terminal]
            numbers += range(turn.first, turn.first + turn.sessions)
        begins += round_jobs
    assert numbers == list(range(1, sessions + 1))


def test_a_campaign_that_makes_no_sense_says_which_value_does_not() -> None:
    terminal = CampaignTerminal(profile="v400m")
    for wrong, said in (
        ({"sessions": -1}, "sessions: -1"),
        ({"terminals": ()}, "terminals: a campaign has a terminal"),
        ({"round_jobs": 0}, "round_jobs: 0"),
        ({"campaign": " "}, "campaign: a campaign has a name"),
    ):
        with pytest.raises(ValueError, match=said):
            Campaign(**{"campaign": "small", "sessions": 1, "terminals": (terminal,), **wrong})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="options: 'offline' is no option"):
        CampaignTerminal(profile="v400m", options=("offline",))


def test_the_order_of_hashes_changes_nothing() -> None:
    def found(hash_seed: str) -> bytes:
        return subprocess.run(
            [sys.executable, "-c", _PRINTED],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout

    assert found("1") == found("2") != b""


_PRINTED = """
from terminal_sim.explore.campaigns.workers import ThisProcess
from tests.explore.campaigns.kit import campaign, done
print(done(campaign("square-terminal", sessions=6, job_sessions=2, round_jobs=2), ThisProcess()))
"""


def test_the_definition_of_a_campaign_is_without_the_place_of_its_firmware() -> None:
    given = campaign("v400m", sessions=3)
    assert definition(given) == definition(
        Campaign(
            campaign="small",
            sessions=3,
            terminals=given.terminals,
            job_sessions=3,
            round_jobs=4,
            firmware="dist/terminal_sim.whl",
        )
    )
