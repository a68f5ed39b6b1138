"""A run that is asked to keep its steps tells what each of them did, in every way of running it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from terminal_sim.script.options import Options
from terminal_sim.script.plan import plan
from terminal_sim.script.processes import ParallelRun
from terminal_sim.script.results import ScenarioOutcome
from terminal_sim.script.run import Runner
from terminal_sim.script.try_record import StepPart, StepRecord, StepVerdict, TryRecord
from tests.script.conftest import Checks, Runs

KEEP = Options(keep_steps=True)
SALE = """keys 1
terminal v400m

macro pay ${amount}
  press OK ${amount} OK
  insert visa-credit

setup
  note "begins"

scenario "A sale"
  pay 1250
  expect screen "Approved"
  expect screen "nothing" within 1s
  remove card

teardown
  press CANCEL
"""
MOTO = """keys 1
terminal v400m
secret word
scenario "Typed by hand"
  press 8 OK 0856 OK
  tap id:moto
  press 1000 OK
  press 4111111111111111 OK
  press 0330 OK
  press 737 OK
  note "${word}"
  expect screen "Approved"
"""


@pytest.fixture
def sale(ran: Runs) -> TryRecord:
    [result] = ran(SALE, options=KEEP)
    assert result.outcome is ScenarioOutcome.UNMET
    [record] = result.records
    return record


def found(record: TryRecord, source: str) -> StepRecord:
    [step] = [step for step in record.steps if step.line.source == source]
    return step


def test_each_step_has_its_line_part_and_verdict_and_what_comes_after_a_failure_is_not_run(
    sale: TryRecord,
) -> None:
    assert [(step.part, step.line.line, step.verdict) for step in sale.steps] == [
        (StepPart.SETUP, 9, StepVerdict.HELD),
        (StepPart.SCENARIO, 5, StepVerdict.HELD),
        (StepPart.SCENARIO, 6, StepVerdict.HELD),
        (StepPart.SCENARIO, 13, StepVerdict.HELD),
        (StepPart.SCENARIO, 14, StepVerdict.FAILED),
        (StepPart.SCENARIO, 15, StepVerdict.NOT_RUN),
        (StepPart.TEARDOWN, 18, StepVerdict.HELD),
    ]


def test_a_step_of_a_macro_names_the_call_that_led_to_it(sale: TryRecord) -> None:
    callers = {step.line.source: [call.source for call in step.callers] for step in sale.steps}
    assert callers["insert visa-credit"] == ["pay 1250"]
    assert callers['expect screen "Approved"'] == []


def test_a_macro_call_that_has_no_value_for_its_argument_is_a_step_that_failed(ran: Runs) -> None:
    shown = "Tap, swipe or insert card"
    call = f'pay "{"${shown}" * 500}"'
    lines = ["press OK 1 OK", f"capture shown from screen /({shown})/", call]
    [record] = ran(SALE.replace("pay 1250", "\n  ".join(lines)), options=KEEP)[0].records
    failed = found(record, call)
    assert failed.verdict is StepVerdict.FAILED
    assert "12,500" in failed.why


def test_the_events_of_the_steps_follow_each_other_in_the_timeline(sale: TryRecord) -> None:
    numbers = [entry.number for entry in sale.timeline]
    assert numbers == sorted(set(numbers))
    done = [step for step in sale.steps if step.verdict is not StepVerdict.NOT_RUN]
    assert all(after.first > before.last for before, after in pairwise(done))
    insert = found(sale, "insert visa-credit")
    caused = {entry.kind for entry in sale.timeline if insert.first <= entry.number <= insert.last}
    assert {"apdu", "host", "journal", "state", "screen"} <= caused


def test_commands_and_messages_are_decoded_to_their_names(sale: TryRecord) -> None:
    bytes_of = {one.name: one for entry in sale.timeline for one in entry.bytes}
    assert set(bytes_of) == {"command", "response", "message"}
    assert all(one.parts for one in bytes_of.values())


def test_a_picture_is_kept_once_and_shows_what_the_step_left(sale: TryRecord) -> None:
    approved, failed = found(sale, 'expect screen "Approved"'), sale.steps[4]
    assert "Approved" in sale.pictures[approved.picture].text
    assert sale.pictures[approved.picture].svg.startswith("<svg")
    pictures = [step.picture for step in sale.steps if step.picture]
    assert len(set(pictures)) < len(pictures)
    assert failed.why.startswith("expected ")


def test_a_receipt_stands_at_the_step_that_printed_it(sale: TryRecord) -> None:
    papers = [paper for step in sale.steps for paper in step.receipts]
    assert papers
    assert "12.50" in sale.pictures[papers[0]].text


def test_time_is_that_of_the_bench_and_of_the_wall(sale: TryRecord) -> None:
    failed = sale.steps[4]
    assert failed.took == 1_000_000
    assert 0 < failed.seconds < 10


def test_processes_keep_the_same_as_one(checked: Checks) -> None:
    cases = [
        *plan(checked(SALE, name="one.keys")),
        *plan(checked(SALE.replace("1250", "700"), name="two.keys")),
    ]
    alone = [without_wall(record) for case in cases for record in Runner(KEEP).run(case).records]
    together = [
        without_wall(record) for result in ParallelRun(cases, KEEP, 2).results() for record in result.records
    ]
    assert together == alone


def test_every_try_has_its_record(ran: Runs) -> None:
    [result] = ran(SALE, options=Options(keep_steps=True, retry=2))
    assert (result.tries, len(result.records)) == (3, 3)


def test_nothing_is_kept_where_nobody_asks(ran: Runs) -> None:
    assert ran(SALE)[0].records == ()


def test_a_record_is_the_same_after_json(sale: TryRecord) -> None:
    assert msgspec.json.decode(msgspec.json.encode(sale), type=TryRecord) == sale


def test_no_card_data_and_no_secret_is_in_a_record(ran: Runs, tmp_path: Path) -> None:
    [result] = ran(MOTO, environ={"word": "abracadabra"}, options=KEEP)
    assert result.outcome is ScenarioOutcome.HELD, result.text
    # The time by the wall and the number of the folder are chance, and may hold a CVC's three digits.
    records = [without_wall(record) for record in result.records]
    written = msgspec.json.encode(records).replace(str(tmp_path).encode(), b"")
    for secret in (b"4111111111111111", b"4111 1111 1111 1111", b"0330", b"03/30", b"737", b"abracadabra"):
        assert secret not in written, secret


def without_wall(record: TryRecord) -> TryRecord:
    steps = tuple(msgspec.structs.replace(step, seconds=0.0) for step in record.steps)
    return msgspec.structs.replace(record, steps=steps)
