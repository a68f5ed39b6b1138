"""A formatted script means the same, stands in one layout, and formatting it again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.script.format import formatted
from terminal_sim.script.parse import parse_text
from terminal_sim.script.tree import Script, ScriptError, ScriptStep, Value

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [
    *sorted((ROOT / "tests" / "scripts").glob("*.keys")),
    *sorted((ROOT / "profiles" / "demo").glob("*.keys")),
    *sorted((ROOT / "docs" / "examples").glob("*.keys")),
]
HERE = Path("script.keys")


def meant(text: str) -> object:
    """All that a script says, without the places where it says it."""
    script = parse_text(text, HERE)
    assert not script.problems
    return (
        [(one.name, values(one.values)) for one in script.settings],
        [(one.name, one.parameters, steps(one.steps)) for one in script.macros],
        steps(script.setup),
        scenarios(script),
        steps(script.teardown),
    )


def scenarios(script: Script) -> list[object]:
    tables = [
        one.examples and (values(one.examples.columns), [*map(values, one.examples.rows)])
        for one in script.scenarios
    ]
    return [
        (one.name, one.tags, steps(one.steps), values(one.options), table)
        for one, table in zip(script.scenarios, tables, strict=True)
    ]


def steps(found: Sequence[ScriptStep]) -> list[object]:
    return [(step.source, values(step.values)) for step in found]


def values(found: Sequence[Value]) -> list[object]:
    return [(value.text, value.form, value.name, value.is_variable) for value in found]


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith("#")]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_an_acceptance_script_means_the_same_and_keeps_its_comments(script: Path) -> None:
    text = script.read_text("utf-8")
    laid_out = formatted(text, script)
    assert meant(laid_out) == meant(text)
    assert comments(laid_out) == comments(text)
    assert formatted(laid_out, script) == laid_out


UNTIDY = """\
\ufeff
# of the file
  keys  1   # the version

terminal   v400m s1f2  # two
with offline.allowed=true


locale en-CA
# about the macro
macro   pay   ${minor}
# within

    press  ${minor}   OK    # keys
scenario   "A"   @x  @y
\twith a=b


  tap   "x"
# commented out
  tap "y"
  # at the end
scenario "B"
  wait 1s
examples
  | card | "a | b" | # head
  |visa-credit|  |
  | x \\| y | z
  bare "x y"  z # bare
  b yy z
teardown
  wait 1s"""

TIDY = """\
# of the file
keys 1  # the version

terminal v400m s1f2  # two
with     offline.allowed=true

locale   en-CA

# about the macro
macro pay ${minor}
  # within

  press  ${minor}   OK    # keys

scenario "A" @x @y
  with a=b

  tap   "x"
  # commented out
  tap "y"
  # at the end

scenario "B"
  wait 1s
  examples
    | card        | "a | b" |  # head
    | visa-credit |         |
    | x \\| y      | z       |
    bare  "x y"  z  # bare
    b     yy     z

teardown
  wait 1s
"""


def test_an_untidy_script_is_laid_out() -> None:
    assert formatted(UNTIDY, HERE) == TIDY
    assert meant(TIDY) == meant(UNTIDY)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_lines_end_as_the_first_one_does(end: str) -> None:
    text = f"keys 1{end}terminal v400m\nlocale en-CA\r\n"
    assert formatted(text, HERE) == f"keys 1{end}terminal v400m{end}locale   en-CA{end}"


def test_a_script_that_cannot_be_read_is_refused_with_its_places() -> None:
    with pytest.raises(ScriptError) as wrong:
        formatted('keys 1\nscenario "A"\n  tap "x\n', HERE)
    assert [(problem.line, problem.column) for problem in wrong.value.problems] == [(3, 7)]


LINES = st.sampled_from(
    ["", "   ", "# c", "  # c", "\t#c \t", "setup", 'scenario "N"', "examples a b", "  examples", "  | a | b |", "  |x|",
     "  | \"q|r\" | \\| ", "  word 'x' # c", '  tap "a # b"  # c', "  press OK", "teardown", "locale  fr-CA", "macro m ${a}",
     "  with a=b", "\x0c wait 1s", "\u2003note \"x\u2028y\"", "  let x  =  /a b/", "  expect host a=\"b c\" count=1"]
)  # fmt: skip
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@given(st.lists(st.tuples(LINES, ENDS), max_size=25), st.integers(0, 3))
def test_any_lines_mean_the_same_when_they_are_laid_out(lines: list[tuple[str, str]], blanks: int) -> None:
    held(" " * blanks + "keys  1\n" + "".join(line + end for line, end in lines))


@given(st.sampled_from(SCRIPTS), st.data())
def test_a_mutated_acceptance_script_means_the_same_when_it_is_laid_out(
    script: Path, data: st.DataObject
) -> None:
    lines = script.read_text("utf-8").splitlines(keepends=True)[:60]
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at : at + 1] = data.draw(
            st.sampled_from(
                [
                    [lines[at], "\n", "   \n"],
                    [f" \t{lines[at]}"],
                    [lines[at].replace(" ", "   ")],
                    [lines[at].rstrip() + "   # said\n"],
                    ["# before\n", lines[at]],
                    [lines[at].lstrip()],
                    [],
                    [lines[at], lines[at]],
                    [lines[at].replace("\n", "\r\n")],
                ]
            )
        )
        lines = lines or ["keys 1\n"]
    held("".join(lines))


def held(text: str) -> None:
    """Asserts that the text is refused, or laid out with the same meaning."""
    try:
        laid_out = formatted(text, HERE)
    except ScriptError:
        return
    assert meant(laid_out) == meant(text)
    assert comments(laid_out) == [each.strip() for each in comments(text)]
    assert formatted(laid_out, HERE) == laid_out
