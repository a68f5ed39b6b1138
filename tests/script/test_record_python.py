"""A recording as a Python test: it is laid out as ruff does it, and does what the script does."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.script.recorder import RecordedScript, ScriptHead
from terminal_sim.secret import Secret
from terminal_sim.verbs import VERBS, Verb
from terminal_sim.verbs.spelling import quoted

STEPS = {
    "press OK ${card.pin} ${CVC}": 'terminal.press("OK", terminal.value("card.pin"), os.environ["CVC"])',
    "press! F1": 'terminal.press_blindly("F1")',
    "hold OK for 2s": 'terminal.hold("OK", for_="2s")',
    "expect screen id:home": 'terminal.expect_screen("id:home")',
    'expect screen "Approved" on customer within 5s': 'terminal.expect_screen("Approved", on="customer", within="5s")',
    'expect screen "id:odd"': "terminal.expect_screen('\"id:odd\"')",
    "expect screen /a.c/": 'terminal.expect_screen("/a.c/")',
    "expect no host": "terminal.expect_host(no=True)",
    "expect journal sale amount=100 count=2": 'terminal.expect_journal("sale", count=2, amount="100")',
    'order "Tea for \\"two\\"" 1250': "terminal.order('Tea for \"two\"', 1250)",
    'order "card ${CARD_NUMBER}" 1': "terminal.order(f\"card {os.environ['CARD_NUMBER']}\", 1)",
    "insert visa-credit at ccid": 'terminal.insert("visa-credit", at="ccid")',
    'pos sale T1 900 server="Anne"': 'terminal.pos_sale("T1", 900, server="Anne")',
    "pos close T1 900 with cash": 'terminal.pos_close("T1", 900, with_="cash")',
    "save state here": 'terminal.save_state("here")',
    'save state "here"': 'terminal.save_state("./here")',
    "tear card after apdu 4": 'terminal.tear_card("apdu", "4")',
    "expect light chip on": 'terminal.expect_light("chip", "on")',
}


HEAD = ScriptHead(profile="v400m", locale="fr-CA")


def recorded(*steps: str, head: ScriptHead = HEAD) -> RecordedScript:
    return RecordedScript(
        head=head,
        title="By hand",
        steps=steps,
        secrets={"CVC": Secret("737")},
    )


@pytest.mark.parametrize(("line", "call"), STEPS.items())
def test_each_line_is_a_method_of_the_fixture(line: str, call: str) -> None:
    assert f"\n    {call}\n" in recorded(line).pytest()


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: " ".join(verb.words))
def test_each_example_of_a_verb_is_python(verb: Verb) -> None:
    """The examples are those of the table, which `help` shows; the names of their own variables are secrets here."""
    compile(recorded(*verb.examples).pytest(), "recorded", "exec")


def ruff_leaves(*texts: str) -> bool:
    """Whether ruff would write the files as they are."""
    command = [str(Path(sys.executable).parent / "ruff"), "format", "--isolated", "--diff", "-"]
    return all(
        subprocess.run(command, input=text, capture_output=True, text=True, check=False).returncode == 0
        for text in texts
    )


def test_it_is_laid_out_as_ruff_does_it() -> None:
    long = "expect receipt " + " ".join(f'"{word * 9}"' for word in "abc")
    longer = "expect receipt " + " ".join(f'"{word * 30}"' for word in "abc") + " copy=merchant"
    options = {f"offline.{name}": "x" * 20 for name in ("allowed", "limit", "hours")}
    assert ruff_leaves(
        recorded(*STEPS, long, longer).pytest(),
        recorded(long, head=replace(HEAD, options=options, cards="cards", pack="amounts", seed=7)).pytest(),
        recorded("press OK", head=replace(HEAD, options={"passcodes.admin.code": "9753"})).pytest(),
    )


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="$"), max_size=30))
def test_any_text_is_the_same_text_in_python(text: str) -> None:
    written = recorded(f"note {quoted(text)}").pytest().splitlines()[-1]
    said: list[str] = []
    namespace = {"terminal": type("Fixture", (), {"note": staticmethod(said.append)})}
    exec(written.strip() if ")" in written else "", namespace)
    assert said == [text]


def test_a_passcode_that_was_set_by_an_option_is_written_nowhere() -> None:
    options = {"passcodes.admin.code": "9753", "offline.allowed": "true"}
    script = recorded("press OK", head=replace(HEAD, options=options))
    keys = script.keys()
    assert "9753" not in keys + script.pytest()
    assert "run it --with passcodes.admin.code=..." in keys
    assert script.environ["PASSCODES_ADMIN_CODE"] == Secret("9753")
