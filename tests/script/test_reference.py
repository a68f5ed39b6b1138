"""The reference has every verb and every name of the tables, each with its meaning, and its examples are right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from terminal_sim import profile
from terminal_sim.bench import Bench
from terminal_sim.bench.faults import FAULTS
from terminal_sim.bench.words import (
    ENTRY_MODES,
    HOST_FIELDS,
    JOURNAL_FIELDS,
    MESSAGE_KINDS,
    PAYMENT_STATES,
    REPORT_FIELDS,
    SALES_FIELDS,
    SETTLEMENT_STATES,
)
from terminal_sim.script import meanings
from terminal_sim.script.check import check
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.headings import HEADINGS, Heading
from terminal_sim.script.parse import parse_text
from terminal_sim.script.reference import BY_WORD, TOPICS
from terminal_sim.script.tree import ScriptError
from terminal_sim.script.values import VARIABLES
from terminal_sim.script.verb_reference import Entry, verb_entries
from terminal_sim.script.vocabulary import TEAR_STEPS, check_answer, vocabulary
from terminal_sim.verbs import VERBS, ValueKind


def entries(word: str) -> list[Entry]:
    return list(BY_WORD[word].entries(vocabulary()))


def keys() -> set[str]:
    keypads = [vocabulary().load(name).keypad for name in profile.names()]
    return {key for pad in keypads for key in (*(key for row in pad.layout for key in row), *pad.keys)}


def cards() -> list[str]:
    with Bench() as bench:
        return bench.card_names()


def packs() -> list[str]:
    with Bench() as bench:
        return [*bench.acquirer.config.packs]


@pytest.mark.parametrize(
    ("topic", "names"),
    [
        ("settings", [one.word for one in HEADINGS]),
        ("values", {kind.form for kind in ValueKind}),
        ("keys", keys()),
        ("ids", vocabulary().ids),
        ("fields", {*HOST_FIELDS, *REPORT_FIELDS, *SALES_FIELDS, *(n for names in JOURNAL_FIELDS.values() for n in names)}),
        ("kinds", JOURNAL_FIELDS),
        ("states", tuple(dict.fromkeys((*PAYMENT_STATES, *SETTLEMENT_STATES)))),
        ("entries", ENTRY_MODES),
        ("messages", MESSAGE_KINDS),
        ("faults", [fault.name for fault in FAULTS]),
        ("packs", {*packs(), "none"}),
        ("steps", TEAR_STEPS),
        ("cards", cards()),
        ("terminals", profile.names()),
        ("features", vocabulary().features),
        ("variables", {*VARIABLES, "passcode.admin", "passcode.refund"}),
        ("exit-codes", [str(int(code)) for code in ExitCode]),
    ],
)  # fmt: skip
def test_a_topic_has_every_name_of_its_table_and_no_other(topic: str, names: Iterable[str]) -> None:
    assert {one.name for one in entries(topic)} == {*names}


def test_the_reference_has_every_verb_with_its_form() -> None:
    assert [one.form for one in verb_entries()] == [verb.form for verb in VERBS.values()]


def test_every_value_of_a_verb_is_explained() -> None:
    unexplained = [
        (verb.name, one.form) for verb in verb_entries() for one in verb.arguments if not one.meaning
    ]
    assert unexplained == []
    vague = (ValueKind.CHOICE.value, ValueKind.NAME.value, ValueKind.TEXT.value, ValueKind.COUNT.value)
    assert [
        (verb.name, one.form) for verb in verb_entries() for one in verb.arguments if one.meaning in vague
    ] == []
    (screen,) = [one for one in verb_entries() if one.name == "expect screen"]
    assert [(one.form, one.default) for one in screen.arguments] == [
        ("SELECTOR", ""), ("on DISPLAY", "main"), ("within TIME", "30s"), ("for TIME", "0s"),
    ]  # fmt: skip


def test_every_name_has_a_meaning_or_wordings() -> None:
    assert [
        (topic.word, one.name)
        for topic in TOPICS
        for one in topic.entries(vocabulary())
        if not (one.meaning or all(one.facts.get(column) for column in ("English", "French")))
    ] == []


def test_every_topic_gives_its_columns_and_no_others() -> None:
    for topic in TOPICS:
        assert {tuple(one.facts) for one in topic.entries(vocabulary())} == {topic.columns}, topic.word


def test_every_light_is_listed_with_its_terminals() -> None:
    lights = {one.name: one.facts["Terminals"] for one in entries("lights")}
    assert (lights["light-1"], lights["contactless"]) == ("square-reader", "all")


def test_every_option_is_one_that_profiles_options_lists() -> None:
    known = {option.key for name in profile.names() for option in profile.options(profile.load(name))}
    assert {one.name for one in entries("options")} < known


@pytest.mark.parametrize("table", [meanings.FEATURES, meanings.KEYS])
def test_a_table_of_meanings_explains_what_some_terminal_has(table: dict[str, str]) -> None:
    known = {*profile.load("s1f2").features, *keys()}.union(
        *(profile.load(name).features for name in (*profile.names(), *profile.variants()))
    )
    assert {*table} - known <= {"bluetooth", "usb"}


# --- examples ------------------------------------------------------------------------------------------------------


def problems(text: str, path: Path) -> list[str]:
    try:
        check(parse_text(text, path), vocabulary(), environ={"ADMIN_CODE": "0856"})
    except ScriptError as wrong:
        return [problem.sentence for problem in wrong.problems]
    return []


Found = Callable[[Sequence[str]], list[list[str]]]


@pytest.fixture
def wrong(tmp_path: Path) -> Found:
    """What is wrong with lines of a scenario on each bundled terminal, until one has nothing against them."""

    def find(lines: Sequence[str]) -> list[list[str]]:
        found = []
        for name in ("v400m", "square-terminal", "s1f2", "square-reader"):
            body = "\n".join(f"  {line}" for line in lines)
            found.append(problems(f'keys 1\nterminal {name}\nscenario "e"\n{body}\n', tmp_path / "e.keys"))
            if not found[-1]:
                return []
        return found

    return find


@pytest.mark.parametrize("verb", verb_entries(), ids=lambda one: one.name)
def test_every_verb_has_an_example_that_a_check_finds_right(verb: Entry, wrong: Found) -> None:
    assert any(line.startswith(verb.name) for line in verb.examples)
    assert wrong(verb.examples) == []


@pytest.mark.parametrize("heading", HEADINGS, ids=lambda one: one.word)
def test_every_setting_and_section_has_an_example_that_a_check_finds_right(
    heading: Heading, tmp_path: Path
) -> None:
    (tmp_path / "cards").mkdir()
    (tmp_path / "common.keys").write_text("keys 1\nmacro nothing\n  wait 1s\n", encoding="utf-8")
    terminal = "square-terminal" if heading.word == "with" else "v400m"
    parts = {
        0: "keys 1",
        1: f"terminal {terminal}",
        2: "\n".join(heading.example) if heading.rank < 4 else "",
        3: "" if heading.rank == 3 else 'scenario "e"\n  wait 1s',
        4: "\n".join(heading.example) if heading.rank == 4 else "",
    }
    overruled = {"keys": 0, "terminal": 1}.get(heading.word)
    if overruled is not None:
        del parts[overruled]
        parts = {**parts, 2: ""} | {overruled: "\n".join(heading.example)}
    assert problems("\n".join(parts[at] for at in sorted(parts)), tmp_path / "e.keys") == []


@pytest.mark.parametrize("answer", entries("answers"), ids=lambda one: one.name)
def test_every_host_answer_has_an_example(answer: Entry) -> None:
    for line in answer.examples:
        check_answer(line.removeprefix("host answers "))


@pytest.mark.parametrize("script", entries("scripts"), ids=lambda one: one.name)
def test_every_issuer_script_has_an_example(script: Entry, wrong: Found) -> None:
    assert wrong(script.examples) == []


@pytest.mark.parametrize("time", meanings.TIMES)
def test_every_time_that_is_listed_is_one(time: str, wrong: Found) -> None:
    assert wrong([f"wait {time}"]) == []
