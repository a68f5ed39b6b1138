"""The lines of a script become values with their places, and nothing is converted."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.script.parse import parse, parse_step, parse_text
from terminal_sim.script.tree import Form, Script, ScriptError

HERE = Path("test.keys")

VALUES = [
    ("digits stay as written", "press 0856", [("press", Form.WORD, ""), ("0856", Form.WORD, "")]),
    ("text", 'tap "Moto payment"', [("tap", Form.WORD, ""), ("Moto payment", Form.STRING, "")]),
    (
        "a quotation mark in a text",
        r'tap "say \"A\""',
        [("tap", Form.WORD, ""), ('say "A"', Form.STRING, "")],
    ),
    ("a dollar sign", 'tap "Charge $12.50"', [("tap", Form.WORD, ""), ("Charge $12.50", Form.STRING, "")]),
    ("a pattern", r"tap /a \/ b #1/", [("tap", Form.WORD, ""), ("a / b #1", Form.PATTERN, "")]),
    ("a field", "x amount=1000", [("x", Form.WORD, ""), ("1000", Form.WORD, "amount")]),
    ("a field with blanks", 'x to="a b"', [("x", Form.WORD, ""), ("a b", Form.STRING, "to")]),
    ("a comment", "press 5 # not 6", [("press", Form.WORD, ""), ("5", Form.WORD, "")]),
    ("no comment inside a text", 'tap "#1"', [("tap", Form.WORD, ""), ("#1", Form.STRING, "")]),
    ("no comment inside a word", "press 5#6", [("press", Form.WORD, ""), ("5#6", Form.WORD, "")]),
    ("the act with an exclamation mark", "press! OK", [("press!", Form.WORD, ""), ("OK", Form.WORD, "")]),
]


@pytest.mark.parametrize(("line", "values"), [row[1:] for row in VALUES], ids=[row[0] for row in VALUES])
def test_a_line_is_its_values(line: str, values: list[tuple[str, Form, str]]) -> None:
    step = parse_step(line, HERE)
    assert [(value.text, value.form, value.name) for value in step.values] == values


def test_a_value_knows_its_column() -> None:
    step = parse_step('  expect screen "Approved"', HERE)
    assert [value.place.column for value in step.values] == [3, 10, 17]


@pytest.mark.parametrize(
    ("line", "column", "sentence"),
    [('tap "Moto', 5, "does not end"), ("tap /Moto", 5, "does not end"), ('tap "a"b', 5, "does not end")],
)
def test_an_open_end_is_named(line: str, column: int, sentence: str) -> None:
    with pytest.raises(ScriptError) as wrong:
        parse_step(line, HERE)
    (problem,) = wrong.value.problems
    assert problem.column == column
    assert sentence in problem.sentence


def test_only_a_dollar_with_braces_is_a_variable() -> None:
    value = parse_step('tap "$5 ${amount} $x {y}"', HERE).values[1]
    assert value.variables == ["amount"]
    assert value.filled({"amount": "7"}) == "$5 7 $x {y}"


def test_a_variable_in_a_pattern_is_text() -> None:
    assert parse_step("tap /${x}/", HERE).values[1].filled({"x": "1.5"}) == r"1\.5"


def read(text: str) -> Script:
    script = parse_text(text, HERE)
    assert script.problems == ()
    return script


def test_a_file_is_read_section_by_section() -> None:
    script = read(
        """\ufeffkeys 1   # the version
terminal v400m s1f2
locale   fr-CA

macro pay ${amount}
  press OK
  press ${amount} OK

setup
  network up
scenario "One" @a @b
  pay 100
  examples
    | card        | last4 |
    | visa-credit |  1111 |
    | "two words" |       |
scenario "Two"
  wait 1s
examples card
  mute
teardown
  note "done"
"""
    )
    assert [value.text for value in script.values_of("terminal")] == ["v400m", "s1f2"]
    assert [(macro.name, macro.parameters, len(macro.steps)) for macro in script.macros] == [
        ("pay", ("amount",), 2)
    ]
    assert [step.source for step in script.setup] == ["network up"]
    assert [step.source for step in script.teardown] == ['note "done"']
    one, two = script.scenarios
    assert (one.name, one.tags) == ("One", ("@a", "@b"))
    assert one.examples is not None
    assert two.examples is not None
    assert [column.text for column in one.examples.columns] == ["card", "last4"]
    assert [[cell.text for cell in row] for row in one.examples.rows] == [
        ["visa-credit", "1111"],
        ["two words", ""],
    ]
    assert [[cell.text for cell in row] for row in two.examples.rows] == [["mute"]]


HEADINGS = [
    ("no version", "terminal v400m\n", 1, "the first line is `keys 1`"),
    ("another version", "keys 2\n", 1, "no version that can be read"),
    ("a misspelt setting", "keys 1\nterminl v400m\n", 2, "did you mean 'terminal'?"),
    ("a setting without a value", "keys 1\nlocale\n", 2, "needs a value"),
    ("a setting below a scenario", 'keys 1\nscenario "A"\n  wait 1s\nlocale en-CA\n', 4, "comes too late"),
    ("a scenario without a name", "keys 1\nscenario @moto\n", 2, "needs a name"),
    ("a tag without its sign", 'keys 1\nscenario "A" moto\n', 2, "only tags follow"),
    ("a macro with an argument that is none", "keys 1\nmacro pay amount\n", 2, "is written ${name}"),
    ("a step of nothing", "keys 1\n  press OK\n", 2, "in no scenario"),
    ("examples of nothing", "keys 1\nexamples\n", 2, "belong to a scenario"),
    ("two setups", "keys 1\nsetup\n  wait 1s\nsetup\n  wait 1s\n", 4, "once in a file"),
]


@pytest.mark.parametrize(
    ("text", "line", "sentence"), [row[1:] for row in HEADINGS], ids=[row[0] for row in HEADINGS]
)
def test_what_is_no_form_of_the_language_is_a_problem(text: str, line: int, sentence: str) -> None:
    found = [p for p in parse_text(text, HERE).problems if p.line == line and sentence in p.sentence]
    assert found


def test_one_wrong_line_hides_no_other() -> None:
    script = parse_text('keys 1\nterminl x\nscenario "A"\n  tap "x\n  press OK\n  tap /y\n', HERE)
    assert [problem.line for problem in sorted(script.problems)] == [2, 4, 6]
    assert [step.source for step in script.scenarios[0].steps] == ["press OK"]


def test_a_problem_shows_its_line_with_a_caret() -> None:
    (problem,) = parse_text("keys 1\nterminl v400m\n", HERE).problems
    assert str(problem).splitlines()[0].startswith("test.keys:2:1: ")
    assert str(problem).splitlines()[1:] == ["    terminl v400m", "    ^^^^^^^"]


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    binary = tmp_path / "latin.keys"
    binary.write_bytes(b"keys 1 # \xe9")
    for path in (tmp_path / "absent.keys", binary):
        with pytest.raises(ScriptError, match="cannot be read"):
            parse(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_script_in_utf_16_is_refused_with_the_cure(tmp_path: Path, encoding: str) -> None:
    script = tmp_path / "powershell.keys"
    script.write_bytes("keys 1\nterminal v400m\n".encode(encoding))
    with pytest.raises(ScriptError, match="save the file as UTF-8"):
        parse(script)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_line_ends_at_a_carriage_return_or_a_line_feed_alone(end: str) -> None:
    script = parse_text(end.join(["keys 1", 'scenario "A"', '  note "a\u2028b\x0cc\x85d"', ""]), HERE)
    assert script.problems == ()
    (step,) = script.scenarios[0].steps
    assert step.values[1].text == "a\u2028b\x0cc\x85d"


@given(st.text(alphabet=st.characters(exclude_characters="\r\n"), max_size=60))
def test_any_line_is_read_or_is_a_problem(line: str) -> None:
    script = parse_text(f'keys 1\nscenario "A"\n  {line}\n', HERE)
    steps = script.scenarios[0].steps
    assert len(steps) <= 1
    assert not (steps and script.problems)
