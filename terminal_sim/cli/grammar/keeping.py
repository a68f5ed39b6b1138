"""Commands about what earlier runs have kept: reports, checks, bundles, reasons."""

from __future__ import annotations

from terminal_sim.cli.grammar.words import (
    CommandParser,
    Commands,
    add_actions,
    add_bench,
    add_command,
    add_scenarios,
    event_number,
    path,
)


def add_report(commands: Commands) -> None:
    actions = add_actions(
        commands, "report", "reports from a kept journal: transactions, totals, batches, sales"
    )
    for name, about in (
        ("transactions", "the payment transactions report"),
        ("transaction", "everything that is known of one payment"),
        ("totals", "sums by type, card or day, and by currency"),
        ("batches", "the batches that were closed, and how far their settlement is"),
        ("sales", "the point of sale's own report, a line each sale"),
        ("payment-types", "sums by payment type of the point of sale"),
    ):
        report = add_command(actions, name, "report", about)
        report.add_argument(
            "--state", type=path, required=True, metavar="DIR", help="the folder given to run --state"
        )
        forms = ("table", "json") if name == "transaction" else ("table", "csv", "json")
        report.add_argument("--format", choices=forms, default="table", help="table by default")
        report.add_argument("--locale", default="en-CA", metavar="TAG", help="its language: en-CA by default")
        if name == "transaction":
            report.add_argument("reference", metavar="REFERENCE", help="as report transactions lists it")
        if name in ("transactions", "totals"):
            _selecting(report)
        if name == "batches":
            _of_terminal(report)
        if name == "totals":
            report.add_argument(
                "--by", choices=("type", "card", "day"), default="type", help="type by default"
            )


def _of_terminal(report: CommandParser) -> None:
    report.add_argument("--terminal", default="", metavar="NAME", help="of this terminal alone")


def _selecting(report: CommandParser) -> None:
    """Which lines of the payment transactions report are wanted."""
    _of_terminal(report)
    report.add_argument("--from", dest="since", default="", metavar="DATE", help="from this day or moment on")
    report.add_argument(
        "--to", dest="until", default="", metavar="DATE", help="up to this day or moment, itself included"
    )
    report.add_argument("--type", default="", metavar="TYPE", help="sale, refund, void or reversal")
    report.add_argument(
        "--status", default="", metavar="STATUS", help="completed, declined, voided, pending, ..."
    )
    report.add_argument("--last4", default="", metavar="DIGITS", help="of cards that end so")
    report.add_argument(
        "--origin", default="", metavar="WHO", help="till: a point of sale asked; or standalone"
    )


def add_verify(commands: Commands) -> None:
    verify = add_command(commands, "verify", "verify", "check state folders, and change nothing in them")
    verify.add_argument(
        "states", nargs="+", type=path, metavar="DIR", help="a folder given to run --state; each is checked"
    )
    verify.add_argument(
        "--host", type=path, metavar="DIR",
        help="the folder given to host serve --state, where the terminals had their host on a network",
    )  # fmt: skip


def add_bundle(commands: Commands) -> None:
    bundle = add_command(commands, "bundle", "bundle", "keep the run of one scenario in a file, for replay")
    add_scenarios(bundle)
    add_bench(bundle)
    bundle.add_argument(
        "--to", type=path, required=True, metavar="NAME.tsim", help="the file, for its owner only"
    )


def add_replay(commands: Commands) -> None:
    replay = add_command(
        commands,
        "replay",
        "replay",
        "do the run of a bundle again: the same, byte for byte, or where it differs",
    )
    replay.add_argument("file", type=path, metavar="FILE.tsim", help="as bundle or run --bundles wrote it")
    replay.add_argument(
        "--to",
        type=event_number,
        metavar="N",
        help="stop when event N has happened, and open the shell there",
    )
    replay.add_argument(
        "--step", action="store_true", help="show each act, with what the terminal shows after it"
    )
    replay.add_argument(
        "--firmware", default="", metavar="PLACE",
        help="do it on another terminal-sim, in a process of its own: a wheel, the folder of a checkout, or self",
    )  # fmt: skip


def add_why(commands: Commands) -> None:
    why = add_command(commands, "why", "why", "why the card payments of a state folder ended as they did")
    why.add_argument("state", type=path, metavar="STATE", help="the folder given to run --state")
    why.add_argument(
        "payment",
        nargs="?",
        default="",
        metavar="PAYMENT",
        help="a reference, of a refused card as V4000001-R1; without it the newest",
    )
