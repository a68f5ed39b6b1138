"""Workers on a cluster of Dask: as many processes on as many machines as its scheduler knows. It needs the extra `cluster`.

A job is bytes and so is its result. What a scheduler gives up, since its worker was lost too often, is given to it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from terminal_sim.errors import Unsafe
from terminal_sim.explore.campaigns.job import carry_out
from terminal_sim.explore.campaigns.workers import MOST_BREAKS, Results, WorkersLost
from terminal_sim.loopback import is_loopback

if TYPE_CHECKING:
    from distributed import Client

_PATIENCE = "10s"  # for the scheduler to answer at first
_RETRIES = 3


class ClusterWorkers:
    """The workers of the scheduler at `address`, such as tcp://127.0.0.1:8786.

    Raises `WorkersLost` where none answers, and `Unsafe` for one on another machine that is not reached by TLS.
    """

    def __init__(self, address: str) -> None:
        _check(address)
        self._address = address
        self._client = _client(address)

    def results(self, jobs: Sequence[bytes]) -> Results:
        from distributed import as_completed
        from distributed.scheduler import KilledWorker

        left, breaks = dict(enumerate(jobs)), 0
        while left:
            before = len(left)
            futures = self._client.map(carry_out, list(left.values()), pure=False, retries=_RETRIES)
            places = dict(zip((one.key for one in futures), list(left), strict=True))
            try:
                for future in as_completed(futures, loop=self._client.loop, raise_errors=False):
                    if future.status == "finished":
                        at = places[future.key]
                        result: bytes = future.result()
                        del left[at]
                        future.release()
                        yield at, result
                    elif future.status != "error":
                        raise WorkersLost(f"{self._address}: the scheduler of the cluster has gone")
                    elif not isinstance(failed := future.exception(), KilledWorker):
                        raise failed
            finally:
                self._client.cancel(futures)
            breaks = breaks + 1 if len(left) == before else 0
            if breaks >= MOST_BREAKS:
                raise WorkersLost(
                    f"{self._address}: {breaks} times in a row its workers ended in the middle of their jobs"
                )

    def close(self) -> None:
        """The cluster goes on without this campaign."""
        self._client.close()


def _client(address: str) -> Client:
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise WorkersLost(
            "a cluster needs Dask, which is not installed: pip install 'terminal-sim[cluster]'"
        ) from None
    try:
        return Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as wrong:
        raise WorkersLost(
            f"{address}: no scheduler of Dask answers there ({type(wrong).__name__}): begin one with dask scheduler --host 127.0.0.1"
        ) from None


def _check(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("tcp", "tls") or not parts.hostname or not _has_port(address):
        raise WorkersLost(f"{address!r} is no address of a scheduler: write tcp://127.0.0.1:8786")
    if parts.scheme == "tcp" and not is_loopback(parts.hostname):
        raise Unsafe(
            f"{address} leads off this machine in clear, and a worker does whatever it is sent: reach it by tls://, with certificates in Dask's configuration"
        )


def _has_port(address: str) -> bool:
    try:
        return urlsplit(address).port is not None
    except ValueError:
        return False
