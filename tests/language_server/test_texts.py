"""Whatever text an editor holds, each question about it has an answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.language_server.completion import offers_at
from terminal_sim.language_server.cures import cures_of, problems_of
from terminal_sim.language_server.document import Document
from terminal_sim.language_server.hover import hover_at
from terminal_sim.language_server.names import NameKind, everywhere, place_at, places_of, scripts_in, stored
from terminal_sim.language_server.outline import folds_of, words_of
from terminal_sim.language_server.scopes import names_of, scope_of

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "tests" / "scripts").glob("*.keys"))
HERE = ROOT / "tests" / "scripts" / "typed.keys"

LINES = st.sampled_from(
    ["keys 1", "terminal v400m", "terminal", "use \"nothing.keys\"", 'scenario "A" @b', "scenario", "macro m ${a} ${b}", "macro",
     "  m 1 2", "  m", '  let x = "${y', "  let", "  capture x from screen /(", "  with a=", "  with", "  examples", "examples a b",
     "  | a | ${b} |", "  |", "  a b c", "  examples from \"x.csv\"", "  expect no", "  expect no screen id:", "  insert visa-credit at",
     "  save state s", "  from state s", "  fault wire drop", "  press ${", "  😀 \u2028 é", "#", "  # c", "", "\ufeff", "secret S"]
)  # fmt: skip


def asked(text: str, line: int, index: int) -> None:
    """Asks everything about a place of a text."""
    document = Document(HERE, text)
    index = min(index, len(document.line(line)))
    names = names_of(document, line, stored)
    scope = scope_of(document)
    for offer in offers_at(document, line, index, scope, names):
        assert 0 <= offer.span.start <= offer.span.end <= len(document.line(line))
    told = hover_at(document, line, index, scope, names, stored)
    assert told is None or told[0]
    place = place_at(document, line, index)
    if place is not None and place.name.kind is not NameKind.MACRO:
        assert place in everywhere(place.name, document, [], stored)
    for one in places_of(document):
        assert document.line(one.span.line)[one.span.start : one.span.end] == one.name.text
    for span, _ in words_of(document, frozenset()):
        assert span.start < span.end <= len(document.line(span.line))
    assert all(first < last < len(document.lines) for first, last in folds_of(document))


@given(st.lists(LINES, max_size=14), st.integers(0, 14), st.integers(0, 40))
def test_any_lines_can_be_asked_about(lines: list[str], line: int, index: int) -> None:
    asked("\n".join(lines), line, index)


@given(st.text(alphabet='ab ${}"/=|#@\n:-', max_size=80), st.integers(0, 5), st.integers(0, 20))
def test_any_text_can_be_asked_about(text: str, line: int, index: int) -> None:
    asked(f"keys 1\n{text}", line, index)


@given(st.sampled_from(SCRIPTS), st.data())
def test_a_script_that_ends_anywhere_can_be_asked_about(script: Path, data: st.DataObject) -> None:
    text = script.read_text("utf-8")
    text = text[: data.draw(st.integers(0, min(len(text), 3_000)))]
    line = text.count("\n")
    asked(text, line, len(text.rpartition("\n")[2]))


@pytest.mark.parametrize("script", SCRIPTS[:6], ids=lambda path: path.name)
def test_a_right_script_has_no_problems(script: Path) -> None:
    assert problems_of(Document(script, script.read_text("utf-8")), {}) == []


@given(st.lists(LINES, min_size=1, max_size=10))
def test_every_cure_is_within_its_text(lines: list[str]) -> None:
    document = Document(HERE, "\n".join(["keys 1", "terminal v400m", *lines]))
    for problem in problems_of(document, {}):
        for cure in cures_of(document, problem.span, problem.sentence):
            assert 0 <= cure.span.start <= cure.span.end <= len(document.line(cure.span.line))


def test_the_columns_of_a_table_in_a_file_are_variables(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("card,last4\nvisa-credit,1111\n", encoding="utf-8")
    text = 'keys 1\nterminal v400m\nscenario "A"\n  insert ${card}\n  examples from "rows.csv"\n'
    document = Document(tmp_path / "a.keys", text)
    assert {"card", "last4"} <= {*names_of(document, 3, stored).variables}
    assert [one.name.text for one in places_of(document) if one.gives] == []


def test_a_problem_of_a_used_file_stands_at_the_line_that_uses_it(tmp_path: Path) -> None:
    (tmp_path / "good.keys").write_text("keys 1\nmacro a\n  wait 1s\n", encoding="utf-8")
    (tmp_path / "bad.keys").write_text("keys 1\nmacro b\n  prss OK\n", encoding="utf-8")
    text = 'keys 1\nterminal v400m\nuse "good.keys"\nuse "bad.keys"\nscenario "A"\n  wait 1s\n'
    (problem,) = problems_of(Document(tmp_path / "a.keys", text), {})
    assert problem.span.line == 3
    assert problem.sentence == f"{tmp_path / 'bad.keys'}:3: there is no act 'prss'; did you mean 'press'?"


def test_scripts_are_looked_for_in_all_folders_that_are_not_hidden(tmp_path: Path) -> None:
    for name in ("a.keys", "b/c.keys", ".venv/d.keys", "node_modules/e.keys", "f.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert {path.name for path in scripts_in(tmp_path)} == {"a.keys", "c.keys"}


@pytest.mark.parametrize(
    ("line", "offered", "start"),
    [
        ("use ", ['"common.keys"', '"more/other.keys"'], 4),
        ('use "com', ['"common.keys"'], 4),
        ('use "common.keys" "m', ['"more/other.keys"'], 18),
        ("  examples from ", ['"rows.csv"'], 16),
        ('  examples from "r', ['"rows.csv"'], 16),
    ],
)
def test_the_files_beside_a_script_are_offered(
    tmp_path: Path, line: str, offered: list[str], start: int
) -> None:
    (tmp_path / "more").mkdir()
    for name in ("common.keys", "more/other.keys", "main.keys", "rows.csv"):
        (tmp_path / name).touch()
    document = Document(tmp_path / "main.keys", f'keys 1\nscenario "A"\n{line}')
    offers = offers_at(document, 2, len(line), scope_of(document), names_of(document, 2, stored))
    assert [one.candidate.text for one in offers] == offered
    assert {one.span.start for one in offers} == {start}
