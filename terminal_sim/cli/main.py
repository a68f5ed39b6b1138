"""The command `terminal-sim`: the grammar of its command line, and the module that carries out each command.

Rules:
1. Nothing heavy is imported here: `--help` and `--version` answer at once, and a command is imported when it is chosen.
2. An error of the user is one line on the error output; only a fault of the simulator shows a traceback.
3. Exit codes are those of the script language, which `script.exit_code` lists.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from terminal_sim import __version__
from terminal_sim.cli import UserError
from terminal_sim.datafiles.printable import printable
from terminal_sim.script.exit_code import ExitCode

TYPE_CHECKING = False  # as typing has it, whose import costs as much as everything else here
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any, NoReturn, TypeAlias

    _Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"


class _Parser(argparse.ArgumentParser):
    """One line for a wrong command line, with the way to the help. Options are written out: a new one breaks no script."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        self.exit(ExitCode.WRONG, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line and return its exit code."""
    _open_what_is_closed()
    given = parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Screens have characters that the output may have none for: a question mark keeps their shape.
        sys.stdout.reconfigure(errors="replace")
    try:
        code: int = import_module(f"terminal_sim.cli.{given.module}").run(given)
        sys.stdout.flush()
    except UserError as error:
        print(f"terminal-sim: {printable(str(error))}", file=sys.stderr)
        return error.code
    except BrokenPipeError:
        # The reader of the output has ended, `head` for one; Python would write an error once more at its exit.
        _drop_output()
        return 0
    except OSError as error:
        # A command handles errors of the files that it was given; what remains is the output, or a disk that is full.
        print(
            f"terminal-sim: {error.filename or 'the output or a file'}: {error.strerror or error}",
            file=sys.stderr,
        )
        _drop_output()
        return ExitCode.WRONG
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception:  # noqa: BLE001 - the outermost frame: every fault is reported here
        import traceback

        traceback.print_exc()
        print(
            "terminal-sim: this is a fault of the simulator and not yours; please report it", file=sys.stderr
        )
        return ExitCode.BROKEN
    return code


def _open_what_is_closed() -> None:
    """Opens a standard stream that the caller closed (`<&-`) on the null device, since Python leaves it None."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for as long as we run


def _drop_output() -> None:
    """What is still buffered goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(
        prog="terminal-sim", description="A simulator of payment-terminal firmware, with its devices."
    )
    top.add_argument("--version", action="version", version=f"terminal-sim {__version__}")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="command")
    for add in (
        _run,
        _bundle,
        _replay,
        _coverage,
        _explore,
        _simulate,
        _compare,
        _campaign,
        _sweep,
        _check,
        _fmt,
        _profiles,
        _cards,
        _readers,
        _report,
        _keys,
        _emv,
        _why,
        _verify,
        _shell,
        _record,
        _serve,
        _pos_certificate,
        _host,
        _help,
        _lsp,
        _completion,
        _demo,
        _doctor,
    ):
        add(commands)
    return top


def _run(commands: _Commands) -> None:
    run = _command(commands, "run", "run", "run .keys scripts and say what did not hold")
    _scenarios(run)
    _bench(run)
    run.add_argument(
        "--trace",
        type=_path,
        metavar="FILE.jsonl",
        help="write everything that happens, one JSON object a line",
    )
    run.add_argument(
        "--oracles", action="append", default=[], metavar="FILE.py",
        help="a file of rules of your own, which `watch` and `verify` know besides those of `help oracles`",
    )  # fmt: skip
    _network_host(run)
    run.add_argument("--state", type=_path, metavar="DIR", help="keep the journal in this folder")
    run.add_argument(
        "--coverage", type=_path, metavar="FILE.cov",
        help="write what was covered of the terminals: states, moves, guards, screens, wordings, messages, faults",
    )  # fmt: skip
    run.add_argument(
        "--record", type=_path, metavar="FOLDER",
        help="record all readers, a new file for each scenario; --reader recording:FOLDER replays them",
    )  # fmt: skip
    run.add_argument(
        "--update-pictures",
        action="store_true",
        help="store the pictures that screenshot takes, in pictures/ beside each script",
    )
    run.add_argument(
        "--pictures-dir", type=_path, metavar="DIR",
        help="where stored pictures stand instead, in folders as those of the scripts below the current one",
    )  # fmt: skip
    run.add_argument(
        "--out", type=_path, default="out", metavar="DIR",
        help="where the pictures of failures go; out/ by default",
    )  # fmt: skip
    run.add_argument(
        "--receipts", type=_path, metavar="DIR",
        help="keep every receipt as text, as a picture, and as a page in its real size (SVG in millimetres)",
    )  # fmt: skip
    _printer(run)
    run.add_argument(
        "-j", "--jobs", type=_count, default=1, metavar="N",
        help="run in N processes, 0 for one a core; the output stays in order",
    )  # fmt: skip
    run.add_argument(
        "--report", type=_path, metavar="DIR",
        help="write DIR/index.html: every step with its screen and what happened, on one page that opens from the disk",
    )  # fmt: skip
    run.add_argument(
        "--bundles",
        type=_path,
        metavar="DIR",
        help="keep each scenario that fails in a file for `terminal-sim replay`",
    )
    run.add_argument(
        "--grid", type=_path, metavar="FILE",
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
    run.add_argument("--junit", type=_path, metavar="FILE.xml", help="write the results as JUnit XML")
    run.add_argument(
        "--retry", type=_count, default=0, metavar="N",
        help="run a scenario that fails up to N times more; one that then holds is told as flaky, which is no success",
    )  # fmt: skip
    run.add_argument(
        "-x", "--stop-at-first", action="store_true", help="run nothing more after the first failure"
    )
    run.add_argument("--list", action="store_true", help="print what would run, and run nothing")
    run.add_argument("-q", "--quiet", action="store_true", help="print failures and the summary only")


def _check(commands: _Commands) -> None:
    _files(_command(commands, "check", "check", "find what is wrong in .keys scripts without running them"))


def _fmt(commands: _Commands) -> None:
    fmt = _command(commands, "fmt", "fmt", "lay .keys scripts out in one way, with the same meaning")
    fmt.add_argument(
        "files",
        nargs="+",
        type=_path,
        metavar="FILE",
        help=".keys files, folders of them, or - for the standard input",
    )
    how = fmt.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="write nothing; say which are not formatted")
    how.add_argument("--diff", action="store_true", help="write nothing; show what would change")


def _profiles(commands: _Commands) -> None:
    actions = _actions(commands, "profiles", "terminal profiles: list, show, options, check, schema, draw")
    _command(actions, "list", "profiles", "the bundled profiles")
    show = _command(actions, "show", "profiles", "a profile with every default written out, as TOML")
    show.add_argument("profile", metavar="PROFILE", help="a bundled name, or a .toml file")
    show.add_argument(
        "--kernel", action="store_true", help="its kernel file instead: applications, limits, action codes"
    )
    options = _command(actions, "options", "profiles", "the options of a profile, with value and meaning")
    options.add_argument("profile", metavar="PROFILE", help="a bundled name, or a .toml file")
    _options(options)
    check = _command(actions, "check", "profiles", "find what is wrong in profiles")
    check.add_argument(
        "profiles",
        nargs="*",
        metavar="PROFILE",
        help="bundled names and .toml files (all bundled ones by default)",
    )
    schema = _command(actions, "schema", "profiles", "the JSON Schema of profiles, for editors")
    schema.add_argument("--kernel", action="store_true", help="that of kernel files instead")
    draw = _command(actions, "draw", "profiles", "state charts of flows")
    draw.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="flows, or profiles for all flows of these terminals (all by default)",
    )
    draw.add_argument(
        "--format", choices=("mermaid", "svg", "png"), default="mermaid", help="mermaid by default"
    )
    draw.add_argument("--to", type=_path, metavar="DIR", help="write a file for each flow")


def _cards(commands: _Commands) -> None:
    actions = _actions(commands, "cards", "virtual cards: list, show, matrix; real ones: read, record")
    listed = _command(
        actions, "list", "cards", "the bundled cards, what each is for, and how a sale with it ends"
    )
    listed.add_argument("--language", choices=("en", "fr"), default="en", help="English by default")
    table = _command(
        actions, "matrix", "cards", "sales with cards, terminals, languages and answers as a grid"
    )
    for option, metavar, meaning in (
        ("--card", "CARD", "a card (repeatable; all by default)"),
        ("--way", "WAY", "chip, contactless or stripe (repeatable; all by default)"),
        ("--profile", "PROFILE", "a terminal (repeatable; v400m by default)"),
        ("--locale", "TAG", "a language, such as fr-CA (repeatable; en-CA by default)"),
        ("--answer", "ANSWER", "a column with this answer of the host, such as declined:51 (repeatable)"),
    ):
        ways = ("chip", "contactless", "stripe") if option == "--way" else None
        table.add_argument(option, action="append", default=[], metavar=metavar, choices=ways, help=meaning)
    table.add_argument(
        "--kernel",
        default="",
        metavar="NAME",
        help="the kernel file of the acquirer, such as offline-capable",
    )
    table.add_argument("--offline", action="store_true", help="a column without a network")
    show = _command(actions, "show", "cards", "one card, with its numbers masked")
    show.add_argument("card", metavar="CARD")
    read = _command(actions, "read", "read_card", "what the card in a reader states, with its numbers masked")
    _format(read)
    record = _command(
        actions,
        "record",
        "read_card",
        "a card file in the likeness of the card in a reader, with a test number",
    )
    record.add_argument("--to", type=_path, required=True, metavar="FILE.toml", help="a new file")
    for one in (read, record):
        one.add_argument("address", metavar="ADDRESS", help="such as ccid+serial:///dev/ttyUSB0")
        one.add_argument(
            "--card", default="", metavar="NAME", help="put this card into a virtual reader first"
        )
        one.add_argument(
            "--profile", default="v400m", metavar="NAME", help="the terminal whose kernel file counts (v400m)"
        )
        one.add_argument(
            "--ca-keys", type=_path, metavar="FILE", help="keys of the schemes instead of the kernel file's"
        )


def _readers(commands: _Commands) -> None:
    actions = _actions(
        commands, "readers", "card readers, real and virtual: list, probe, capture, conform, serve"
    )
    listed = _command(actions, "list", "readers", "what is plugged in, and what is virtual")
    probe = _command(actions, "probe", "readers", "open a reader and show what answers")
    probe.add_argument("address", metavar="ADDRESS", help="such as ccid+serial:///dev/ttyUSB0")
    capture = _command(actions, "capture", "readers", "read a card and write every frame to a pcapng file")
    capture.add_argument("address", metavar="ADDRESS", help="such as ccid+serial:///dev/ttyUSB0")
    capture.add_argument(
        "--to", type=_path, required=True, metavar="FILE", help="a new file, for its owner only"
    )
    capture.add_argument(
        "--apdu", action="append", default=[], metavar="HEX", help="send this to the card (repeatable)"
    )
    conform = _command(actions, "conform", "readers", "test a reader against its protocol, clause by clause")
    conform.add_argument("address", metavar="ADDRESS", help="ccid+virtual:, ccid+serial:///dev/ttyUSB0, ...")
    conform.add_argument(
        "--card", default="", metavar="NAME", help="put this card into a virtual reader first"
    )
    conform.add_argument("--frames", action="store_true", help="show the frames of every clause")
    for one in (listed, probe, conform):
        _format(one)
    serve = _command(actions, "serve", "serve_reader", "a virtual reader for other software, pcscd for one")
    serve.add_argument(
        "address",
        metavar="ADDRESS",
        help="such as ccid+pty:[LINK] or ccid+usbip:[PORT]; a wrong one is answered by all that there are",
    )
    serve.add_argument("--card", default="", metavar="NAME", help="begin with this card in the reader")
    serve.add_argument("--link", type=_path, metavar="PATH", help="a symbolic link to the pseudo-terminal")
    _pool(actions)


def _pool(actions: _Commands) -> None:
    pool = _command(
        actions, "pool", "readers", "many virtual readers in one process, leased one by one, until Ctrl-C"
    )
    pool.add_argument(
        "readers", nargs="+", metavar="[NAME=]ADDRESS", help="such as left=ccid+pty: right=vivotech+pty:"
    )
    pool.add_argument(
        "--at", type=_path, required=True, metavar="SOCKET", help="the socket of the pool, a new file"
    )
    pool.add_argument(
        "--format", choices=("text", "json", "env", "labgrid"), default="text",
        help="how the readers are told: text by default; env is a line for the shell's eval, labgrid an environment file",
    )  # fmt: skip
    lease = _command(
        actions, "lease", "readers", "list a pool, or run a command while it has a reader of the pool"
    )
    lease.add_argument("--at", type=_path, required=True, metavar="SOCKET", help="as pool --at has it")
    lease.add_argument("--name", default="", metavar="NAME", help="this reader; any that is free by default")
    lease.add_argument("--card", default="", metavar="NAME", help="put this card into it first")
    lease.add_argument(
        "--format", choices=("text", "json", "labgrid"), default="text",
        help="how the pool is listed: text by default; labgrid is an environment file",
    )  # fmt: skip
    for one in (pool, lease):
        one.add_argument(
            "--profile", default="v400m", metavar="PROFILE",
            help="the terminal at each reader in an environment file of labgrid; v400m by default",
        )  # fmt: skip
    lease.add_argument(
        "words", nargs="*", metavar="COMMAND",
        help="behind --: it finds TERMINAL_SIM_READER, TERMINAL_SIM_READER_NAME and TERMINAL_SIM_READER_PATH in its environment",
    )  # fmt: skip


def _network_host(command: _Parser) -> None:
    command.add_argument(
        "--host", default="", metavar="ADDRESS",
        help="a host on a network in the place of the virtual acquirer: iso8583://127.0.0.1:8583 or tls+iso8583://...?ca=FILE",
    )  # fmt: skip
    command.add_argument(
        "--first-terminal", type=_terminal_number, default=1, metavar="N",
        help="the number of the first terminal, so that several runs with one host have terminals of their own; 1 by default",
    )  # fmt: skip


def _serve(commands: _Commands) -> None:
    serve = _command(
        commands, "serve", "serve", "a bench with its page and API on this machine, until Ctrl-C"
    )
    serve.add_argument(
        "profiles", nargs="*", metavar="PROFILE", help="terminals on the bench; v400m where none is named"
    )
    serve.add_argument("--port", type=_port, default=0, metavar="N", help="a free one by default")
    serve.add_argument(
        "--address", default="127.0.0.1", metavar="ADDRESS",
        help="another address of this machine than 127.0.0.1; one that other machines reach needs TLS",
    )  # fmt: skip
    serve.add_argument(
        "--certificate", type=_path, metavar="FILE.pem", help="serve by TLS with this certificate"
    )
    serve.add_argument("--key", type=_path, metavar="FILE.pem", help="the private key of the certificate")
    serve.add_argument("--seed", type=int, default=0, metavar="N", help="of everything random; 0 by default")
    serve.add_argument("--clock", metavar="MOMENT", help="the date and time that the bench begins with")
    serve.add_argument("--pack", metavar="NAME", help="the acquirer's amount pack that is in force")
    serve.add_argument("--state", type=_path, metavar="DIR", help="keep the journal in this folder")
    _network_host(serve)
    serve.add_argument(
        "--pos", type=_pos, action="append", default=[], metavar="adyen:PORT|adyen-cloud:PORT|square:PORT",
        help="serve the terminals' interface for points of sale, from this port on (0: free ones), or the vendor's platform; time runs by the wall then",
    )  # fmt: skip
    serve.add_argument(
        "--pos-in-clear", action="store_true", help="no shared keys: points of sale speak in clear"
    )
    serve.add_argument(
        "--pos-events",
        default="",
        metavar="URL",
        help="tell this address of this machine what happens to terminals",
    )
    serve.add_argument(
        "--pos-displays",
        default="",
        metavar="URL",
        help="tell this address how far the dialogues of points of sale have come",
    )
    _printer(serve)
    serve.add_argument(
        "--run-clock", action="store_true", help="let virtual time run by the wall from the start"
    )
    serve.add_argument(
        "--no-page",
        action="store_true",
        help="no bench page: what --pos serves, and the API that `send` needs",
    )
    serve.add_argument("--json", action="store_true", help="print one line with all that a program needs")
    send = _command(commands, "send", "send", "lines of the script language at the bench that is served")
    send.add_argument("lines", nargs="+", metavar="LINE", help='such as "press OK 1250 OK"')
    send.add_argument(
        "--terminal", default="", metavar="NAME", help="such as v400m-1; the first one by default"
    )


def _pos_certificate(commands: _Commands) -> None:
    actions = _actions(
        commands, "pos", "what points of sale need to speak to the terminals of a state folder"
    )
    certificate = _command(
        actions,
        "certificate",
        "pos_certificate",
        "the certificate authority that they trust, made where there is none",
    )
    certificate.add_argument("state", type=_path, metavar="STATE", help="a folder as `serve --state` has it")
    _format(certificate)


def _host(commands: _Commands) -> None:
    actions = _actions(commands, "host", "the virtual acquirer by itself: serve")
    serve = _command(
        actions, "serve", "host", "serve the acquirer to terminals of other processes, until quit or Ctrl-C"
    )
    serve.add_argument(
        "address", nargs="?", default="iso8583://127.0.0.1:8583", metavar="ADDRESS",
        help="iso8583://127.0.0.1:8583 by default; port 0 is a free one; tls+iso8583://...?certificate=FILE&key=FILE",
    )  # fmt: skip
    serve.add_argument(
        "--host", default="test-acquirer", metavar="NAME", help="a bundled host, or a .toml file"
    )
    serve.add_argument("--pack", metavar="NAME", help="the amount pack that is in force")
    serve.add_argument("--state", type=_path, metavar="DIR", help="keep its books in this folder")
    serve.add_argument(
        "--cards", type=_path, action="append", default=[], metavar="DIR",
        help="open accounts for the cards of this folder, too (repeatable)",
    )  # fmt: skip
    serve.add_argument(
        "--log", type=_path, metavar="FILE.jsonl", help="write its messages there, not to the output"
    )
    serve.add_argument("--json", action="store_true", help="print where it is as one line of JSON")


def _doctor(commands: _Commands) -> None:
    doctor = _command(commands, "doctor", "doctor", "what this machine lacks for readers, each with its cure")
    doctor.add_argument(
        "state", nargs="?", type=_path, metavar="STATE",
        help="a state folder, whose certificates for points of sale are looked at as well",
    )  # fmt: skip
    _format(doctor)


def _report(commands: _Commands) -> None:
    actions = _actions(
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
        report = _command(actions, name, "report", about)
        report.add_argument(
            "--state", type=_path, required=True, metavar="DIR", help="the folder given to run --state"
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


def _bundle(commands: _Commands) -> None:
    bundle = _command(commands, "bundle", "bundle", "keep the run of one scenario in a file, for replay")
    _scenarios(bundle)
    _bench(bundle)
    bundle.add_argument(
        "--to", type=_path, required=True, metavar="NAME.tsim", help="the file, for its owner only"
    )


def _replay(commands: _Commands) -> None:
    replay = _command(
        commands,
        "replay",
        "replay",
        "do the run of a bundle again: the same, byte for byte, or where it differs",
    )
    replay.add_argument("file", type=_path, metavar="FILE.tsim", help="as bundle or run --bundles wrote it")
    replay.add_argument(
        "--to", type=_event, metavar="N", help="stop when event N has happened, and open the shell there"
    )
    replay.add_argument(
        "--step", action="store_true", help="show each act, with what the terminal shows after it"
    )
    replay.add_argument(
        "--firmware", default="", metavar="PLACE",
        help="do it on another terminal-sim, in a process of its own: a wheel, the folder of a checkout, or self",
    )  # fmt: skip


def _coverage(commands: _Commands) -> None:
    coverage = _command(
        commands,
        "coverage",
        "coverage",
        "what runs have covered of their terminals, of what the profiles allow",
    )
    coverage.add_argument(
        "files",
        type=_path,
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
    coverage.add_argument("--since", type=_path, metavar="OLD.cov", help="say what is covered no longer")
    coverage.add_argument(
        "--html", type=_path, metavar="FILE.html", help="write a page with the chart of each flow"
    )
    coverage.add_argument(
        "--fail-under",
        type=float,
        metavar="N",
        help="exit 1 where fewer than N of a hundred moves of a model were made",
    )


def _explore(commands: _Commands) -> None:
    explore = _command(
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
        "--acts", type=_number, default=0, metavar="N",
        help="stop after N acts instead: the same seed gives the same findings in the same order",
    )  # fmt: skip
    explore.add_argument("--seed", type=int, default=1, metavar="N", help="of every choice; 1 by default")
    explore.add_argument(
        "-j", "--jobs", type=_count, default=None, metavar="N",
        help="in N processes, 0 for one a core, which tell each other in rounds what they have learned; the findings are the same for each N",
    )  # fmt: skip
    _classes(explore, "all classes by default")
    explore.add_argument(
        "--out", type=_path, default="findings", metavar="DIR", help="where scripts go; findings/ by default"
    )
    explore.add_argument(
        "--rules", type=_path, metavar="FILE.keys", help="hold it to the `forbid screen` lines of this script as well"
    )  # fmt: skip
    explore.add_argument(
        "--coverage",
        type=_path,
        metavar="FILE.cov",
        help="write what was covered, for `terminal-sim coverage`",
    )
    explore.add_argument(
        "--since", type=_path, metavar="OLD.cov", help="say what is covered no longer, of what another exploration covered"
    )  # fmt: skip
    explore.add_argument(
        "--missing", action="store_true", help="list what was not covered, each with the nearest place that was reached"
    )  # fmt: skip
    explore.add_argument(
        "--html", type=_path, metavar="FILE",
        help="a page of it all: findings as film strips, charts, coverage, faults at places, the archive",
    )  # fmt: skip
    _locale(explore)
    _options(explore)


def _simulate(commands: _Commands) -> None:
    simulate = _command(
        commands,
        "simulate",
        "simulate",
        "let everything fail in whole shops made from seeds, and hold the books to account",
    )
    simulate.add_argument("--seed", type=int, default=0, metavar="N", help="the first seed; 0 by default")
    simulate.add_argument(
        "--seeds",
        type=_number,
        default=1,
        metavar="N",
        help="so many seeds from there on; the story of one is told",
    )


def _compare(commands: _Commands) -> None:
    compare = _command(
        commands,
        "compare",
        "compare",
        "run the corpus of an exploration on two firmwares, and show what differs",
    )
    places = "a wheel, the folder of a checkout, or self"
    compare.add_argument("old", metavar="OLD", help=f"a terminal-sim: {places}")
    compare.add_argument("new", metavar="NEW", help="another one")
    compare.add_argument(
        "--corpus", type=_path, default="findings/corpus", metavar="DIR",
        help="scripts of acts, as explore leaves them; findings/corpus by default",
    )  # fmt: skip
    compare.add_argument(
        "--accept", type=_path, metavar="FILE", help="differences that are wanted, one a block"
    )
    compare.add_argument(
        "--update",
        action="store_true",
        help="write the file of --accept anew: all that differs now is wanted",
    )
    compare.add_argument("--html", type=_path, metavar="FILE", help="a page with both firmwares side by side")


def _classes(command: argparse.ArgumentParser, default: str) -> None:
    command.add_argument(
        "--oracles", action="append", default=[], metavar="I,C,R,M|FILE.py",
        help=f"classes of rules (invariants, charts, rules of the profile, relations between two sessions), or a file of rules of your own; {default}",
    )  # fmt: skip


def _campaign(commands: _Commands) -> None:
    campaign = _command(
        commands,
        "campaign",
        "campaign",
        "explore terminals by a file, in many processes or on a cluster, and go on after a stop",
    )
    campaign.add_argument("file", type=_path, metavar="FILE.toml", help="terminals, seed, number of sessions")
    where = campaign.add_mutually_exclusive_group()
    where.add_argument(
        "-j", "--jobs", type=_count, default=0, metavar="N", help="in N processes; one a core by default"
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
        "--out", type=_path, default="findings", metavar="DIR",
        help="where the store and the scripts go; findings/ by default",
    )  # fmt: skip


def _sweep(commands: _Commands) -> None:
    sweep = _command(
        commands,
        "sweep",
        "sweep",
        "make each fault once at each place of a scenario, and hold it to the rules",
    )
    _scenarios(sweep)
    sweep.add_argument(
        "--at", choices=("step", "frame", "effect"),
        help="before each step, at each frame to the reader, or after each effect of the firmware; all three by default",
    )  # fmt: skip
    sweep.add_argument(
        "--faults", default="", metavar="WORDS",
        help="only faults whose line begins so, such as network,host answers; parted by commas",
    )  # fmt: skip
    sweep.add_argument(
        "--out", type=_path, default="findings", metavar="DIR",
        help="where the script and the bundle of each finding go; findings/ by default",
    )  # fmt: skip
    sweep.add_argument("--html", type=_path, metavar="FILE", help="the grid as a page")


def _keys(commands: _Commands) -> None:
    keys = _actions(commands, "keys", "keys by their check values: list")
    listed = _command(keys, "list", "keys", "the keys of acquirer, PIN pad and schemes by their check values")
    listed.add_argument(
        "target", metavar="STATE|PROFILE", help="the folder given to run --state, or a profile by its name"
    )
    listed.add_argument(
        "--host", default="test-acquirer", metavar="HOST",
        help="whose keys: a bundled host, or a .toml file; test-acquirer by default",
    )  # fmt: skip


def _emv(commands: _Commands) -> None:
    actions = _actions(commands, "emv", "data of cards: decode")
    decode = _command(
        actions, "decode", "emv", "what bytes of a card or a terminal mean, card numbers masked"
    )
    decode.add_argument(
        "hex", nargs="+", metavar="HEX", help="hex digits, with blanks and colons where you like"
    )
    decode.add_argument(
        "--as", dest="kind", default="", metavar="KIND",
        help="tlv, dol, atr, track, tvr, tsi, aip, auc, ttq, ctq, cid, iad, gac, cvm-list, ...; guessed without it",
    )  # fmt: skip
    decode.add_argument(
        "--kernel",
        type=int,
        default=0,
        metavar="N",
        help="tags as this contactless kernel means them (2 to 7)",
    )
    _format(decode)


def _why(commands: _Commands) -> None:
    why = _command(commands, "why", "why", "why the card payments of a state folder ended as they did")
    why.add_argument("state", type=_path, metavar="STATE", help="the folder given to run --state")
    why.add_argument(
        "payment",
        nargs="?",
        default="",
        metavar="PAYMENT",
        help="a reference, of a refused card as V4000001-R1; without it the newest",
    )


def _verify(commands: _Commands) -> None:
    verify = _command(commands, "verify", "verify", "check state folders, and change nothing in them")
    verify.add_argument(
        "states", nargs="+", type=_path, metavar="DIR", help="a folder given to run --state; each is checked"
    )
    verify.add_argument(
        "--host", type=_path, metavar="DIR",
        help="the folder given to host serve --state, where the terminals had their host on a network",
    )  # fmt: skip


def _of_terminal(report: _Parser) -> None:
    report.add_argument("--terminal", default="", metavar="NAME", help="of this terminal alone")


def _selecting(report: _Parser) -> None:
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


def _shell(commands: _Commands) -> None:
    shell = _command(commands, "shell", "shell", "type script lines at a terminal and see its screen")
    shell.add_argument("profile", metavar="PROFILE", help="a bundled name, or a .toml file")
    _locale(shell)
    _options(shell)
    _bench(shell)
    shell.add_argument("--state", type=_path, metavar="DIR", help="keep the journal in this folder")
    _printer(shell)
    shell.add_argument(
        "--cards", type=_path, action="append", default=[], metavar="DIR",
        help="a folder of further cards (repeatable)",
    )  # fmt: skip
    shell.add_argument(
        "--trace", type=_path, metavar="FILE.jsonl",
        help="write everything that happens, one JSON object a line",
    )  # fmt: skip
    shell.add_argument(
        "--record", type=_path, metavar="FILE.pcapng",
        help="record the readers into a new file; --reader recording:FILE replays it",
    )  # fmt: skip
    shell.add_argument(
        "--plain", action="store_true",
        help="read line by line and draw nothing in place; so it is with TERM=dumb, NO_COLOR, a pipe or a slow ssh",
    )  # fmt: skip


def _format(command: _Parser) -> None:
    command.add_argument(
        "--format", choices=("text", "json"), default="text", help="text by default; json gives the data"
    )


def _printer(command: _Parser) -> None:
    command.add_argument(
        "--printer", default="", metavar="ADDRESS",
        help="print receipts on an ESC/POS printer, too: file:///dev/usb/lp0, serial:///dev/ttyUSB0?baud=19200, usb://04b8:0202, network://127.0.0.1:9100",
    )  # fmt: skip


def _record(commands: _Commands) -> None:
    record = _command(
        commands, "record", "record", "type script lines at a terminal, and have a script of what was done"
    )
    record.add_argument("profile", metavar="PROFILE", help="a bundled name, or a .toml file")
    record.add_argument(
        "--to", type=_path, required=True, metavar="FILE", help="the script, FILE.keys, or a Python test, FILE.py"
    )  # fmt: skip
    record.add_argument(
        "--as", dest="form", choices=("keys", "pytest"), default="", help="as the name of the file ends by default"
    )  # fmt: skip
    record.add_argument("--force", action="store_true", help="overwrite a file that is there")
    _locale(record)
    _options(record)
    _bench(record)
    record.add_argument(
        "--cards", type=_path, action="append", default=[], metavar="DIR", help="a folder of further cards"
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


def _help(commands: _Commands) -> None:
    words = _command(
        commands, "help", "help", "the script language: its lines, and every name that they can say"
    )
    words.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="what the lines do that begin so (press, expect screen), what a name means (visa-credit, printer-jam), or a list:"
        " settings, values, keys, ids, fields, kinds, states, entries, messages, answers, scripts, rules, oracles, packs, faults, steps, lights, light-states,"
        " displays, cards, terminals, features, options, variables, times, exit-codes; all lines by default",
    )
    _format(words)


def _lsp(commands: _Commands) -> None:
    lsp = _command(
        commands, "lsp", "lsp", "the language server of .keys scripts, for editors; needs the extra lsp"
    )
    lsp.add_argument(
        "--stdio",
        action="store_true",
        help="by standard input and output, which is the only way; editors say it",
    )


def _completion(commands: _Commands) -> None:
    completion = _command(commands, "completion", "completion", "what a shell needs to complete terminal-sim")
    completion.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell; eval what is printed")


def _demo(commands: _Commands) -> None:
    demo = _command(commands, "demo", "demo", "a tour: the bundled demonstrations, with screens and receipts")
    demo.add_argument("names", nargs="*", metavar="NAME", help="of these demonstrations (all by default)")
    _locale(demo)


def _command(commands: _Commands, name: str, module: str, about: str) -> _Parser:
    """`module` is the module of `terminal_sim.cli` whose `run` carries it out."""
    made = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
    made.set_defaults(module=module)
    return made


def _actions(commands: _Commands, name: str, about: str) -> _Commands:
    group = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
    return group.add_subparsers(required=True, metavar="ACTION", dest="action")


def _files(command: _Parser) -> None:
    command.add_argument(
        "files", nargs="+", type=_path, metavar="FILE", help=".keys files, and folders of them"
    )


def _options(command: _Parser) -> None:
    command.add_argument(
        "--with", dest="options", action="append", default=[], metavar="KEY=VALUE",
        help="set an option of the profile, such as offline.allowed=true (repeatable); `profiles options` lists them",
    )  # fmt: skip


def _scenarios(command: _Parser) -> None:
    """Which scenarios of which files, on which terminals."""
    _files(command)
    command.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="NAME",
        help="run on this terminal instead (repeatable)",
    )
    _locale(command)
    _options(command)
    command.add_argument(
        "-k",
        dest="expression",
        default="",
        metavar="EXPR",
        help="only scenarios of these words and @tags: and, or, not",
    )


def _locale(command: _Parser) -> None:
    command.add_argument("--locale", default="", metavar="TAG", help="the terminal's language, such as fr-CA")


def _bench(command: _Parser) -> None:
    command.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of everything random; 0 by default"
    )
    command.add_argument("--pack", metavar="NAME", help="the acquirer's amount pack that is in force")
    command.add_argument(
        "--reader", action="append", default=[], metavar="ADDRESS",
        help="virtual (in the process), pty, recording:FOLDER, or a real reader such as ccid+serial:///dev/ttyUSB0; again for a"
        " stripe head beside a chip reader; virtual by default",
    )  # fmt: skip


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len("999999999")):
        raise argparse.ArgumentTypeError(f"{text!r} is no number: write digits")
    return int(text)


def _event(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len("999999999")):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of an event: write digits")
    return int(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len("100")):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of times: write 0 to 999")
    return int(text)


def _terminal_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= 9999):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of a terminal: write 1 to 9999")
    return int(text)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: write 1 to 65535, or 0 for a free one")
    return int(text)


def _pos(text: str) -> tuple[str, int]:
    api, colon, port = text.partition(":")
    if api not in ("adyen", "adyen-cloud", "square") or not colon:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no interface: write adyen:8443, adyen-cloud:9443 or square:9555, with the port 0 for free ones"
        )
    return api, _port(port)


def _path(text: str) -> Path:
    from pathlib import Path

    return Path(text)
