"""The passcode that guards menus and refunds, and the flow that changes it.

Rules:
1. A wrong try is durable before the screen says so; after `tries` of them the passcode is locked for `lock` of virtual
   time, which neither a power cut nor the wall clock shortens.
2. What is typed is never shown, recorded or sent; a changed passcode is kept as a salted digest.
"""

from __future__ import annotations

import hmac
import math

from terminal_sim.core.config import Passcode
from terminal_sim.core.durable_state import passcode_digest
from terminal_sim.core.events import Event, Returned, Trigger
from terminal_sim.core.firmware import Firmware
from terminal_sim.core.flow import DONE, STAY, Flow, Move, State
from terminal_sim.core.moment import Duration
from terminal_sim.core.payment import Field, Row
from terminal_sim.core.screen import Element, Screen, Shown, TextLine, Tone
from terminal_sim.core.text import say
from terminal_sim.flows import fields

_SHORTEST = 4
_MINUTE = Duration(60_000_000)


class PasscodeFlow(fields.TypedField):
    """`name` of the passcode in the profile is given by whoever pushes it; the result is True where it was right."""

    __slots__ = ("name",)

    def __init__(self, terminal: Firmware, flow: Flow) -> None:
        super().__init__(terminal, flow)
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
        self._record(result="accepted")
        self.result = True

    def reject(self, _: Event) -> None:
        failures = self.terminal.durable.passcode(self.name).failures + 1
        if failures >= self.rules.tries:
            until = self.terminal.now.mono + self.rules.lock
            self._record(result="wrong", failures=failures, locked_until=until)
        else:
            self._record(result="wrong", failures=failures)
        self.typed = ""
        self.complaint = say("wrong-passcode")

    def _record(self, **fields_: Field) -> None:
        self.terminal.record(Row("passcode", {"name": self.name, **fields_}))

    def ask(self) -> Screen:
        extra: list[Element] = []
        left = self.locked_for()
        if left:
            self.complaint = None
            extra.append(TextLine(say("passcode-locked", time=_minutes(left)), "passcode-locked", Tone.BAD))
        if not self.terminal.durable.passcode(self.name).digest:
            extra.append(TextLine(say("default-passcode"), "default-passcode", Tone.SMALL))
        return self.field("passcode", Shown.MASKED, None, *extra)


def _minutes(microseconds: int) -> Duration:
    """Rounded up: nobody should come back too early."""
    return Duration(math.ceil(microseconds / _MINUTE) * _MINUTE)


_TYPING = (
    Move(Trigger.DIGIT, "ask", STAY, guard="may_type", action="add"),
    Move(Trigger.CLEAR, "ask", STAY, guard="has_input", action="rub_out"),
)

PASSCODE = Flow(
    "passcode",
    PasscodeFlow,
    "ask",
    (State("ask", "ask", timeout="passcode"),),
    (
        *_TYPING,
        Move(Trigger.CONFIRM, "ask", DONE, guard="is_right", action="accept"),
        Move(Trigger.CONFIRM, "ask", STAY, guard="may_confirm", action="reject"),
        Move(Trigger.CANCEL, "ask", DONE, action="go_home"),
        Move(Trigger.TIMEOUT, "ask", DONE, action="go_home"),
    ),
)


class ChangePasscodeFlow(PasscodeFlow):
    """The old one first, then the new one twice."""

    __slots__ = ("first",)

    def __init__(self, terminal: Firmware, flow: Flow) -> None:
        super().__init__(terminal, flow)
        self.name = next(iter(terminal.profile.passcodes))
        self.first = ""

    def ask_passcode(self, _: Event) -> None:
        self.terminal.push(self.terminal.flows["passcode"], name=self.name)

    def passcode_accepted(self, event: Event) -> bool:
        return isinstance(event, Returned) and event.result is True

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
        self._record(result="changed", digest=passcode_digest(self.typed, self.terminal.name, self.name))
        self.first = self.typed = ""

    def ask_new(self) -> Screen:
        return self.field("new-passcode", Shown.MASKED)

    def ask_again(self) -> Screen:
        return self.field("repeat-passcode", Shown.MASKED)

    def changed(self) -> Screen:
        return Screen(
            "passcode-changed",
            (TextLine(say("passcode-changed"), "passcode-changed", Tone.GOOD), fields.CONFIRM, fields.CANCEL),
        )


_NEW = ("new", "again")
CHANGE_PASSCODE = Flow(
    "change-passcode",
    ChangePasscodeFlow,
    "closed",
    (
        State("closed", "ask_new", enter="ask_passcode"),
        State("new", "ask_new", timeout="passcode"),
        State("again", "ask_again", timeout="passcode"),
        State("changed", "changed", timeout="notice"),
    ),
    (
        Move(Trigger.RETURNED, "closed", "new", guard="passcode_accepted"),
        Move(Trigger.RETURNED, "closed", DONE),
        Move(Trigger.DIGIT, _NEW, STAY, guard="may_type", action="add"),
        Move(Trigger.CLEAR, _NEW, STAY, guard="has_input", action="rub_out"),
        Move(Trigger.CONFIRM, "new", STAY, guard="is_too_short", action="complain_short"),
        Move(Trigger.CONFIRM, "new", STAY, guard="is_delivered_one", action="complain_delivered"),
        Move(Trigger.CONFIRM, "new", "again", action="keep_first"),
        Move(Trigger.CONFIRM, "again", "changed", guard="is_the_same", action="change"),
        Move(Trigger.CONFIRM, "again", "new", action="start_over"),
        Move(Trigger.CANCEL, _NEW, DONE),
        Move(Trigger.TIMEOUT, _NEW, DONE, action="go_home"),
        *(Move(t, "changed", DONE) for t in (Trigger.CONFIRM, Trigger.CANCEL, Trigger.TIMEOUT)),
    ),
)
