"""A language client gets problems, completion, hover, definitions, renames and layout for texts that are not saved."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE

pytest.importorskip("pygls", reason="pygls is missing: pip install 'terminal-sim[lsp]'")
from lsprotocol import types

from terminal_sim.script.check import check
from terminal_sim.script.parse import parse_text
from terminal_sim.script.tree import Problem, ScriptError
from terminal_sim.script.vocabulary import vocabulary

Editor = Any  # the class of the fixture, which stands in a conftest
ROOT = Path(__file__).resolve().parents[2]
HEAD = "keys 1\nterminal v400m\n"
STEP = f'{HEAD}scenario "A"\n  '


def checked(text: str) -> list[Problem]:
    try:
        script = parse_text(text, Path("test.keys"))
        check(script, vocabulary(), environ={})
    except ScriptError as wrong:
        return list(wrong.problems)
    return []


WRONG = f"""{HEAD}locale en-CX
scenario "A"
  prss OK
  insert vsa-credit
  expect journal sale amont=5
  tap Start
  press OKK
  tap "x
  let é = 1
"""


# --- problems ------------------------------------------------------------------------------------------------------


def test_problems_are_those_of_a_check_at_their_places(editor: Editor) -> None:
    found = editor.problems(WRONG)
    there = [(one.range.start.line + 1, one.range.start.character + 1, one.message) for one in found]
    assert there == [(problem.line, problem.column, problem.sentence) for problem in checked(WRONG)]
    assert {one.source for one in found} == {"terminal-sim"}
    assert [one.code for one in found if one.range.start.line == 9] == ["form"]
    assert {one.code for one in found if one.range.start.line < 9} == {"meaning"}


def test_a_mended_text_has_no_problems(editor: Editor) -> None:
    assert editor.problems(f'{STEP}expect screen "Start"\n') == []


def mended(editor: Editor, text: str) -> list[str]:
    """The text after each cure of each problem, alone."""
    uri = "untitled:cured.keys"
    found = editor.problems(text, uri)
    made = []
    for problem in found:
        actions = editor.wait(
            editor.client.text_document_code_action_async(
                types.CodeActionParams(
                    types.TextDocumentIdentifier(uri),
                    problem.range,
                    types.CodeActionContext(diagnostics=[problem]),
                )
            )
        )
        made += [applied(text, action.edit.changes[uri]) for action in actions]
    return made


def applied(text: str, edits: list[types.TextEdit]) -> str:
    lines = text.split("\n")
    for edit in sorted(
        edits, key=lambda one: (one.range.start.line, one.range.start.character), reverse=True
    ):
        start, end = edit.range.start, edit.range.end
        before = "\n".join([*lines[: start.line], lines[start.line][: start.character]])
        after = (
            "\n".join([lines[end.line][end.character :], *lines[end.line + 1 :]])
            if end.line < len(lines)
            else ""
        )
        lines = f"{before}{edit.new_text}{after}".split("\n")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (f"{STEP}prss OK", f"{STEP}press OK"),
        (f"{STEP}insert vsa-credit", f"{STEP}insert visa-credit"),
        (f"{STEP}expect journal sale amont=5", f"{STEP}expect journal sale amount=5"),
        (f"{STEP}network dwn", f"{STEP}network down"),
        (f"{STEP}tap id:aproved", f"{STEP}tap id:approved"),
        (f"{STEP}expect screen Start", f'{STEP}expect screen "Start"'),
        (f'{HEAD}senario "A"\n  wait 1s', f'{HEAD}scenario "A"\n  wait 1s'),
        ('terminal v400m\nscenario "A"\n  wait 1s', 'keys 1\nterminal v400m\nscenario "A"\n  wait 1s'),
        ('keys 1\nterminal v40m\nscenario "A"\n  wait 1s', 'keys 1\nterminal v400m\nscenario "A"\n  wait 1s'),
    ],
)
def test_a_cure_that_a_problem_names_can_be_carried_out(editor: Editor, wrong: str, right: str) -> None:
    assert right in mended(editor, wrong)


# --- completion ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "has"),
    [
        (f"{STEP}█", ["press", "expect", "insert"]),
        (f"{STEP}expect scr█", ["screen"]),
        (f"{STEP}insert vi█", ["visa-credit", "visa-online-pin"]),
        (f"{STEP}press █", ["OK", "GREEN", "${card.pin}"]),
        (f'{STEP}expect screen "App█"', ['"Approved"']),
        (f"{STEP}tap id:appr█", ["id:approved"]),
        (f"{STEP}fault █", ["printer-jam", "wire"]),
        (f"{STEP}expect journal sale sta█", ["state=", "stan="]),
        (f"{STEP}let total = 5\n  press ${{to█", ["${total}"]),
        (f'{HEAD}macro pay ${{minor}}\n  press ${{█}}\nscenario "A"\n  wait 1s', ["${minor}"]),
        (f'{HEAD}macro pay ${{minor}}\n  wait 1s\nscenario "A"\n  pa█', ["pay"]),
        ("keys 1\nterminal █", ["v400m", "all"]),
        ("keys 1\n█", ["terminal", "scenario"]),
        (f"{HEAD}requires pr█", ["printer"]),
        (f"{HEAD}with limits.m█", ["limits.max_amount="]),
        (f'{STEP}tap "half\n  prss OK\n  insert █', ["visa-credit"]),
    ],
)
def test_what_may_stand_at_the_cursor_is_offered(editor: Editor, text: str, has: list[str]) -> None:
    offers = editor.offers(text)
    assert [label for label in has if label not in offers] == []


def test_a_whole_line_comes_with_places_to_fill_in(editor: Editor) -> None:
    offer = editor.offers(f"{STEP}ho█")["hold KEY for TIME"]
    assert offer.insert_text_format == types.InsertTextFormat.Snippet
    assert offer.text_edit.new_text == "hold ${1:KEY} for ${2:TIME}"
    assert offer.documentation is not None
    assert "ignores fails" in offer.documentation.value
    assert (
        editor.offers(f"{STEP}netw█")["network up|down|wifi|4g"].text_edit.new_text
        == "network ${1|up,down,wifi,4g|}"
    )


def test_a_macro_comes_with_its_arguments_to_fill_in(editor: Editor) -> None:
    offers = editor.offers(f'{HEAD}macro pay ${{minor}} ${{card}}\n  wait 1s\nscenario "A"\n  p█')
    assert offers["pay"].text_edit.new_text == "pay ${1:minor} ${2:card}"


def test_what_an_editor_has_closed_by_itself_is_not_doubled(editor: Editor) -> None:
    text = f'{STEP}expect screen "App█"'
    edit = editor.offers(text)['"Approved"'].text_edit
    assert applied(text.replace("█", ""), [edit]) == f'{STEP}expect screen "Approved"'


# --- hover ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{STEP}pr█ess OK", "press KEYS..."),
        (f"{STEP}expect scr█een id:home", "within TIME"),
        (f"{STEP}insert visa-cr█edit", "Visa credit (chip, contactless, stripe)"),
        (f"{STEP}tap id:appr█oved", "Approuvé"),
        (f'{STEP}expect screen "Appr█oved"', "id:approved"),
        (f"{STEP}fault printer-j█am", "prints nothing until"),
        (f"{STEP}expect journal sale amo█unt=5", "minor units"),
        (f"{STEP}expect screen id:home wi█thin 5s", "the longest time until it holds"),
        (f"{STEP}insert visa-credit\n  press ${{card.p█in}}", "the PIN of the card last named"),
        (f"{STEP}let total = 5\n  press ${{to█tal}}", "let total = 5"),
        (f"{STEP}press ${{passcode.ad█min}}", "that the terminal is delivered with"),
        (f'{HEAD}macro pay ${{minor}}\n  press ${{minor}} OK\nscenario "A"\n  p█ay 5', "press ${minor} OK"),
        ("keys 1\ntermi█nal v400m", "terminal NAME..."),
        (f"{HEAD}requires pri█nter", "It has a printer."),
        (f"{HEAD}with limits.max_am█ount=5", "largest payment"),
        (f"{STEP}# noth█ing", ""),
    ],
)
def test_what_is_under_the_pointer_is_explained(editor: Editor, text: str, says: str) -> None:
    told = editor.hover(text)
    assert says in told
    assert says or not told


# --- names ---------------------------------------------------------------------------------------------------------

NAMES = f"""{HEAD}macro pay ${{amount}} ${{card}}
  press ${{amount}} OK
  insert ${{card}}

scenario "A"
  let total = 1250
  pay ${{total}} visa-credit
  note "${{total}} was ${{total}}"

scenario "B"
  pay ${{minor}} amex-credit
  examples
    | minor |
    | 5     |
"""


def at(text: str, found: str, nth: int = 0) -> str:
    """The text with the cursor within the n-th `found`."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(found, start + 1)
    return f"{text[: start + 1]}█{text[start + 1 :]}"


def renamed(editor: Editor, text: str, new: str, uri: str = "untitled:test.keys") -> str:
    place = editor.open(text, uri)
    edit = editor.wait(
        editor.client.text_document_rename_async(types.RenameParams(place.text_document, place.position, new))
    )
    return applied(text.replace("█", ""), edit.changes[uri])


@pytest.mark.parametrize(
    ("found", "nth", "new", "changed"),
    [
        ("total", 0, "sum", [("total", "sum")]),
        ("total", 1, "sum", [("total", "sum")]),
        ("pay", 1, "charge", [("pay ", "charge ")]),
        ("pay", 0, "charge", [("pay ", "charge ")]),
        ("amount", 0, "cents", [("amount", "cents")]),
        ("minor", 0, "cents", [("minor", "cents")]),
        ("minor", 1, "cents", [("minor", "cents")]),
        ("card", 0, "plastic", [("${card}", "${plastic}")]),
    ],
)
def test_a_name_is_changed_wherever_it_stands(
    editor: Editor, found: str, nth: int, new: str, changed: list[tuple[str, str]]
) -> None:
    text = NAMES
    for before, after in changed:
        text = text.replace(before, after)
    result = renamed(editor, at(NAMES, found, nth), new)
    assert result == text
    assert checked(result) == []


@pytest.mark.parametrize(
    ("found", "new", "says"),
    [
        ("total", "two words", "is no name"),
        ("total", "minor", "is a name in this file already"),
        ("total", "profile", "has a meaning already"),
        ("pay", "press", "is an act of the language"),
        ("press", "push", "is no macro"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(
    editor: Editor, found: str, new: str, says: str
) -> None:
    with pytest.raises(Exception, match=says):
        renamed(editor, at(NAMES, found), new)


def test_definitions_and_references_of_a_name(editor: Editor) -> None:
    place = editor.open(at(NAMES, "pay", 2))
    (head,) = editor.wait(
        editor.client.text_document_definition_async(
            types.DefinitionParams(place.text_document, place.position)
        )
    )
    assert (head.range.start.line, head.range.start.character) == (2, 6)
    found = editor.wait(
        editor.client.text_document_references_async(
            types.ReferenceParams(
                types.ReferenceContext(include_declaration=False), place.text_document, place.position
            )
        )
    )
    assert [one.range.start.line for one in found] == [8, 12]
    place = editor.open(at(NAMES, "total", 3))
    (given,) = editor.wait(
        editor.client.text_document_definition_async(
            types.DefinitionParams(place.text_document, place.position)
        )
    )
    assert given.range.start.line == 7


def test_a_macro_is_followed_into_the_file_that_gives_it_and_renamed_in_both(
    editor: Editor, tmp_path: Path
) -> None:
    common = tmp_path / "common.keys"
    common.write_text("keys 1\nmacro pay ${minor}\n  press ${minor} OK\n", encoding="utf-8")
    text = 'keys 1\nterminal v400m\nuse "common.keys"\nscenario "A"\n  p█ay 5\n'
    uri = (tmp_path / "main.keys").as_uri()
    place = editor.open(text, uri)
    (head,) = editor.wait(
        editor.client.text_document_definition_async(
            types.DefinitionParams(place.text_document, place.position)
        )
    )
    assert (head.uri, head.range.start.line) == (common.as_uri(), 1)
    assert "press ${minor} OK" in editor.hover(text, uri)
    edit = editor.wait(
        editor.client.text_document_rename_async(
            types.RenameParams(place.text_document, place.position, "charge")
        )
    )
    assert {*edit.changes} == {uri, common.as_uri()}
    file = editor.open('keys 1\nterminal v400m\nuse "com█mon.keys"\n', uri)
    (used,) = editor.wait(
        editor.client.text_document_definition_async(
            types.DefinitionParams(file.text_document, file.position)
        )
    )
    assert used.uri == common.as_uri()


def test_a_file_that_another_one_uses_counts_as_it_stands_in_the_editor(
    editor: Editor, tmp_path: Path
) -> None:
    common = tmp_path / "common.keys"
    common.write_text("keys 1\nmacro pay\n  press OK\n", encoding="utf-8")
    uri = (tmp_path / "main.keys").as_uri()
    text = 'keys 1\nterminal v400m\nuse "common.keys"\nscenario "A"\n  pay\n'
    assert editor.problems(text, uri) == []
    editor.told.pop(uri)
    assert editor.problems("keys 1\nmacro charge\n  press OK\n", common.as_uri()) == []
    (problem,) = editor.problems_of(uri)
    assert problem.message.startswith("there is no act 'pay'")


# --- shape ---------------------------------------------------------------------------------------------------------


def test_scenarios_and_macros_are_the_symbols_and_can_be_folded(editor: Editor) -> None:
    document = editor.open(NAMES).text_document
    symbols = editor.wait(
        editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
    )
    assert [(one.detail, one.name) for one in symbols] == [
        ("macro", "pay"),
        ("scenario", "A"),
        ("scenario", "B"),
    ]
    folds = editor.wait(editor.client.text_document_folding_range_async(types.FoldingRangeParams(document)))
    assert [(one.start_line, one.end_line) for one in folds] == [(2, 4), (6, 9), (11, 15), (13, 15)]


def test_a_text_is_laid_out_as_fmt_does_it(editor: Editor) -> None:
    text = 'keys 1\nterminal v400m\nlocale en-CA\nscenario "A"\n      wait 1s'
    document = editor.open(text).text_document
    options = types.FormattingOptions(tab_size=2, insert_spaces=True)
    (edit,) = editor.wait(
        editor.client.text_document_formatting_async(types.DocumentFormattingParams(document, options))
    )
    assert applied(text, [edit]) == 'keys 1\nterminal v400m\nlocale   en-CA\n\nscenario "A"\n  wait 1s\n'
    broken = editor.open(f'{STEP}tap "x').text_document
    assert not editor.wait(
        editor.client.text_document_formatting_async(types.DocumentFormattingParams(broken, options))
    )


def test_words_are_coloured_by_what_they_are(editor: Editor) -> None:
    document = editor.open(f'{STEP}expect no screen "x" within 5s # why\n').text_document
    found = editor.wait(
        editor.client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(document))
    )
    kinds = editor.kinds
    last = [kinds[found.data[at + 3]] for at in range(0, len(found.data), 5)][-5:]
    assert last == ["keyword", "keyword", "keyword", "string", "comment"]


# --- damage --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "\x00\x00\x00", "keys 1\n" * 30_000, "x" * 1_200_000, '"' * 20_000, "keys 1\n" + "  ${" * 500, "\ufeffkeys 1\n",
     "keys 1\nexamples\n  | a | b\n", 'keys 1\nscenario\nmacro\n  with\n examples from "x"\n', "keys 1\nuse \"\"\nuse \"/\"\n",
     "😀 😀 \u2028 \x0c\n 😀"],
    ids=["empty", "zeros", "lines", "megabyte", "quotes", "variables", "mark", "table", "heads", "files", "planes"],
)  # fmt: skip
def test_a_damaged_or_huge_text_never_stops_the_server(editor: Editor, text: str) -> None:
    assert editor.problems(text, "untitled:damaged.keys")
    document = types.TextDocumentIdentifier("untitled:damaged.keys")
    for place in (types.Position(0, 0), types.Position(1, 4), types.Position(99_999, 99_999)):
        editor.wait(editor.client.text_document_completion_async(types.CompletionParams(document, place)))
        editor.wait(editor.client.text_document_hover_async(types.HoverParams(document, place)))
        editor.wait(editor.client.text_document_definition_async(types.DefinitionParams(document, place)))
    editor.wait(editor.client.text_document_folding_range_async(types.FoldingRangeParams(document)))
    editor.wait(editor.client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(document)))
    assert editor.problems(f"{STEP}wait 1s") == []


def test_places_count_in_units_of_the_protocol(editor: Editor) -> None:
    (problem,) = editor.problems(f'{STEP}note "😀" "é"\n')
    assert (problem.range.start.character, problem.range.end.character) == (12, 15)
    assert "OK" in editor.offers(f'{STEP}note "😀"\n  press █')


def test_without_its_extra_the_server_says_what_to_install() -> None:
    code = (
        "import sys\nsys.modules.update(pygls=None, lsprotocol=None)\n"
        "from terminal_sim.cli.main import main\nsys.exit(main(['lsp', '--stdio']))\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}"}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "terminal-sim: the language server needs pygls: pip install 'terminal-sim[lsp]'\n"
