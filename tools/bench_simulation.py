"""How many simulated shops a second: the seeds of `terminal-sim simulate`, with all that is checked in them."""

from __future__ import annotations

import time

from bench_rig import Figure

from terminal_sim.explore.simulation.simulation import simulate

AIM = 20  # seeds a second: 20,000 of them are a soak of a quarter of an hour


def seeds(quick: bool) -> list[Figure]:
    """Seeds a second of CPU time."""
    count = 20 if quick else 200
    simulate(0)  # reads profiles, cards and texts once
    began = time.process_time()
    payments = sum(simulate(seed).payments for seed in range(count))
    took = time.process_time() - began
    rate, note = count / took, f"{payments / count:.1f} payments a shop, {payments / took:.0f} payments/s"
    return [Figure("simulated shops", f"{rate:.0f} seeds/s", f">= {AIM}/s", rate >= AIM, (note,))]
