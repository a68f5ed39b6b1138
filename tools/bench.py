"""Measures terminal-sim: `python tools/bench.py [NAME...] [--quick]` prints name, figure, aim, and where the time goes.

Figures of one line were measured in turns, so ratios hold on a busy machine; a missed aim does not fail the run.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "drivers")]  # a clone measures itself, installed or not

from bench_api import api  # noqa: E402
from bench_campaign import campaigns  # noqa: E402
from bench_cda import combined_sales  # noqa: E402
from bench_completion import completions  # noqa: E402
from bench_explore import exploring  # noqa: E402
from bench_fleet import day, durable, fleet  # noqa: E402
from bench_floor import floors  # noqa: E402
from bench_flow import flow_events  # noqa: E402
from bench_growth import growth  # noqa: E402
from bench_host import hosts  # noqa: E402
from bench_journal import commits  # noqa: E402
from bench_line import codec, round_trips  # noqa: E402
from bench_oda import authentication  # noqa: E402
from bench_page import page  # noqa: E402
from bench_picture import pictures  # noqa: E402
from bench_pos import points_of_sale  # noqa: E402
from bench_reader import paced, pcscd  # noqa: E402
from bench_report import report  # noqa: E402
from bench_rig import PROBE, Figure, probe  # noqa: E402
from bench_sale import keys, sales  # noqa: E402
from bench_setup import setup  # noqa: E402
from bench_shell import shell  # noqa: E402
from bench_simulation import seeds  # noqa: E402
from bench_snapshot import snapshots  # noqa: E402
from bench_start import start  # noqa: E402
from bench_web import web  # noqa: E402

BENCHES: dict[str, Callable[[bool], list[Figure]]] = {
    "flow": flow_events,
    "sale": sales,
    "floor": floors,
    "host": hosts,
    "oda": authentication,
    "cda": combined_sales,
    "key": keys,
    "start": start,
    "setup": setup,
    "fleet": fleet,
    "day": day,
    "durable": durable,
    "journal": commits,
    "growth": growth,
    "line": round_trips,
    "codec": codec,
    "page": page,
    "paced": paced,
    "pcscd": pcscd,
    "picture": pictures,
    "completion": completions,
    "report": report,
    "shell": shell,
    "explore": exploring,
    "campaign": campaigns,
    "snapshot": snapshots,
    "seeds": seeds,
    "web": web,
    "api": api,
    "pos": points_of_sale,
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures terminal-sim.")
    parser.add_argument("name", nargs="*", help=f"what to measure, all by default: {', '.join(BENCHES)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller fleets")
    wanted = parser.parse_args()
    unknown = [name for name in wanted.name if name not in BENCHES]
    if unknown:
        parser.error(f"nothing is called {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    print(
        f"the probe loop takes {probe():.0f} us; it took {PROBE:.0f} us where the aims in seconds were set\n"
    )
    print(f"{'name':<46} {'figure':<34} {'aim':<20}".rstrip())
    began = time.monotonic()
    for name in wanted.name or BENCHES:
        for figure in BENCHES[name](wanted.quick):
            print("\n".join(figure.lines()), flush=True)
    print(f"measured in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
