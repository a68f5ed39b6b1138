"""The reference of the names as data: everything besides verbs that a script can say, by topic.

Help, the book `docs/language.md`, the hover of the language server and the check that none is missing read it from here; it is made of
the table of verbs and the vocabulary alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from terminal_sim.bench.faults import FAULTS
from terminal_sim.bench.words import (
    HOST_FIELDS,
    JOURNAL_FIELDS,
    KIND_MEANINGS,
    MESSAGE_KINDS,
    REPORT_FIELDS,
    RULES,
    SALES_FIELDS,
)
from terminal_sim.profile import options
from terminal_sim.script import meanings
from terminal_sim.script.candidates import card_meanings
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.headings import HEADINGS
from terminal_sim.script.verb_reference import Entry, ReferenceArgument
from terminal_sim.script.vocabulary import Vocabulary
from terminal_sim.verbs import ValueKind
from terminal_sim.verbs.variables import passcode_variables


@dataclass(frozen=True, slots=True)
class Topic:
    """A closed list of names: `word` is what help calls it, `about` how they are said, and `columns` the facts of each."""

    word: str
    title: str
    about: str
    entries: Callable[[Vocabulary], Iterator[Entry]]
    columns: tuple[str, ...] = ()


def _settings(_: Vocabulary) -> Iterator[Entry]:
    for one in HEADINGS:
        yield Entry(one.word, one.meaning, one.form, examples=one.example)


def _values(_: Vocabulary) -> Iterator[Entry]:
    for kind in ValueKind:
        yield Entry(kind.form, f"{kind.value}", facts={"Kind": kind.name.lower().replace("_", " ")})


def _keys(words: Vocabulary) -> Iterator[Entry]:
    others: dict[str, dict[str, str]] = {}
    for name in words.profiles:
        keypad = words.load(name).keypad
        for key in (*(key for row in keypad.layout for key in row), *keypad.keys):
            face = keypad.keys.get(key)
            colour = face.colour.upper() if face is not None and face.colour != "grey" else ""
            others.setdefault(key, {})[name] = colour
    for key, colours in others.items():
        also = " ".join(dict.fromkeys(filter(None, colours.values())))
        meaning = meanings.KEYS.get(key, "a digit")
        yield Entry(key, meaning, facts={"Also": also, "Terminals": _listed(colours, words.profiles)})


def _ids(words: Vocabulary) -> Iterator[Entry]:
    languages = {language: words.texts.catalogue(language) for language in words.texts.languages}
    for name in sorted(words.ids):
        wordings = {_LANGUAGES.get(tag, tag): known[name] for tag, known in languages.items()}
        yield Entry(name, "", form=f"id:{name}", facts=wordings)


_LANGUAGES = {"en": "English", "fr": "French"}


def _fields(_: Vocabulary) -> Iterator[Entry]:
    rows: dict[str, list[str]] = {}
    tables = {"host": HOST_FIELDS, "report": REPORT_FIELDS, "pos": SALES_FIELDS}
    for table, names in (*tables.items(), *JOURNAL_FIELDS.items()):
        for name in names:
            rows.setdefault(name, []).append(table if table in tables else f"journal {table}")
    for name in sorted(rows):
        yield Entry(name, meanings.FIELDS[name], f"{name}=VALUE", facts={"Rows": ", ".join(rows[name])})


def _kinds(_: Vocabulary) -> Iterator[Entry]:
    for kind, fields in JOURNAL_FIELDS.items():
        meaning = meanings.MESSAGES.get(kind, "") if kind in _PAYMENTS else ""
        yield Entry(kind, meaning or KIND_MEANINGS[kind], facts={"Fields": " ".join(fields)})


_PAYMENTS = ("sale", "moto", "void", "refund")


def _messages(_: Vocabulary) -> Iterator[Entry]:
    yield from (Entry(kind, meanings.MESSAGES[kind]) for kind in MESSAGE_KINDS)


def _faults(_: Vocabulary) -> Iterator[Entry]:
    for fault in FAULTS:
        where = fault.part.only if fault.part is not None else ""
        arguments = [
            ReferenceArgument(
                one.word, "", not one.optional, tuple(one.word.split("|")) if "|" in one.word else ()
            )
            for one in fault.arguments
        ]
        yield Entry(fault.name, fault.meaning, str(fault), tuple(arguments), facts={"Where": where})


def _lights(words: Vocabulary) -> Iterator[Entry]:
    lit: dict[str, dict[str, str]] = {}
    for name in words.profiles:
        for light in words.load(name).lights:
            lit.setdefault(light, {})[name] = "a light of the reader; green after a payment that is approved"
    for name in words.profiles:
        entries = words.load(name).entries
        for how in ("chip", "contactless", "stripe"):
            if getattr(entries, how):
                lit.setdefault(how, {})[name] = f"{meanings.LIGHT_STATES['on'][:-1]} by this way in"
    for light, where in lit.items():
        yield Entry(light, next(iter(where.values())), facts={"Terminals": _listed(where, words.profiles)})


def _displays(words: Vocabulary) -> Iterator[Entry]:
    shown: dict[str, dict[str, str]] = {}
    for name in words.profiles:
        for display, config in words.load(name).displays.items():
            who = "seller and cardholder" if config.read_by == "both" else config.read_by
            shown.setdefault(display, {})[name] = f"read by the {who}"
    for display, where in shown.items():
        meaning = "; or ".join(dict.fromkeys(where.values()))
        yield Entry(display, meaning, facts={"Terminals": _listed(where, words.profiles)})


def _answers(_: Vocabulary) -> Iterator[Entry]:
    for form, (example, meaning) in meanings.ANSWERS.items():
        yield Entry(form, meaning, form, examples=(f"host answers {example}",))


def _scripts(_: Vocabulary) -> Iterator[Entry]:
    for form, (example, meaning) in meanings.SCRIPTS.items():
        yield Entry(form, meaning, form, examples=(f"host sends {example}",))


def _oracles(words: Vocabulary) -> Iterator[Entry]:
    from terminal_sim.oracles.catalogue import CODES  # few ask for it

    return _table(CODES)(words)


def _packs(words: Vocabulary) -> Iterator[Entry]:
    yield from (Entry(name, "the last digits of an amount decide its answer") for name in words.packs)
    yield Entry("none", "no pack is in force")


def _cards(words: Vocabulary) -> Iterator[Entry]:
    for name, meaning in card_meanings(words.cards(()), ()).items():
        yield Entry(name, meaning)


def _terminals(words: Vocabulary) -> Iterator[Entry]:
    for name in words.profiles:
        one = words.load(name)
        facts = {"Languages": " ".join(one.languages), "Features": " ".join(sorted(one.features))}
        yield Entry(name, f"{one.maker} {one.name}", facts=facts)


def _features(words: Vocabulary) -> Iterator[Entry]:
    have = {name: words.load(name).features for name in words.profiles}
    for feature in sorted(words.features):
        where = [name for name, features in have.items() if feature in features]
        yield Entry(feature, meanings.FEATURES[feature], facts={"Terminals": _listed(where, words.profiles)})


def _options(words: Vocabulary) -> Iterator[Entry]:
    """The options that a terminal has, with its value on each; the parts of tables that a profile names itself are left to `profiles options`."""
    found: dict[str, dict[str, str]] = {}
    told: dict[str, str] = {}
    for name in words.profiles:
        for option in options(words.load(name)):
            if not option.key.startswith(_NAMED_BY_PROFILES):
                found.setdefault(option.key, {})[name] = option.value or "none"
                told[option.key] = option.meaning
    for key, values in found.items():
        usual = max([*values.values()], key=[*values.values()].count)
        others = [f"{value} ({name})" for name, value in values.items() if value != usual]
        yield Entry(key, told[key], f"{key}=VALUE", facts={"Value": ", ".join([usual, *others])})


_NAMED_BY_PROFILES = (
    "displays.",
    "drawing.",
    "keypad.",
    "menus.",
    "passcodes.",
    "home.",
    "name",
    "maker",
    "merchant.",
)


def _variables(words: Vocabulary) -> Iterator[Entry]:
    known = dict(meanings.VARIABLES)
    for name in words.profiles:
        known.update(
            dict.fromkeys(sorted(passcode_variables([words.load(name)])), meanings.PASSCODE_VARIABLE)
        )
    for variable, meaning in known.items():
        yield Entry(variable, meaning, f"${{{variable}}}")


def _exit_codes(_: Vocabulary) -> Iterator[Entry]:
    yield from (Entry(str(int(code)), code.meaning, facts={"Constant": code.name}) for code in ExitCode)


def _table(names: Mapping[str, str], form: str = "{}") -> Callable[[Vocabulary], Iterator[Entry]]:
    def entries(_: Vocabulary) -> Iterator[Entry]:
        yield from (Entry(name, meaning, form.format(name)) for name, meaning in names.items())

    return entries


def _listed(names: Sequence[str] | Mapping[str, object], every: Sequence[str]) -> str:
    return "all" if len(names) == len(every) else " ".join(names)


TOPICS: tuple[Topic, ...] = (
    Topic(
        "settings",
        "Settings and sections",
        "They begin in the first column. Settings stand at the top of a file, then macros, setup, scenarios, teardown.",
        _settings,
    ),
    Topic(
        "values", "Values", "What may stand at a place of a verb, as its form names it.", _values, ("Kind",)
    ),
    Topic(
        "keys",
        "Keys",
        "For `press` and `hold`. Digits spell themselves: `press 1000` presses four keys.",
        _keys,
        ("Also", "Terminals"),
    ),
    Topic(
        "ids",
        "Ids",
        "Everything on a screen has an id that is the same in every language and on every terminal: `tap id:confirm`.",
        _ids,
        ("English", "French"),
    ),
    Topic("fields", "Fields", "What an expectation of rows may name: `amount=1000`.", _fields, ("Rows",)),
    Topic("kinds", "Kinds of journal rows", "For `expect journal`.", _kinds, ("Fields",)),
    Topic(
        "states",
        "States of a payment or a batch",
        "For the field `state` of payments, in the journal and in the report, and of settlements.",
        _table(meanings.STATES, "state={}"),
    ),
    Topic(
        "entries",
        "Ways in",
        "For the field `entry`: how the card's data came in.",
        _table(meanings.ENTRIES, "entry={}"),
    ),
    Topic(
        "messages",
        "Host messages",
        "For `expect host`, which takes a message type of four digits, such as `0100`, as well.",
        _messages,
    ),
    Topic("answers", "Host answers", "For `host answers`, which takes several in order.", _answers),
    Topic(
        "scripts",
        "Issuer scripts",
        "For `host sends`, which adds one to the next answer to a chip.",
        _scripts,
    ),
    Topic("rules", "Rules", "For `expect why`: why card and terminal decided so.", _table(RULES)),
    Topic("oracles", "Oracles", "For `verify`: the rules that a session is held to.", _oracles),
    Topic("packs", "Amount packs", "For `host pack`, and for `run --pack`.", _packs),
    Topic("faults", "Faults", "For `fault`.", _faults, ("Where",)),
    Topic("steps", "Steps of a card", "For `tear card after`.", _table(meanings.STEPS)),
    Topic("lights", "Lights", "For `expect light`.", _lights, ("Terminals",)),
    Topic(
        "light-states", "States of a light", "For `expect light NAME STATE`.", _table(meanings.LIGHT_STATES)
    ),
    Topic("displays", "Displays", "For `expect screen ... on DISPLAY`.", _displays, ("Terminals",)),
    Topic("cards", "Cards", "For `insert`, `tap-card` and `swipe`; `cards FOLDER` adds your own.", _cards),
    Topic(
        "terminals",
        "Terminals",
        "For the setting `terminal`; a `.toml` file of yours is named by its path.",
        _terminals,
        ("Languages", "Features"),
    ),
    Topic("features", "Features", "For the setting `requires`.", _features, ("Terminals",)),
    Topic(
        "options",
        "Options",
        "For `with`; `terminal-sim profiles options NAME` has all of one terminal.",
        _options,
        ("Value",),
    ),
    Topic(
        "variables",
        "Variables",
        "Every terminal has them; `let` and `capture` make others.",
        _variables,
    ),
    Topic("times", "Times", "Durations in virtual time.", _table(meanings.TIMES)),
    Topic("exit-codes", "Exit codes", "What every command ends with.", _exit_codes, ("Constant",)),
)
BY_WORD: Mapping[str, Topic] = {topic.word: topic for topic in TOPICS}
