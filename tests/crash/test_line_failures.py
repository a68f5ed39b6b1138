"""One send or one receive between a terminal and its host fails: the payment ends in its defined end, and nothing is lost or charged twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, JournalError, TerminalUnderTest
from terminal_sim.bench.state_check import checked
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.host.network.connection import Connection
from tests.crash.failing_line import End, FailingLine, LineFailure, Moved, Place
from tests.crash.shop import SETTLED, TEXTS
from tests.crash.shops import MINUTE, pay, press, touch
from tests.host.network.kit import Serving, TestAuthority
from tests.proof import ProofCount

QUICK = {"timeouts.issuer": "300ms", "timeouts.reversal": "300ms"}
EVERY = 19
"""The share of the failures that the suite which always runs lets happen; all happen in the long one."""
FAILURES = [(end, moved, failure) for end in End for moved in Moved for failure in LineFailure]


@dataclass(frozen=True, slots=True)
class LineShop:
    """A terminal `model` and what is done at it; `line` are the options of the address that say how the line is kept, `tls` that it is by TLS."""

    name: str
    model: str
    does: Callable[[Bench, TerminalUnderTest], None]
    options: Mapping[str, object]
    line: str = ""
    tls: bool = False

    def addresses(self, place: Path) -> tuple[str, str]:
        """The address that the host is served at, and the one that the terminal reaches it by, with `PORT` for its port."""
        if not self.tls:
            return f"iso8583://127.0.0.1:0?{self.line}", f"iso8583://127.0.0.1:PORT?{self.line}"
        authority = TestAuthority(place)
        certificate, key = authority.certify("host")
        served = f"tls+iso8583://127.0.0.1:0?certificate={certificate}&key={key}"
        return served, f"tls+iso8583://127.0.0.1:PORT?ca={authority.certificate}"


def take_back(bench: Bench, till: TerminalUnderTest) -> None:
    """A payment by chip and its void, and one that is declined."""
    pay(bench, till, 1000)
    press(till, "9", "OK", "0856", "OK")
    touch(till, "transactions", "history", "history-transactions", "txn-1", "void")
    bench.advance(MINUTE)
    if till.view().screen.id != "home":
        press(till, "CANCEL", "CANCEL", "CANCEL", "CANCEL")
        bench.advance(MINUTE)
    pay(bench, till, 1250, "visa-declined")


def settle(bench: Bench, till: TerminalUnderTest) -> None:
    """Two payments, and the settlement of their batch."""
    pay(bench, till, 1000)
    pay(bench, till, 800, "amex-credit")
    press(till, "9", "OK", "0856", "OK")
    touch(till, "settle")
    press(till, "OK")
    bench.advance(MINUTE)


def forward(bench: Bench, till: TerminalUnderTest) -> None:
    """Two payments without a link, which are forwarded once it is back."""
    till.network(False)
    pay(bench, till, 700)
    pay(bench, till, 800, "amex-credit")
    till.network(True)
    bench.advance(10 * MINUTE)


SHOPS = [
    LineShop("taking back", "v400m", take_back, QUICK),
    LineShop("settling over a line that is kept", "v400m", settle, QUICK, "sign-on=yes&echo=30s"),
    LineShop("taking back by TLS", "v400m", take_back, QUICK, tls=True),
    LineShop("forwarding", "square-terminal", forward, {**QUICK, "offline.allowed": True}),
]
NAMES = [shop.name for shop in SHOPS]


def done(shop: LineShop, place: Path, line: FailingLine) -> list[str]:
    """What is wrong after the shop was run over this line, and had more than a day over a sound one."""
    place.mkdir()
    state, books = place / "state", place / "books"
    host = (bundled() / "hosts" / "test-acquirer.toml").read_text("utf-8")
    (place / "host.toml").write_text(host.replace('delay = "300ms"', 'delay = "0ms"'), "utf-8")
    served, reached = shop.addresses(place)
    with (
        line.laid(),
        Serving(served, state=books, file=place / "host.toml") as serving,
        Bench(
            state=state, host_at=reached.replace("PORT", str(serving.port)), texts=TEXTS, trace=False
        ) as bench,
    ):
        till = bench.add_terminal(shop.model, options=shop.options)
        try:
            shop.does(bench, till)
        except Exception as broken:  # noqa: BLE001 - what it is decides the test
            return [f"{type(broken).__name__}: {broken}"]
        bench.advance(SETTLED)
        wrong = bench.violations(resolved=True)
    *_, last = checked(state, books)
    return wrong if last.endswith("none is broken") else [*wrong, last]


def failures(shop: LineShop, place: Path) -> Iterator[tuple[Place, LineFailure]]:
    """Every failure that the shop can have: of each operation that it does over a sound line."""
    sound = FailingLine()
    assert done(shop, place / "sound", sound) == []
    for end, moved, failure in FAILURES:
        for number in range(1, sound.counted[end, moved] + 1):
            yield Place(end, moved, number), failure


def each_failure(shop: LineShop, place: Path, step: int, proof: ProofCount) -> None:
    count = 0
    for number, (where, failure) in enumerate(failures(shop, place)):
        if number % step == 0:
            line = FailingLine(where, failure)
            wrong = done(shop, place / str(number), line)
            assert wrong == [], f"{where}: {failure.value}"
            count += line.struck
    assert count
    proof(failures=count)


@pytest.mark.parametrize("shop", SHOPS, ids=NAMES)
def test_a_failed_send_or_receive_loses_and_doubles_nothing(
    shop: LineShop, place: Path, proof: ProofCount
) -> None:
    each_failure(shop, place, EVERY, proof)


@pytest.mark.soak
@pytest.mark.parametrize("shop", SHOPS, ids=NAMES)
def test_each_failed_send_or_receive_loses_and_doubles_nothing(
    shop: LineShop, place: Path, proof: ProofCount
) -> None:
    each_failure(shop, place, 1, proof)


def test_a_link_that_takes_what_was_sent_for_unsent_is_found(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    sound = Connection.send

    def send(self: Connection, number: int, message: bytes) -> None:
        sent.append(number)
        sound(self, number, message)

    monkeypatch.setattr(Connection, "send", send)
    monkeypatch.setattr(Connection, "unsent", lambda _: sent)
    lost = FailingLine(Place(End.HOST, Moved.SENT, 1), LineFailure.RESET)
    with pytest.raises(JournalError, match="M6 the totals of terminal and host differ"):
        done(SHOPS[0], place / "run", lost)
