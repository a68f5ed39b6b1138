"""Commands that serve terminals, readers and hosts to other programs, or say how these would be reached."""

from __future__ import annotations

import argparse

from terminal_sim.cli.grammar.words import (
    Commands,
    add_actions,
    add_command,
    add_format,
    add_network_host,
    add_printer,
    path,
    port_number,
)


def add_readers(commands: Commands) -> None:
    actions = add_actions(
        commands, "readers", "card readers, real and virtual: list, probe, capture, conform, serve"
    )
    listed = add_command(actions, "list", "readers", "what is plugged in, and what is virtual")
    probe = add_command(actions, "probe", "readers", "open a reader and show what answers")
    probe.add_argument("address", metavar="ADDRESS", help="such as ccid+serial:///dev/ttyUSB0")
    capture = add_command(actions, "capture", "readers", "read a card and write every frame to a pcapng file")
    capture.add_argument("address", metavar="ADDRESS", help="such as ccid+serial:///dev/ttyUSB0")
    capture.add_argument(
        "--to", type=path, required=True, metavar="FILE", help="a new file, for its owner only"
    )
    capture.add_argument(
        "--apdu", action="append", default=[], metavar="HEX", help="send this to the card (repeatable)"
    )
    conform = add_command(
        actions, "conform", "readers", "test a reader against its protocol, clause by clause"
    )
    conform.add_argument("address", metavar="ADDRESS", help="ccid+virtual:, ccid+serial:///dev/ttyUSB0, ...")
    conform.add_argument(
        "--card", default="", metavar="NAME", help="put this card into a virtual reader first"
    )
    conform.add_argument("--frames", action="store_true", help="show the frames of every clause")
    for one in (listed, probe, conform):
        add_format(one)
    serve = add_command(
        actions, "serve", "serve_reader", "a virtual reader for other software, pcscd for one"
    )
    serve.add_argument(
        "address",
        metavar="ADDRESS",
        help="such as ccid+pty:[LINK] or ccid+usbip:[PORT]; a wrong one is answered by all that there are",
    )
    serve.add_argument("--card", default="", metavar="NAME", help="begin with this card in the reader")
    serve.add_argument("--link", type=path, metavar="PATH", help="a symbolic link to the pseudo-terminal")
    _pool(actions)


def _pool(actions: Commands) -> None:
    pool = add_command(
        actions, "pool", "readers", "many virtual readers in one process, leased one by one, until Ctrl-C"
    )
    pool.add_argument(
        "readers", nargs="+", metavar="[NAME=]ADDRESS", help="such as left=ccid+pty: right=vivotech+pty:"
    )
    pool.add_argument(
        "--at", type=path, required=True, metavar="SOCKET", help="the socket of the pool, a new file"
    )
    pool.add_argument(
        "--format", choices=("text", "json", "env", "labgrid"), default="text",
        help="how the readers are told: text by default; env is a line for the shell's eval, labgrid an environment file",
    )  # fmt: skip
    lease = add_command(
        actions, "lease", "readers", "list a pool, or run a command while it has a reader of the pool"
    )
    lease.add_argument("--at", type=path, required=True, metavar="SOCKET", help="as pool --at has it")
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


def add_serve(commands: Commands) -> None:
    serve = add_command(
        commands, "serve", "serve", "a bench with its page and API on this machine, until Ctrl-C"
    )
    serve.add_argument(
        "profiles", nargs="*", metavar="PROFILE", help="terminals on the bench; v400m where none is named"
    )
    serve.add_argument("--port", type=port_number, default=0, metavar="N", help="a free one by default")
    serve.add_argument(
        "--address", default="127.0.0.1", metavar="ADDRESS",
        help="another address of this machine than 127.0.0.1; one that other machines reach needs TLS",
    )  # fmt: skip
    serve.add_argument(
        "--certificate", type=path, metavar="FILE.pem", help="serve by TLS with this certificate"
    )
    serve.add_argument("--key", type=path, metavar="FILE.pem", help="the private key of the certificate")
    serve.add_argument("--seed", type=int, default=0, metavar="N", help="of everything random; 0 by default")
    serve.add_argument("--clock", metavar="MOMENT", help="the date and time that the bench begins with")
    serve.add_argument("--pack", metavar="NAME", help="the acquirer's amount pack that is in force")
    serve.add_argument("--state", type=path, metavar="DIR", help="keep the journal in this folder")
    add_network_host(serve)
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
    add_printer(serve)
    serve.add_argument(
        "--run-clock", action="store_true", help="let virtual time run by the wall from the start"
    )
    serve.add_argument(
        "--no-page",
        action="store_true",
        help="no bench page: what --pos serves, and the API that `send` needs",
    )
    serve.add_argument("--json", action="store_true", help="print one line with all that a program needs")
    send = add_command(commands, "send", "send", "lines of the script language at the bench that is served")
    send.add_argument("lines", nargs="+", metavar="LINE", help='such as "press OK 1250 OK"')
    send.add_argument(
        "--terminal", default="", metavar="NAME", help="such as v400m-1; the first one by default"
    )
    send.add_argument(
        "--to", type=path, metavar="FILE",
        help="the bench that is announced in this file, which `serve --json` names; by default the one that began last",
    )  # fmt: skip
    send.add_argument(
        "--await",
        dest="awaited",
        default="",
        metavar="SELECTOR",
        help="first wait until the screen shows it, which virtual time cannot bring about: id:present-card when a point of sale asks",
    )
    send.add_argument(
        "--patience", type=float, default=120.0, metavar="SECONDS", help="for how long; 120 by default"
    )


def _pos(text: str) -> tuple[str, int]:
    api, colon, port = text.partition(":")
    if api not in ("adyen", "adyen-cloud", "square") or not colon:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no interface: write adyen:8443, adyen-cloud:9443 or square:9555, with the port 0 for free ones"
        )
    return api, port_number(port)


def add_pos_certificate(commands: Commands) -> None:
    actions = add_actions(
        commands, "pos", "what points of sale need to speak to the terminals of a state folder"
    )
    certificate = add_command(
        actions,
        "certificate",
        "pos_certificate",
        "the certificate authority that they trust, made where there is none",
    )
    certificate.add_argument("state", type=path, metavar="STATE", help="a folder as `serve --state` has it")
    add_format(certificate)


def add_host(commands: Commands) -> None:
    actions = add_actions(commands, "host", "the virtual acquirer by itself: serve")
    serve = add_command(
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
    serve.add_argument("--state", type=path, metavar="DIR", help="keep its books in this folder")
    serve.add_argument(
        "--cards", type=path, action="append", default=[], metavar="DIR",
        help="open accounts for the cards of this folder, too (repeatable)",
    )  # fmt: skip
    serve.add_argument(
        "--log", type=path, metavar="FILE.jsonl", help="write its messages there, not to the output"
    )
    serve.add_argument("--json", action="store_true", help="print where it is as one line of JSON")


def add_doctor(commands: Commands) -> None:
    doctor = add_command(
        commands, "doctor", "doctor", "what this machine lacks for readers, each with its cure"
    )
    doctor.add_argument(
        "state", nargs="?", type=path, metavar="STATE",
        help="a state folder, whose certificates for points of sale are looked at as well",
    )  # fmt: skip
    add_format(doctor)
