"""What a person knows who has watched a session from its beginning: a fold over its occurrences, and nothing of the firmware's own memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import NamedTuple

from terminal_sim.bench import PrintedReceipt, Profile, Role, TerminalUnderTest, TraceEntry, contents
from terminal_sim.oracles.occurrence import (
    Around,
    Occurrence,
    SeenRow,
    TypedEntry,
    digits,
    field_of,
    ids,
    screen_id,
    text_of,
)

FILTERS = {
    "pending": ("PENDING", "FORWARD_SENT"), "completed": ("COMPLETED",), "declined": ("DECLINED",), "expired": ("EXPIRED",), "lost": ("LOST",),
}  # fmt: skip
APPROVED = ("00", "10")
"""The response codes of an approval and of a partial one (ISO 8583, DE 39)."""
NOT_PAID = (
    "declined",
    "cancelled",
    "timed-out",
    "card-removed",
    "no-connection",
    "card-error",
    "not-accepted",
    "reader-lost",
    "void-declined",
)
"""The screens that end a payment, or a void, that was not done."""
_RESULTS = ("approved", "accepted-offline", *NOT_PAID)
PAYMENT_KINDS = ("sale", "moto", "refund", "void")
NUMBERED_KINDS = (*PAYMENT_KINDS, "card.refused", "settlement")
"""The kinds of rows of which the first of a reference takes a trace number."""
UNRESOLVED = ("AUTH_SENT", "REVERSAL_PENDING")
"""The states of a payment that was asked for, and of which a boot finds out what became of it."""
IN_DOUBT = (*UNRESOLVED, "FORWARD_SENT")
"""The states of a payment of which only the acquirer can say what becomes of it."""
SETTLING = ("reconciliation", "batch-upload", "batch-close")
"""The kinds of messages that settle a batch."""
_ASKING = ("amount", "home")
_DISTURBING = (
    "fault card",
    "fault wire",
    "fault host",
    "tear",
    "host sends",
    "fault reader-link",
    "remove card",
)
_NOT_PLAIN = ("fault", "tear", "power", "network slow", "host sends")
_UNANSWERED = ("timeout", "late", "garbage")
_PRESENTING = ("insert", "tap-card", "swipe")


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

    `payments` has all rows of each payment by its reference, oldest payment first; `sent` and `received` the messages, `codes` the passcodes in force, `wrong` the wrong ones in a row, `locked` until when each is locked. `left` is what stood typed on the home screen when it was left, and its complaints. `asked` is the amount
    that was confirmed for the next payment, None where none was; `asked_by_till` is the ticket of the point of sale that asked for it, "" where none did. `accepted` has the passcodes that were accepted since the home screen, `been` the screens
    that have stood there since, and `address_asked` says that an address was typed, `application` which of its card the cardholder chose, and `way` by which verb a card was presented last since the home screen. `stan` is the trace number that was taken last, and `numbered` has the references that took one. `is_disturbed` says that
    something was done to a card, a reader or an answer, and `line_disturbed` that the
    line to the reader was not sound at some time. `receipts_due` has, by payment, where its receipt is to go by message. `repeats` has, by its kind and trace number, how often
    each message was sent since the last boot and when last; `unanswered` the kind of message, by its reference, that a person is called for. `passcode_asked` is the name of the passcode that was asked for last. `presented` has the
    lines that presented cards since the home screen, "" for one that was used before or asked for in another way, `used` the cards of the session so far; `is_plain` says that nothing was ever made to go wrong with cards, power or storage, nor an answer to stay out, and `host_told` that the host was told what to answer. `settlements` are the rows of batches.
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
    printed: list[PrintedReceipt] = field(default_factory=list)
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
        """Whether the card last named is the one of this payment: one that is in the slot from before may be another."""
        return bool(self.way) or seen.line.partition(" ")[0] in _PRESENTING

    def is_kept(self, row: SeenRow) -> bool:
        """Whether a row is of a payment that was stored before: what becomes of it happens behind the screen."""
        return row.text("reference") in self.stored

    # The fold.

    def find(self, rows: Sequence[SeenRow]) -> None:
        """Fold in rows that a boot finds in the journal and that nobody saw when they were written."""
        confirmed = self.confirmed[-1] if self.confirmed else None
        for row in rows:
            self._row(row, confirmed)
            if row.kind == "offline.outage":
                self._outage_is(row.text("reason") if row.text("state") == "began" else "", row.mono)

    def take(self, seen: Occurrence) -> None:
        """Fold one occurrence in, once it was judged."""
        self._surroundings(seen)
        if seen.came_to == "passcode":
            self.passcode_asked = asked_passcode(self.profile, seen)
        kind, _, amount = field_of(seen.before)
        if kind == "money" and seen.key == "OK" and seen.came_to and screen_id(seen.before) in _ASKING:
            self.asked = amount
        if not seen.ignored and (seen.key or seen.target):
            self.stands_since = seen.mono
        if not _FOLDED.isdisjoint(seen.kinds):
            for entry in seen.entries:  # a slow card may change the state some seconds after the key
                self._entry(entry, is_on=seen.is_on)
        for row in seen.rows:
            self._row(row, seen.confirmed)
        self.printed += seen.printed
        if seen.line.startswith("power"):
            self.powered_at = seen.mono
        if seen.confirmed is not None:
            self.confirmed.append(seen.confirmed)
            self.address_asked = self.address_asked or seen.confirmed.screen == "street-number"
        if screen_id(seen.before) == "choose-application" and seen.target.startswith("application-"):
            self.application = text_of(seen.before, seen.target)
        self.been.update(view.screen.id for view in seen.screens)
        if screen_id(seen.before) == "home" and seen.came_to:
            left = seen.before.complaints if seen.before is not None else ()
            self.left = (0, ()) if seen.key == "OK" else (amount, left)
        if screen_id(seen.before) == "home" and seen.came_to:
            self.left_home_at, self.ended, self.filter = seen.mono, "", ""
        self._list(seen)
        if seen.came_to in _RESULTS:
            self.ended = seen.came_to
        if seen.confirmed is not None and seen.confirmed.screen == "enter-pin":
            self.pin = seen.confirmed.digits
        said = text_of(seen.after, "wrong-pin")
        self.tries_left = int(digits(said) or "0") if said else self.tries_left
        if seen.came_to == "home":
            self._begin_anew()
            self.asked_by_till = ""
        elif seen.line.startswith("pos ") and seen.came_to:
            # A request that is taken goes on at the card: nobody was at the home screen, or typed anything for it.
            self._begin_anew()
            self.asked_by_till, self.left_home_at, self.ended = seen.line.split()[2], seen.mono, ""
        self.mono = seen.until

    def _begin_anew(self) -> None:
        """Nothing was typed yet for what comes now."""
        self.accepted.clear()
        self.confirmed.clear()
        self.been.clear()
        self.address_asked, self.application = False, ""
        self.way, self.presented = "", ()
        self.asked, self.pin, self.tries_left = None, "", -1

    def _list(self, seen: Occurrence) -> None:
        """Which payment is picked in a list, and which filter is set."""
        if screen_id(seen.before) == "filter" and seen.target in (*FILTERS, "all") and seen.came_to:
            self.filter = seen.target
        if seen.before is not None and seen.target in ids(seen.before, Role.TAB):
            self.filter = ""
        if seen.came_to == "transactions" and screen_id(seen.before) not in ("filter", "transaction"):
            self.filter = ""
        if seen.target.startswith("txn-") and seen.came_to == "transaction":
            newest = [rows[-1] for rows in reversed(self.payments.values())][: self.profile.limits.history]
            if self.filter in FILTERS:
                newest = [row for row in newest if row.text("state") in FILTERS[self.filter]]
            number = int(seen.target.removeprefix("txn-"))
            self.picked = newest[number - 1].text("reference") if number <= len(newest) else ""

    def _surroundings(self, seen: Occurrence) -> None:
        self.around = seen.around
        if seen.line:
            self._done(seen)
        if seen.around.paper == "out" or seen.around.jammed or seen.around_before.jammed:
            self.paper_trouble_at = seen.mono
        reason = seen.around.outage
        knows = seen.is_on or any(row.kind == "offline.outage" for row in seen.rows)
        if knows and reason != (self.outage.reason if self.outage else ""):
            self._outage_is(reason, seen.mono)

    def _done(self, seen: Occurrence) -> None:
        """What was done with cards, and what was made to go wrong, as a script says it."""
        word = seen.line.partition(" ")[0]
        self.is_disturbed = self.is_disturbed or seen.line.startswith(_DISTURBING)
        self.line_disturbed = self.line_disturbed or seen.line.startswith("fault wire")
        if seen.line.startswith("host answers"):
            self.host_told = True
            self.is_plain = self.is_plain and not any(
                word.startswith(_UNANSWERED) for word in seen.line.split()
            )
        self.is_plain = self.is_plain and not seen.line.startswith(_NOT_PLAIN)
        if word in _PRESENTING:
            self.way = word
            card = seen.line.split()[1]
            self.presented = (
                *self.presented,
                "" if card in self.used or screen_id(seen.before) != "present-card" else seen.line,
            )
            self.used.add(card)
        elif word == "power":
            self.repeats.clear()  # what a boot sends is counted anew

    def _outage_is(self, reason: str, at: int) -> None:
        """The reason of an outage, "" where it is over: another reason does not begin it anew."""
        if not reason:
            self.outage = None
        elif self.outage is None:
            self.outage = SeenOutage(reason, at, {reason: at})
        else:
            self.outage = SeenOutage(reason, self.outage.lost_at, {reason: at, **self.outage.since})

    def _entry(self, entry: TraceEntry, *, is_on: bool) -> None:
        content = entry.content
        if isinstance(content, contents.StateChanged):
            self.flow, self.state = content.flow, content.dest
            self.stands_since = entry.at.mono
        elif isinstance(content, contents.MessageReceived):
            self.received.append(
                ReceivedMessage(
                    content.stan, content.amount, content.code, content.into, entry.at.mono, is_on
                )
            )
        elif isinstance(content, contents.MessageSent):
            self.sent.append(
                SentMessage(content.out, content.mti, content.stan, content.amount, entry.at.mono)
            )
            count, _ = self.repeats.get((content.out, content.stan), (0, 0))
            self.repeats[content.out, content.stan] = count + 1, entry.at.mono

    def _row(self, row: SeenRow, confirmed: TypedEntry | None) -> None:
        self.rows.append(row)
        if row.kind in NUMBERED_KINDS and row.number("stan") and row.text("reference") not in self.numbered:
            self.numbered.add(row.text("reference"))
            self.stan = row.number("stan")
        if row.kind in PAYMENT_KINDS:
            self.payments.setdefault(row.text("reference"), []).append(row)
            if row.text("state") not in IN_DOUBT:
                self.unanswered.pop(row.text("reference"), None)
        elif row.kind == "offline.stored":
            self.stored[row.text("reference")] = row
        elif row.kind in ("offline.forwarded", "offline.declined", "offline.expired", "offline.lost"):
            self.gone.add(row.text("reference"))
        elif row.kind == "offline.settings":
            self.allowed = {"yes": True, "no": False}.get(row.text("allowed"), self.allowed)
            self.limit = row.number("limit") or self.limit
        elif row.kind == "unanswered":
            self.unanswered[row.text("reference")] = row.text("message")
        elif row.kind == "settlement":
            self._settlement(row)
        elif row.kind == "passcode":
            self._passcode(row, confirmed)
        elif row.kind == "account":
            self.signed_in = row.text("act") in ("sign-in", "switch-pos")
            if row.text("act") == "factory-reset":
                self.allowed, self.limit = self.profile.offline.allowed, self.profile.offline.limit
        elif row.kind == "tamper":
            self.is_tampered = True
        elif row.kind == "order":
            self.orders.append(row.number("number"))
        elif row.kind == "order.seen":
            self.orders_seen = row.number("number")
        elif row.kind == "receipt" and row.text("state") == "due":
            self.receipts_due[row.text("original")] = row.text("to")

    def _settlement(self, row: SeenRow) -> None:
        self.settlements.append(row)
        if row.text("state") == "SETTLED":
            for name in [one for one, message in self.unanswered.items() if message in SETTLING]:
                del self.unanswered[name]

    def _passcode(self, row: SeenRow, confirmed: TypedEntry | None) -> None:
        name, result = row.text("name"), row.text("result")
        if result == "wrong":
            self.wrong[name] = self.wrong.get(name, 0) + 1
            rules = self.profile.passcodes.get(name)
            if rules is not None and self.wrong[name] >= rules.tries:
                self.wrong[name] = 0
                self.locked[name] = row.mono + rules.lock
            return
        self.wrong[name] = self.locked[name] = 0
        if result == "accepted":
            self.accepted.add(name)
        elif confirmed is not None:
            self.codes[name] = confirmed.digits
            self.changed.add(name)


def asked_passcode(profile: Profile, seen: Occurrence) -> str:
    """The name of the passcode that an occurrence has come to be asked for, by what it began; "" where nothing says so."""
    began = [
        one.content.flow
        for one in seen.entries
        if isinstance(one.content, contents.StateChanged) and not one.content.source
    ]
    if "refund" in began:
        return profile.refunds.passcode
    if "change-passcode" in began:
        return next(iter(profile.passcodes))
    menu = profile.menus.get(screen_id(seen.before).removeprefix("menu-"))
    entries = menu.entries if menu is not None else profile.home.entries
    typed = text_of(seen.before, "shortcut")
    opened = next((one.menu for one in entries if one.id == seen.target), "") or profile.home.shortcuts.get(
        typed
    )
    return profile.menus[opened].passcode if opened else ""


_CONTAINERS = tuple(each.name for each in fields(SessionFacts) if each.default_factory is not MISSING)
"""The fields that are filled as the session goes on."""
_FOLDED = frozenset((contents.StateChanged, contents.MessageReceived, contents.MessageSent))
"""The contents that are folded in entry by entry."""


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


def around_after(around: Around, line: str) -> Around:
    """The surroundings after an act that a script says as `line`."""
    match line.split():
        case ["network", "up" | "down" as state]:
            return around._replace(network=state == "up")
        case ["network", "wifi" | "4g" | "ethernet" | "bluetooth" | "usb" as link]:
            return around._replace(link=link)
        case ["service", state]:
            return around._replace(service=state == "up")
        case ["account", "standalone", state]:
            return around._replace(standalone=state == "on")
        case ["paper", state]:
            return around._replace(paper=state, jammed=around.jammed and state != "in")
        case ["battery", charge]:
            return around._replace(battery=int(charge.removesuffix("%")))
        case ["fault", "printer-jam"]:
            return around._replace(jammed=True)
        case ["power", "on"]:
            return around._replace(app_open=True)  # a device that starts opens its app
        case ["fault", "app", state]:
            return around._replace(app_open=state == "open")
        case ["fault", "reader-link", state]:
            return around._replace(reader=state == "up")
        case _:
            return around
