"""Commands about the files that terminals, cards and keys come from, and about the data on cards."""

from __future__ import annotations

from terminal_sim.cli.grammar.words import Commands, add_actions, add_command, add_format, add_options, path


def add_profiles(commands: Commands) -> None:
    actions = add_actions(commands, "profiles", "terminal profiles: list, show, options, check, schema, draw")
    add_command(actions, "list", "profiles", "the bundled profiles")
    show = add_command(actions, "show", "profiles", "a profile with every default written out, as TOML")
    show.add_argument("profile", metavar="PROFILE", help="a bundled name, or a .toml file")
    show.add_argument(
        "--kernel", action="store_true", help="its kernel file instead: applications, limits, action codes"
    )
    options = add_command(actions, "options", "profiles", "the options of a profile, with value and meaning")
    options.add_argument("profile", metavar="PROFILE", help="a bundled name, or a .toml file")
    add_options(options)
    check = add_command(actions, "check", "profiles", "find what is wrong in profiles")
    check.add_argument(
        "profiles",
        nargs="*",
        metavar="PROFILE",
        help="bundled names and .toml files (all bundled ones by default)",
    )
    schema = add_command(actions, "schema", "profiles", "the JSON Schema of profiles, for editors")
    schema.add_argument("--kernel", action="store_true", help="that of kernel files instead")
    draw = add_command(actions, "draw", "profiles", "state charts of flows")
    draw.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="flows, or profiles for all flows of these terminals (all by default)",
    )
    draw.add_argument(
        "--format", choices=("mermaid", "svg", "png"), default="mermaid", help="mermaid by default"
    )
    draw.add_argument("--to", type=path, metavar="DIR", help="write a file for each flow")


def add_cards(commands: Commands) -> None:
    actions = add_actions(commands, "cards", "virtual cards: list, show, matrix; real ones: read, record")
    listed = add_command(
        actions, "list", "cards", "the bundled cards, what each is for, and how a sale with it ends"
    )
    listed.add_argument("--language", choices=("en", "fr"), default="en", help="English by default")
    table = add_command(
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
    show = add_command(actions, "show", "cards", "one card, with its numbers masked")
    show.add_argument("card", metavar="CARD")
    read = add_command(
        actions, "read", "read_card", "what the card in a reader states, with its numbers masked"
    )
    add_format(read)
    record = add_command(
        actions,
        "record",
        "read_card",
        "a card file in the likeness of the card in a reader, with a test number",
    )
    record.add_argument("--to", type=path, required=True, metavar="FILE.toml", help="a new file")
    for one in (read, record):
        one.add_argument("address", metavar="ADDRESS", help="such as ccid+serial:///dev/ttyUSB0")
        one.add_argument(
            "--card", default="", metavar="NAME", help="put this card into a virtual reader first"
        )
        one.add_argument(
            "--profile", default="v400m", metavar="NAME", help="the terminal whose kernel file counts (v400m)"
        )
        one.add_argument(
            "--ca-keys", type=path, metavar="FILE", help="keys of the schemes instead of the kernel file's"
        )


def add_keys(commands: Commands) -> None:
    keys = add_actions(commands, "keys", "keys by their check values: list")
    listed = add_command(
        keys, "list", "keys", "the keys of acquirer, PIN pad and schemes by their check values"
    )
    listed.add_argument(
        "target", metavar="STATE|PROFILE", help="the folder given to run --state, or a profile by its name"
    )
    listed.add_argument(
        "--host", default="test-acquirer", metavar="HOST",
        help="whose keys: a bundled host, or a .toml file; test-acquirer by default",
    )  # fmt: skip


def add_emv(commands: Commands) -> None:
    actions = add_actions(commands, "emv", "data of cards: decode")
    decode = add_command(
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
    add_format(decode)
