"""`terminal-sim help` says what lines and names mean, and names everything that there is."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from terminal_sim.cli.help import help_of
from terminal_sim.cli.main import main, parser
from terminal_sim.script.reference import BY_WORD, TOPICS
from terminal_sim.script.verb_reference import verb_entries
from terminal_sim.script.vocabulary import vocabulary

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def carry_out(*words: str) -> tuple[int, str, str]:
        code = main(["help", *words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return carry_out


def test_the_help_of_a_verb_has_its_form_its_values_with_defaults_and_an_example(run: Run) -> None:
    code, out, err = run("expect", "screen")
    assert (code, err) == (0, "")
    lines = [line.strip() for line in out.splitlines()]
    assert "expect [no] screen SELECTOR [on DISPLAY] [within TIME] [for TIME]" in lines
    assert "within TIME  the longest time until it holds; 30s by default" in lines
    assert 'expect screen "Approved" within 5s' in lines


@pytest.mark.parametrize("word", BY_WORD)
def test_a_topic_lists_every_name(word: str, run: Run) -> None:
    code, out, _ = run(word)
    assert code == 0
    listed = out.splitlines()
    for entry in BY_WORD[word].entries(vocabulary()):
        assert any(line.startswith(entry.form or entry.name) for line in listed), entry.name


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("visa-credit",), "Visa credit (chip, contactless, stripe)"),
        (("approved",), "French: Approuvé"),
        (("id:approved",), "English: Approved"),
        (("printer-jam",), "it prints nothing until `paper in`"),
        (("fault", "wire"), "wire-mend"),
        (("offline.stored",), "waits to be forwarded"),
        (("GREEN",), "confirms"),
        (("terminal",), "terminal v400m s1f2"),
        (("fields", "amount"), "minor units"),
        (("host",), "host answers ANSWER..."),
    ],
)
def test_any_name_says_what_it_means(run: Run, words: tuple[str, ...], says: str) -> None:
    code, out, err = run(*words)
    assert (code, err) == (0, "")
    assert says in out


@pytest.mark.parametrize(
    ("word", "meant"), [("visa-credt", "visa-credit"), ("exit-code", "exit-codes"), ("prss", "press"), ("printer-jm", "printer-jam")]
)  # fmt: skip
def test_a_wrong_word_is_answered_with_the_nearest_right_one(run: Run, word: str, meant: str) -> None:
    assert run(word) == (2, "", f"terminal-sim: no line begins with {word!r}; did you mean {meant!r}?\n")


def test_help_in_json_is_the_whole_reference(run: Run) -> None:
    code, out, err = run("--format", "json")
    assert (code, err) == (0, "")
    data = json.loads(out)
    assert [one["form"] for one in data["verbs"]] == [one.form for one in verb_entries()]
    assert [one["word"] for one in data["topics"]] == [topic.word for topic in TOPICS]


def test_json_of_a_topic_a_line_and_a_name_has_that_alone(run: Run) -> None:
    assert json.loads(run("keys", "--format", "json")[1])["word"] == "keys"
    assert [one["name"] for one in json.loads(run("press", "--format", "json")[1])] == ["press"]
    (card,) = json.loads(run("mute", "--format", "json")[1])
    assert (card["topic"], card["name"]) == ("cards", "mute")


def test_the_command_line_names_every_topic() -> None:
    (commands,) = [action for action in parser()._actions if action.dest == "command"]
    assert isinstance(commands.choices, dict)
    (about,) = [action.help for action in commands.choices["help"]._actions if action.dest == "words"]
    words = {word.strip(" ,;") for word in (about or "").split()}
    assert BY_WORD.keys() <= words


def test_help_without_a_word_names_the_topics_beside_the_lines(run: Run) -> None:
    _, _, err = run()
    assert BY_WORD.keys() <= {*err.split()}


def test_the_shell_gets_the_same_help_as_text() -> None:
    assert help_of(["prss"]) == "  no line begins with 'prss'; did you mean 'press'?"
    assert "visa-credit" in help_of(["cards"])
