"""Drives a terminal by hand: finds the way to a flow through whatever menus its profile has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from terminal_sim import profile as profiles
from terminal_sim.bench import Bench, TerminalUnderTest, Trace
from terminal_sim.core.config import Profile
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.message import MessageKind
from terminal_sim.core.moment import Duration
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.display.texts import Texts
from terminal_sim.journal.invariants import violations

CARDS = Path(__file__).parent / "cards"
TEXTS = Texts.load()
# The ways below are those of standalone terminals; a point of sale has its own in tests/offline.
NAMES = [name for name in profiles.names() if profiles.load(name).family == "standalone"]
SECOND = Duration.parse("1s")
A_DAY_AND_MORE = Duration.parse("26h")
MOTO_CARD = {"number": "4111111111111111", "expiry": "0330", "cvc": "737"}

Step = tuple[str, str]


@cache
def stock(name: str) -> Profile:
    """A profile whose merchant has allowed the offline payments that it can take."""
    one = profiles.load(name)
    return profiles.load(name, {"offline.allowed": True}) if one.offline.enabled else one


@cache
def full(name: str) -> Profile:
    """The profile with every switch on, so that each flow and state it can have is there."""
    profile = stock(name)
    return replace(
        profile,
        refunds=replace(profile.refunds, unreferenced=bool(profile.refunds.passcode)),
        moto=replace(profile.moto, iin_countries={"4111": "CA"}),
    )


@cache
def prompting(name: str) -> Profile:
    """The full profile that asks before it prints any copy."""
    profile = full(name)
    return replace(profile, receipts=replace(profile.receipts, merchant="prompt", customer="prompt"))


def ways(profile: Profile) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Each flow that the menus offer, with one way to it from the home screen."""
    seen: set[str] = set()
    opens: list[tuple[str, tuple[Step, ...]]] = []
    for entry in profile.home.entries:
        step = ("touch", entry.id)
        if entry.flow:
            yield entry.flow, (step,)
        else:
            opens.append((entry.menu, (step,)))
    opens += [(menu, (("keys", digits), ("key", "OK"))) for digits, menu in profile.home.shortcuts.items()]
    while opens:
        name, way = opens.pop(0)
        if name in seen:
            continue
        seen.add(name)
        menu = profile.menus[name]
        if menu.passcode:
            way = (*way, ("keys", profile.passcodes[menu.passcode].code), ("key", "OK"))
        for entry in menu.entries:
            further = (*way, ("touch", entry.id))
            if entry.flow:
                yield entry.flow, further
            else:
                opens.append((entry.menu, further))


def offered(profile: Profile) -> dict[str, tuple[Step, ...]]:
    """The first way to each flow that the menus offer, by the flow's name."""
    return dict(reversed(list(ways(profile))))


class Drive:
    """A bench with one terminal and hands at it."""

    def __init__(
        self, profile: Profile, *, trace: Trace | None = None, state: Path | None = None, seed: int = 0
    ) -> None:
        self.profile = profile
        self.bench = Bench(seed=seed, trace=trace, state=state, decks=[CARDS], texts=TEXTS)
        self.terminal: TerminalUnderTest = self.bench.add_terminal(profile)
        self.way = offered(profile)

    def __enter__(self) -> Drive:
        return self

    def __exit__(self, *_: object) -> None:
        self.bench.close()

    # Where it is.

    @property
    def on(self) -> bool:
        return self.terminal.board.firmware is not None

    @property
    def at(self) -> tuple[str, str]:
        """Flow and state on top; empty while the terminal is off."""
        if not self.on or not self.terminal.firmware.stack:
            return "", ""
        top = self.terminal.firmware.stack[-1]
        return top.flow.name, top.state

    @property
    def at_home(self) -> bool:
        return self.on and len(self.terminal.firmware.stack) == 1 and self.at[0] == "home"

    @property
    def screen(self) -> str:
        return self.terminal.view().screen.id

    # Hands.

    def do(self, *steps: Step) -> None:
        for act, what in steps:
            if act == "touch":
                self.terminal.touch(what)
            elif act == "key":
                self.terminal.press(what)
            else:
                for key in what:
                    self.terminal.press(key)

    def open(self, flow: str) -> None:
        self.do(*self.way[flow])

    def type(self, digits: str) -> None:
        self.do(("keys", digits), ("key", "OK"))

    def pass_time(self, seconds: float = 1) -> None:
        self.bench.advance(int(seconds * SECOND))

    def sale(self, how: str = "insert", card: str = "visa-credit", amount: str = "1000") -> None:
        """Up to the moment in which the card is read: the acquirer has not answered yet."""
        self.open("sale")
        self.type(amount)
        self.present(how, card)

    def refund(self, how: str = "insert", card: str = "visa-credit", amount: str = "700") -> None:
        self.open("refund")
        self.type(self.profile.passcodes[self.profile.refunds.passcode].code)
        self.type(amount)
        self.present(how, card)

    def present(self, how: str, card: str) -> None:
        {"insert": self.terminal.insert, "tap": self.terminal.tap, "swipe": self.terminal.swipe}[how](card)

    def moto(self, amount: str = "1200", number: str = "5555444433331111") -> None:
        """Up to the request; this number is asked for no address."""
        self.open("moto")
        for field in (amount, number, MOTO_CARD["expiry"], MOTO_CARD["cvc"]):
            self.type(field)

    def moto_with_address(self) -> None:
        self.moto(number=MOTO_CARD["number"])
        self.type("12345")
        self.type("1")

    def pick(self, row: int = 1) -> None:
        """The screen of one payment of the history."""
        self.open("history")
        self.terminal.touch(f"txn-{row}")

    def finish(self, seconds: int = 200) -> None:
        """Take the card away and let everything run out."""
        self.pass_time()
        if self.on and self.terminal.board.readers.card_in:
            self.terminal.remove_card()
        self.pass_time(seconds)

    # Power.

    def cut(self) -> None:
        self.terminal.power_cut()

    def revive(self) -> None:
        if not self.on:
            self.terminal.power_on()

    def blow(self, effects: int) -> None:
        """Cut the power after that many effects from now."""
        self.terminal.fault("power-cut-after", str(effects))

    @property
    def blew(self) -> bool:
        return not self.terminal.board.power.fuse

    def heal(self) -> None:
        """Everything works again and there is time for all that is in doubt."""
        self.terminal.board.power.fuse = 0
        self.bench.writer.failure = None
        self.revive()
        self.terminal.network(True)
        self.terminal.service(True)
        self.terminal.network_slow(0)
        if self.profile.printer is not None:
            self.terminal.paper("in")
        if self.profile.battery is not None:
            self.terminal.battery(100)
        if self.terminal.board.readers.card_in:
            self.terminal.remove_card()
        self.bench.advance(A_DAY_AND_MORE)

    # What must hold.

    @property
    def durable(self) -> DurableState:
        return DurableState.of(stored.row for stored in self.terminal.journal())

    def broken(self, *, resolved: bool = False) -> list[str]:
        return violations(
            self.bench.journal, self.bench.acquirer.entries(), self.bench.host_messages(), resolved=resolved
        )

    def disagreements(self) -> list[str]:
        """Payments of which terminal and acquirer think differently; only after healing."""
        return [
            f"{payment.kind.value} {payment.reference} {payment.state.value}:"
            f" the acquirer has {net}, not {wanted}"
            for payment in self.durable.payments.values()
            if (net := self.bench.acquirer.net(payment.reference)) != (wanted := _wanted(payment))
        ]

    def faults(self) -> list[str]:
        """All that is wrong after healing."""
        found = self.broken(resolved=True) + self.disagreements()
        found += [f"in doubt: {payment.reference}" for payment in self.durable.in_doubt()]
        if not self.at_home:
            found.append(f"not at home but at {self.at}: {self.screen}")
        if self.terminal.firmware.durable != self.durable:
            found.append("the terminal's books are not the fold of its journal")
        return found


def _wanted(payment: Payment) -> int:
    """What the acquirer must have of a resolved payment, in minor units as the merchant sees it."""
    if payment.state is not PaymentState.COMPLETED:
        return 0
    takes = payment.kind in (MessageKind.REFUND, MessageKind.VOID)
    return -payment.amount.minor if takes else payment.amount.minor
