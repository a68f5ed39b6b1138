"""What the explorer does in a time: acts a second with and without the rules that judge them, and how much of the moves it has made after 1, 10 and 60 s, with the places that it came to."""

from __future__ import annotations

import time
from collections.abc import Sequence

from bench_rig import Figure
from bench_sale import PROFILE

from terminal_sim.explore.search.exploration import exploration
from terminal_sim.oracles.catalogue import ORACLES
from terminal_sim.oracles.oracle import Oracle

AIM = 3_000  # acts a second
MADE = 95  # moves of a hundred, after the last moment
_SPAN = 10.0
_MOMENTS = (1.0, 10.0, 60.0)


def exploring(quick: bool) -> list[Figure]:
    """Figures of processor time."""
    rates = {
        name: _rate(oracles, 2.0 if quick else _SPAN)
        for name, oracles in (("with", ORACLES), ("without", ()))
    }
    figures = [
        Figure(f"explorer, acts a second {name} rules", f"{rate:,.0f}", f">= {AIM:,}", rate >= AIM)
        for name, rate in rates.items()
    ]
    curve = _curve(_MOMENTS[:1] if quick else _MOMENTS)
    said = ", ".join(f"{made:.0f} % ({places} places) after {at:g} s" for at, places, made in curve)
    name, last = f"explorer, moves of {PROFILE} and its variants", curve[-1][2]
    moves = Figure(name, said) if quick else Figure(name, said, f">= {MADE} %", last >= MADE)
    return [*figures, moves]


def _rate(oracles: Sequence[Oracle], span: float) -> float:
    found = exploration(PROFILE, {}, oracles, 1)
    began = time.process_time()
    for _ in found.run(lambda _: time.process_time() - began < span):
        pass
    return found.acts / (time.process_time() - began)


def _curve(moments: Sequence[float]) -> list[tuple[float, int, float]]:
    """After each moment the places and, of a hundred, the moves."""
    found = exploration(PROFILE, {}, ORACLES, 1)
    began = time.process_time()
    curve: list[tuple[float, int, float]] = []
    ahead = [*moments]

    def goes_on(_: object) -> bool:
        if ahead and time.process_time() - began >= ahead[0]:
            curve.append((ahead.pop(0), found.places, found.summary.percent))
        return bool(ahead)

    for _ in found.run(goes_on):
        pass
    return curve
