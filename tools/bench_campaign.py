"""What a campaign costs beside its sessions: processor time of this process and of all workers, on processes of this machine and on a cluster of Dask."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

import dask
import psutil
from bench_rig import Figure
from bench_sale import PROFILE
from distributed import LocalCluster

from terminal_sim.explore.campaigns.campaign import Campaign, CampaignTerminal
from terminal_sim.explore.campaigns.cluster import ClusterWorkers
from terminal_sim.explore.campaigns.run import CampaignRun, definition
from terminal_sim.explore.campaigns.store import CampaignStore
from terminal_sim.explore.campaigns.workers import ProcessWorkers, Workers
from terminal_sim.explore.product import digest

AIM = 5.0  # percent of the sessions
_WORKERS = 2

Pids = Callable[[], Sequence[int]]


def campaigns(quick: bool) -> list[Figure]:
    """The overhead of each kind of workers."""
    sessions = 100 if quick else 800
    return [
        _figure(name, *_overhead(workers, pids, sessions))
        for name, kind in (("ProcessPool", _processes), ("Dask", _cluster))
        for workers, pids in kind()
    ]


def _processes() -> Iterator[tuple[Workers, Pids]]:
    workers = ProcessWorkers(_WORKERS)
    with closing(workers):
        yield workers, lambda: workers.pids


def _cluster() -> Iterator[tuple[Workers, Pids]]:
    with _local() as cluster, closing(ClusterWorkers(cluster.scheduler_address)) as workers:
        yield workers, lambda: [one.pid for one in cluster.workers.values()]


@contextmanager
def _local() -> Iterator[LocalCluster]:
    """A cluster that is set up as docs/campaigns.md says."""
    with (
        dask.config.set({"distributed.admin.tick.interval": "1s"}),
        LocalCluster(
            n_workers=_WORKERS,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=50,
        ) as cluster,
    ):
        yield cluster


def _overhead(workers: Workers, pids: Pids, sessions: int) -> tuple[float, int, str]:
    """Percent, microseconds a session, and what this process has of it."""
    _run(workers, 50)  # what a worker reads once is no overhead of a session
    before, own, began = _cpu(pids()), _cpu(()), time.monotonic()
    running = _run(workers, sessions)
    beside = (_cpu(pids()) - before) * 1_000_000 - running.cpu
    here = f"this process {_cpu(()) - own:.2f} s of processor time in {time.monotonic() - began:.0f} s"
    return beside / running.cpu * 100, round(beside / running.sessions), here


def _run(workers: Workers, sessions: int) -> CampaignRun:
    given = Campaign(
        campaign=str(sessions), sessions=sessions, terminals=(CampaignTerminal(profile=PROFILE),)
    )
    with closing(CampaignStore(None, given.campaign, definition(given), digest())) as store:
        running = CampaignRun(given, workers, store)
        for _ in running.run(lambda _: True):
            raise RuntimeError("the stock firmware has a finding: there is nothing to measure")
    return running


def _cpu(pids: Sequence[int]) -> float:
    """Seconds of this process and of those."""
    times = [psutil.Process(pid).cpu_times() for pid in (os.getpid(), *pids)]
    return float(sum(one.user + one.system for one in times))


def _figure(name: str, percent: float, micros: int, here: str) -> Figure:
    return Figure(
        f"campaign on {name}, beside its sessions",
        f"{percent:.1f} %, {micros:,} us a session",
        f"<= {AIM:g} %",
        percent <= AIM,
        (here,),
    )
