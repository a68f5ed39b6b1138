"""Rules of going on: what is touched does something, what is awaited is taken, and no screen stands longer than what it waits for."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Role, TraceEntry, contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, field_of, has, ids, screen_id
from terminal_sim.oracles.on_screen import payment_spoken_of
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import NOT_PAID, PAYMENT_KINDS, UNRESOLVED

_UNDELIVERED = "unreachable"  # the message never left; any other failure leaves its answer open
_ASKING = ("authorising", "voiding")
_MAY_BE_SHORT = {"enter-pin": 4, "receipt-number": 7, "passcode": 1, "new-passcode": 1, "repeat-passcode": 1}
"""Fields in which so few digits are waited for that the green key does nothing before."""
_ENDS = ("approved", *NOT_PAID)
_PRINTING = (
    *_ENDS,
    "accepted-offline",
    "customer-receipt",
    "merchant-receipt",
    "batch-report",
    "last-batch",
    "settled",
)
_PRINTED_AGAIN = ("batch-report", "last-batch")


def _is_sound(facts: SessionFacts, seen: Occurrence) -> bool:
    """Whether nothing was ever made to go wrong, so that what is asked is answered."""
    return facts.is_plain and seen.is_on and not seen.line.startswith(("fault", "tear"))


def _state(facts: SessionFacts, seen: Occurrence) -> str:
    """The state that the newest change has led to."""
    changes = [one.content.dest for one in seen.entries if isinstance(one.content, contents.StateChanged)]
    return changes[-1] if changes else facts.state


@oracle("R-key-1", "a button or a key that the screen has does something", contents.InputIgnored)
def takes_keys(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if not seen.ignored or not seen.is_on or seen.before is None:
        return
    screen, count = screen_id(seen.before), field_of(seen.before)[2]
    drawn = {one.key for one in seen.before.unplaced if one.role is Role.BUTTON}
    if seen.key in drawn and (seen.key != "OK" or count >= _MAY_BE_SHORT.get(screen, 0)):
        yield f"{seen.key} stands on {screen}, and was ignored"
    if seen.key == "CLEAR" and count:
        yield f"something stands in {screen}, and clear was ignored"
    for key, more in (("DOWN", "older"), ("UP", "newer")):
        if seen.key == key and has(seen.before, more):
            yield f"{more} payments are offered on {screen}, and {key} was ignored"


_COMES_AND_GOES = {contents.KeyPress, contents.Touch, contents.EventTaken, contents.StateChanged}
"""What nobody notices: a flow that begins and ends at once is nothing to who touched it."""


@oracle("R-key-2", "what is touched, or confirmed, brings something about", contents.KeyPress, contents.Touch)
def brings_about(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.ignored or not seen.is_on or seen.before is None or seen.after is None:
        return
    touched = seen.target in ids(seen.before, Role.CHOICE) or (
        seen.key == "OK" and screen_id(seen.before) != "home"
    )
    if not touched or seen.before.complaints:
        return
    shown = seen.before.screen == seen.after.screen and seen.before.locale == seen.after.locale
    if shown and seen.kinds <= _COMES_AND_GOES:
        yield f"{seen.target or seen.key} on {screen_id(seen.before)} was taken, and nothing came of it"


@oracle("R-time-2", "a screen whose time is over gives way", contents.TimePassed)
def gives_way(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if "state" in seen.dues and seen.is_on and contents.StateChanged not in seen.kinds:
        yield f"the time of {screen_id(seen.before)} is over, and {screen_id(seen.after)} stands there"


@oracle(
    "R-live-1",
    "a card that answers is read at once: processing stands for the acquirer alone",
    shows=("processing",),
)
def reads_on(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    given_up = screen_id(seen.before) == "present-again" and seen.key == "CANCEL" and seen.is_on
    if given_up and screen_id(seen.after) == "processing" and seen.until == seen.mono:
        yield "the second tap was given up, and processing stands"
    if screen_id(seen.after) != "processing" or not _is_sound(facts, seen) or seen.until != seen.mono:
        return
    card = facts.terminal.card if facts.names_card(seen) else None
    if card is None or (card.chip is not None and (card.chip.response_ms or card.chip.wear is not None)):
        return
    state = _state(facts, seen)
    if state not in _ASKING:
        yield f"processing stands after {seen.line or seen.key or seen.target or 'some time'}, and the terminal is {state}"


@oracle("R-live-2", "while the acquirer is asked a row says for what", contents.StateChanged)
def asked_for(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if not _is_sound(facts, seen):
        return
    for one in seen.entries:
        content = one.content
        if not isinstance(content, contents.StateChanged) or content.dest not in _ASKING:
            continue
        begun = [row for row in seen.rows if row.kind in PAYMENT_KINDS and row.text("state") in UNRESOLVED]
        if not begun:
            yield f"{content.flow} is {content.dest}, and no payment was sent"


@oracle(
    "R-live-3",
    "an answer that is waited for ends the waiting",
    contents.MessageReceived,
    contents.MessageFailed,
    left=("processing",),
)
def answered(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if (
        screen_id(seen.before) != "processing"
        or not _is_sound(facts, seen)
        or contents.StateChanged in seen.kinds
    ):
        return
    last = facts.last
    if facts.state in _ASKING and last is not None and last.number("stan") in set(_stans(seen.entries)):
        yield f"{last.text('reference')} was answered, and processing stands"


def _stans(entries: list[TraceEntry]) -> Iterator[int]:
    for one in entries:
        content = one.content
        if isinstance(content, contents.MessageReceived) or (
            isinstance(content, contents.MessageFailed) and content.problem == _UNDELIVERED
        ):
            yield content.stan


@oracle(
    "R-live-4",
    "a screen that says how a payment ended stands for one that has ended",
    contents.ScreenShown,
    shows=_ENDS,
    anew=True,
)
def ended(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    last = payment_spoken_of(facts, seen)
    if seen.came_to in _ENDS and last is not None and last.text("state") == "AUTH_SENT":
        yield f"{seen.came_to} stands there, and {last.text('reference')} is neither paid nor declined nor reversed"


@oracle("R-live-5", "what the terminal has asked for is taken when it comes", contents.NotAwaited)
def awaited(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    screen = screen_id(seen.before)
    for one in seen.entries:
        if not isinstance(one.content, contents.NotAwaited) or not _is_sound(facts, seen):
            continue
        what = one.content.what
        if (what == "kernel_outcome" and screen == "processing") or what in (
            "host_reply",
            "host_unreachable",
        ):
            yield f"{what} came on {screen}, and was not taken"
        if what in ("printed", "out_of_paper") and screen in _PRINTING and not seen.came_to:
            yield f"{what} came on {screen}, and was not taken"


@oracle(
    "R-app-1",
    "an app that is closed shows that it is, and one that is open does not",
    contents.Act,
    contents.ScreenShown,
)
def closed(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if not facts.profile.app or not seen.is_on or screen_id(seen.after) in ("off", "out-of-service"):
        return
    if (screen_id(seen.after) == "app-closed") == seen.around.app_open:
        yield f"the app is {'open' if seen.around.app_open else 'closed'}, and {screen_id(seen.after)} stands there"


@oracle(
    "R-app-2",
    "no payment is begun at the checkout without its reader",
    contents.ScreenShown,
    left=("home",),
    anew=True,
)
def without_reader(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    charged = screen_id(seen.before) == "home" and seen.key == "OK" and facts.profile.app
    if charged and seen.came_to and not seen.around.reader:
        yield f"{seen.came_to} was opened, and the reader is not connected"


@oracle(
    "R-boot-2",
    "the look at what a power cut left in doubt ends when nothing is in doubt",
    left=("checking-last",),
    shows=("checking-last",),
)
def looked(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if (
        screen_id(seen.before) != "checking-last"
        or screen_id(seen.after) != "checking-last"
        or not seen.is_on
    ):
        return
    newest = {name: rows[-1].text("state") for name, rows in facts.payments.items()}
    newest |= {row.text("reference"): row.text("state") for row in seen.rows if row.kind in PAYMENT_KINDS}
    if set(UNRESOLVED).isdisjoint(newest.values()):
        yield "nothing is in doubt, and the screen says that it looks"


@oracle(
    "R-paper-15",
    "what becomes of a print is said: that it came out where one asked for it again, and that the paper is out",
    contents.ReceiptPrinted,
    contents.ReceiptStopped,
)
def printed(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    screen = screen_id(seen.after)
    again = screen in _PRINTED_AGAIN or (seen.target == "print" and not seen.key)
    if not seen.is_on or seen.came_to == "off":
        return
    if (
        contents.ReceiptPrinted in seen.kinds
        and again
        and not seen.came_to
        and not has(seen.after, "copy-printed")
    ):
        yield f"a copy came out, and {screen} does not say so"
    if (
        contents.ReceiptStopped in seen.kinds
        and seen.until == seen.mono
        and not has(seen.after, "out-of-paper")
    ):
        yield f"the paper is out, and {screen} does not say so"
    if (
        contents.ReceiptPrinted in seen.kinds
        and contents.ReceiptStopped not in seen.kinds
        and seen.until == seen.mono
        and has(seen.after, "out-of-paper")
    ):
        yield f"a paper came out, and {screen} says that there is none"


@oracle(
    "R-till-3",
    "a terminal at rest takes the payment that a till asks for, and a result gives way to it",
    contents.Act,
)
def serves(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    words, before = seen.line.split(), screen_id(seen.before)
    if words[:2] != ["pos", "sale"] or not _is_sound(facts, seen) or seen.around != facts.around:
        return
    around, battery = seen.around, facts.profile.battery
    ready = around.reader and around.app_open and around.standalone and not around.outage
    charged = battery is None or around.battery >= battery.critical
    rests = before == "home" or (
        before in ("approved", "declined", "settled") and not has(seen.before, "remove-card")
    )
    if not ready or not rests or field_of(seen.before)[2] or has(seen.before, "shortcut"):
        return
    if not charged and before == "home":
        if seen.came_to:
            yield f"the battery has {around.battery} percent, and {seen.came_to} stands there"
    elif charged and int(words[3]) <= facts.profile.limits.max_amount and seen.came_to in ("", "home"):
        yield f"{words[3]} was asked for on {before}, and {screen_id(seen.after)} stands there"


@oracle(
    "R-home-5",
    "the green key, the menu key and the shortcuts of the home screen open what the profile says",
    contents.KeyPress,
    contents.InputIgnored,
    left=("home",),
)
def opens(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    home = facts.profile.home
    if screen_id(seen.before) != "home" or home.style == "tabs" or not seen.is_on:
        return
    typed = field_of(seen.before)[1]
    if seen.key == "OK" and typed in home.shortcuts and not seen.came_to:
        yield f"{typed} was confirmed, and nothing opened"
    if seen.key == "OK" and typed and typed not in home.shortcuts and contents.Beeped not in seen.kinds:
        yield f"{typed} is no shortcut, and was refused without a tone"
    if seen.key == "MENU" and home.menu:
        wanted = "passcode" if facts.profile.menus[home.menu].passcode else f"menu-{home.menu}"
        if seen.came_to != wanted:
            yield f"the menu key was pressed, and {seen.came_to or 'nothing'} opened in place of {wanted}"
    if seen.key == "OK" and not typed and home.confirm and not seen.came_to:
        yield f"the green key was pressed, and {home.confirm} did not open"
    if (
        seen.key.isdigit()
        and home.shortcuts
        and not typed
        and not seen.came_to
        and field_of(seen.after)[1] != seen.key
    ):
        yield f"{seen.key} was typed, and {field_of(seen.after)[1] or 'nothing'} stands there"


@oracle(
    "R-passcode-9",
    "a new passcode that is too short or the delivered one goes no further, and a changed one has its row",
    shows=("repeat-passcode", "passcode-changed"),
    anew=True,
)
def changed(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    said = seen.confirmed
    if said is not None and said.screen == "new-passcode" and seen.came_to == "repeat-passcode":
        changes = facts.profile.passcodes.get(facts.passcode_asked)
        if len(said.digits) < 4 or (changes is not None and said.digits == changes.code):
            yield f"one of {len(said.digits)} digits was taken"
    if seen.came_to == "passcode-changed" and not any(
        row.kind == "passcode" and row.text("result") == "changed" for row in seen.rows
    ):
        yield "the screen says that it was changed, and no row does"


LIVENESS = (
    takes_keys,
    brings_about,
    gives_way,
    reads_on,
    asked_for,
    answered,
    ended,
    awaited,
    looked,
    printed,
    serves,
    opens,
    changed,
    closed,
    without_reader,
)
