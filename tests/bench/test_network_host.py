"""A host on a network in the place of the virtual acquirer: the same payments, and a defined end for each fault of the way."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from terminal_sim.bench import Bench, BenchMisuse, Duration, JournalError, TerminalUnderTest
from terminal_sim.bench.state_check import checked
from tests.host.network.kit import Serving, TestAuthority
from tests.patience import PATIENCE

QUICK = {"timeouts.issuer": "500ms"}
SECOND = Duration.parse("1s")


@pytest.fixture
def host() -> Iterator[Serving]:
    with Serving() as serving:
        yield serving


UPLOADED = ["reconciliation", "batch-upload", "batch-close"]


def paying(till: TerminalUnderTest, *, amount: str = "750", card: str = "visa-credit") -> None:
    for key in ("OK", *amount, "OK"):
        till.press(key)
    till.insert(card)


def until(bench: Bench, till: TerminalUnderTest, *screens: str) -> str:
    """The first of these screens that shows within ten seconds."""
    limit = bench.now.mono + 10 * SECOND
    while till.view().screen.id not in screens and bench.now.mono < limit:
        bench.pass_to_next(limit)
    return till.view().screen.id


def rows(till: TerminalUnderTest) -> list[tuple[str, dict[str, object]]]:
    return [(row.kind, dict(row.fields)) for row in till.journal()]


def states(till: TerminalUnderTest) -> list[object]:
    return [fields["state"] for kind, fields in rows(till) if kind == "sale"]


@pytest.mark.parametrize("form", ["", "?header=4", "?header=digits&tpdu=6000030001"])
def test_a_sale_over_a_network_is_the_sale_in_process(form: str) -> None:
    with (
        Serving(f"iso8583://127.0.0.1:0{form}") as host,
        Bench(host_at=host.address) as bench,
        Bench() as alone,
    ):
        found = []
        for each in (bench, alone):
            till = each.add_terminal("v400m")
            paying(till)
            assert until(each, till, "approved") == "approved"
            found.append((rows(till), [(m.kind, m.mti, dict(m.fields)) for m in each.host_messages()]))
        assert found[0] == found[1]
        assert [message.message for message in host.messages] == list(bench.host_messages())
        assert bench.violations() == []


def test_a_payment_takes_the_time_that_the_host_takes_and_no_more(host: Serving) -> None:
    with Bench(host_at=host.address) as bench:
        till = bench.add_terminal("v400m")
        paying(till)
        began = bench.now.mono
        assert until(bench, till, "approved") == "approved"
        assert 0 < bench.now.mono - began < 20 * SECOND  # the host takes 300 ms from when it got the request
        bench.advance(Duration.parse("24h"))
        assert till.view().screen.id != "approved"


ENDS = [
    ("silent", "the answer never comes"),
    ("closed", "the connection is closed before the answer"),
    ("reset", "the connection is reset"),
    ("half", "half an answer comes"),
    ("noise", "bytes come that are no message"),
]


@pytest.mark.parametrize("fault", [row[0] for row in ENDS], ids=[row[1] for row in ENDS])
def test_a_request_without_an_answer_is_reversed(host: Serving, fault: str) -> None:
    with Bench(host_at=host.address) as bench:
        till = bench.add_terminal("v400m", options=QUICK if fault == "silent" else {})
        host.strike(fault)
        swiped(till)
        limit = bench.now.mono + 300 * SECOND
        while states(till)[-1] != "REVERSED" and bench.now.mono < limit:
            bench.pass_to_next(limit)
        assert states(till) == ["AUTH_SENT", "REVERSAL_PENDING", "REVERSED"]
        assert [m.message.kind for m in host.messages if m.message] == ["sale", "reversal"]


def swiped(till: TerminalUnderTest) -> None:
    for key in ("OK", "7", "5", "0", "OK"):
        till.press(key)
    till.swipe("visa-stripe")


@pytest.mark.parametrize("fault", ["pieces", "twice"])
def test_an_answer_in_pieces_or_twice_is_one_answer(host: Serving, fault: str) -> None:
    with Bench(host_at=host.address) as bench:
        till = bench.add_terminal("v400m")
        host.strike(fault)
        swiped(till)
        assert until(bench, till, "approved") == "approved"
        bench.advance(SECOND)
        assert states(till) == ["AUTH_SENT", "COMPLETED"]
        assert [kind for kind, _ in rows(till)].count("unexpected") == (1 if fault == "twice" else 0)


def test_time_jumps_again_once_an_answer_is_given_up(host: Serving) -> None:
    with Bench(host_at=host.address) as bench:
        till = bench.add_terminal("v400m", options={**QUICK, "timeouts.reversal": "500ms"})
        host.strike("silent")
        swiped(till)
        bench.advance(30 * SECOND)
        assert states(till)[-1] == "REVERSED"
        swiped(till)
        assert until(bench, till, "approved") == "approved"
        began = monotonic()
        bench.advance(Duration.parse("24h"))
        assert monotonic() - began < PATIENCE


def test_a_host_that_ends_hangs_up_without_a_word(host: Serving, caplog: pytest.LogCaptureFixture) -> None:
    with Bench(host_at=host.address) as bench:
        till = bench.add_terminal("v400m")
        swiped(till)
        assert until(bench, till, "approved") == "approved"
        host.end()
    assert caplog.records == []


def test_a_late_answer_completes_nothing(host: Serving) -> None:
    with Bench(host_at=host.address) as bench:
        till = bench.add_terminal("v400m", options=QUICK)
        host.answers("late:1s")
        swiped(till)
        bench.advance(2 * SECOND)
        assert states(till) == ["AUTH_SENT", "REVERSAL_PENDING", "REVERSED"]
        assert [kind for kind, _ in rows(till)].count("unexpected") == 1


def test_nothing_is_sent_and_nothing_reversed_where_no_host_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Bench(host_at=f"iso8583://127.0.0.1:{port}") as bench:
        till = bench.add_terminal("v400m")
        swiped(till)
        assert until(bench, till, "no-connection") == "no-connection"
        assert "REVERSAL_PENDING" not in states(till)


def test_a_host_that_hung_up_between_two_payments_is_called_again(host: Serving) -> None:
    with Bench(host_at=host.address) as bench:
        till = bench.add_terminal("v400m")
        host.strike("closed")
        swiped(till)
        bench.advance(300 * SECOND)
        assert states(till)[-1] == "REVERSED"
        until(bench, till, "home")
        swiped(till)
        assert until(bench, till, "approved") == "approved"


def test_a_network_that_is_down_reaches_no_host(host: Serving) -> None:
    with Bench(host_at=host.address) as bench:
        till = bench.add_terminal("v400m")
        till.network(up=False)
        swiped(till)
        assert until(bench, till, "no-connection") == "no-connection"
        assert host.messages == []


def test_tls_checks_the_host_and_the_terminal(tmp_path: Path) -> None:
    authority, other = TestAuthority(tmp_path), TestAuthority(tmp_path, "other")
    certificate, key = authority.certify("host")
    mine, my_key = authority.certify("terminal")
    served = f"tls+iso8583://127.0.0.1:0?certificate={certificate}&key={key}&ca={authority.certificate}"
    with Serving(served) as host:
        at = f"tls+iso8583://127.0.0.1:{host.port}"
        known = f"{at}?ca={authority.certificate}&certificate={mine}&key={my_key}"
        for address, end in ((known, "approved"), (f"{at}?ca={other.certificate}", "no-connection")):
            with Bench(host_at=address) as bench:
                till = bench.add_terminal("v400m")
                swiped(till)
                assert until(bench, till, "approved", "no-connection") == end
        with Bench(host_at=f"{at}?ca={authority.certificate}") as bench:  # shows no certificate
            till = bench.add_terminal("v400m")
            swiped(till)
            bench.advance(300 * SECOND)
            assert "COMPLETED" not in states(till)
        assert [m.message.kind for m in host.messages if m.message] == ["sale"]


def test_what_the_acquirer_answers_is_not_set_from_here(host: Serving) -> None:
    with Bench(host_at=host.address) as bench:
        bench.add_terminal("v400m")
        for refused in (lambda: bench.host_answers(["declined"]), lambda: bench.host_pack(""), bench.save):
            with pytest.raises(BenchMisuse, match=host.address):
                refused()


def test_two_benches_share_the_books_of_a_host(tmp_path: Path) -> None:
    with Serving(state=tmp_path / "host") as host:
        for first in (1, 2):
            with Bench(host_at=host.address, first_terminal=first, state=tmp_path / str(first)) as bench:
                till = bench.add_terminal("v400m")
                swiped(till)
                assert until(bench, till, "approved") == "approved"
        with Bench(host_at=host.address, state=tmp_path / "1") as bench:
            till = bench.add_terminal("v400m")
            swiped(till)
            assert until(bench, till, "approved") == "approved"
        known = [(m.message.fields["terminal"], m.message.fields["stan"]) for m in host.messages if m.message]
        assert known == [("V4000001", 1), ("V4000002", 1), ("V4000001", 2)]
    with pytest.raises(BenchMisuse, match="say where, with --host ADDRESS"):
        Bench(state=tmp_path / "1")


def test_what_the_host_has_booked_is_compared_with_the_journal(tmp_path: Path) -> None:
    with Serving(state=tmp_path / "host") as host:
        for folder, payments in (("two", 2), ("one", 1)):
            with Bench(host_at=host.address, state=tmp_path / folder) as bench:
                till = bench.add_terminal("v400m")
                for _ in range(payments):
                    swiped(till)
                    assert until(bench, till, "approved") == "approved"
                    until(bench, till, "home")
    *_, last = checked(tmp_path / "two", tmp_path / "host")
    assert last == "invariants: 47 asked of 5 rows, 2 answered messages, 2 entries, 0 sales; none is broken"
    with pytest.raises(JournalError, match="M2 the host charged what the terminal does not know"):
        list(checked(tmp_path / "one", tmp_path / "host"))
    with Bench(state=tmp_path / "alone") as bench:
        bench.add_terminal("v400m")
    with pytest.raises(BenchMisuse, match="it has the books of its own acquirer: leave out --host"):
        list(checked(tmp_path / "alone", tmp_path / "host"))


def test_a_folder_keeps_the_host_that_it_begins_with(tmp_path: Path, host: Serving) -> None:
    with Bench(state=tmp_path) as bench:
        till = bench.add_terminal("v400m")
        swiped(till)
        until(bench, till, "approved")
    with pytest.raises(BenchMisuse, match="start a new folder for a host on a network"):
        Bench(state=tmp_path, host_at=host.address)
    assert not (tmp_path / "host").exists()


@pytest.mark.parametrize("dialect", ["iso8583-1987", "iso8583-1987-ascii", "iso8583-1993"])
@pytest.mark.parametrize(("answer", "kinds"), [("", ["reconciliation"]), ("declined:95", UPLOADED)])
def test_a_batch_is_settled_over_a_network_in_each_dialect(
    dialect: str, answer: str, kinds: list[str]
) -> None:
    with (
        Serving(f"iso8583://127.0.0.1:0?dialect={dialect}") as host,
        Bench(host_at=host.address) as bench,
    ):
        till = bench.add_terminal("v400m")
        swiped(till)
        assert until(bench, till, "approved") == "approved"
        assert until(bench, till, "home") == "home"
        for key in ("9", "OK", "0", "8", "5", "6", "OK"):
            till.press(key)
        till.touch("settle")
        if answer:
            host.answers(answer)
        till.press("OK")
        assert until(bench, till, "settled") == "settled"
        settled = [fields["state"] for kind, fields in rows(till) if kind == "settlement"]
        assert settled == (["PENDING", "UPLOADING", "SETTLED"] if answer else ["PENDING", "SETTLED"])
        assert [message.kind for message in bench.host_messages()] == ["sale", *kinds]
        responses = [message.fields["response"] for message in bench.host_messages()]
        assert responses == (["00", "95", "00", "00"] if answer else ["00", "00"])
