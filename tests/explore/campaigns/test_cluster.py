"""A campaign on a cluster of Dask: the same as in this process, also where its workers are killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest
from distributed import LocalCluster, Status

from terminal_sim.errors import Unsafe
from terminal_sim.explore.campaigns.cluster import ClusterWorkers
from terminal_sim.explore.campaigns.run import CampaignRun
from terminal_sim.explore.campaigns.workers import ThisProcess, WorkersLost
from tests.explore.campaigns.kit import campaign, done


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two worker processes on this machine."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as found:
        yield found


def test_two_workers_find_what_one_process_finds_though_one_is_killed(cluster: LocalCluster) -> None:
    given = campaign("v400m", sessions=16, job_sessions=2)
    killed: list[int] = []

    def kill_one(running: CampaignRun) -> bool:
        if running.sessions == given.job_sessions:
            killed.append(_kill_a_worker(cluster))
        return True

    found = done(given, ClusterWorkers(cluster.scheduler_address), goes_on=kill_one)
    # A cluster that is closed while the killed worker's successor begins may wait for it for ever.
    cluster.wait_for_workers(2, timeout=120)
    assert len(killed) == 1
    assert found.sessions == list(range(1, 17))
    assert found.jobs == done(given, ThisProcess()).jobs


@pytest.mark.soak
def test_twenty_thousand_sessions_are_there_once_though_a_worker_is_killed_every_ten_seconds(
    cluster: LocalCluster,
) -> None:
    given = campaign("v400m", "s1f2", "square-terminal", sessions=20_000, job_sessions=25, round_jobs=8)
    killed: list[int] = []
    last = time.monotonic()

    def kill_one(_: CampaignRun) -> bool:
        nonlocal last
        if time.monotonic() - last >= 10:
            cluster.scale(2)  # a nanny gives up a worker that is killed while it begins
            killed.extend(filter(None, [_kill_a_worker(cluster)]))
            last = time.monotonic()
        return True

    found = done(given, ClusterWorkers(cluster.scheduler_address), goes_on=kill_one)
    assert len(killed) > 10
    assert found.sessions == list(range(1, 20_001))


def _kill_a_worker(cluster: LocalCluster) -> int:
    """Which of them was killed, 0 where none has begun; its nanny begins another one."""
    begun = [one.process for one in cluster.workers.values() if one.process is not None]
    pid: int = next((one.pid for one in begun if one.pid and one.status is Status.running), 0)
    if pid:
        os.kill(pid, signal.SIGKILL)
    return pid


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8786", "http://127.0.0.1:1", "tcp://127.0.0.1", "tcp://:1", "tcp://a:b"]
)
def test_an_address_that_is_none_is_told_with_one_that_is(address: str) -> None:
    with pytest.raises(WorkersLost, match=r"write tcp://127\.0\.0\.1:8786"):
        ClusterWorkers(address)


def test_a_scheduler_on_another_machine_is_reached_by_tls_alone() -> None:
    with pytest.raises(Unsafe, match="leads off this machine in clear"):
        ClusterWorkers("tcp://192.0.2.1:8786")
