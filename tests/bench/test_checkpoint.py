"""A checkpoint stands for exactly the files that it was made of, and a folder says the same with it and without it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from terminal_sim.bench import Bench, JournalError, TerminalUnderTest, state_checkpoint
from terminal_sim.bench.state_check import checked
from terminal_sim.bench.state_folder import StateFolder
from terminal_sim.bench.state_reading import read_state
from terminal_sim.bench.transactions import report_lines
from terminal_sim.core.message import MessageKind, Original
from terminal_sim.journal.store import Journal
from terminal_sim.pos.model.rows import PaymentTypeKind
from tests.bench.test_state_folder import paid, sale
from tests.host.samples import DIALECT, SALE
from tests.offline.shop import shop

SECOND = 1_000_000


def counts(folder: Path) -> bool:
    return state_checkpoint.read(folder) is not None


def void_newest(terminal: TerminalUnderTest) -> None:
    for key in ("9", "OK", "0", "8", "5", "6", "OK"):
        terminal.press(key)
    for id_ in ("transactions", "history", "history-transactions", "txn-1", "void"):
        terminal.touch(id_)


def test_a_bench_that_is_closed_leaves_a_checkpoint_and_one_that_is_killed_does_not(tmp_path: Path) -> None:
    with Bench(state=tmp_path) as bench:
        sale(bench, bench.add_terminal("v400m"))
        assert not counts(tmp_path)
    assert counts(tmp_path)
    with Bench(state=tmp_path) as bench:
        sale(bench, bench.add_terminal("v400m"))
        assert not counts(tmp_path)


def killed(tmp_path: Path) -> Path:
    """A folder with a sale of an orderly run, and another one of a run that was killed."""
    paid(tmp_path / "state")
    with Bench(state=tmp_path / "state") as bench:
        sale(bench, bench.add_terminal("v400m"))
        return Path(shutil.copytree(tmp_path / "state", tmp_path / "killed"))


def known(state: StateFolder) -> tuple[object, ...]:
    """What the rows of the terminal come to."""
    past = state.past_of("V4000001")
    return past.number, past.payments, past.durable.boots, list(past.durable.payments.values())


def test_after_a_kill_only_what_is_behind_the_checkpoint_is_read(tmp_path: Path) -> None:
    folder = killed(tmp_path)
    state = StateFolder(folder)
    assert state.checkpoint is not None
    assert not state.is_at_rest
    assert len(state.books.found) == 1
    found = state.journal.chains, state.books.records, known(state)
    state.close()
    fully = StateFolder(folder, fully=True)
    assert found == (fully.journal.chains, fully.books.found, known(fully))
    fully.close()


def test_the_full_check_says_how_far_a_checkpoint_counts_after_a_kill(tmp_path: Path) -> None:
    folder = killed(tmp_path)
    assert any("checkpoint: says what the first 3 of 6 rows come to" in line for line in checked(folder))


BEHIND: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "the log is gone": ("journal.db-wal", Path.unlink, "were stored"),
    "the log is cut": (
        "journal.db-wal",
        lambda file: file.write_bytes(file.read_bytes()[:5000]),
        "were stored",
    ),
    "a bit of the log": ("journal.db-wal", lambda file: _flipped(file), "were stored"),
    "the last record is gone": (
        "acquirer.jsonl",
        lambda file: file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1])),
        "there were",
    ),
}


@pytest.mark.parametrize("change", BEHIND)
def test_what_is_missing_behind_a_checkpoint_is_missed(change: str, tmp_path: Path) -> None:
    name, act, says = BEHIND[change]
    folder = killed(tmp_path)
    act(folder / name)
    assert state_checkpoint.beginning(folder) is not None
    with pytest.raises((JournalError, ValueError), match=says):
        StateFolder(folder)


def _flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def _logged(file: Path) -> None:
    file.with_name("journal.db-wal").write_bytes(b"a log that is left")


CHANGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a bit of the journal": ("journal.db", _flipped),
    "a bit of the books": ("acquirer.jsonl", _flipped),
    "a bit of the checkpoint": (state_checkpoint.NAME, _flipped),
    "the journal is gone": ("journal.db", Path.unlink),
    "the journal's head is gone": ("journal.head", Path.unlink),
    "the journal's head is empty": ("journal.head", lambda file: file.write_bytes(b"")),
    "the books' head is gone": ("acquirer.head", Path.unlink),
    "a log is left": ("journal.db", _logged),
    "a point of sale has come": ("pos.db", lambda file: file.write_bytes(b"foreign")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_checkpoint_counts_for_no_other_files(change: str, tmp_path: Path) -> None:
    name, act = CHANGES[change]
    act(paid(tmp_path) / name)
    assert not counts(tmp_path)


def test_a_checkpoint_of_another_program_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid(tmp_path)
    monkeypatch.setattr(state_checkpoint, "_FIRST_LINE", b"terminal-sim checkpoint 1 0.0.0\n")
    assert not counts(tmp_path)


def test_a_journal_that_is_older_than_its_head_is_refused_though_its_checkpoint_fits(tmp_path: Path) -> None:
    older = paid(tmp_path / "state")
    kept = {name: (older / name).read_bytes() for name in ("journal.db", "acquirer.jsonl", "checkpoint")}
    with Bench(state=older) as bench:
        sale(bench, bench.add_terminal("v400m"))
    for name, content in kept.items():
        (older / name).write_bytes(content)
    assert not counts(older)
    with pytest.raises((JournalError, ValueError), match=r"were stored|there were"):
        Bench(state=older)


def seen(folder: Path, *, kept: bool) -> tuple[object, ...]:
    """What a terminal knows, what the books say, and what the report has, after one more sale and a void."""
    if not kept:
        (folder / state_checkpoint.NAME).unlink(missing_ok=True)
    assert counts(folder) == kept
    with Bench(state=folder) as bench:
        till = bench.add_terminal("v400m")
        before = till.firmware.durable
        sale(bench, till)
        void_newest(till)
        bench.advance(20 * SECOND)
        return (
            before,
            list(before.payments.values()),
            before.newest_first(3),
            [row.hash for row in till.journal()],
            list(bench.acquirer.entries()),
            list(report_lines(bench.journal)),
            bench.violations(),
        )


def test_a_bench_is_the_same_with_a_checkpoint_and_without_one(tmp_path: Path) -> None:
    for name, kept in (("with", True), ("without", False)):
        with Bench(state=tmp_path / name) as bench:
            till = bench.add_terminal("v400m")
            for _ in range(3):
                sale(bench, till)
            void_newest(till)
            bench.advance(20 * SECOND)
        with Bench(state=tmp_path / name) as bench:
            sale(bench, bench.add_terminal("v400m"))
        assert counts(tmp_path / name), kept
    with_it, without = seen(tmp_path / "with", kept=True), seen(tmp_path / "without", kept=False)
    assert with_it == without
    assert with_it[-1] == []


def test_payments_that_wait_are_forwarded_from_a_checkpoint(tmp_path: Path) -> None:
    with shop("square-terminal", state=tmp_path) as at:
        at.charge(500)
        at.terminal.network(False)
        at.charge(700)
        at.charge(900)
    for _ in range(2):
        assert counts(tmp_path)
        with shop("square-terminal", state=tmp_path) as at:
            at.bench.advance(60 * SECOND)
            assert [payment.state.value for payment in at.durable.payments.values()] == ["COMPLETED"] * 3
            assert at.bench.violations() == []


def test_a_point_of_sale_goes_on_from_a_checkpoint_as_from_all_its_rows(tmp_path: Path) -> None:
    with Bench(state=tmp_path) as bench:
        till = bench.add_terminal("v400m")
        bench.point_of_sale.set_up_payment_type("CASH", name="Cash", kind=PaymentTypeKind.CASH)
        bench.point_of_sale.close("T-1", 700, "CASH", currency="CAD")
        bench.point_of_sale.sale(till, "T-2", 1250, server="Anne", register="Bar")
        till.swipe("visa-stripe")
        bench.advance(20 * SECOND)
        till.network(False)
        bench.point_of_sale.sale(till, "T-3", 300)
    assert counts(tmp_path)
    with Bench(state=tmp_path) as bench:
        kept = bench.point_of_sale.book
        bench.add_terminal("v400m")
        bench.point_of_sale.refund("T-2")
        bench.advance(20 * SECOND)
        lines = bench.point_of_sale.records()
        assert [line["state"] for line in lines] == ["paid", "refunded", "open"]
        assert kept == bench.point_of_sale.book
    assert any("checkpoint: says what" in line for line in checked(tmp_path))
    (tmp_path / state_checkpoint.NAME).unlink()
    with Bench(state=tmp_path) as bench:
        assert bench.point_of_sale.book == kept
        assert bench.point_of_sale.records() == lines


def test_a_repeat_and_a_void_of_an_earlier_run_find_their_payment_in_books_that_are_not_read(
    tmp_path: Path,
) -> None:
    with Bench(state=tmp_path) as bench:
        first = bench.acquirer.respond(DIALECT.encode_request(SALE)).reply
    with Bench(state=tmp_path) as bench:
        other = structs.replace(SALE, stan=SALE.stan + 1, reference="OTHER0000001")
        bench.acquirer.respond(DIALECT.encode_request(other))
        assert bench.acquirer.respond(DIALECT.encode_request(SALE)).reply == first
        void = structs.replace(
            SALE,
            kind=MessageKind.VOID,
            stan=SALE.stan + 2,
            reference="VOID00000001",
            original=Original(kind=SALE.kind, stan=SALE.stan, reference=SALE.reference),
        )
        bench.acquirer.respond(DIALECT.encode_request(void))
        assert bench.acquirer.net(SALE.reference) == 0
        assert [entry.number for entry in bench.acquirer.entries()] == [1, 2, 3]


def test_reading_takes_a_checkpoint_and_leaves_none(tmp_path: Path) -> None:
    paid(tmp_path)
    with read_state(tmp_path) as state:
        assert state.checkpoint is not None
        assert len(list(report_lines(state.journal))) == 1
    (tmp_path / state_checkpoint.NAME).unlink()
    with read_state(tmp_path) as state:
        assert state.checkpoint is None
    assert not (tmp_path / state_checkpoint.NAME).exists()


def test_the_full_check_holds_the_checkpoint_against_all_rows(tmp_path: Path) -> None:
    assert any("checkpoint: says what 3 rows" in line for line in checked(paid(tmp_path)))
    kept = state_checkpoint.read(tmp_path)
    assert kept is not None
    past = kept.past_of("V4000001")
    assert past is not None
    past.durable.boots += 1
    state_checkpoint.write(tmp_path, replace(kept, pasts={"V4000001": state_checkpoint.encoded_past(past)}))
    with pytest.raises(JournalError, match=r"checkpoint: it does not say what the rows .* delete this file"):
        list(checked(tmp_path))
    (tmp_path / state_checkpoint.NAME).unlink()
    assert any("checkpoint: none that counts" in line for line in checked(tmp_path))


def test_a_file_that_could_not_be_stored_leaves_no_checkpoint(tmp_path: Path) -> None:
    with Bench(state=tmp_path) as bench:
        till = bench.add_terminal("v400m")
        sale(bench, till)
        assert isinstance(bench.journal, Journal)
        bench.journal._stopped = True
    assert not counts(tmp_path)


def test_what_stands_in_the_place_of_a_checkpoint_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / state_checkpoint.NAME).symlink_to(tmp_path / "elsewhere")
    paid(tmp_path)
    assert not (tmp_path / "elsewhere").exists()
    assert not counts(tmp_path)


def test_a_folder_that_is_opened_without_a_bench_says_what_each_terminal_knows(tmp_path: Path) -> None:
    paid(tmp_path)
    states = []
    for fully in (True, False):
        state = StateFolder(tmp_path, fully=fully)
        states.append(state.past_of("V4000001"))
        assert [payment.amount.minor for payment in states[-1].durable.payments.values()] == [1250]
        state.close()
    assert states[0].payments == states[1].payments
