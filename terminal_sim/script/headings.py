"""The words that begin a line in the first column of a .keys file: the version, settings, and the sections in their order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """`rank` is the place of its section in a file; `example` has the line, and what belongs below it."""

    word: str
    form: str
    meaning: str
    rank: int
    example: tuple[str, ...]
    is_setting: bool = False


HEADINGS: tuple[Heading, ...] = (
    Heading("keys", "keys 1", "The version of the language; it is the first line of a file.", 0, ("keys 1",)),
    Heading(
        "terminal",
        "terminal NAME...",
        "The terminals that each scenario runs on: bundled profiles, `.toml` files, or `all`.",
        0,
        ("terminal v400m s1f2",),
        is_setting=True,
    ),
    Heading(
        "locale",
        "locale TAG",
        "The language of the terminal; without it each terminal speaks its own first one.",
        0,
        ("locale   fr-CA",),
        is_setting=True,
    ),
    Heading(
        "clock",
        "clock ISO-TIME",
        "The civil time at which each scenario begins.",
        0,
        ("clock    2026-11-28T09:30:00",),
        is_setting=True,
    ),
    Heading(
        "cards",
        "cards FOLDER...",
        "Folders of own card files, seen from the folder of the script; the bundled cards stay.",
        0,
        ("cards    cards/",),
        is_setting=True,
    ),
    Heading(
        "requires",
        "requires FEATURE...",
        "Terminals that lack one of these features are skipped, with that as the reason.",
        0,
        ("requires printer void",),
        is_setting=True,
    ),
    Heading(
        "use",
        'use "FILE"...',
        "The macros of other files, seen from the folder of the script.",
        0,
        ('use      "common.keys"',),
        is_setting=True,
    ),
    Heading(
        "secret",
        "secret NAME...",
        "Variables whose values come from the environment and are masked in everything that is reported.",
        0,
        ("secret   ADMIN_CODE",),
        is_setting=True,
    ),
    Heading(
        "with",
        "with KEY=VALUE...",
        "Options of the profile, for the whole file or, as the first lines of a scenario, for that scenario.",
        0,
        ("with     offline.allowed=true",),
        is_setting=True,
    ),
    Heading(
        "macro",
        "macro NAME ${ARGUMENT}...",
        "Steps under a name of their own; a step that begins with the name does them, with its values as the arguments.",
        1,
        ("macro amount-of ${minor}", "  press  ${minor} OK"),
    ),
    Heading(
        "setup",
        "setup",
        "Steps that are done at the beginning of each scenario.",
        2,
        ("setup", "  network slow 1s"),
    ),
    Heading(
        "scenario",
        'scenario "NAME" [@TAG...]',
        "One test: its steps are done in order at a fresh terminal, and the first one that does not hold ends it.",
        3,
        ('scenario "The idle screen offers to start" @smoke', '  expect screen "Start"'),
    ),
    Heading(
        "examples",
        'examples [COLUMN...] | examples from "FILE.csv"',
        "A table that ends a scenario, which runs once for each row with the row's values as variables.",
        3,
        (
            'scenario "Each card is approved"',
            "  press OK 1250 OK",
            "  insert ${card}",
            '  expect screen "Approved"',
            "examples",
            "  | card        |",
            "  | visa-credit |",
            "  | amex-credit |",
        ),
    ),
    Heading(
        "teardown",
        "teardown",
        "Steps that are done at the end of each scenario, whether it held or not.",
        4,
        ("teardown", "  network up"),
    ),
)

SETTINGS = tuple(one.word for one in HEADINGS if one.is_setting)
RANKS = {one.word: one.rank for one in HEADINGS if one.word != "keys"}
