"""The run of a bundle, at each of its events: the bench as it was after event N.

The run is done once, and its moments are kept, each some events after the one before. Going to an event is going back to the last moment before it,
and the few acts from there on: what it costs does not grow with the length of the run. What can be done at a bench that stands there (the shell's
lines, a page's hands) begins a branch of the run; `Bench.branch` makes further ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self

from terminal_sim.bench import BenchMisuse
from terminal_sim.explore.bundle import Bundle, BundleError
from terminal_sim.explore.replay import Replay, ReplayMoment

EVERY = 32  # events between two kept moments


class Timeline:
    """`environ` gives the secrets of the bundle. Raises `BundleError` for a bundle that is not replayed, or whose replay is another.

    It has a bench of its own until it is closed.
    """

    def __init__(self, bundle: Bundle, environ: Mapping[str, str]) -> None:
        self._bundle = bundle
        self._environ = environ
        self._replay = Replay(bundle, environ)
        self._moments: list[ReplayMoment] = []
        try:
            self._keep_moments()
        except BaseException:
            self._replay.close()
            raise

    def _keep_moments(self) -> None:
        replay, moments = self._replay, self._moments
        if not self._bundle.recording:  # a recording goes forward alone
            moments.append(replay.moment())
        for _ in replay.acts():
            if moments and replay.event >= moments[-1].event + EVERY:
                with suppress(BenchMisuse):  # an earlier moment serves
                    moments.append(replay.moment())
        if replay.difference is not None:
            raise BundleError(f"the replay of this bundle is another from event {replay.difference.event} on")

    def look(self, event: int) -> Replay:
        """The replay where `event`, from 1 to the last, has happened and all that follows from it at once, to be looked at until the next call.

        Raises `BundleError` for an event that the run has not.
        """
        if not self._moments:
            self._replay.close()
            self._replay = Replay(self._bundle, self._environ)
        return self._led(self._replay, event)

    def at(self, event: int) -> Replay:
        """As `look`, but a replay that goes on by itself, and that its caller closes."""
        replay = Replay(self._bundle, self._environ)
        try:
            return self._led(replay, event)
        except BaseException:
            replay.close()
            raise

    def _led(self, replay: Replay, event: int) -> Replay:
        if not 1 <= event <= self._bundle.last_event:
            raise BundleError(f"this run has the events 1 to {self._bundle.last_event}, and not {event}")
        if self._moments:
            before = bisect_left(self._moments, event, key=lambda moment: moment.event)
            replay.go_back(self._moments[max(before - 1, 0)])
        for _ in replay.acts(event):
            pass
        return replay

    def close(self) -> None:
        """Close the bench that it looks with."""
        self._replay.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
