"""The colours of scripts know every word of the language, and a script stands in them unchanged."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String

from terminal_sim.script.bind import FROM_STATE
from terminal_sim.script.headings import HEADINGS
from terminal_sim.script.lexer import ACTS, KEYWORDS, NEGATABLE, KeysLexer
from terminal_sim.verbs import VERBS
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "tests" / "scripts").glob("*.keys"))
GRAMMAR = ROOT / "editors" / "vscode" / "syntaxes" / "keys.tmLanguage.json"


def test_the_acts_and_keywords_are_those_of_the_verbs() -> None:
    assert {*ACTS} == {" ".join(words) for words in (*VERBS, FROM_STATE)}
    assert {*KEYWORDS} == {word for verb in VERBS.values() for word in verb.introduced}
    assert {words[0] for words, verb in VERBS.items() if verb.negatable} == {NEGATABLE}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_coloured_without_errors_and_unchanged(script: Path) -> None:
    text = script.read_text("utf-8")
    found = [*KeysLexer().get_tokens(text)]
    assert "".join(value for _, value in found) == text
    assert [value for kind, value in found if kind is Error] == []


def test_words_have_the_colours_of_what_they_are() -> None:
    text = (
        'keys 1\n\nscenario "A" @sale\n  expect no screen "a ${b}" within 5s  # why\n  pay 100\n'
        "  tap id:home\n  expect host sale amount=5\n  tap /x/\n"
    )
    found = [(kind, value) for kind, value in KeysLexer().get_tokens(text)]
    for wanted in [
        (Keyword.Declaration, "scenario"), (Name.Decorator, "@sale"), (Keyword, "expect no screen"), (Name.Variable, "${b}"),
        (Operator.Word, "within"), (Number, "5s"), (Comment.Single, "# why"), (Name.Function, "pay"), (Name.Label, "home"),
        (Name.Attribute, "amount"), (String.Regex, "/x/"),
    ]:  # fmt: skip
        assert wanted in found


@given(st.text(alphabet='ab "#/|\\${}=@:\n1s', max_size=60))
def test_any_text_is_coloured_and_unchanged(text: str) -> None:
    lexer = KeysLexer(stripnl=False, ensurenl=False)
    assert "".join(value for _, value in lexer.get_tokens(text)) == text


def test_pygments_finds_the_lexer_by_its_name_and_by_a_file() -> None:
    assert isinstance(get_lexer_by_name("keys"), KeysLexer)
    assert isinstance(get_lexer_for_filename("a.keys"), KeysLexer)


def test_the_lexer_loads_neither_bench_nor_verbs() -> None:
    code = (
        "import sys; import terminal_sim.script.lexer;"
        " print([m for m in sys.modules if m.startswith(('terminal_sim.bench', 'terminal_sim.verbs'))])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert ran.stdout == "[]\n"


def test_the_textmate_grammar_is_written_from_the_words_as_they_are() -> None:
    ran = subprocess.run(
        [sys.executable, "tools/textmate.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout


def test_the_textmate_grammar_knows_every_word() -> None:
    rules = json.loads(GRAMMAR.read_text("utf-8"))["patterns"]
    begins = [re.compile(rule["begin"], re.MULTILINE) for rule in rules if "begin" in rule]
    (act,) = [each for each in begins if "screenshot" in each.pattern]
    assert [each for each in ACTS if (found := act.match(f"  {each} x")) is None or found[1] != each] == []
    assert act.match('  expect no screen "x"')
    assert not act.match("  insertion x")
    assert all(begins[0].match(f"{one.word} x") for one in HEADINGS)
