"""The passcode that guards menus and refunds, and the flow that changes it.

Rules:
1. A wrong try is durable before the screen says so; after `tries` of them the passcode is locked for `lock` of virtual
   time, which neither a power cut nor the wall clock shortens.
2. What is typed is never shown, recorded or sent; a changed passcode is kept as a salted digest.
"""

from __future__ import annotations

import hmac
import math

from terminal_sim.core.config import MenuEntry, Passcode
from terminal_sim.core.durable_state import passcode_digest
from terminal_sim.core.events import Event, Returned, Trigger
from terminal_sim.core.flow import DONE, STAY, Firmware, Flow, Move, Moves, State, on_each
from terminal_sim.core.moment import Duration
from terminal_sim.core.rows.kinds import PasscodeRow
from terminal_sim.core.screen import Element, Screen, Shown, TextLine, Tone
from terminal_sim.core.text import say
from terminal_sim.flows import fields

_SHORTEST = 4
_MINUTE = Duration(60_000_000)


class PasscodeFlow(fields.TypedField):
    """`name` is that of the passcode in the profile; the flow below learns whether it was right."""

    __slots__ = ("name",)

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.name = ""

    @property
    def rules(self) -> Passcode:
        return self.terminal.profile.passcodes[self.name]

    def locked_for(self) -> int:
        """Microseconds until the next try is allowed, 0 where it is."""
        return max(self.terminal.durable.passcode(self.name).locked_until - self.terminal.now.mono, 0)

    def may_type(self, _: Event) -> bool:
        return not self.locked_for() and len(self.typed) < self.rules.max_digits

    def is_right(self, event: Event) -> bool:
        if not self.may_confirm(event):
            return False
        digest = self.terminal.durable.passcode(self.name).digest
        if digest:
            return hmac.compare_digest(digest, passcode_digest(self.typed, self.terminal.name, self.name))
        return hmac.compare_digest(self.rules.code, self.typed)

    def may_confirm(self, _: Event) -> bool:
        return bool(self.typed) and not self.locked_for()

    def accept(self, _: Event) -> None:
        self.terminal.record(PasscodeRow(name=self.name, result="accepted"))
        self.accepted = True

    def reject(self, _: Event) -> None:
        failures = self.terminal.durable.passcode(self.name).failures + 1
        until = self.terminal.now.mono + self.rules.lock if failures >= self.rules.tries else 0
        row = PasscodeRow(name=self.name, result="wrong", failures=failures, locked_until=until)
        self.terminal.record(row)
        self.typed = ""
        self.complaint = say("wrong-passcode")

    def ask(self) -> Screen:
        extra: list[Element] = []
        left = self.locked_for()
        if left:
            self.complaint = None
            extra.append(TextLine(say("passcode-locked", time=_minutes(left)), "passcode-locked", Tone.BAD))
        return self.field("passcode", Shown.MASKED, None, *extra)


def default_in_use(terminal: Firmware, name: str) -> tuple[TextLine, ...]:
    """The reminder that the passcode `name` is still the delivered one, for screens that lie behind it.

    The prompt itself does not say so: whoever stands there has not shown to know it.
    """
    if terminal.durable.passcode(name).digest:
        return ()
    return (TextLine(say("default-passcode"), "default-passcode", Tone.SMALL),)


def _minutes(microseconds: int) -> Duration:
    """Rounded up, so that the passcode is unlocked when the minutes are over."""
    return Duration(math.ceil(microseconds / _MINUTE) * _MINUTE)


_TYPING: Moves[PasscodeFlow] = (
    Move(Trigger.DIGIT, "ask", STAY, guard=PasscodeFlow.may_type, action=PasscodeFlow.add),
    Move(Trigger.CLEAR, "ask", STAY, guard=PasscodeFlow.has_input, action=PasscodeFlow.rub_out),
)

PASSCODE = Flow(
    "passcode",
    PasscodeFlow,
    "ask",
    (State("ask", PasscodeFlow.ask, timeout="passcode"),),
    (
        *_TYPING,
        Move(Trigger.CONFIRM, "ask", DONE, guard=PasscodeFlow.is_right, action=PasscodeFlow.accept),
        Move(Trigger.CONFIRM, "ask", STAY, guard=PasscodeFlow.may_confirm, action=PasscodeFlow.reject),
        Move(Trigger.CANCEL, "ask", DONE, action=PasscodeFlow.go_home),
        Move(Trigger.TIMEOUT, "ask", DONE, action=PasscodeFlow.go_home),
    ),
    needs="passcode",
)


class ChangePasscodeFlow(PasscodeFlow):
    """The old one first, then the new one twice. It is the passcode that the menu entry names, or the first of the profile."""

    __slots__ = ("first",)

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.name = next(iter(terminal.profile.passcodes))
        self.first = ""

    def chosen_by(self, entry: MenuEntry) -> None:
        self.name = entry.passcode or self.name

    def ask_passcode(self, _: Event) -> None:
        passcode = PASSCODE.begin(self.terminal)
        passcode.name = self.name
        self.terminal.push(passcode)

    def passcode_accepted(self, event: Event) -> bool:
        return isinstance(event, Returned) and event.accepted

    def is_too_short(self, _: Event) -> bool:
        return len(self.typed) < _SHORTEST

    def is_delivered_one(self, _: Event) -> bool:
        return self.typed == self.rules.code

    def is_the_same(self, _: Event) -> bool:
        return self.typed == self.first

    def complain_short(self, _: Event) -> None:
        self.typed, self.complaint = "", say("passcode-too-short", n=_SHORTEST)

    def complain_delivered(self, _: Event) -> None:
        self.typed, self.complaint = "", say("passcode-is-default")

    def keep_first(self, _: Event) -> None:
        self.first, self.typed = self.typed, ""

    def start_over(self, _: Event) -> None:
        self.first, self.typed, self.complaint = "", "", say("passcode-mismatch")

    def change(self, _: Event) -> None:
        digest = passcode_digest(self.typed, self.terminal.name, self.name)
        self.terminal.record(PasscodeRow(name=self.name, result="changed", digest=digest))
        self.first = self.typed = ""

    def ask_new(self) -> Screen:
        return self.field("new-passcode", Shown.MASKED)

    def ask_again(self) -> Screen:
        return self.field("repeat-passcode", Shown.MASKED)

    def changed(self) -> Screen:
        return Screen(
            "passcode-changed",
            (TextLine(say("passcode-changed"), "passcode-changed", Tone.GOOD), fields.CONFIRM),
        )


_NEW = ("new", "again")
CHANGE_PASSCODE = Flow(
    "change-passcode",
    ChangePasscodeFlow,
    "closed",
    (
        State("closed", ChangePasscodeFlow.ask_new, enter=ChangePasscodeFlow.ask_passcode),
        State("new", ChangePasscodeFlow.ask_new, timeout="passcode"),
        State("again", ChangePasscodeFlow.ask_again, timeout="passcode"),
        State("changed", ChangePasscodeFlow.changed, timeout="notice"),
    ),
    (
        Move(Trigger.RETURNED, "closed", "new", guard=ChangePasscodeFlow.passcode_accepted),
        Move(Trigger.RETURNED, "closed", DONE),
        Move(Trigger.DIGIT, _NEW, STAY, guard=ChangePasscodeFlow.may_type, action=ChangePasscodeFlow.add),
        Move(
            Trigger.CLEAR, _NEW, STAY, guard=ChangePasscodeFlow.has_input, action=ChangePasscodeFlow.rub_out
        ),
        Move(
            Trigger.CONFIRM,
            "new",
            STAY,
            guard=ChangePasscodeFlow.is_too_short,
            action=ChangePasscodeFlow.complain_short,
        ),
        Move(
            Trigger.CONFIRM,
            "new",
            STAY,
            guard=ChangePasscodeFlow.is_delivered_one,
            action=ChangePasscodeFlow.complain_delivered,
        ),
        Move(Trigger.CONFIRM, "new", "again", action=ChangePasscodeFlow.keep_first),
        Move(
            Trigger.CONFIRM,
            "again",
            "changed",
            guard=ChangePasscodeFlow.is_the_same,
            action=ChangePasscodeFlow.change,
        ),
        Move(Trigger.CONFIRM, "again", "new", action=ChangePasscodeFlow.start_over),
        Move(Trigger.CANCEL, _NEW, DONE),
        Move(Trigger.TIMEOUT, _NEW, DONE, action=ChangePasscodeFlow.go_home),
        *on_each((Trigger.CONFIRM, Trigger.CANCEL, Trigger.TIMEOUT), "changed", DONE),
    ),
    starts=(PASSCODE.name,),
)
