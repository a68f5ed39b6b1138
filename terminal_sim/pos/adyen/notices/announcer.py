"""Watches one terminal and has its points of sale told: of what happens to it, and of how far their dialogues have come."""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.core.effects import Moved, StartCard, SwitchOff
from terminal_sim.core.message import EntryMode
from terminal_sim.pos.adyen.messages.responses import Answer, NexoResponse
from terminal_sim.pos.adyen.messages.values import ErrorCondition, EventToNotify, NexoResult
from terminal_sim.pos.adyen.notices.notifications import (
    NOBODY,
    TenderEvent,
    TenderResult,
    event_notification,
    tender_notification,
)
from terminal_sim.pos.adyen.notices.outbox import Outbox
from terminal_sim.pos.adyen.service.device import ApiDevice, DeviceCondition
from terminal_sim.pos.adyen.service.dialogue import ServiceDialogue

_FIRST = 200_000_001  # of the numbers that the notifications of a terminal have
_STARTED: Mapping[EntryMode, TenderEvent] = {
    EntryMode.CHIP: TenderEvent.CARD_INSERTED,
    EntryMode.CONTACTLESS: TenderEvent.CARD_PRESENTED,
}
# By the state that a flow comes to, and by the one that it leaves for another of its own.
_COMES_TO: Mapping[str, TenderEvent] = {
    "card-number": TenderEvent.PROVIDE_CARD_DETAILS,
    "application": TenderEvent.WAIT_FOR_APP_SELECTION,
    "pin": TenderEvent.WAIT_FOR_PIN,
}
_LEAVES: Mapping[tuple[str, str], TenderEvent] = {
    ("application", "reading"): TenderEvent.APPLICATION_SELECTED,
    ("pin", "reading"): TenderEvent.PIN_ENTERED,
    ("present", "authorising"): TenderEvent.CARD_SWIPED,
    ("card-number", "expiry"): TenderEvent.CARD_DETAILS_PROVIDED,
}
_RESULTS: Mapping[ErrorCondition, TenderResult] = {
    ErrorCondition.CANCEL: TenderResult.CANCELLED,
    ErrorCondition.ABORTED: TenderResult.CANCELLED,
    ErrorCondition.REFUSAL: TenderResult.DECLINED,
    ErrorCondition.WRONG_PIN: TenderResult.DECLINED,
    ErrorCondition.INVALID_CARD: TenderResult.DECLINED,
    ErrorCondition.PAYMENT_RESTRICTION: TenderResult.DECLINED,
}


class Announcer:
    """`events` and `displays` take what is told; None where nobody wants it. It lives beside a bench (`runtime.beside`)."""

    def __init__(self, device: ApiDevice, events: Outbox | None, displays: Outbox | None) -> None:
        self._device = device
        self._events = events
        self._displays = displays
        self._dialogue: ServiceDialogue | None = None
        self._told = 0
        self._sale_id = NOBODY
        self._known = device.condition()

    @property
    def outboxes(self) -> tuple[Outbox, ...]:
        """Where what is told waits."""
        return tuple(box for box in (self._events, self._displays) if box is not None)

    # What happens in dialogues.

    def begun(self, dialogue: ServiceDialogue) -> None:
        """The terminal has taken a request."""
        self._dialogue, self._sale_id = dialogue, dialogue.header.sale_id
        self._tell_of(TenderEvent.CREATED)

    def ended(self, answer: Answer) -> None:
        """The running dialogue has its answer."""
        response = getattr(answer, "response", None)
        if isinstance(response, NexoResponse):
            self._tell_of(TenderEvent.FINAL, _result(response))
        self._dialogue = None

    def watch(self, effect: Moved | StartCard | SwitchOff) -> None:
        """Take what the terminal's firmware does."""
        if isinstance(effect, SwitchOff):
            self._notify(EventToNotify.SHUTDOWN)
        elif isinstance(effect, StartCard):
            self._tell_of(_STARTED[effect.entry])
        else:
            left = _LEAVES.get((effect.source, effect.dest))
            if left is not None:
                self._tell_of(left)
            elif effect.dest in _COMES_TO and effect.dest != effect.source:
                self._tell_of(_COMES_TO[effect.dest])

    def tell(self, text: bytes) -> None:
        """Tell `text`, which is a message of its own, where events are told."""
        if self._events is not None:
            self._events.put(text)

    # What happens to the terminal.

    def next_due(self) -> int | None:
        return None

    def go_on(self) -> None:
        """Tell what is another than it was."""
        was, now = self._known, self._device.condition()
        if now == was:
            return
        self._known = now
        if now.on and not was.on:
            self._notify(EventToNotify.INITIALISED)
        elif now.on:
            for event in _changes(was, now):
                self._notify(event)
            if was.card_in and not now.card_in:
                self._tell_of(TenderEvent.CARD_REMOVED)

    def _notify(self, event: EventToNotify) -> None:
        if self._events is not None:
            self._events.put(
                event_notification(
                    self._device.identity.poiid, self._sale_id, self._following(), event, self._device.now
                )
            )

    def _tell_of(self, event: TenderEvent, result: TenderResult | None = None) -> None:
        if self._displays is not None and self._dialogue is not None:
            self._displays.put(
                tender_notification(
                    self._device.identity.poiid,
                    self._dialogue,
                    self._following(),
                    event,
                    self._device.now,
                    result,
                )
            )

    def _following(self) -> int:
        self._told += 1
        return _FIRST + self._told


def _changes(was: DeviceCondition, now: DeviceCondition) -> list[EventToNotify]:
    """What has changed of a terminal that is on."""
    found = []
    if now.card_in != was.card_in:
        found.append(EventToNotify.CARD_INSERTED if now.card_in else EventToNotify.CARD_REMOVED)
    if now.in_menu != was.in_menu:
        found.append(EventToNotify.BEGIN_MAINTENANCE if now.in_menu else EventToNotify.END_MAINTENANCE)
    if now.out_of_order and not was.out_of_order:
        found.append(EventToNotify.OUT_OF_ORDER)
    return found


def _result(response: NexoResponse) -> TenderResult:
    if response.result is not NexoResult.FAILURE:
        return TenderResult.APPROVED
    condition = response.error_condition
    return _RESULTS.get(condition, TenderResult.ERROR) if condition is not None else TenderResult.ERROR
