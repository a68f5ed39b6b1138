"""What a person knows who has watched a session from its beginning, and nothing of the firmware's own memory; `fold` adds one occurrence after the other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime, timedelta
from typing import NamedTuple

from terminal_sim.bench import PrintedReceipt, Profile, TerminalUnderTest
from terminal_sim.oracles.occurrence import Around, Occurrence, SeenRow, TypedEntry
from terminal_sim.oracles.states import FILTERS, GIVES_BACK, PRESENTING


@dataclass(frozen=True, slots=True)
class SeenOutage:
    """The acquirer is out of reach since `lost_at`; `since` says when each reason began. Microseconds of virtual time."""

    reason: str
    lost_at: int
    since: dict[str, int]


class SentMessage(NamedTuple):
    """A message that left: its kind, its type as its dialect writes it, its trace number and amount, and when (microseconds of virtual time)."""

    out: str
    mti: str
    stan: int
    amount: int
    mono: int


class ReceivedMessage(NamedTuple):
    """An answer that arrived: its trace number and amount, its response code, its type as its dialect writes it, and when.

    It is `heard` where the terminal was on behind it: of one that went off meanwhile nobody knows whether it took it.
    """

    stan: int
    amount: int
    code: str
    into: str
    mono: int
    heard: bool = True


@dataclass
class SessionFacts:
    """Everything before the occurrence that is looked at. `terminal` is looked at from outside alone.

    `payments` has all rows of each payment by its reference, oldest payment first; `sent` and `received` the messages, `first_sent` the first of each kind and trace number, `codes` the passcodes in force, `wrong` the wrong ones in a row, `locked` until when each is locked. `left` is what stood typed on the home screen when it was left, and its complaints. `asked` is the amount
    that was confirmed for the next payment, None where none was; `asked_by_till` is the ticket of the point of sale that asked for it, "" where none did, and `till_line` the line by which it did. `unlinked_since_boot` says that there was no connection since the last boot. `accepted` has the passcodes that were accepted since the home screen, `been` the screens
    that have stood there since, and `address_asked` says that an address was typed, `application` which of its card the cardholder chose, and `way` by which verb a card was presented last since the home screen. `stan` is the trace number that was taken last, and `numbered` has the references that took one. `is_disturbed` says that
    something was done to a card, a reader or an answer, and `line_disturbed` that the
    line to the reader was not sound at some time. `stopped` has, by payment, how many rows it had when a copy of it last stopped for want of paper. `receipts_due` has, by payment, where its receipt is to go by message. `repeats` has, by its kind and trace number, how often
    each message was sent since the last boot and when last; `unanswered` the kind of message, by its reference, that a person is called for. `passcode_asked` is the name of the passcode that was asked for last. `presented` has the
    lines that presented cards since the home screen, "" for one that was used before, asked for in another way or met an outage, `used` the cards of the session so far, and `is_spent` says that the card in the slot was read for a payment, `script_due` that the issuer's next answer has a script; `is_plain` says that nothing was ever made to go wrong with cards, power or storage, nor an answer to stay out, and `host_told` that the host was told what to answer. `settlements` are the rows of batches.
    """

    terminal: TerminalUnderTest
    profile: Profile = field(init=False, repr=False)
    around: Around
    mono: int = 0
    rows: list[SeenRow] = field(default_factory=list)
    payments: dict[str, list[SeenRow]] = field(default_factory=dict)
    stored: dict[str, SeenRow] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    received: list[ReceivedMessage] = field(default_factory=list)
    sent: list[SentMessage] = field(default_factory=list)
    first_sent: dict[tuple[str, int], SentMessage] = field(default_factory=dict)
    printed: list[PrintedReceipt] = field(default_factory=list)
    stopped: dict[str, int] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    wrong: dict[str, int] = field(default_factory=dict)
    locked: dict[str, int] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    new_code: str = ""
    typed: str = ""
    confirmed: list[TypedEntry] = field(default_factory=list)
    asked: int | None = None
    way: str = ""
    outage: SeenOutage | None = None
    allowed: bool = False
    limit: int = 0
    signed_in: bool = True
    is_tampered: bool = False
    orders: list[int] = field(default_factory=list)
    stands_since: int = 0
    flow: str = ""
    state: str = ""
    paper_trouble_at: int = -1
    left: tuple[int, tuple[str, ...]] = (0, ())
    homes: dict[object, str] = field(default_factory=dict)
    pin: str = ""
    picked: str = ""
    filter: str = ""
    ended: str = ""
    left_home_at: int = 0
    asked_by_till: str = ""
    till_line: str = ""
    unlinked_since_boot: bool = False
    tries_left: int = -1
    powered_at: int = -1
    been: set[str] = field(default_factory=set)
    address_asked: bool = False
    receipts_due: dict[str, str] = field(default_factory=dict)
    orders_seen: int = 0
    application: str = ""
    line_disturbed: bool = False
    is_disturbed: bool = False
    stan: int = 0
    numbered: set[str] = field(default_factory=set)
    repeats: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    unanswered: dict[str, str] = field(default_factory=dict)
    passcode_asked: str = ""
    presented: tuple[str, ...] = ()
    used: set[str] = field(default_factory=set)
    is_spent: bool = False
    script_due: bool = False
    is_plain: bool = True
    host_told: bool = False
    settlements: list[SeenRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.profile = self.terminal.profile

    def branch(self) -> SessionFacts:
        """The same for a session that goes on from here: containers are copied, what they hold is shared."""
        made = object.__new__(SessionFacts)
        made.__dict__.update(self.__dict__)
        for name in _CONTAINERS:
            setattr(made, name, getattr(self, name).copy())
        made.payments = {name: rows.copy() for name, rows in self.payments.items()}
        return made

    # What follows from the profile.

    def civil_at(self, mono: int) -> datetime:
        """The terminal's civil time at a moment of virtual time."""
        now = self.terminal.bench.engine.clock.now
        return now.civil + timedelta(microseconds=mono - now.mono)

    def session_left(self, now: int) -> int:
        """Microseconds for which payments are still taken in the outage that lasts; 0 in none."""
        rules, outage = self.profile.offline, self.outage
        if outage is None:
            return 0
        session = rules.session.network if outage.reason == "network" else rules.session.service
        end = outage.since[outage.reason] + session
        if rules.anchor == "connection-lost" and rules.upload is not None:
            end = min(end, outage.lost_at + rules.upload)
        return max(end - now, 0)

    @property
    def waiting(self) -> list[SeenRow]:
        """The stored payments that are not answered yet, oldest first."""
        return [row for name, row in self.stored.items() if name not in self.gone]

    @property
    def unsent(self) -> list[SeenRow]:
        """Those that have not left either."""
        return [row for row in self.waiting if self.newest(row.text("reference")).text("state") == "PENDING"]

    @property
    def under_way(self) -> set[str]:
        """The references of those that have left."""
        return {row.text("reference") for row in self.waiting} - {
            row.text("reference") for row in self.unsent
        }

    def let_through(self, oldest_first: Sequence[SeenRow], chosen: str) -> list[SeenRow]:
        """Which of these payments a list shows, newest first: as many as the profile says, or all that the filter `chosen` counts."""
        newest = list(reversed(oldest_first))
        if chosen not in FILTERS:
            return newest[: self.profile.limits.history]
        return [row for row in newest if row.text("state") in FILTERS[chosen] and row.kind not in GIVES_BACK]

    def first_to_leave(
        self, kept: Sequence[SeenRow], left: Collection[str], *, app_open: bool
    ) -> SeenRow | None:
        """Which of the stored payments is forwarded next: the one of the references `left`, else the oldest that nothing holds back."""
        open_enough = app_open or not self.profile.offline.app_forwards
        free = [row for row in kept if open_enough or row.text("outage") != "network"]
        return next((row for row in kept if row.text("reference") in left), next(iter(free), None))

    @property
    def unsettled(self) -> SeenRow | None:
        """The row of the batch that was closed and of which the acquirer has not said that it is settled; None where there is none."""
        newest = self.settlements[-1] if self.settlements else None
        return newest if newest is not None and newest.text("state") != "SETTLED" else None

    def newest(self, reference: str) -> SeenRow:
        """The newest row of a payment."""
        return self.payments[reference][-1]

    @property
    def last(self) -> SeenRow | None:
        """The newest row of the newest payment."""
        return next((rows[-1] for rows in reversed(self.payments.values())), None)

    def names_card(self, seen: Occurrence) -> bool:
        """Whether the card last named is the one of this payment: one that is in the slot from before may be another, and a reader that was away reports it anew."""
        if self.line_disturbed:
            return False
        return bool(self.way) or seen.line.partition(" ")[0] in PRESENTING

    def is_kept(self, row: SeenRow) -> bool:
        """Whether a row is of a payment that was stored before: what becomes of it happens behind the screen."""
        return row.text("reference") in self.stored


_CONTAINERS = tuple(each.name for each in fields(SessionFacts) if each.default_factory is not MISSING)
"""The fields that are filled as the session goes on."""


def beginning(terminal: TerminalUnderTest) -> SessionFacts:
    """The facts of a fresh terminal: what its profile says."""
    profile = terminal.profile
    around = Around(link=profile.links[0] if profile.links else "", standalone=profile.standalone.enabled)
    return SessionFacts(
        terminal,
        around,
        codes={name: one.code for name, one in profile.passcodes.items()},
        allowed=profile.offline.allowed,
        limit=profile.offline.limit,
    )
