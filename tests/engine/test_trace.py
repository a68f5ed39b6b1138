"""The trace: numbered within its bench, each entry with the act that caused it, masked, and nothing where nobody subscribes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from terminal_sim.bench import Bench, BenchMisuse, TerminalUnderTest, Trace, TraceEntry, contents
from terminal_sim.emv.data.tree import response_tree
from terminal_sim.verbs import Tester
from tests.contracts.drive import TEXTS

PAN = "4111111111111111"


@dataclass
class Recorder:
    """Keeps all that it is given."""

    wants_frames: bool = False
    wants_bytes: bool = False
    entries: list[TraceEntry] = field(default_factory=list)

    def take(self, entry: TraceEntry) -> None:
        self.entries.append(entry)

    def of(self, *kinds: type[contents.Content]) -> list[TraceEntry]:
        return [entry for entry in self.entries if isinstance(entry.content, kinds)]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def bench(recorder: Recorder) -> Iterator[Bench]:
    with Bench(trace=Trace(recorder), texts=TEXTS) as bench:
        yield bench


@pytest.fixture
def terminal(bench: Bench) -> TerminalUnderTest:
    return bench.add_terminal("v400m")


@pytest.fixture
def tester(bench: Bench, terminal: TerminalUnderTest) -> Tester:
    return Tester(bench, terminal)


def sale(tester: Tester) -> None:
    tester.press("OK", "1250", "OK")
    tester.insert("visa-credit")
    tester.expect_screen("Approved")


def test_entries_are_numbered_from_one_without_a_gap(tester: Tester, recorder: Recorder) -> None:
    sale(tester)
    assert [entry.number for entry in recorder.entries] == list(range(1, len(recorder.entries) + 1))


def test_a_line_of_json_begins_with_its_number_and_its_cause(tester: Tester, recorder: Recorder) -> None:
    sale(tester)
    for entry in recorder.entries:
        line = json.loads(entry.json())
        assert list(line.items())[:2] == [("n", entry.number), ("cause", entry.cause)]


def test_numbers_do_not_depend_on_who_subscribes() -> None:
    seen = []
    for wanted in (False, True):
        recorder = Recorder(wants_frames=wanted, wants_bytes=wanted)
        with Bench(trace=Trace(recorder), texts=TEXTS) as bench:
            sale(Tester(bench, bench.add_terminal("v400m")))
        assert bool(recorder.of(contents.ReaderFrame)) is wanted
        others = [e for e in recorder.entries if not isinstance(e.content, contents.ReaderFrame)]
        seen.append([(e.number, e.cause, e.line()) for e in others])
    assert seen[0] == seen[1]


def test_an_entry_names_the_act_that_caused_it(tester: Tester, recorder: Recorder) -> None:
    sale(tester)
    (act,) = recorder.of(contents.Act)
    assert act.content == contents.Act("insert visa-credit")
    assert act.cause == act.number
    asked, answered = [
        {
            entry.cause
            for entry in recorder.entries
            if isinstance(entry.content, contents.ApduExchange)
            and (entry.content.step in ("online", "genac2")) is second
        }
        for second in (False, True)
    ]
    assert asked == {act.number}
    assert answered.isdisjoint(asked)


def test_what_time_alone_caused_names_the_deadline(tester: Tester, recorder: Recorder) -> None:
    sale(tester)
    (answer,) = recorder.of(contents.MessageReceived)
    cause = next(entry for entry in recorder.entries if entry.number == answer.cause)
    assert cause.content == contents.TimePassed(300_000, "host")


def test_the_keys_of_an_act_belong_to_it(tester: Tester, recorder: Recorder) -> None:
    tester.press("OK")
    recorder.entries.clear()
    tester.hold("CANCEL", for_="1s")
    (act,), (key,) = recorder.of(contents.Act), recorder.of(contents.KeyPress)
    assert key.cause == act.number


def test_an_act_that_the_bench_refuses_says_why(tester: Tester, recorder: Recorder) -> None:
    with pytest.raises(BenchMisuse):
        tester.battery("5%") if tester.terminal.profile.battery is None else tester.remove_card()
    (act,), (refused,) = recorder.of(contents.Act), recorder.of(contents.ActRefused)
    assert refused.cause == act.number
    assert isinstance(refused.content, contents.ActRefused)
    assert refused.content.why


def test_screens_count_their_generations(tester: Tester, recorder: Recorder) -> None:
    sale(tester)
    generations = [
        e.content.generation for e in recorder.entries if isinstance(e.content, contents.ScreenShown)
    ]
    assert generations == list(range(1, len(generations) + 1))


def test_bytes_are_masked_and_only_made_where_they_are_wanted() -> None:
    for wanted in (False, True):
        recorder = Recorder(wants_bytes=wanted)
        with Bench(trace=Trace(recorder), texts=TEXTS) as bench:
            sale(Tester(bench, bench.add_terminal("v400m")))
        exchanges = [e.content for e in recorder.entries if isinstance(e.content, contents.ApduExchange)]
        messages = [
            e.content
            for e in recorder.entries
            if isinstance(e.content, contents.MessageSent | contents.MessageReceived)
        ]
        assert [message.message is not None for message in messages] == [wanted, wanted]
        assert not any(PAN in message.message.hex() for message in messages if message.message is not None)
        shown = [each.response_bytes for each in exchanges]
        assert all((each is not None) is wanted for each in shown)
        for each in shown:
            if each is not None:
                assert PAN not in each.hex()
                assert response_tree(each)


def test_a_subscriber_may_come_and_go(bench: Bench, terminal: TerminalUnderTest) -> None:
    late = Recorder(wants_frames=True)
    bench.trace.subscribe(late)
    terminal.press("OK")
    assert late.of(contents.KeyPress)
    bench.trace.unsubscribe(late)
    seen = len(late.entries)
    terminal.press("1")
    assert len(late.entries) == seen
    assert not bench.trace.wants_frames


def test_a_bench_without_a_trace_makes_no_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*_: object) -> None:
        raise AssertionError("an entry was made")

    monkeypatch.setattr("terminal_sim.runtime.tracing.Tracing.emit", made)
    with Bench(trace=False, texts=TEXTS) as bench:
        terminal = bench.add_terminal("v400m")
        for key in ("OK", "1", "OK"):
            terminal.press(key)
        terminal.insert("visa-credit")
        bench.advance(1_000_000)


def test_the_next_deadline_has_a_name(bench: Bench, terminal: TerminalUnderTest) -> None:
    terminal.press("OK")
    deadline = bench.engine.next_deadline()
    assert deadline is not None
    assert (deadline.name, deadline.terminal) == ("state", terminal.name)
