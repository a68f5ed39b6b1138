"""Whether payments are taken while the acquirer is out of reach, and up to which amount each: the merchant's own decision."""

from __future__ import annotations

from terminal_sim.core.events import Event, Trigger
from terminal_sim.core.flow import DONE, STAY, Flow, Move, State
from terminal_sim.core.rows.kinds import OfflineSettingsRow
from terminal_sim.core.screen import Choice, Element, Screen, Shown, TextLine, Title, Tone
from terminal_sim.core.text import say
from terminal_sim.flows import fields


class OfflineSettingsFlow(fields.AmountField):
    """`typed` is the new limit."""

    __slots__ = ()

    @property
    def highest(self) -> int:
        return self.terminal.profile.offline.limit_max

    # Guards.

    def may_not_change(self, _: Event) -> bool:
        return not self.terminal.profile.offline.permission

    def picks_allow(self, event: Event) -> bool:
        return fields.touched(event) == "allow"

    def picks_allow_not(self, event: Event) -> bool:
        return fields.touched(event) == "allow-not"

    def picks_limit(self, event: Event) -> bool:
        return fields.touched(event) == "offline-limit"

    # Actions.

    def refuse(self, _: Event) -> None:
        self.complaint = say("no-permission")

    def allow(self, _: Event) -> None:
        self.terminal.record(OfflineSettingsRow(allowed="yes"))

    def forbid(self, _: Event) -> None:
        self.terminal.record(OfflineSettingsRow(allowed="no"))

    def forget(self, _: Event) -> None:
        self.typed, self.complaint = "", None

    def take_limit(self, event: Event) -> None:
        self.terminal.record(OfflineSettingsRow(limit=self.typed_amount.minor))
        self.forget(event)

    # Screens.

    def switches(self) -> Screen:
        allowed = self.terminal.offline.allowed
        elements: list[Element] = [
            Title("offline-payments", say("offline-payments")),
            Choice("allow", say("allow"), say("switched-on" if allowed else "switched-off")),
            Choice("allow-not", say("allow-not")),
        ]
        if allowed:
            limit = say("sum", amount=self.terminal.offline.limit)
            elements.append(Choice("offline-limit", say("offline-limit"), limit))
        if self.complaint is not None:
            elements.append(TextLine(self.complaint, "no-permission", Tone.BAD))
        elements.append(TextLine(say("offline-risk"), "offline-risk", Tone.SMALL))
        return Screen("offline-payments", (*elements, fields.leave(self.terminal)))

    def ask_limit(self) -> Screen:
        return self.field("offline-limit", Shown.MONEY, self.typed_amount)


OFFLINE_SETTINGS = Flow(
    "offline-settings",
    OfflineSettingsFlow,
    "switches",
    (
        State("switches", OfflineSettingsFlow.switches, timeout="menu", free=True),
        State("limit", OfflineSettingsFlow.ask_limit, timeout="entry", free=True),
    ),
    (
        Move(
            Trigger.SELECT,
            "switches",
            STAY,
            guard=OfflineSettingsFlow.may_not_change,
            action=OfflineSettingsFlow.refuse,
        ),
        Move(
            Trigger.SELECT,
            "switches",
            STAY,
            guard=OfflineSettingsFlow.picks_allow,
            action=OfflineSettingsFlow.allow,
        ),
        Move(
            Trigger.SELECT,
            "switches",
            STAY,
            guard=OfflineSettingsFlow.picks_allow_not,
            action=OfflineSettingsFlow.forbid,
        ),
        Move(
            Trigger.SELECT,
            "switches",
            "limit",
            guard=OfflineSettingsFlow.picks_limit,
            action=OfflineSettingsFlow.forget,
        ),
        Move(Trigger.CANCEL, "switches", DONE),
        Move(Trigger.TIMEOUT, "switches", DONE, action=OfflineSettingsFlow.go_home),
        *fields.amount_moves("limit"),
        Move(
            Trigger.CONFIRM,
            "limit",
            "switches",
            guard=OfflineSettingsFlow.amount_is_good,
            action=OfflineSettingsFlow.take_limit,
        ),
        Move(Trigger.CONFIRM, "limit", STAY, action=OfflineSettingsFlow.complain_of_amount),
        Move(Trigger.CANCEL, "limit", "switches", action=OfflineSettingsFlow.forget),
        Move(Trigger.TIMEOUT, "limit", DONE, action=OfflineSettingsFlow.go_home),
    ),
)
