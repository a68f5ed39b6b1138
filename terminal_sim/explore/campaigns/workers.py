"""Who does the jobs of a campaign: this process, several processes of this machine, or those of a cluster (`cluster.py`)."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Protocol

from terminal_sim.explore.campaigns.job import carry_out

MOST_BREAKS = 10
"""How often in a row workers may end in the middle of their jobs without any result before a campaign gives up."""


Results = Generator[tuple[int, bytes], None, None]
"""Each job's place among those that were given with its result, as they end; closed early, those that have not begun are dropped."""


class WorkersLost(Exception):
    """The workers cannot be reached, cannot do their jobs, or end whatever they are given: one sentence with its cure."""


class Workers(Protocol):
    """Does encoded jobs. What it is given again after a worker was lost is done again, with the same result."""

    def results(self, jobs: Sequence[bytes]) -> Results:
        """Have the jobs done. Raises `WorkersLost`."""
        ...

    def close(self) -> None:
        """End what was begun; jobs that are being done are dropped."""
        ...


class ThisProcess:
    """Does one job after the other, here."""

    def results(self, jobs: Sequence[bytes]) -> Results:
        return ((at, carry_out(job)) for at, job in enumerate(jobs))

    def close(self) -> None:
        pass


class ProcessWorkers:
    """`count` processes of this machine. Where processes can be forked they begin with all that this one has read.

    A pool of which one process was killed is broken as a whole: what it had not done yet is given to a new one.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool: ProcessPoolExecutor | None = None

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that are running."""
        return tuple(self._pool._processes or ()) if self._pool is not None else ()

    def results(self, jobs: Sequence[bytes]) -> Results:
        left, breaks = dict(enumerate(jobs)), 0
        while left:
            before = len(left)
            futures: dict[Future[bytes], int] = {}
            try:
                for at, job in left.items():
                    futures[self._begun().submit(carry_out, job)] = at
                for future in as_completed(futures):
                    at = futures[future]
                    result = future.result()
                    del left[at]
                    yield at, result
            except BrokenProcessPool:
                breaks = breaks + 1 if len(left) == before else 0
                if breaks >= MOST_BREAKS:
                    raise WorkersLost(
                        f"{breaks} times in a row a worker process ended in the middle of its job: this machine may lack memory"
                    ) from None
                self.close()
            finally:
                for future in futures:
                    future.cancel()

    def close(self) -> None:
        if self._pool is not None:
            processes = list((self._pool._processes or {}).values())
            self._pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.terminate()
            for process in processes:
                process.join()
            self._pool = None

    def _begun(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
            self._pool = ProcessPoolExecutor(self._count, mp_context=context, initializer=_begin)
        return self._pool


def _begin() -> None:
    """A worker leaves Ctrl-C to the process that began it, whatever that one does with signals, and ends when that one does, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
