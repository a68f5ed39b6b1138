"""The filter language of a trace: which entries a person wants to see. The bench page has the same language (`web/page/filter.js`), and a test holds the two together.

| word                       | an entry that                                                                         |
|----------------------------|---------------------------------------------------------------------------------------|
| `kind:apdu,host`           | is of one of these kinds; `act` is a key and a touch, too                              |
| `state:pin`                | leads from or to this state, also written `flow.state`                                 |
| `tag:95`, `sw:6A83`        | is an APDU whose response has this tag, or ends with this status word                  |
| `act:insert`               | follows from an act in whose line this stands                                          |
| `terminal:till-2`          | is of a terminal in whose name, or name at the API, this stands                        |
| `n>60`, `n:60..90`, `t>24h`| has a number, or a moment of virtual time, in this range; `amount`, `stan`, `by` alike |
| `FIELD:VALUE`              | has a field of this value                                                              |
| `/regex/`, `"two words"`, `word` | says this anywhere                                                               |

Words are joined by "and"; `-` before one negates it. Capitals are of no account.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from terminal_sim.bench import Duration
from terminal_sim.datafiles.suggest import suggest

KINDS = (
    "act", "time", "state", "screen", "apdu", "host", "journal", "receipt", "beep", "note", "refused", "ignored", "unexpected", "event",
)  # fmt: skip
_ACTS = ("act", "key", "touch")  # are one kind to a person
_TIMES = ("t", "by")
NUMBERS = ("n", "t", "amount", "stan", "by")
FIELDS = (
    "kind", "state", "tag", "sw", "act", "terminal", *NUMBERS,
    "flow", "source", "dest", "screen", "step", "code", "mti", "out", "into", "row", "reference", "entry", "copy", "why", "line", "key", "target",
)  # fmt: skip
LONGEST = 1_000  # characters of a filter
_LONGEST_PATTERN = 100
_MOST_REPEATS = 3
_SEARCHED = 4_000  # characters of an entry
_SECOND = 1_000_000
_WORD = re.compile(
    r"(-?)(?:/((?:\\.|[^/\\])+)/|\"([^\"]*)\"?|([a-z_]+)(?:(:|>|<)(\"[^\"]*\"?|\S*))|(\S+))", re.IGNORECASE
)

Entry = Mapping[str, object]
_Test = Callable[["FilteredEntry"], bool]


class WrongFilter(ValueError):
    """A word of a filter that cannot be meant, with the nearest right one."""


@dataclass(frozen=True, slots=True)
class FilteredEntry:
    """An entry as the API gives it, the line of the act that it follows from, and the name of its terminal at the API."""

    said: Entry
    act: str = ""
    seat: str = ""


@dataclass(frozen=True, slots=True)
class TraceFilter:
    """What a filter says. `kinds` are those that it names outright, all where it names none: others need not be looked at."""

    tests: tuple[_Test, ...] = field(repr=False)
    kinds: frozenset[str] = frozenset()

    @classmethod
    def of(cls, written: str) -> TraceFilter:
        """Raises `WrongFilter`."""
        if len(written) > LONGEST:
            raise WrongFilter(f"a filter has at most {LONGEST} characters")
        tests: list[_Test] = []
        kinds: frozenset[str] = frozenset()
        for found in _WORD.finditer(written):
            minus, pattern, quoted, name, sign, value, plain = found.groups()
            if pattern is not None:
                test = _matching(pattern)
            elif name is None:
                test = _saying(quoted if quoted is not None else plain)
            else:
                test = _named(name.lower(), sign, value.strip('"').lower())
                if name.lower() == "kind" and not minus:
                    wanted = _kinds(value.lower())
                    kinds = wanted & kinds if kinds else wanted
            tests.append(_not(test) if minus else test)
        return cls(tuple(tests), kinds)

    def admits(self, entry: FilteredEntry) -> bool:
        """Whether the entry is one that the filter wants."""
        return all(test(entry) for test in self.tests)


def label(said: Entry) -> str:
    """What an entry that begins something says, as a line of a script."""
    match said.get("kind"):
        case "act":
            return str(said["line"])
        case "key":
            return f"press {said['key']}"
        case "touch":
            return f"tap id:{said['target']}"
        case _:
            return ""


def _not(test: _Test) -> _Test:
    return lambda entry: not test(entry)


def _searched(entry: FilteredEntry) -> str:
    return f"{label(entry.said)} {' '.join(map(str, entry.said.values()))}"[:_SEARCHED]


def _saying(words: str) -> _Test:
    wanted = words.lower()
    return lambda entry: wanted in _searched(entry).lower()


def _matching(pattern: str) -> _Test:
    """A pattern that takes no longer than its text deserves: repeats do not stand in each other."""
    plain = re.sub(r"\\.|\[(?:\\.|[^\]])*\]", "x", pattern)
    if len(pattern) > _LONGEST_PATTERN or len(re.findall(r"[*+?{]", plain)) > _MOST_REPEATS:
        raise WrongFilter(
            f"/{pattern}/: a pattern has at most {_LONGEST_PATTERN} characters and {_MOST_REPEATS} repeats"
        )
    if re.search(r"\)[*+{]", plain) or re.search(r"\\\d", pattern):
        raise WrongFilter(f"/{pattern}/: a group is not repeated here, and not named again")
    try:
        found = re.compile(pattern, re.IGNORECASE)
    except re.error as wrong:
        raise WrongFilter(f"/{pattern}/: {wrong}") from None
    return lambda entry: found.search(_searched(entry)) is not None


def _kinds(value: str) -> frozenset[str]:
    kinds = frozenset(filter(None, value.split(",")))
    for kind in kinds:
        if kind not in KINDS and kind not in _ACTS:
            raise WrongFilter(f"there is no kind {kind!r}{suggest(kind, KINDS)}")
    return kinds | frozenset(_ACTS) if "act" in kinds else kinds


def _named(name: str, sign: str, value: str) -> _Test:
    if name not in FIELDS:
        raise WrongFilter(f"no entry has a field {name!r}{suggest(name, FIELDS)}")
    if name in NUMBERS:
        return _compared(name, sign, value)
    values = tuple(filter(None, value.split(",")))
    if sign != ":" or not values:
        raise WrongFilter(f"{name} is said with its value: {name}:VALUE")
    if name == "kind":
        kinds = _kinds(value)
        return lambda entry: entry.said["kind"] in kinds
    test = _TESTS.get(name)
    if test is None:
        return lambda entry: name in entry.said and str(entry.said[name]).lower() in values
    return lambda entry: any(test(entry, one) for one in values)


def _compared(name: str, sign: str, value: str) -> _Test:
    first, dots, last = value.partition("..")
    low = _number(name, first)
    high = _number(name, last) if dots else low

    def test(entry: FilteredEntry) -> bool:
        there = entry.said.get(name)
        if not isinstance(there, int):
            return False
        return there > low if sign == ">" else there < low if sign == "<" else low <= there <= high

    return test


def _number(name: str, text: str) -> float:
    """A number; a time is in seconds where it has no unit."""
    plain = re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII)
    if plain is not None:
        return float(text) * (_SECOND if name in _TIMES else 1)
    if name not in _TIMES:
        raise WrongFilter(f"{name} is compared with a number, and {text!r} is none")
    try:
        return int(Duration.parse(text))
    except ValueError as wrong:
        raise WrongFilter(f"{name}: {wrong}") from None


def _is_state(entry: FilteredEntry, value: str) -> bool:
    said = entry.said
    if said["kind"] != "state":
        return False
    return value in (str(said[each]).lower() for each in ("dest", "source")) or value == (
        f"{said['flow']}.{said['dest']}".lower()
    )


def _has_tag(entry: FilteredEntry, value: str) -> bool:
    return entry.said["kind"] == "apdu" and bool(
        re.search(rf"(^|[{{ ]){re.escape(value)}[={{]", str(entry.said["response"]), re.IGNORECASE)
    )


def _has_status(entry: FilteredEntry, value: str) -> bool:
    return entry.said["kind"] == "apdu" and bool(
        re.search(rf"(^| ){re.escape(value)}( [a-z][^{{}}]*)?$", str(entry.said["response"]), re.IGNORECASE)
    )


_TESTS: Mapping[str, Callable[[FilteredEntry, str], bool]] = {
    "state": _is_state,
    "tag": _has_tag,
    "sw": _has_status,
    "act": lambda entry, value: value in entry.act.lower(),
    "terminal": lambda entry, value: (
        value in str(entry.said["terminal"]).lower() or value in entry.seat.lower()
    ),
}
