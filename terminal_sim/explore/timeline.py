"""The run of a bundle, at each of its events: the bench as it was after event N.

The run is done once, and its moments are kept, each some events after the one before. Going to an event is a bench of the last moment before it, and
the few acts from there on: what it costs does not grow with the length of the run. What can be done at a bench that stands there (the shell's lines,
a page's hands) begins a branch of the run; `Bench.branch` makes further ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from terminal_sim.bench import BenchMisuse
from terminal_sim.explore.bundle import Bundle, BundleError
from terminal_sim.explore.replay import Replay, ReplayMoment

EVERY = 64  # events between two kept moments


class Timeline:
    """`environ` gives the secrets of the bundle. Raises `BundleError` for a bundle that is not replayed, or whose replay is another."""

    def __init__(self, bundle: Bundle, environ: Mapping[str, str]) -> None:
        self._bundle = bundle
        self._environ = environ
        self._moments: list[ReplayMoment] = []
        with Replay(bundle, environ, frames=False) as replay:
            for _ in replay.acts():
                last = self._moments[-1].trace.number if self._moments else 0
                if replay.event >= last + EVERY:
                    with suppress(BenchMisuse):  # an earlier moment serves
                        self._moments.append(replay.moment())
            if replay.difference is not None:
                raise BundleError(
                    f"the replay of this bundle is another from event {replay.difference.event} on"
                )

    def at(self, event: int) -> Replay:
        """A replay that stands where `event`, from 1 to the last, has happened and all that follows from it at once; the caller closes it.

        Raises `BundleError` for an event that the run has not.
        """
        if not 1 <= event <= self._bundle.last_event:
            raise BundleError(f"this run has the events 1 to {self._bundle.last_event}, and not {event}")
        since = next((one for one in reversed(self._moments) if one.trace.number < event), None)
        replay = Replay(self._bundle, self._environ, frames=False, since=since)
        for _ in replay.acts(event):
            pass
        return replay
