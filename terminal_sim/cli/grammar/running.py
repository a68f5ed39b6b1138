"""Commands that run scripts, and those by which a person drives a terminal."""

from __future__ import annotations

from terminal_sim.cli.grammar.words import (
    Commands,
    add_bench,
    add_command,
    add_files,
    add_locale,
    add_network_host,
    add_options,
    add_printer,
    add_scenarios,
    count,
    path,
)


def add_run(commands: Commands) -> None:
    run = add_command(commands, "run", "run", "run .keys scripts and say what did not hold")
    add_scenarios(run)
    add_bench(run)
    run.add_argument(
        "--trace",
        type=path,
        metavar="FILE.jsonl",
        help="write everything that happens, one JSON object a line",
    )
    run.add_argument(
        "--oracles", action="append", default=[], metavar="FILE.py",
        help="a file of rules of your own, which `watch` and `verify` know besides those of `help oracles`",
    )  # fmt: skip
    add_network_host(run)
    run.add_argument("--state", type=path, metavar="DIR", help="keep the journal in this folder")
    run.add_argument(
        "--coverage", type=path, metavar="FILE.cov",
        help="write what was covered of the terminals: states, moves, guards, screens, wordings, messages, faults",
    )  # fmt: skip
    run.add_argument(
        "--record", type=path, metavar="FOLDER",
        help="record all readers, a new file for each scenario; --reader recording:FOLDER replays them",
    )  # fmt: skip
    run.add_argument(
        "--update-pictures",
        action="store_true",
        help="store the pictures that screenshot takes, in pictures/ beside each script",
    )
    run.add_argument(
        "--pictures-dir", type=path, metavar="DIR",
        help="where stored pictures stand instead, in folders as those of the scripts below the current one",
    )  # fmt: skip
    run.add_argument(
        "--out", type=path, default="out", metavar="DIR",
        help="where the pictures of failures go; out/ by default",
    )  # fmt: skip
    run.add_argument(
        "--receipts", type=path, metavar="DIR",
        help="keep every receipt as text, as a picture, and as a page in its real size (SVG in millimetres)",
    )  # fmt: skip
    add_printer(run)
    run.add_argument(
        "-j", "--jobs", type=count, default=1, metavar="N",
        help="run in N processes, 0 for one a core; the output stays in order",
    )  # fmt: skip
    run.add_argument(
        "--report", type=path, metavar="DIR",
        help="write DIR/index.html: every step with its screen and what happened, on one page that opens from the disk",
    )  # fmt: skip
    run.add_argument(
        "--bundles",
        type=path,
        metavar="DIR",
        help="keep each scenario that fails in a file for `terminal-sim replay`",
    )
    run.add_argument(
        "--grid", type=path, metavar="FILE",
        help="draw the screens of each step beside each other, a column for each terminal: .html, .svg or .png",
    )  # fmt: skip
    run.add_argument(
        "--format", choices=("text", "tap", "json"), default="text",
        help="how results are printed: for people by default; TAP; or JSON, one object a line for each scenario",
    )  # fmt: skip
    run.add_argument(
        "--github", action="store_true",
        help="print failures as annotations of GitHub Actions, too; there it is so by itself",
    )  # fmt: skip
    run.add_argument("--junit", type=path, metavar="FILE.xml", help="write the results as JUnit XML")
    run.add_argument(
        "--retry", type=count, default=0, metavar="N",
        help="run a scenario that fails up to N times more; one that then holds is told as flaky, which is no success",
    )  # fmt: skip
    run.add_argument(
        "-x", "--stop-at-first", action="store_true", help="run nothing more after the first failure"
    )
    run.add_argument("--list", action="store_true", help="print what would run, and run nothing")
    run.add_argument("-q", "--quiet", action="store_true", help="print failures and the summary only")


def add_check(commands: Commands) -> None:
    add_files(
        add_command(commands, "check", "check", "find what is wrong in .keys scripts without running them")
    )


def add_fmt(commands: Commands) -> None:
    fmt = add_command(commands, "fmt", "fmt", "lay .keys scripts out in one way, with the same meaning")
    fmt.add_argument(
        "files",
        nargs="+",
        type=path,
        metavar="FILE",
        help=".keys files, folders of them, or - for the standard input",
    )
    how = fmt.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="write nothing; say which are not formatted")
    how.add_argument("--diff", action="store_true", help="write nothing; show what would change")


def add_shell(commands: Commands) -> None:
    shell = add_command(commands, "shell", "shell", "type script lines at a terminal and see its screen")
    shell.add_argument("profile", metavar="PROFILE", help="a bundled name, or a .toml file")
    add_locale(shell)
    add_options(shell)
    add_bench(shell)
    shell.add_argument("--state", type=path, metavar="DIR", help="keep the journal in this folder")
    add_printer(shell)
    shell.add_argument(
        "--cards", type=path, action="append", default=[], metavar="DIR",
        help="a folder of further cards (repeatable)",
    )  # fmt: skip
    shell.add_argument(
        "--trace", type=path, metavar="FILE.jsonl",
        help="write everything that happens, one JSON object a line",
    )  # fmt: skip
    shell.add_argument(
        "--record", type=path, metavar="FILE.pcapng",
        help="record the readers into a new file; --reader recording:FILE replays it",
    )  # fmt: skip
    shell.add_argument(
        "--plain", action="store_true",
        help="read line by line and draw nothing in place; so it is with TERM=dumb, NO_COLOR, a pipe or a slow ssh",
    )  # fmt: skip


def add_record(commands: Commands) -> None:
    record = add_command(
        commands, "record", "record", "type script lines at a terminal, and have a script of what was done"
    )
    record.add_argument("profile", metavar="PROFILE", help="a bundled name, or a .toml file")
    record.add_argument(
        "--to", type=path, required=True, metavar="FILE", help="the script, FILE.keys, or a Python test, FILE.py"
    )  # fmt: skip
    record.add_argument(
        "--as", dest="form", choices=("keys", "pytest"), default="", help="as the name of the file ends by default"
    )  # fmt: skip
    record.add_argument("--force", action="store_true", help="overwrite a file that is there")
    add_locale(record)
    add_options(record)
    add_bench(record)
    record.add_argument(
        "--cards", type=path, action="append", default=[], metavar="DIR", help="a folder of further cards"
    )
    record.add_argument(
        "--expect", action="append", default=[], metavar="WORD,...",
        help="expect these beside the screens: host, receipt, journal, light, beep",
    )  # fmt: skip
    record.add_argument(
        "--by", choices=("id", "text"), default="id",
        help="name screens and what is touched by their ids, or by what is read there; id by default",
    )  # fmt: skip
    record.add_argument("--plain", action="store_true", help="read line by line, as shell --plain does")
    record.set_defaults(state=None)


def add_demo(commands: Commands) -> None:
    demo = add_command(
        commands, "demo", "demo", "a tour: the bundled demonstrations, with screens and receipts"
    )
    demo.add_argument("names", nargs="*", metavar="NAME", help="of these demonstrations (all by default)")
    add_locale(demo)
