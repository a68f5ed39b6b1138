"""A bench that is saved in the middle of anything goes on elsewhere as if it had never been saved."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, BenchMisuse, SavedState, TerminalUnderTest
from terminal_sim.bench.presentment import chip_of
from terminal_sim.bench.saved_state import VERSION, PresentedState
from terminal_sim.readers.operator import HumanOperator
from tests.contracts.drive import CARDS, TEXTS, Drive, full, prompting
from tests.contracts.states import PASSING, WAYS, Place, has
from tests.engine.kit import plug

SECOND = 1_000_000
Act = Callable[[Bench, TerminalUnderTest], None]


def keys(terminal: TerminalUnderTest, *words: str) -> None:
    for word in words:
        for key in word if word.isdigit() else [word]:
            terminal.press(key)


def type_amount(_: Bench, till: TerminalUnderTest) -> None:
    keys(till, "OK", "1234")


def finish_amount(bench: Bench, till: TerminalUnderTest) -> None:
    keys(till, "OK")
    till.swipe("visa-stripe")
    bench.advance(60 * SECOND)


def insert(card: str) -> Act:
    def act(_: Bench, till: TerminalUnderTest) -> None:
        keys(till, "OK", "1234", "OK")
        till.insert(card)

    return act


def type_pin(bench: Bench, till: TerminalUnderTest) -> None:
    keys(till, "1234", "OK")
    bench.advance(5 * SECOND)
    take_out(bench, till)


def take_out(bench: Bench, till: TerminalUnderTest) -> None:
    bench.advance(5 * SECOND)
    till.remove_card()
    bench.advance(60 * SECOND)


def half_a_pin(bench: Bench, till: TerminalUnderTest) -> None:
    insert("mastercard-pin")(bench, till)
    keys(till, "12")


def rest_of_pin(bench: Bench, till: TerminalUnderTest) -> None:
    keys(till, "34", "OK")
    take_out(bench, till)


def wrong_pin(bench: Bench, till: TerminalUnderTest) -> None:
    insert("mastercard-pin")(bench, till)
    keys(till, "9999", "OK")


def wait_for_host(bench: Bench, till: TerminalUnderTest) -> None:
    bench.host_answers(["late:30s"])
    insert("visa-credit")(bench, till)


def host_answers(bench: Bench, till: TerminalUnderTest) -> None:
    bench.advance(40 * SECOND)
    take_out(bench, till)


def tap_and_wait(bench: Bench, till: TerminalUnderTest) -> None:
    bench.host_answers(["late:30s"])
    keys(till, "OK", "1234", "OK")
    till.tap("visa-credit")


def let_it_pass(bench: Bench, _: TerminalUnderTest) -> None:
    bench.advance(120 * SECOND)


def lose_an_answer(bench: Bench, till: TerminalUnderTest) -> None:
    bench.host_answers(["timeout"])
    keys(till, "OK", "1234", "OK")
    till.swipe("visa-stripe")
    bench.advance(125 * SECOND)
    till.network(False)


def reverse(bench: Bench, till: TerminalUnderTest) -> None:
    till.network(True)
    bench.advance(300 * SECOND)


def off_for_the_night(bench: Bench, till: TerminalUnderTest) -> None:
    insert("visa-credit")(bench, till)
    take_out(bench, till)
    till.power_off()


def on_again(bench: Bench, till: TerminalUnderTest) -> None:
    if not till.is_on:
        till.power_on()
    insert("visa-credit")(bench, till)
    take_out(bench, till)


def second_sale(bench: Bench, till: TerminalUnderTest) -> None:
    insert("visa-credit")(bench, till)
    take_out(bench, till)


def prepare_a_tear(_: Bench, till: TerminalUnderTest) -> None:
    keys(till, "OK", "1234", "OK")
    till.tear_after("gpo")


def tear(bench: Bench, till: TerminalUnderTest) -> None:
    till.insert("visa-credit")
    bench.advance(60 * SECOND)


def charge_offline(bench: Bench, till: TerminalUnderTest) -> None:
    till.network(False)
    keys(till, "700", "OK")
    till.insert("visa-credit")
    bench.advance(5 * SECOND)
    till.remove_card()
    bench.advance(10 * SECOND)


def forward(bench: Bench, till: TerminalUnderTest) -> None:
    till.network(True)
    bench.advance(600 * SECOND)


MOMENTS: dict[str, tuple[str, str, Act, Act]] = {
    "an amount is typed": ("v400m", "amount", type_amount, finish_amount),
    "a PIN is asked for": ("v400m", "enter-pin", insert("mastercard-pin"), type_pin),
    "half a PIN is typed": ("v400m", "enter-pin", half_a_pin, rest_of_pin),
    "a wrong PIN was typed": ("v400m", "enter-pin", wrong_pin, type_pin),
    "the host is waited for, the card in the slot": ("v400m", "processing", wait_for_host, host_answers),
    "the host is waited for after a tap": ("v400m", "processing", tap_and_wait, let_it_pass),
    "a reversal has no way out": ("v400m", "declined", lose_an_answer, reverse),
    "a card is still in after the sale": ("v400m", "processing", insert("visa-credit"), take_out),
    "a card is to be torn away": ("v400m", "present-card", prepare_a_tear, tear),
    "the terminal is off": ("v400m", "off", off_for_the_night, on_again),
    "a sale is over": ("v400m", "home", second_sale, second_sale),
    "payments wait for the network": ("square-terminal", "home", charge_offline, forward),
}
ELSEWHERE = (
    "half a PIN is typed",
    "the host is waited for, the card in the slot",
    "payments wait for the network",
)


def what_happened(bench: Bench, till: TerminalUnderTest, since: int) -> dict[str, object]:
    """All that shows of a bench: its trace since then, screen, receipts, journal with hashes, the acquirer's books."""
    shown = {
        "trace": renumbered(json.loads(entry.json()) for entry in list(bench.trace.entries)[since:]),
        "screen": till.view().text,
        "receipts": [paper.text for paper in till.receipts],
        "journal": [[row.kind, row.number, row.mono, row.hash.hex()] for row in till.journal()],
        "books": [[entry.kind.value, entry.reference, entry.amount] for entry in bench.acquirer.entries()],
        "messages": [[message.kind, dict(message.fields)] for message in bench.host_messages()],
        "lights": till.lights,
        "beeps": till.beeps,
        "violations": bench.violations(),
        "next": str(bench.next_deadline()),
    }
    return dict(json.loads(json.dumps(shown)))


def renumbered(entries: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """The entries as if the trace began with the first of them: the numbers of a trace are no part of a saved bench."""
    numbered: dict[object, int] = {}
    return [
        {**entry, **{name: numbered.setdefault(entry[name], len(numbered)) for name in ("n", "cause")}}
        for entry in entries
    ]


def go_on(data: bytes, moment: str) -> dict[str, object]:
    """What a bench that is given the bytes does after the moment."""
    profile, _, _, after = MOMENTS[moment]
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal(profile, power=False, state_from=SavedState.from_bytes(data))
        after(bench, till)
        return what_happened(bench, till, 0)


def never_saved(moment: str) -> tuple[bytes, dict[str, object]]:
    """The bytes of a bench at the moment, and what the same bench did after it."""
    profile, screen, before, after = MOMENTS[moment]
    with Bench(seed=7, texts=TEXTS) as bench:
        till = bench.add_terminal(profile)
        before(bench, till)
        assert till.view().screen.id == screen
        saved = bench.save().to_bytes()
        assert bench.save().to_bytes() == saved
        since = len(bench.trace.entries)
        after(bench, till)
        return saved, what_happened(bench, till, since)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_saved_bench_goes_on_as_if_it_had_never_been_saved(moment: str) -> None:
    saved, stayed = never_saved(moment)
    assert stayed["trace"]
    assert go_on(saved, moment) == stayed


def test_a_saved_bench_goes_on_in_a_fresh_process(tmp_path: Path) -> None:
    stayed = {}
    for number, moment in enumerate(ELSEWHERE):
        saved, stayed[moment] = never_saved(moment)
        SavedState.from_bytes(saved).write(tmp_path / str(number))
    program = (
        "import json, sys; from pathlib import Path; from tests.bench.test_snapshot import ELSEWHERE, go_on;"
        "print(json.dumps({m: go_on((Path(sys.argv[1]) / str(n)).read_bytes(), m) for n, m in enumerate(ELSEWHERE)}))"
    )
    went = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert json.loads(went.stdout) == stayed


def at(place: Place, profile: str) -> Drive:
    drive = Drive((prompting if place[1] == "offer-copy" else full)(profile))
    try:
        WAYS[place](drive)
        assert drive.at == place
    except BaseException:
        drive.bench.close()
        raise
    return drive


@pytest.mark.parametrize(
    ("profile", "place"),
    [
        (profile, place)
        for profile in ("s1f2", "v400m")
        for place in WAYS
        if place not in PASSING and has(full(profile), place)
    ],
)
def test_every_state_of_every_flow_is_saved_and_runs_out_as_it_would_have(profile: str, place: Place) -> None:
    with at(place, profile) as drive, Bench(texts=TEXTS, decks=[CARDS]) as bench:
        till = bench.add_terminal(drive.profile, power=False, state_from=drive.bench.save())
        since = len(drive.bench.trace.entries)
        stood, stands = till.view(), drive.terminal.view()
        assert stood.text == stands.text
        for one, terminal in ((drive.bench, drive.terminal), (bench, till)):
            one.advance(400 * SECOND)
            if terminal.board.readers.card_in:
                terminal.remove_card()
            one.advance(400 * SECOND)
        assert what_happened(bench, till, 0) == what_happened(drive.bench, drive.terminal, since)


@pytest.mark.parametrize("reader", ["pty", "vivotech+virtual:"])
def test_a_card_goes_on_in_any_virtual_reader(reader: str) -> None:
    with Bench(texts=TEXTS) as bench, Bench(texts=TEXTS) as other:
        till = bench.add_terminal("v400m")
        half_a_pin(bench, till)
        further = other.add_terminal("v400m", reader=reader, state_from=bench.save())
        for one, terminal in ((bench, till), (other, further)):
            rest_of_pin(one, terminal)
        assert [row.hash for row in further.journal()] == [row.hash for row in till.journal()]
        assert further.journal()[-1].fields["state"] == "COMPLETED"


def test_two_terminals_go_on_with_one_clock() -> None:
    with Bench(texts=TEXTS) as bench, Bench(texts=TEXTS) as other:
        tills = [bench.add_terminal("v400m") for _ in range(2)]
        for till in tills:
            type_amount(bench, till)
        saved = bench.save()
        since = len(bench.trace.entries)
        further = [other.add_terminal("v400m", state_from=saved) for _ in tills]
        for one, two in ((bench, tills), (other, further)):
            one.advance(30 * SECOND)
            for till in two:
                finish_amount(one, till)
        assert [till.name for till in further] == [till.name for till in tills]
        for mine, theirs in zip(tills, further, strict=True):
            assert what_happened(other, theirs, 0) == what_happened(bench, mine, since)


def test_a_state_shares_nothing_with_the_bench_that_goes_on() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        type_amount(bench, till)
        saved = bench.save()
        before = saved.to_bytes()
        finish_amount(bench, till)
        assert saved.to_bytes() == before


def test_what_a_card_remembers_is_saved_though_it_lies_on_the_table() -> None:
    with Bench(texts=TEXTS) as bench, Bench(texts=TEXTS) as other:
        second_sale(bench, bench.add_terminal("v400m"))
        other.add_terminal("v400m", state_from=bench.save())
        assert other.card("visa-credit").memory.now[0].atc == 1


def test_a_state_shows_no_secret() -> None:
    with Bench(texts=TEXTS) as bench:
        half_a_pin(bench, bench.add_terminal("v400m"))
        saved = bench.save()
    for secret in ("5555555555554444", "'12'"):
        assert secret not in repr(saved)


def test_a_file_of_a_state_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "bench.state"
    file.write_text("")
    file.chmod(0o644)
    with Bench(texts=TEXTS) as bench:
        bench.add_terminal("s1f2")
        bench.save().write(file)
        assert file.stat().st_mode & 0o777 == 0o600
        assert SavedState.read(file).to_bytes() == bench.save().to_bytes()


# What is refused.


def saved_as(state: str) -> bytes:
    """What a file of this version says before its state."""
    return f'{{"format":"terminal-sim saved bench","version":{VERSION},{state}}}'.encode()


def refused(data: bytes) -> str:
    with pytest.raises(BenchMisuse) as told:
        SavedState.from_bytes(data)
    return str(told.value)


def test_a_state_of_another_version_is_refused_by_its_number() -> None:
    with Bench(texts=TEXTS) as bench:
        written = bench.save().to_bytes()
    now = f'"version":{VERSION}'.encode()
    assert refused(written.replace(now, b'"version":1', 1)) == (
        f"this bench was saved in version 1, and version {VERSION} is read here: save it anew"
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "this is no saved bench"),
        (b"[]", "this is no saved bench"),
        (b'{"format":"pcapng"}', "this is no saved bench"),
        (
            saved_as('"state":{"is":"subprocess:Popen","of":["ls"]}'),
            "damaged",
        ),
        (
            saved_as('"state":{"is":"core.money:Money","of":{"minor":1}}'),
            "damaged",
        ),
        (saved_as('"state":{"is":"bytes","of":"XY"}'), "damaged"),
        (saved_as('"state":1'), "damaged"),
    ],
)
def test_what_is_no_saved_bench_is_refused(data: bytes, why: str) -> None:
    assert why in refused(data)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchMisuse, match="No such file"):
        SavedState.read(tmp_path / "none")


def test_a_terminal_goes_on_as_its_own_model_alone() -> None:
    with Bench(texts=TEXTS) as bench, Bench(texts=TEXTS) as other:
        bench.add_terminal("v400m")
        with pytest.raises(BenchMisuse, match="the saved terminal is a v400m, and does not go on as a s1f2"):
            other.add_terminal("s1f2", state_from=bench.save())
        assert other.add_terminal("s1f2").journal()[0].number == 1


def test_a_bench_that_has_a_terminal_goes_on_from_no_state() -> None:
    with Bench(texts=TEXTS) as bench:
        bench.add_terminal("v400m")
        with pytest.raises(BenchMisuse, match="has a terminal already"):
            bench.add_terminal("v400m", state_from=bench.save())


def test_a_state_has_no_more_terminals_than_were_saved() -> None:
    with Bench(texts=TEXTS) as bench, Bench(texts=TEXTS) as other:
        bench.add_terminal("v400m")
        saved = bench.save()
        other.add_terminal("v400m", state_from=saved)
        with pytest.raises(BenchMisuse, match="every terminal of the saved state is on this bench already"):
            other.add_terminal("v400m", state_from=saved)


def by_hand(till: TerminalUnderTest) -> None:
    """A person stands before the readers from now on, as before real ones."""
    till._presenting._operator = HumanOperator({}, print)


def test_a_card_in_a_real_reader_is_not_saved_and_the_reason_is_given() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        half_a_pin(bench, till)
        by_hand(till)
        with pytest.raises(
            BenchMisuse, match="a card is in its real reader, and what that card knows cannot be set"
        ):
            bench.save()


def test_a_real_reader_does_not_go_on_with_a_virtual_card() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        by_hand(till)
        chip = chip_of("visa-credit", bench.card("visa-credit"))
        with pytest.raises(
            BenchMisuse, match="visa-credit in its slot: only a virtual reader goes on with a card"
        ):
            till._presenting.restore(PresentedState("visa-credit", 1, 0, None, None), chip)


def test_a_reader_that_is_away_is_not_saved() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        plug(till, into=False)
        with pytest.raises(BenchMisuse, match="its reader does not answer, plug it in first"):
            bench.save()
