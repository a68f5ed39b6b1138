"""Everything that is wrong with a script is found before anything runs, with the right word beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim import profile as profiles
from terminal_sim.script.check import check
from terminal_sim.script.parse import parse
from terminal_sim.script.tree import Problem
from terminal_sim.script.vocabulary import vocabulary
from tests.script.conftest import Checks, Finds

HEAD = "keys 1\nterminal v400m\n"

SETTINGS = [
    ("no terminal", "keys 1\n", "no terminal is named"),
    ("a terminal", "keys 1\nterminal v400n\n", "did you mean 'v400m'?"),
    ("a language", f"{HEAD}locale en-US\n", "did you mean 'en-CA'?"),
    ("two languages", f"{HEAD}locale en-CA fr-CA\n", "said once"),
    ("a time", f"{HEAD}clock 9:00\n", "is no time: write 2026-01-15T09:00:00"),
    ("a time with a zone", f"{HEAD}clock 2026-01-15T09:00:00+01:00\n", "has no zone"),
    ("a year", f"{HEAD}clock 1999-12-31T23:59:59\n", "have years from 2000 to 2099"),
    ("a feature", f"{HEAD}requires pritner\n", "did you mean 'printer'?"),
    ("a folder of cards", f"{HEAD}cards nowhere\n", "there is no folder of cards"),
    ("a used file", f'{HEAD}use "nowhere.keys"\n', "there is no file"),
    ("a secret that is not set", f"{HEAD}secret TOKEN\n", "the environment has no variable TOKEN"),
]

STEPS = [
    ("an act", "inser visa-credit", "there is no act 'inser'; did you mean 'insert'?"),
    ("what to expect", "expect screan id:home", "did you mean 'screen'?"),
    ("an act half said", "tear card", "after 'tear card' comes after"),
    ("no opposite", "press no OK", "press has no opposite"),
    ("a card", "insert visa-credt", "there is no card 'visa-credt'; did you mean 'visa-credit'?"),
    ("a key", "press ok", "v400m has no key 'ok'; did you mean 'OK'?"),
    ("a key among digits", "press 10 F9", "v400m has no key 'F9'"),
    ("a quoted key", 'press "OK"', "without quotation marks"),
    ("an id", "tap id:aproved", "no screen has the id 'aproved'; did you mean 'approved'?"),
    ("text without marks", "tap Approved", 'put visible text in quotation marks: "Approved"'),
    ("a broken pattern", "tap /x(/", "is no regular expression"),
    ("a display", 'expect screen "x" on seler', "v400m has no display 'seler'"),
    ("a duration", "wait 5sec", "'5sec' is no duration"),
    ("no duration", "wait", "TIME is missing: wait TIME"),
    ("no preposition", "hold OK", "for TIME is missing: hold KEY for TIME"),
    ("nothing after a preposition", 'expect screen "x" within', "after 'within' comes TIME"),
    ("one too many", "wait 5s 6s", "'6s' is one too many"),
    ("a message", "expect host sael", "did you mean 'sale'?"),
    ("a journal kind", "expect no journal offline.expried", "did you mean 'offline.expired'?"),
    (
        "a field of a kind",
        "expect no journal sale amuont=5",
        "kind 'sale' has no field 'amuont'; did you mean 'amount'?",
    ),
    ("a field of another kind", "expect journal boot amount=5", "kind 'boot' has no field 'amount'"),
    ("a field of a message", "expect no host sale amont=100", "has no field 'amont'; did you mean 'amount'?"),
    (
        "a field of the report",
        "expect no report statu=Completed",
        "has no field 'statu'; did you mean 'status'?",
    ),
    ("a light", "expect no light nosuch", "v400m has no light 'nosuch'"),
    ("an order where none can come", 'order "2 coffees" 700', "v400m takes no online orders"),
    ("an id of no menu", "tap id:orders", "no menu of v400m offers id:orders"),
    ("a text of no menu", 'tap "Orders"', 'no menu of v400m offers "Orders"'),
    ("a fault without a name", "fault", "FAULT is missing"),
    ("a pattern of many brackets", f"expect screen /{'(' * 900}a{')' * 900}/", "is no regular expression"),
    ("a pattern beyond all", f"expect screen /{'a' * 3000}/", "a pattern has at most 2000 characters"),
    ("a count of too many digits", f"expect host count={'9' * 5000}", "a number has at most 12 digits"),
    ("a count", "expect host count=two", "'two' is no number"),
    ("a copy", 'expect receipt "x" copy=merchnt', "did you mean 'merchant'?"),
    ("a field where there are none", "wait 5s amount=1", "amount= has no place here"),
    ("a field said twice", "expect host amount=1 amount=2", "amount is said twice"),
    ("a field called as a preposition", "expect host within=5s", "within= has no place here"),
    ("an answer of the host", "host answers aproved", "is no answer of a host"),
    ("a script of the issuer", "host sends blok-card", "did you mean 'block-card'?"),
    ("a rule", "expect why risk.flor-limit", "did you mean 'risk.floor-limit'?"),
    ("a state of the network", "network sideways", "is not up or down or wifi or 4g"),
    ("a charge", "battery 105%", "is no charge"),
    ("a step of a card", "tear card after genac3", "did you mean 'genac2'?"),
    ("a step without its number", "tear card after apdu", "'apdu' is no step of a card"),
    ("a step with a number", "tear card after gpo 5", "'gpo 5' is no step of a card"),
    ("a command before the first", "tear card after apdu 0", "apdu N, from 1 on"),
    ("a command beyond all", f"tear card after apdu {'9' * 5000}", "apdu N, from 1 on"),
    ("a count that is none", "fault power-cut-after ²", "'power-cut-after ²' is no fault"),
    ("a count beyond all", f"fault power-cut-after {'9' * 5000}", "is no fault: power-cut-after N"),
    ("a fault", "fault power-cut", "'power-cut' is no fault: power-cut-after N"),
    ("a fault of another terminal", "fault app closed", "'app closed' is no fault"),
    ("a pattern without a group", "capture x from screen /a/", "/a/ has 0 groups"),
    ("a surface", "capture x from scren /(a)/", "did you mean 'screen'?"),
    ("a captured text", 'capture x from screen "a"', "write it between slashes"),
    ("a name", "let 1x = 5", "'1x' is no name"),
    ("a name with a meaning", "let profile = 5", "has a meaning already"),
    ("a variable", 'tap "${amuont}"', "${amuont} has no value here"),
    ("a card's value before a card", "press ${card.pin}", "no card is named before this"),
    ("within where nothing is waited for", 'expect no screen "x" within 5s', "write `for TIME`"),
    ("for where something is waited for", 'expect screen "x" for 5s', "goes with `expect no`"),
    ("a state that nobody saves", "from state paid", "no scenario of this file saves the state 'paid'"),
    ("a pattern where none can stand", "insert /visa/", "a pattern cannot stand here"),
]


def told(found: list[Problem]) -> str:
    return "\n".join(problem.sentence for problem in found)


@pytest.mark.parametrize(
    ("text", "sentence"), [row[1:] for row in SETTINGS], ids=[row[0] for row in SETTINGS]
)
def test_a_wrong_setting_is_found(problems: Finds, text: str, sentence: str) -> None:
    found = problems(text)
    assert len(found) == 1
    assert sentence in told(found)


@pytest.mark.parametrize(("step", "sentence"), [row[1:] for row in STEPS], ids=[row[0] for row in STEPS])
def test_a_wrong_step_is_found(problems: Finds, step: str, sentence: str) -> None:
    found = problems(f'{HEAD}scenario "A"\n  {step}\n')
    assert sentence in told(found)
    assert {problem.line for problem in found} == {4}


def test_all_problems_of_a_file_are_listed_in_its_order(problems: Finds) -> None:
    found = problems(f'{HEAD}locale en-US\nscenario "A"\n  tap "x\n  insert visa\n  press F9 F8\n')
    assert [problem.line for problem in found] == [3, 5, 6, 7, 7]


def test_a_caret_stands_below_the_word(problems: Finds) -> None:
    (problem,) = problems(f'{HEAD}scenario "A"\n  insert visa-credt   # the usual\n')
    source, caret = str(problem).splitlines()[1:]
    assert source[caret.index("^") : caret.rindex("^") + 1] == "visa-credt"


def test_macros_are_judged_with_what_they_are_called_with(problems: Finds) -> None:
    found = problems(f'{HEAD}macro pay ${{key}}\n  press ${{key}}\nscenario "A"\n  pay OK\n  pay BLUE\n')
    assert [(problem.line, "'BLUE'" in problem.sentence) for problem in found] == [(4, True)]


MACROS = [
    (
        "too few arguments",
        'macro pay ${a} ${b}\n  press ${a} ${b}\nscenario "A"\n  pay 1\n',
        "has 1 arguments",
    ),
    (
        "a name that is an act",
        'macro press ${a}\n  wait 1s\nscenario "A"\n  wait 1s\n',
        "is an act of the language",
    ),
    ("two of one name", "macro pay\n  wait 1s\nmacro pay\n  wait 2s\n", "is a macro of"),
    ("a circle", "macro a\n  b\nmacro b\n  a\n", "would call itself"),
    ("an argument twice", "macro pay ${a} ${a}\n  press ${a}\n", "rename the argument"),
]


@pytest.mark.parametrize(("text", "sentence"), [row[1:] for row in MACROS], ids=[row[0] for row in MACROS])
def test_a_wrong_macro_is_found(problems: Finds, text: str, sentence: str) -> None:
    assert sentence in told(problems(HEAD + text))


def _levels(count: int, times: int) -> str:
    calls = (f"macro m{level}\n" + f"  m{level - 1}\n" * times for level in range(1, count))
    return f"macro m0\n  press OK\n{''.join(calls)}"


TOO_MUCH = [
    ("eight levels of ten", _levels(9, 10) + 'scenario "A"\n  m8\n', "m5 comes to 100,000 steps; it may have 10,000", 1),
    ("five hundred deep", _levels(500, 1) + 'scenario "A"\n  m499\n', "call each other more than 50 deep", 1),
    ("a thousand circles", "".join(f"macro c{n}\n" + "  c0\n  c1\n  c2\n" for n in range(3)), "would call itself", 3),
    ("a scenario of macros", _levels(5, 10) + 'scenario "A"\n  m4\n  m0\n', "are 10,001; they may be 10,000", 1),
    (
        "rows and macros",
        _levels(5, 10) + 'scenario "A"\n  m4\n  examples a\n' + '    "1"\n' * 11,
        "comes to more than 100,000 steps here; split it",
        1,
    ),
    ("a text that doubles", 'scenario "A"\n  let x = "ab"\n' + '  let x = "${x}${x}"\n' * 40, "characters; it may have 10,000", 1),
    ("a long line", 'scenario "A"\n  press OK\n  note "' + "a" * 10_000 + '"\n', "a line has at most 10,000 characters", 1),
    ("many lines", "\n" * 20_000, "a script has at most 20,000 lines", 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sentence", "count"), [row[1:] for row in TOO_MUCH], ids=[row[0] for row in TOO_MUCH]
)
def test_a_script_out_of_measure_is_refused_soon(
    problems: Finds, text: str, sentence: str, count: int
) -> None:
    found = problems(HEAD + text)
    assert len(found) == count
    assert all(sentence in problem.sentence for problem in found)
    assert all(len(line) < 300 for line in told(found).splitlines())


def test_macros_that_come_to_as_many_steps_as_may_be_are_taken(problems: Finds) -> None:
    assert problems(HEAD + _levels(5, 10) + 'scenario "A"\n  m4\n') == []


def test_used_files_bring_their_macros_and_their_problems(tmp_path: Path, problems: Finds) -> None:
    used = tmp_path / "macros.keys"
    used.write_text("keys 1\nmacro pay ${amount}\n  press OK ${amount} OK\n")
    text = f'{HEAD}use "macros.keys"\nscenario "A"\n  pay 1000\n'
    assert problems(text) == []
    used.write_text("keys 1\nmacro pay ${amount}\n  presss OK\n")
    assert [(problem.path, problem.line) for problem in problems(text)] == [(used, 3)]


def test_a_chain_of_used_files_has_an_end(tmp_path: Path, problems: Finds) -> None:
    for number in range(2_000):
        (tmp_path / f"m{number}.keys").write_text(
            f'keys 1\nuse "m{number + 1}.keys"\nmacro m{number}\n  press OK\n'
        )
    (found,) = problems(f'{HEAD}use "m0.keys"\nscenario "A"\n  press OK\n')
    assert "uses at most 50 files; put some of them together" in found.sentence


def test_a_file_of_macros_needs_no_terminal(problems: Finds) -> None:
    """It may stand in the folder of the scripts that use it, and be checked and collected with them."""
    assert problems("keys 1\nmacro pay\n  press OK\n") == []
    (found,) = problems("keys 1\nmacro pay\n  pres OK\n")
    assert "there is no act 'pres'" in found.sentence


def test_files_may_use_each_other(tmp_path: Path, problems: Finds) -> None:
    (tmp_path / "a.keys").write_text('keys 1\nuse "b.keys"\nmacro a\n  wait 1s\n')
    (tmp_path / "b.keys").write_text('keys 1\nuse "a.keys"\nmacro b\n  a\n')
    assert problems(f'{HEAD}use "a.keys" "b.keys"\nscenario "A"\n  b\n') == []


EXAMPLES = [
    ("a value of a row", "  | card |\n  | visa |\n", "there is no card 'visa'"),
    ("a short row", "  | card | x |\n  | mute |\n", "1 values for 2 columns"),
    ("two columns of one name", "  | card | card |\n  | mute | mute |\n", "two columns"),
    ("a column that is no name", "  | card | a b |\n  | mute | x |\n", "cannot be the name of a column"),
    ("no rows", "  | card |\n", "has no rows"),
    ("a variable in a row", "  | card |\n  | ${x} |\n", "it has no variables"),
]


@pytest.mark.parametrize(
    ("table", "sentence"), [row[1:] for row in EXAMPLES], ids=[row[0] for row in EXAMPLES]
)
def test_a_wrong_table_is_found(problems: Finds, table: str, sentence: str) -> None:
    found = problems(f'{HEAD}scenario "A"\n  insert ${{card}}\nexamples\n{table}')
    assert sentence in told(found)


STATES = [
    ("not first", 'scenario "A"\n  save state x\n  from state x\n', "stands first"),
    (
        "from itself",
        'scenario "A"\n  from state x\n  save state x\n',
        "comes from a scenario that starts from it",
    ),
    (
        "in a circle",
        'scenario "A"\n  from state x\n  save state y\nscenario "B"\n  from state y\n  save state x\n',
        "comes from a scenario that starts from it",
    ),
    ("from many", 'scenario "A"\n  save state x\nexamples a\n  1\n  2\n', "runs more than once"),
]


@pytest.mark.parametrize(("text", "sentence"), [row[1:] for row in STATES], ids=[row[0] for row in STATES])
def test_a_wrong_state_is_found(problems: Finds, text: str, sentence: str) -> None:
    assert sentence in told(problems(HEAD + text))


def test_a_wrong_profile_is_found_by_those_who_name_it(tmp_path: Path, problems: Finds) -> None:
    (tmp_path / "till.toml").write_text('extends = "v400m"\nhome.confirm = "strat"\n')
    (found,) = problems('keys 1\nterminal ./till.toml\nscenario "A"\n  wait 1s\n')
    assert (found.line, found.column) == (2, 10)
    assert "till.toml:2:16: home.confirm: 'strat' is no home entry; did you mean 'start'?" in found.sentence


def test_a_wrong_card_is_found_by_those_who_name_it(tmp_path: Path, problems: Finds) -> None:
    (tmp_path / "deck").mkdir()
    (tmp_path / "deck" / "mine.toml").write_text('extends = "visa-credit"\nexpiry = "0330"\npan = "4111"\n')
    (tmp_path / "deck" / "No Name.toml").write_text('extends = "visa-credit"\n')
    text = f'{HEAD}cards deck\nscenario "A"\n  insert %s\n'
    (found,) = problems(text % "mine")
    assert (found.line, found.column) == (5, 10)
    assert "mine.toml:3:7: pan: no number of a known brand" in found.sentence
    (found,) = problems(text % '"No Name"')
    assert found.sentence.startswith("there is no card 'No Name'")


def test_names_of_scenarios_are_unique_and_scenarios_have_steps(problems: Finds) -> None:
    found = told(problems(f'{HEAD}scenario "A"\n  wait 1s\nscenario "A"\n'))
    assert "another scenario of this file has this name" in found
    assert "has no steps" in found


def test_a_script_without_faults_is_a_program(checked: Checks) -> None:
    program = checked(
        """keys 1
terminal all
requires keypad
secret   TOKEN
macro pay ${amount}
  press OK
  press ${amount} OK
scenario "A" @sale
  let amount = 1000
  pay ${amount}
  insert visa-credit
  press! ${card.pin} OK
  note "${TOKEN} ${profile} ${locale}"
  expect no screen /Declined|Refus/ for 5s
  expect host sale amount=${amount} pan="411111******1111" count=1 within 2min
""",
        {"TOKEN": "t"},
    )
    with_keypad = [name for name in profiles.names() if "keypad" in profiles.load(name).features]
    assert "v400m" in with_keypad
    assert list(program.settings.profiles) == with_keypad
    assert ("s1f2", "s1f2 has no keypad") in [(s.profile, s.reason) for s in program.settings.skips]
    assert program.settings.secrets == {"TOKEN": "t"}


def test_terminals_and_language_can_be_chosen_from_outside(tmp_path: Path) -> None:
    file = tmp_path / "test.keys"
    file.write_text(f'{HEAD}locale en-CA\nscenario "A"\n  expect screen id:home\n')
    script, words = parse(file), vocabulary()
    chosen = {"s1f2": words.load("s1f2")}
    program = check(script, words, profiles=chosen, locale="fr-CA", environ={})
    assert (list(program.settings.profiles), program.settings.locale) == (["s1f2"], "fr-CA")
    program = check(script, words, profiles=chosen, locale="de-CH", environ={})
    assert [skip.reason for skip in program.settings.skips] == [
        "s1f2 does not speak de-CH: it speaks en-CA, fr-CA"
    ]


def test_a_colour_is_a_key_where_the_keypad_has_it(problems: Finds) -> None:
    assert problems(f'{HEAD}scenario "A"\n  press GREEN RED YELLOW\n') == []


@pytest.mark.parametrize("step", ["battery 5%", "paper out", "network 4g", "tap id:moto"])
def test_an_act_that_the_terminal_cannot_do_is_found(problems: Finds, step: str) -> None:
    (found,) = problems(f'keys 1\nterminal square-register\nscenario "A"\n  {step}\n')
    assert found.line == 4
    assert "square-register" in found.sentence


def test_a_passcode_is_named_by_the_profiles_that_have_it(problems: Finds) -> None:
    head = 'keys 1\nterminal v400m\nscenario "A"\n'
    assert problems(f"{head}  press 8 OK ${{passcode.admin}} OK\n") == []
    (wrong,) = problems(f"{head}  press 8 OK ${{passcode.admn}} OK\n")
    assert "did you mean 'passcode.admin'?" in wrong.sentence
    (wrong,) = problems('keys 1\nterminal square-reader\nscenario "A"\n  press ${passcode.admin}\n')
    assert wrong.sentence == "${passcode.admin} has no value here"
