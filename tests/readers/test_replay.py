"""One script on four backends: what was recorded of a reader replays with the same results, and says where it does not fit."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from terminal_drivers.base import Card, FrameError, LineDevice, Misuse, ReaderLost, Stripe, Tracks
from terminal_drivers.captures.capture import packets
from terminal_drivers.readers.ccid.gempc import BUILT_IN, GemPcDevice
from terminal_drivers.readers.ccid.serving import ServedReader, ServedSerialReader
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.readers.magstripe.virtual import VirtualStripeHead, stripe_bits
from terminal_drivers.readers.vivotech.virtual import VirtualVivotech
from terminal_drivers.transports.tcp import TcpLine
from terminal_sim.bench import Bench, BenchMisuse, JsonLines, TerminalUnderTest, Trace
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.cli.main import main
from terminal_sim.readers import monitored as watched
from terminal_sim.readers.opening import open_hardware
from terminal_sim.script.case_run import CannotBegin
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse
from terminal_sim.script.plan import Case, plan
from terminal_sim.script.results import RunResult, ScenarioOutcome
from terminal_sim.script.run import Runner
from terminal_sim.script.vocabulary import vocabulary
from tests.engine.kit import ready
from tests.patience import PATIENCE

SCRIPTS = Path(__file__).parents[1] / "scripts"

SALE = """keys 1
terminal v400m
scenario "A sale"
  press  OK 1000 OK
  insert visa-credit
  expect screen "Approved"
  remove card
  expect screen "Start"
scenario "A sale with a PIN"
  press  OK 1000 OK
  insert mastercard-pin
  expect screen id:enter-pin
  press  ${card.pin} OK
  expect screen "Approved"
  remove card
  expect screen "Start"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "recordings"
    made.mkdir()
    return made


def cases(path: Path) -> list[Case]:
    return [case for case in plan(check(parse(path), vocabulary(), environ={})) if not case.skip]


def once(path: Path) -> list[Case]:
    """Each scenario on the first of its terminals: whatever else they do, they read cards alike."""
    return list({case.title: case for case in reversed(cases(path))}.values())[::-1]


def run(
    path: Path, chosen: Callable[[Path], list[Case]] = cases, **options: object
) -> tuple[list[RunResult], str]:
    """The results of a script and the whole trace: keys, screens, APDUs, frames, messages, journal, receipts."""
    sink = io.StringIO()
    runner = Runner(Options(subscribers=(JsonLines(sink),), **options))  # type: ignore[arg-type]  # whichever options a test gives
    return [runner.run(case) for case in chosen(path)], sink.getvalue()


def told(results: list[RunResult]) -> list[object]:
    return [
        (each.case.title, each.case.profile, each.outcome, each.text, each.took, each.notes)
        for each in results
    ]


EVERY = sorted(SCRIPTS.glob("*.keys"))


def says_it_in_french(script: Path) -> bool:
    """Whether another script does the same in English, and so reads cards alike."""
    return script.name.endswith(".fr.keys") and script.with_name(script.name.replace(".fr.", ".en.")) in EVERY


BACKENDS = [
    pytest.param(script, reader, id=f"{script.stem}-{reader}", marks=marks)
    for script, reader, marks in (
        *((one, "pty", pytest.mark.soak if says_it_in_french(one) else ()) for one in EVERY),
        (SCRIPTS / "v400m_sale.en.keys", "virtual", ()),
    )
]


@pytest.mark.parametrize(("script", "reader"), BACKENDS)
def test_a_script_runs_on_its_recording_as_on_the_reader(script: Path, reader: str, folder: Path) -> None:
    results, trace = run(script, once, reader=reader, record=folder)
    again, trace_again = run(script, once, reader=f"recording:{folder}")
    assert told(again) == told(results)
    assert trace_again == trace
    assert {each.outcome for each in results} == {ScenarioOutcome.HELD}


STATES = """keys 1
terminal v400m
macro sale
  press  OK 1000 OK
  insert visa-credit
  expect screen "Approved"
scenario "After a sale"
  from state sold
  sale
  remove card
scenario "A sale"
  sale
  remove card
  expect screen "Start"
  save state sold
scenario "A torn card"
  press  OK 1000 OK
  tear card after genac1
  insert visa-credit
  expect screen id:card-removed
  press  CANCEL
  sale
"""


def words(recording: Path) -> str:
    """The name of a recording without its digest."""
    return recording.name.rpartition("--")[0]


@pytest.mark.parametrize("reader", ["virtual", "pty"])
def test_what_another_scenario_starts_from_is_recorded_for_itself(
    tmp_path: Path, folder: Path, reader: str
) -> None:
    script = tmp_path / "states.keys"
    script.write_text(STATES)
    results, trace = run(script, reader=reader, record=folder)
    assert [each.text for each in results] == [""] * 3
    assert sorted(map(words, folder.iterdir())) == [
        "states--a-sale--for-another--v400m", "states--a-sale--v400m",
        "states--a-torn-card--v400m", "states--after-a-sale--v400m",
    ]  # fmt: skip
    assert run(script, reader=f"recording:{folder}")[1] == trace


# --- real readers, and people who are asked ---------------------------------------------------------------------------


class Person(io.StringIO):
    """Somebody who reads what is asked for and does it: the first words of a line name the act and the card."""

    def __init__(self, acts: dict[str, Callable[[str], None]]) -> None:
        super().__init__()
        self._acts = acts

    def write(self, text: str) -> int:
        found = re.match(r"terminal-sim: (insert|hold|swipe|take) ([\w-]+)", text)
        if found:
            self._acts[found[1]](found[2])
        return super().write(text)


@pytest.fixture
def catalogue() -> Iterator[Bench]:
    """Where the person has the cards from."""
    with Bench() as bench:
        yield bench


@pytest.fixture
def always_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look asks whether the card is there, as happens each half second otherwise."""
    monkeypatch.setattr(watched, "ASK", 1)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedReader]:
    reader = ServedSerialReader(link=tmp_path / "reader")
    yield reader
    reader.close()


def chip(catalogue: Bench, name: str) -> Card:
    found = catalogue.card(name).chip
    assert found is not None
    return found


def at(served: ServedReader, catalogue: Bench) -> Person:
    """Somebody at the served reader, who inserts and takes out as asked."""
    return Person(
        {"insert": lambda name: served.insert(chip(catalogue, name)), "take": lambda _: served.remove()}
    )


@pytest.mark.usefixtures("always_asking")
def test_a_watched_reader_is_replayed_without_watching(
    served: ServedReader, catalogue: Bench, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "sale.keys"
    script.write_text(SALE)
    person = at(served, catalogue)
    monkeypatch.setattr("sys.stderr", person)
    results, trace = run(script, reader=f"ccid+serial:{served.path}", record=folder)
    served.close()
    asked = person.getvalue()
    assert [each.text for each in results] == ["", ""]
    threads = threading.active_count()
    again, trace_again = run(script, reader=f"recording:{folder}")
    assert told(again) == told(results)
    assert without_frames(trace_again) == without_frames(trace)
    assert person.getvalue() == asked, "nobody is asked for a recording"
    assert threading.active_count() == threads


def test_a_bundle_of_a_run_on_a_real_reader_is_the_same_again_without_it(
    served: ServedReader,
    catalogue: Bench,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    script, bundle = tmp_path / "sale.keys", tmp_path / "sale.tsim"
    script.write_text(SALE)
    reader = f"ccid+serial:{served.path}"
    command = ["bundle", str(script), "-k", "PIN", "--reader", reader, "--to", str(bundle)]
    with monkeypatch.context() as at_the_reader:
        at_the_reader.setattr("sys.stderr", at(served, catalogue))
        assert main(command) == 0
    served.close()
    assert capsys.readouterr().out.endswith(
        "its replay is the same, byte for byte; it holds card data in clear\n"
    )
    assert main(["replay", str(bundle)]) == 0


LEFT = """keys 1
terminal v400m
scenario "A sale after which the card stays"
  press  OK 1000 OK
  insert visa-credit
  expect screen "Approved"
scenario "A sale with another card"
  press  OK 1000 OK
  insert visa-declined
  expect screen "Declined"
"""


def test_a_card_that_a_scenario_leaves_in_the_slot_is_taken_out_before_the_next_one(
    served: ServedReader, catalogue: Bench, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "left.keys"
    script.write_text(LEFT)
    person = at(served, catalogue)
    monkeypatch.setattr("sys.stderr", person)
    command = ["run", str(script), "-q", "--reader"]
    assert main([*command, f"ccid+serial:{served.path}", "--record", str(folder)]) == 0
    assert re.findall("terminal-sim: (.*) (?:into|out)", person.getvalue()) == [
        "insert visa-credit", "take the card", "insert visa-declined",
    ]  # fmt: skip
    monkeypatch.setattr("sys.stderr", Person({}))
    assert main([*command, f"recording:{folder}"]) == 0
    for scenario in ("stays", "another"):
        assert main([*command, f"recording:{folder}", "-k", scenario]) == 0


def without_frames(trace: str) -> list[str]:
    """Of a watched reader the frames of the last looks may be in the one trace alone: the run was over before."""
    return [line for line in trace.splitlines() if '"kind": "frame"' not in line]


def face(card: VirtualCard) -> Card:
    assert card.contactless is not None
    return card.contactless


def stripe(card: VirtualCard) -> Stripe:
    assert card.stripe is not None
    return card.stripe


def hold(line: TcpLine, act: Callable[[], None]) -> Callable[[str], None]:
    """Do something at the reader, and again while it does not listen."""

    def attempt() -> bool:
        with suppress(Misuse):
            line.act(act)
            return True
        return False

    def do(_: str) -> None:
        assert any(attempt() for _ in range(100_000))

    return do


@pytest.mark.parametrize(
    ("protocol", "option", "how", "name"),
    [
        ("ccid", "?variant=built-in", TerminalUnderTest.tap, "visa-credit"),
        ("msr", "", TerminalUnderTest.swipe, "visa-stripe"),
        ("vivotech", "", TerminalUnderTest.insert, "visa-credit"),
        ("vivotech", "", TerminalUnderTest.tap, "visa-credit"),
        ("vivotech", "", TerminalUnderTest.swipe, "visa-stripe"),
    ],
)
def test_what_was_recorded_of_any_protocol_is_replayed(
    protocol: str,
    option: str,
    how: Callable[[TerminalUnderTest, str], None],
    name: str,
    catalogue: Bench,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader = VirtualCcid(BUILT_IN.features, descriptor=BUILT_IN.descriptor)
    head, neo = VirtualStripeHead(), VirtualVivotech()
    devices: dict[str, LineDevice] = {"ccid": GemPcDevice(reader, BUILT_IN), "msr": head, "vivotech": neo}
    card = catalogue.card(name)
    acts: dict[tuple[str, object], Callable[[], None]] = {
        ("ccid", TerminalUnderTest.tap): lambda: reader.insert(1, face(card)),
        ("msr", TerminalUnderTest.swipe): lambda: head.swipe(stripe_bits(stripe(card))),
        ("vivotech", TerminalUnderTest.insert): lambda: neo.insert(chip(catalogue, name)),
        ("vivotech", TerminalUnderTest.tap): lambda: neo.tap(face(card)),
        ("vivotech", TerminalUnderTest.swipe): lambda: neo.swipe(
            Tracks(*(stripe(card).get(track) for track in (1, 2, 3)))
        ),
    }
    line = TcpLine(devices[protocol])
    try:
        act = hold(line, acts[protocol, how])
        monkeypatch.setattr("sys.stderr", Person({"insert": act, "hold": act, "swipe": act}))
        file = tmp_path / "sale.pcapng"
        address = f"{protocol}+tcp://127.0.0.1:{line.port}{option}"
        trace = sale(lambda bench: bench.add_terminal("v400m", reader=address, record=file), how, name)
    finally:
        line.close()
    monkeypatch.setattr("sys.stderr", Person({}))
    assert sale(lambda bench: bench.add_terminal("v400m", reader=f"recording:{file}"), how, name) == trace


@pytest.mark.usefixtures("always_asking")
def test_several_readers_of_one_terminal_are_replayed_together(
    catalogue: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = VirtualStripeHead()
    heads = TcpLine(head)
    chip_reader = VirtualCcid(BUILT_IN.features, descriptor=BUILT_IN.descriptor)
    ccid = TcpLine(GemPcDevice(chip_reader, BUILT_IN))
    addresses = (f"ccid+tcp://127.0.0.1:{ccid.port}?variant=built-in", f"msr+tcp://127.0.0.1:{heads.port}")
    card, file = catalogue.card("visa-credit"), tmp_path / "day.pcapng"
    monkeypatch.setattr("sys.stderr", Person({
        "insert": hold(ccid, lambda: chip_reader.insert(0, chip(catalogue, "visa-credit"))),
        "take": hold(ccid, lambda: chip_reader.remove(0)),
        "hold": hold(ccid, lambda: chip_reader.insert(1, face(card))),
        "swipe": hold(heads, lambda: head.swipe(stripe_bits(stripe(catalogue.card("visa-stripe"))))),
    }))  # fmt: skip
    try:
        day = a_day(lambda bench: bench.add_terminal("v400m", reader=addresses, record=file))
    finally:
        for line in (heads, ccid):
            line.close()
    monkeypatch.setattr("sys.stderr", Person({}))
    assert a_day(lambda bench: bench.add_terminal("v400m", reader=f"recording:{file}")) == day


def a_day(seated: Callable[[Bench], TerminalUnderTest]) -> list[str]:
    """What the trace tells of a sale by insert, one by swipe and one by tap, but for frames."""
    sink = io.StringIO()
    with Bench(trace=Trace(JsonLines(sink))) as bench:
        terminal = seated(bench)
        for how, name in (
            (TerminalUnderTest.insert, "visa-credit"),
            (TerminalUnderTest.swipe, "visa-stripe"),
            (TerminalUnderTest.tap, "visa-credit"),
        ):
            ready(terminal)
            how(terminal, name)
            bench.advance(1_000_000)
            assert terminal.view().screen.id == "approved"
            if how is TerminalUnderTest.insert:
                terminal.remove_card()
            bench.advance(60_000_000)
    return without_frames(sink.getvalue())


def sale(
    seated: Callable[[Bench], TerminalUnderTest], how: Callable[[TerminalUnderTest, str], None], name: str
) -> list[str]:
    """What the trace tells of a sale that is approved, but for frames."""
    sink = io.StringIO()
    with Bench(trace=Trace(JsonLines(sink))) as bench:
        terminal = seated(bench)
        ready(terminal)
        how(terminal, name)
        bench.advance(1_000_000)
        assert terminal.view().screen.id == "approved"
    return without_frames(sink.getvalue())


def test_a_reader_that_was_lost_and_came_back_is_lost_and_comes_back(
    catalogue: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, file = tmp_path / "reader", tmp_path / "trouble.pcapng"
    plugged = [ServedSerialReader(link=link)]
    screens: list[list[str]] = []

    def unplug() -> None:
        plugged.pop().close()

    def plug() -> None:
        plugged.append(ServedSerialReader(link=link))

    def nothing() -> None:
        """What happened to the reader is in the recording."""

    def tell(reader: str, record: Path | None, gone: Callable[[], None], back: Callable[[], None]) -> None:
        seen = []
        with Bench() as bench:
            terminal = bench.add_terminal("v400m", reader=reader, record=record)
            ready(terminal)
            gone()
            until(terminal, lambda: terminal.view().screen.id == "reader-lost")
            back()
            until(terminal, lambda: not terminal.board.readers.lost)
            bench.advance(60_000_000)
            seen.append(terminal.view().text)
            ready(terminal)
            terminal.insert("visa-credit")
            bench.advance(1_000_000)
            seen.append(terminal.view().screen.id)
        screens.append(seen)

    monkeypatch.setattr(
        "sys.stderr", Person({"insert": lambda name: plugged[0].insert(chip(catalogue, name))})
    )
    try:
        tell(f"ccid+serial:{link}", file, unplug, plug)
    finally:
        for reader in plugged:
            reader.close()
    tell(f"recording:{file}", None, nothing, nothing)
    assert screens[0] == screens[1]
    assert screens[0][-1] == "approved"


def until(terminal: TerminalUnderTest, holds: Callable[[], bool]) -> None:
    """Let the reader report until something holds."""
    for _ in range(100):
        if holds():
            return
        terminal.bench.engine.poll(terminal.board, 0.1)
        terminal.bench.engine.settle()
    raise AssertionError("the reader reported nothing")


def test_a_card_that_was_in_before_anybody_asked_is_in_again(
    served: ServedReader, catalogue: Bench, tmp_path: Path
) -> None:
    file = tmp_path / "quick.pcapng"

    def quick(reader: str, record: Path | None, put: Callable[[], None]) -> str:
        with Bench() as bench:
            terminal = bench.add_terminal("v400m", reader=reader, record=record)
            ready(terminal)
            put()
            until(terminal, lambda: terminal.board.readers.card_in)
            terminal.insert("visa-credit")
            bench.advance(1_000_000)
            return terminal.view().text

    shown = quick(f"ccid+serial:{served.path}", file, lambda: served.insert(chip(catalogue, "visa-credit")))
    assert "Approved" in shown
    assert quick(f"recording:{file}", None, lambda: None) == shown


# --- what does not fit ------------------------------------------------------------------------------------------------


@pytest.fixture
def recorded(folder: Path, tmp_path: Path) -> Path:
    """A script whose recordings are in the folder."""
    script = tmp_path / "sale.keys"
    script.write_text(SALE)
    results, _ = run(script, reader="virtual", record=folder)
    assert {each.outcome for each in results} == {ScenarioOutcome.HELD}
    return script


OTHERWISE = [
    ("another card", "insert visa-credit", "insert amex-credit", 5,
     "has `insert visa-credit`, and now comes `insert amex-credit`"),
    ("another act", "insert visa-credit", "swipe visa-credit", 5,
     "has `insert visa-credit`, and now comes `swipe visa-credit`"),
    ("another amount", "press  OK 1000 OK", "press  OK 2000 OK", 5,
     "the command XfrBlock"),
    ("more than was recorded", 'expect screen "Start"\n',
     'expect screen "Start"\n  press OK 1000 OK\n  insert visa-credit\n', 10,
     "the end of"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("was", "now", "line", "error"), [row[1:] for row in OTHERWISE], ids=[row[0] for row in OTHERWISE]
)
def test_a_script_that_does_otherwise_fails_at_its_line(
    recorded: Path, folder: Path, was: str, now: str, line: int, error: str
) -> None:
    recorded.write_text(SALE.replace(was, now, 1))
    (result, *_), _ = run(recorded, reader=f"recording:{folder}")
    assert result.outcome is ScenarioOutcome.UNMET
    first, *_ = result.text.splitlines()
    assert first.startswith(f"{recorded}:{line}:")
    assert error in result.text
    assert result.text.count("or record it anew") == 1
    assert "Traceback" not in result.text


def test_a_run_that_ends_early_is_no_other_run(recorded: Path, folder: Path) -> None:
    early = SALE.replace("press  ${card.pin} OK", 'note "nobody types"')
    recorded.write_text(early.replace('"Approved"', '"nothing like it" within 1s'))
    results, _ = run(recorded, reader=f"recording:{folder}")
    assert [each.outcome for each in results] == [ScenarioOutcome.UNMET, ScenarioOutcome.UNMET]
    assert all("nothing like it" in each.text for each in results)
    assert all("record it anew" not in each.text for each in results)


CONDITIONS = "was recorded with {} and now it is {}: replay it under the conditions of its recording, or record it anew"


def test_another_seed_or_terminal_is_told_before_anything_is_done(tmp_path: Path) -> None:
    file = tmp_path / "a.pcapng"
    with Bench(seed=7) as bench:
        bench.add_terminal("v400m", record=file)
    for seed, terminal, told in ((7, "s1f2", ("terminal v400m,", "s1f2")), (8, "v400m", ("seed 7,", "8"))):
        with Bench(seed=seed) as bench, pytest.raises(BenchMisuse) as misuse:
            bench.add_terminal(terminal, reader=f"recording:{file}")
        assert str(misuse.value).endswith(CONDITIONS.format(*told))


@pytest.mark.usefixtures("recorded")
def test_a_damaged_recording_or_none_is_one_clear_error(folder: Path, tmp_path: Path) -> None:
    good = sorted(folder.iterdir())[0]
    data = good.read_bytes()
    files = {
        "cut": (data[: len(data) // 2 + 1], "the capture|the block"),
        "empty": (b"", "is a capture and no recording of a terminal"),
        "text": (b"keys 1\n", "no pcapng file"),
        "half an event": (
            data.replace(b"insert visa-credit", b"look \xff visa-credi"),
            "an event is no text|damaged",
        ),
    }
    for name, (content, error) in files.items():
        file = tmp_path / f"{name}.pcapng"
        file.write_bytes(content)
        with pytest.raises((Misuse, FrameError), match=error) as wrong:
            open_hardware(f"recording:{file}")
        assert str(file) in str(wrong.value)
    with pytest.raises(Misuse, match=r"there is no recording|cannot be read"):
        open_hardware(f"recording:{tmp_path / 'none'}")
    with pytest.raises(Misuse, match=f"{folder} is a folder of recordings: name the one that is meant"):
        open_hardware(f"recording:{folder}")


def test_a_capture_of_one_line_is_no_terminal(tmp_path: Path, served: ServedReader, catalogue: Bench) -> None:
    file = tmp_path / "card.pcapng"
    served.insert(chip(catalogue, "visa-credit"))
    assert main(["readers", "capture", f"ccid+serial:{served.path}", "--to", str(file)]) == 0
    with pytest.raises(Misuse, match="is a capture and no recording of a terminal"):
        open_hardware(f"recording:{file}", about={"seed": "0"})
    with pytest.raises(Misuse, match="replayed as recording:FILE"):
        open_hardware(f"ccid+capture:{file}")


def test_every_protocol_is_captured(
    catalogue: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    neo, head = VirtualVivotech(), VirtualStripeHead()
    neo.insert(chip(catalogue, "visa-credit"))
    devices: list[tuple[str, LineDevice]] = [("vivotech", neo), ("msr", head)]
    for protocol, device in devices:
        line, file = TcpLine(device), tmp_path / f"{protocol}.pcapng"
        line.act(lambda: head.swipe(stripe_bits(stripe(catalogue.card("visa-stripe")))))
        try:
            assert (
                main(["readers", "capture", f"{protocol}+tcp://127.0.0.1:{line.port}", "--to", str(file)])
                == 0
            )
        finally:
            line.close()
        assert len(list(packets(file, protocol))) >= 1
        told = capsys.readouterr().out
        assert ("31 50 41 59" if protocol == "vivotech" else "Tracks(<") in told
        assert "4761" not in told


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed: apt-get install tshark")
@pytest.mark.usefixtures("recorded")
def test_wireshark_shows_a_recording_with_what_the_hands_did(folder: Path) -> None:
    file = sorted(folder.iterdir())[0]
    shown = subprocess.run(
        ["tshark", "-r", str(file), "-V"], capture_output=True, text=True, check=True, timeout=PATIENCE
    ).stdout
    assert "Message Type: PC_to_RDR_XfrBlock" in shown
    assert re.search(r"Packet comments\n\s+insert visa-credit\n", shown)
    assert "Malformed" not in shown


def test_nothing_is_recorded_over_or_twice(recorded: Path, folder: Path, tmp_path: Path) -> None:
    before = {file: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(CannotBegin, match="a capture replaces no file"):
        run(recorded, reader="virtual", record=folder)
    assert {file: file.read_bytes() for file in folder.iterdir()} == before
    with pytest.raises(Misuse, match="not recorded again"):
        open_hardware(f"recording:{next(iter(before))}", record=tmp_path / "b")


def test_a_reader_that_does_not_open_leaves_no_recording(tmp_path: Path) -> None:
    with pytest.raises(ReaderLost, match="cannot be opened"):
        open_hardware(f"ccid+serial:{tmp_path / 'nothing'}", record=tmp_path / "a.pcapng")
    assert not (tmp_path / "a.pcapng").exists()


def test_the_command_records_and_replays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sale.keys").write_text(SALE)
    assert main(["run", "sale.keys", "-q", "--record", "here", "--seed", "3"]) == 0
    assert sorted(map(words, Path("here").iterdir())) == [
        "sale--a-sale--v400m", "sale--a-sale-with-a-pin--v400m",
    ]  # fmt: skip
    assert {file.stat().st_mode & 0o777 for file in Path("here").iterdir()} == {0o600}
    assert main(["run", "sale.keys", "-q", "--reader", "recording:here", "--seed", "3"]) == 0
    assert main(["run", "sale.keys", "-q", "--reader", "recording:here"]) == 2
    assert "was recorded with seed 3, and now it is 0" in capsys.readouterr().err
    assert main(["run", "sale.keys", "-q", "--reader", "recording:nowhere"]) == 2
    assert capsys.readouterr().err == "terminal-sim: there is no recording nowhere: make one with --record\n"


def test_recordings_leave_neither_thread_nor_descriptor(recorded: Path, folder: Path) -> None:
    file = sorted(folder.iterdir())[0]
    before, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
    for _ in range(20):
        open_hardware(f"recording:{file}").close()
        hardware = open_hardware("virtual", record=recorded.with_suffix(".pcapng"))
        hardware.close()
        recorded.with_suffix(".pcapng").unlink()
    assert (len(os.listdir("/proc/self/fd")), threading.active_count()) == (before, threads)
