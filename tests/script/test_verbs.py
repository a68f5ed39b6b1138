"""The verbs, as Python calls them, and the one table that they make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.bench import Bench, BenchMisuse, Duration
from terminal_sim.verbs import VERBS, BadScript, ExpectationFailed, Tester, ValueKind
from terminal_sim.verbs.rows import RowLog, has
from terminal_sim.verbs.signature import Keyword, verb, verbs_of
from terminal_sim.verbs.waiting import plain

FORMS = [
    "battery PERCENT",
    "capture NAME /one (group)/ from screen|receipt|host|journal|report",
    "expect [no] beep [within TIME] [for TIME]",
    "expect [no] host [TYPE] [field=value...] [count=N] [within TIME] [for TIME]",
    "expect [no] journal KIND [field=value...] [count=N] [within TIME] [for TIME]",
    "expect [no] light NAME [VALUE] [within TIME] [for TIME]",
    'expect [no] receipt ["TEXT"...] [copy=merchant|customer|report|document] [within TIME] [for TIME]',
    "expect [no] report [field=value...] [count=N] [within TIME] [for TIME]",
    "expect [no] screen SELECTOR [on DISPLAY] [within TIME] [for TIME]",
    "expect [no] why RULE [within TIME] [for TIME]",
    "fault FAULT [VALUE...]",
    "forbid screen SELECTOR",
    "hold KEY for TIME",
    "host answers ANSWER...",
    "host sends SCRIPT...",
    "insert CARD [at READER]",
    "let NAME = VALUE",
    "network slow TIME",
    "network up|down|wifi|4g",
    'note "TEXT"',
    'order "TEXT" N',
    "paper out|low|in",
    "power off|on|cut",
    "press KEYS...",
    "press! KEYS...",
    "remove card",
    "save state NAME",
    'screenshot "TEXT" [except SELECTOR]...',
    "service up|down",
    "swipe CARD [at READER]",
    "tap SELECTOR",
    "tap-card CARD [beside CARD] [at READER]",
    "tear card after STEP...",
    "wait TIME",
]


def test_every_verb_of_the_language_is_in_the_table_once() -> None:
    forms = [each.form for each in VERBS.values()]
    assert [form for form in FORMS if forms.count(form) != 1] == []


def test_every_verb_says_what_it_does() -> None:
    assert [each.method for each in VERBS.values() if not each.doc] == []


def test_two_verbs_of_the_same_words_are_refused() -> None:
    class Twice:
        @verb("do it")
        def one(self) -> None:
            """One."""

        @verb("do it")
        def two(self) -> None:
            """Two."""

    with pytest.raises(TypeError, match="do it"):
        verbs_of(Twice)


def test_an_argument_without_a_kind_is_refused() -> None:
    class Vague:
        @verb("do")
        def do(self, what: str) -> None:
            """It."""

    with pytest.raises(TypeError, match="names no kind"):
        verbs_of(Vague)


def test_a_form_follows_from_the_signature() -> None:
    class Hands:
        @verb("push it")
        def push(
            self,
            key: Annotated[str, ValueKind.KEY],
            *,
            for_: Annotated[str, ValueKind.TIME, Keyword("for")] = "1s",
        ) -> None:
            """Pushes."""

    (pushing,) = verbs_of(Hands).values()
    assert pushing.form == "push it KEY [for TIME]"


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench() as made:
        yield made


@pytest.fixture
def tester(bench: Bench) -> Tester:
    return Tester(bench, bench.add_terminal("v400m"))


def pay(tester: Tester, amount: str = "1000", card: str = "visa-credit") -> None:
    tester.press("OK")
    tester.press(amount, "OK")
    tester.insert(card)


def test_an_expectation_waits_from_deadline_to_deadline_and_no_longer(tester: Tester, bench: Bench) -> None:
    pay(tester)
    before = bench.now.mono
    tester.expect_screen("Approved", within="5s")
    assert 0 < bench.now.mono - before < Duration.parse("5s")


def test_an_expectation_that_fails_has_waited_its_whole_time(tester: Tester, bench: Bench) -> None:
    with pytest.raises(ExpectationFailed) as failed:
        tester.expect_screen("Nowhere", within=Duration.parse("7s"))
    assert bench.now.mono == failed.value.now.mono == Duration.parse("7s")
    assert failed.value.before.mono == 0


def test_what_showed_and_went_is_found_as_the_nearest(tester: Tester) -> None:
    pay(tester)
    with pytest.raises(ExpectationFailed, match="and no longer") as failed:
        tester.expect_screen("Aproved")
    assert "Approved" in failed.value.nearest


def test_no_must_hold_now_and_takes_no_time(tester: Tester, bench: Bench) -> None:
    tester.expect_screen("Approved", no=True)
    assert bench.now.mono == 0
    with pytest.raises(ExpectationFailed, match='no "Start" on the screen'):
        tester.expect_screen("Start", no=True)


def test_no_for_a_time_must_hold_all_through(tester: Tester, bench: Bench) -> None:
    pay(tester)
    with pytest.raises(ExpectationFailed) as failed:
        tester.expect_screen("id:approved", no=True, for_="20s")
    assert failed.value.now.mono < Duration.parse("20s")
    tester.expect_screen("Nowhere", no=True, for_="20s")
    assert bench.now.mono > Duration.parse("20s")


def test_a_forbidden_screen_fails_whatever_step_lets_it_show(tester: Tester) -> None:
    tester.forbid_screen("id:approved")
    pay(tester)
    with pytest.raises(ExpectationFailed, match="never to see id:approved"):
        tester.wait("10s")
    with pytest.raises(ExpectationFailed, match="never to see"):
        tester.forbid_screen("id:approved")


def test_an_assertion_may_name_either_language(bench: Bench) -> None:
    tester = Tester(bench, bench.add_terminal("v400m", locale="fr-CA"))
    tester.expect_screen("Start")
    tester.expect_screen("Démarrer")


def test_a_card_waits_for_a_reader_that_takes_it(tester: Tester, bench: Bench) -> None:
    with pytest.raises(ExpectationFailed, match="to ask for a card to insert"):
        tester.insert("visa-credit")
    assert bench.now.mono == Duration.parse("30s")


def test_press_waits_for_a_screen_that_takes_keys(tester: Tester, bench: Bench) -> None:
    pay(tester)
    tester.expect_screen("id:processing")
    tester.press("OK")
    assert bench.now.mono > 0
    tester.expect_screen("id:approved", no=True)


def test_a_held_key_acts_when_it_is_let_go(tester: Tester, bench: Bench) -> None:
    tester.hold("OK", for_="2s")
    assert bench.now.mono == Duration.parse("2s")
    tester.expect_screen("id:amount")
    with pytest.raises(ExpectationFailed, match='to take the key "F1"'):
        tester.hold("F1", for_="1s")


def test_a_screen_is_told_by_its_id(tester: Tester) -> None:
    with pytest.raises(ExpectationFailed) as failed:
        tester.expect_screen("id:home", no=True)
    assert failed.value.nearest == "id:home"


def test_blind_keys_may_be_lost(tester: Tester) -> None:
    tester.press_blindly("F1", "CANCEL")
    tester.expect_screen("id:home")


def test_a_touch_of_what_cannot_be_touched_says_so(tester: Tester) -> None:
    tester.press("OK")
    with pytest.raises(ExpectationFailed, match="cannot be touched"):
        tester.tap("Amount")


def test_keys_drawn_on_the_screen_can_be_touched_and_are_keys_in_the_trace(bench: Bench) -> None:
    tester = Tester(bench, bench.add_terminal("s1f2"))
    tester.tap("Payment")
    tester.tap("id:key-5")
    tester.tap("5")
    tester.expect_screen("$0.55")
    tester.tap("Confirm")
    tester.insert("visa-online-pin")
    for digit in "4321":
        tester.tap(f"id:key-{digit}")
    tester.tap("Confirm")
    tester.expect_screen("Approved")
    assert [e for e in bench.trace.entries if e.kind == "touch" and "key-" in e.line()] == []
    assert sum(e.fields.get("key") == "DIGIT" for e in bench.trace.entries) == 4


@pytest.mark.parametrize("key", ["ok", "F9", "ENTER"])
def test_an_unknown_key_is_the_fault_of_the_script(tester: Tester, key: str) -> None:
    with pytest.raises(BadScript, match="has no key"):
        tester.press(key)


FIELDS = st.sampled_from(["kind", "state", "host_reference", "at"])
SAID = st.sampled_from(["", "sale", "Sale", "store-and-forward", "STORE_AND_FORWARD", "0856", "856"])


@given(
    st.lists(st.dictionaries(FIELDS, SAID | st.integers(855, 857)), max_size=6),
    st.dictionaries(FIELDS | st.just("HOST-reference"), SAID, max_size=3),
)
def test_rows_are_found_by_their_fields_as_if_each_were_looked_at(
    rows: list[dict[str, object]], wanted: dict[str, str]
) -> None:
    assert RowLog(rows).having(wanted) == [row for row in rows if has(row, wanted)]


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.dictionaries(FIELDS, SAID, max_size=3)), max_size=8),
    st.dictionaries(FIELDS, SAID, max_size=2),
)
def test_a_row_that_takes_the_place_of_another_is_found_by_its_own_fields_alone(
    rows: list[tuple[str, dict[str, object]]], wanted: dict[str, str]
) -> None:
    log, newest = RowLog(), dict[str, dict[str, object]]()
    for reference, fields in rows:
        newest[reference] = {**fields, "reference": reference}
        log.put(newest[reference])
    assert log.having(wanted) == [row for row in newest.values() if has(row, wanted)]


def test_receipts_are_compared_with_blanks_read_as_one(tester: Tester) -> None:
    pay(tester)
    tester.expect_screen("Approved")
    tester.expect_receipt("TOTAL $10.00", copy="customer")
    with pytest.raises(ExpectationFailed, match=r"99\.99"):
        tester.expect_receipt("$99.99", within="1s")
    tester.expect_receipt("$99.99", no=True)


def test_rows_of_one_transaction_count_once(tester: Tester) -> None:
    pay(tester)
    tester.expect_screen("Approved")
    rows = [row for row in tester.terminal.journal() if row.kind == "sale"]
    assert len(rows) > 1
    tester.expect_journal("sale", count=1)
    tester.expect_journal("sale", count=1, state="completed", amount=1000)
    with pytest.raises(ExpectationFailed, match="1 of them"):
        tester.expect_journal("sale", count=2, within="1s")


def test_fields_are_texts_in_which_nothing_is_converted(tester: Tester) -> None:
    pay(tester, "856")
    tester.expect_host("sale", amount=856)
    tester.expect_host("sale", amount="0856", no=True)


def test_light_and_beep_are_seen(tester: Tester) -> None:
    tester.expect_beep(no=True)
    tester.press("OK")
    tester.press("1000", "OK")
    tester.expect_light("contactless")
    tester.expect_light("contactless", "on")
    tester.expect_light("contactless", "red", no=True)
    tester.insert("visa-credit")
    tester.expect_light("contactless", no=True)
    tester.expect_beep()
    tester.expect_beep(no=True)


def test_capture_returns_and_keeps_what_the_group_caught(tester: Tester) -> None:
    pay(tester)
    assert tester.capture("amount", r"amount=(\d+)", from_="host") == "1000"
    assert tester.variables["amount"] == "1000"
    with pytest.raises(BadScript, match="one pair of"):
        tester.capture("amount", r"amount", from_="host")


def test_peripherals_and_links_are_in_the_hands_of_the_tester(tester: Tester) -> None:
    tester.paper("out")
    tester.battery("3%")
    tester.network("down")
    tester.network("up")
    tester.network("4g")
    tester.network_slow("5s")
    tester.service("down")
    tester.service("up")
    tester.host_answers("declined:51", "timeout")
    tester.tear_card("genac1")
    tester.fault("power-cut-after", "3")
    tester.power("cut")
    tester.expect_screen("id:off")
    tester.power("on")
    with pytest.raises(BadScript, match="is no charge"):
        tester.battery("3")
    with pytest.raises(BenchMisuse):
        tester.fault("nothing-of-the-kind")


def test_no_break_spaces_read_as_spaces() -> None:
    assert plain("1\u202f234,50\u00a0$  \n x") == "1 234,50 $ x"
