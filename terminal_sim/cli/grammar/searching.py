"""Commands that look for faults by themselves, and say what was covered."""

from __future__ import annotations

import argparse

from terminal_sim.cli.grammar.words import (
    Commands,
    add_command,
    add_locale,
    add_options,
    add_scenarios,
    count,
    number,
    path,
)


def add_coverage(commands: Commands) -> None:
    coverage = add_command(
        commands,
        "coverage",
        "coverage",
        "what runs have covered of their terminals, of what the profiles allow",
    )
    coverage.add_argument(
        "files",
        type=path,
        nargs="+",
        metavar="FILE.cov",
        help="as run --coverage wrote them; several are added",
    )
    coverage.add_argument(
        "--profile", action="append", default=[], metavar="PROFILE",
        help="of these models alone; a .toml file says what there is to cover of a model of your own (repeatable)",
    )  # fmt: skip
    coverage.add_argument(
        "--variant", dest="variants", action="append", default=[], metavar="KEY=VALUE",
        help="count what a terminal with this option allows as there to be covered, too (repeatable)",
    )  # fmt: skip
    coverage.add_argument(
        "--missing", action="store_true", help="list what is missing, and how near one came"
    )
    coverage.add_argument("--since", type=path, metavar="OLD.cov", help="say what is covered no longer")
    coverage.add_argument(
        "--html", type=path, metavar="FILE.html", help="write a page with the chart of each flow"
    )
    coverage.add_argument(
        "--fail-under",
        type=float,
        metavar="N",
        help="exit 1 where fewer than N of a hundred moves of a model were made",
    )


def add_explore(commands: Commands) -> None:
    explore = add_command(
        commands, "explore", "explore", "act at a terminal, and keep a script of whatever it does wrong"
    )
    explore.add_argument("profile", metavar="PROFILE", help="a bundled name, or a .toml file")
    explore.add_argument(
        "--for",
        dest="span",
        default="60s",
        metavar="TIME",
        help="how long, of processor time; 60s by default",
    )
    explore.add_argument(
        "--acts", type=number, default=0, metavar="N",
        help="stop after N acts instead: the same seed gives the same findings in the same order",
    )  # fmt: skip
    explore.add_argument("--seed", type=int, default=1, metavar="N", help="of every choice; 1 by default")
    explore.add_argument(
        "-j", "--jobs", type=count, default=None, metavar="N",
        help="in N processes, 0 for one a core, which tell each other in rounds what they have learned; the findings are the same for each N",
    )  # fmt: skip
    _classes(explore, "all classes by default")
    explore.add_argument(
        "--out", type=path, default="findings", metavar="DIR", help="where scripts go; findings/ by default"
    )
    explore.add_argument(
        "--rules", type=path, metavar="FILE.keys", help="hold it to the `forbid screen` lines of this script as well"
    )  # fmt: skip
    explore.add_argument(
        "--coverage",
        type=path,
        metavar="FILE.cov",
        help="write what was covered, for `terminal-sim coverage`",
    )
    explore.add_argument(
        "--since", type=path, metavar="OLD.cov", help="say what is covered no longer, of what another exploration covered"
    )  # fmt: skip
    explore.add_argument(
        "--missing", action="store_true", help="list what was not covered, each with the nearest place that was reached"
    )  # fmt: skip
    explore.add_argument(
        "--html", type=path, metavar="FILE",
        help="a page of it all: findings as film strips, charts, coverage, faults at places, the archive",
    )  # fmt: skip
    add_locale(explore)
    add_options(explore)


def add_simulate(commands: Commands) -> None:
    simulate = add_command(
        commands,
        "simulate",
        "simulate",
        "let everything fail in whole shops made from seeds, and hold the books to account",
    )
    simulate.add_argument("--seed", type=int, default=0, metavar="N", help="the first seed; 0 by default")
    simulate.add_argument(
        "--seeds",
        type=number,
        default=1,
        metavar="N",
        help="so many seeds from there on; the story of one is told",
    )


def add_compare(commands: Commands) -> None:
    compare = add_command(
        commands,
        "compare",
        "compare",
        "run the corpus of an exploration on two firmwares, and show what differs",
    )
    places = "a wheel, the folder of a checkout, or self"
    compare.add_argument("old", metavar="OLD", help=f"a terminal-sim: {places}")
    compare.add_argument("new", metavar="NEW", help="another one")
    compare.add_argument(
        "--corpus", type=path, default="findings/corpus", metavar="DIR",
        help="scripts of acts, as explore leaves them; findings/corpus by default",
    )  # fmt: skip
    compare.add_argument(
        "--accept", type=path, metavar="FILE", help="differences that are wanted, one a block"
    )
    compare.add_argument(
        "--update",
        action="store_true",
        help="write the file of --accept anew: all that differs now is wanted",
    )
    compare.add_argument("--html", type=path, metavar="FILE", help="a page with both firmwares side by side")


def add_campaign(commands: Commands) -> None:
    campaign = add_command(
        commands,
        "campaign",
        "campaign",
        "explore terminals by a file, in many processes or on a cluster, and go on after a stop",
    )
    campaign.add_argument("file", type=path, metavar="FILE.toml", help="terminals, seed, number of sessions")
    where = campaign.add_mutually_exclusive_group()
    where.add_argument(
        "-j", "--jobs", type=count, default=0, metavar="N", help="in N processes; one a core by default"
    )
    where.add_argument(
        "--cluster", default="", metavar="ADDRESS",
        help="on the workers of this scheduler of Dask, such as tcp://127.0.0.1:8786; needs the extra cluster",
    )  # fmt: skip
    campaign.add_argument(
        "--resume", action="store_true", help="go on with what the folder of --out has of this campaign"
    )
    campaign.add_argument(
        "--firmware", default="", metavar="PLACE",
        help="explore this terminal-sim in the place of the file's: a wheel, the folder of a checkout, or self",
    )  # fmt: skip
    _classes(campaign, "those of the file by default")
    campaign.add_argument(
        "--out", type=path, default="findings", metavar="DIR",
        help="where the store and the scripts go; findings/ by default",
    )  # fmt: skip


def _classes(command: argparse.ArgumentParser, default: str) -> None:
    command.add_argument(
        "--oracles", action="append", default=[], metavar="I,C,R,M|FILE.py",
        help=f"classes of rules (invariants, charts, rules of the profile, relations between two sessions), or a file of rules of your own; {default}",
    )  # fmt: skip


def add_sweep(commands: Commands) -> None:
    sweep = add_command(
        commands,
        "sweep",
        "sweep",
        "make each fault once at each place of a scenario, and hold it to the rules",
    )
    add_scenarios(sweep)
    sweep.add_argument(
        "--at", choices=("step", "frame", "effect"),
        help="before each step, at each frame to the reader, or after each effect of the firmware; all three by default",
    )  # fmt: skip
    sweep.add_argument(
        "--faults", default="", metavar="WORDS",
        help="only faults whose line begins so, such as network,host answers; parted by commas",
    )  # fmt: skip
    sweep.add_argument(
        "--out", type=path, default="findings", metavar="DIR",
        help="where the script and the bundle of each finding go; findings/ by default",
    )  # fmt: skip
    sweep.add_argument("--html", type=path, metavar="FILE", help="the grid as a page")
