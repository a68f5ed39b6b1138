"""The firmware: a stack of flows, what runs beside them, and one method that turns an event into effects.

Rules:
1. `handle` is the only way in, and its effects the only way out. It reads no clock, draws no random number and touches no
   file: a run is a function of the profile, the journal rows read at boot, and the events.
2. The event goes to the flow on top. What runs beside it (network, service, paper, battery, reader, reversals, offline payments) is
   told first, and frames the flow's screen: banners on top, and the tabs of the home screen wherever a state is free to be left.
3. Flows never fire triggers: they post events, which are handled after the current one, in order.
"""

from __future__ import annotations

import base64
import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from terminal_sim.core import effects as fx
from terminal_sim.core import events as ev
from terminal_sim.core.books import Books
from terminal_sim.core.config import MenuEntry, Profile
from terminal_sim.core.events import KEY_TRIGGERS, Event, Trigger
from terminal_sim.core.flow import DONE, Context, Flow
from terminal_sim.core.message import HostReply, HostRequest, answers
from terminal_sim.core.moment import Instant
from terminal_sim.core.offline import FORWARD_ALARM, NETWORK, OFFLINE_ALARM, OfflineQueue
from terminal_sim.core.payment import Field, Row
from terminal_sim.core.reversals import REVERSAL_ALARM, Reversals
from terminal_sim.core.screen import Banner, Button, Choice, Element, Line, Pad, Screen, Tab, Tone
from terminal_sim.core.surroundings import Surroundings, refusal, shows
from terminal_sim.core.text import say

_STATE_ALARM = "state"
_HOME = "home"
_POWER_OFF_HOLD = 3_000_000  # microseconds

# Triggers of somebody at the terminal: each one that is taken starts the state's time-out anew.
_HANDS = frozenset(
    {Trigger.DIGIT, Trigger.CONFIRM, Trigger.CANCEL, Trigger.CLEAR, Trigger.UP, Trigger.DOWN, Trigger.MENU}
    | {Trigger.FUNCTION, Trigger.SELECT}
)


class Terminal:
    """One terminal. `name` is its id at the acquirer; `flows` are all flows by name."""

    __slots__ = (
        "_awaiting", "_effects", "_inbox", "_tab", "_touched", "_unwinding", "around", "books", "flows",
        "locale", "name", "now", "offline", "prefix", "profile", "reversals", "stack",
    )  # fmt: skip

    def __init__(
        self, name: str, profile: Profile, flows: Mapping[str, Flow], books: Books, locale: str
    ) -> None:
        self.name = name
        self.profile = profile
        self.flows = flows
        self.books = books
        self.locale = locale
        self.around = Surroundings(link=profile.links[0] if profile.links else "")
        self.now = Instant(0, 0)
        self.prefix = base64.b32encode(hashlib.sha256(name.encode()).digest())[:4].decode()
        self.stack: list[Context] = []
        self.reversals = Reversals(self)
        self.offline: OfflineQueue = OfflineQueue(self)
        self._awaiting: HostRequest | None = None
        self._effects: list[fx.Effect] = []
        self._inbox: deque[Event] = deque()
        self._tab = _HOME
        self._touched = False
        self._unwinding = False

    # What the engine and the bench ask of a terminal.

    def handle(self, event: Event, now: Instant) -> list[fx.Effect]:
        """Everything that follows from `event` at `now`, in the order in which it must happen."""
        self.now = now
        self._effects = []
        self._touched = False
        self._inbox.append(event)
        while self._inbox:
            pending = self._inbox.popleft()
            _HANDLERS[type(pending)](self, pending)
        if self._touched:
            self._arm()
        return self._effects

    def screen(self) -> Screen:
        """What the display of whoever operates it shows now."""
        if not self.around.app_open:
            return Screen("app-closed", (Line(say("app-closed"), "app-closed"),))
        top = self.stack[-1]
        shown: Screen = getattr(top, top.flow.table[top.state].screen)()
        frame = (*self._banners(), *self._tabs())
        return Screen(shown.id, (*frame, *shown.elements)) if frame else shown

    def customer_screen(self) -> Screen:
        """What a display of the customer's own shows: the payment, or who the shop is."""
        if self.around.app_open and self.stack[-1].faces_customer:
            shown = self.screen()
            hidden = Tab | Banner | Choice
            return Screen(shown.id, tuple(e for e in shown.elements if not isinstance(e, hidden)))
        return Screen("welcome", tuple(Line(line, tone=Tone.BIG) for line in self.profile.receipts.header))

    def look(self, now: Instant) -> None:
        """Somebody looks at the screen `now`: what it says of time is to be right."""
        self.now = now

    def _banners(self) -> Iterator[Element]:
        outage = self.books.outage
        if outage is None or not self.profile.offline.banner:
            return
        banner = "banner-network" if outage.kind == NETWORK else "banner-service"
        yield Banner(banner, say(banner))
        left = self.offline.session_left
        if not left:
            yield Banner("offline-session-over", say("offline-session-over"))
        elif self.profile.offline.countdown:
            yield Banner("countdown", say("countdown", time=_hours_and_minutes(left)))

    def _tabs(self) -> Iterator[Tab]:
        """Those of the home screen, wherever they are in reach."""
        if self.profile.home.style != "tabs" or not self._is_free():
            return
        opened = self._tab if len(self.stack) > 1 else _HOME
        for tab in (_HOME, *(entry.id for entry in self.profile.home.entries)):
            yield Tab(tab, say(tab), current=tab == opened)

    def _is_free(self) -> bool:
        top = self.stack[-1]
        return top.flow.table[top.state].free

    @property
    def screen_locale(self) -> str:
        """The language of the screen: the cardholder's where the flow on top speaks to the cardholder."""
        return self.stack[-1].locale or self.locale

    def takes(self, key: str) -> bool:
        """Whether the settled screen would do something with `key`."""
        if not self.stack or not self._within_reach(key):
            return False
        top = self.stack[-1]
        return top.flow.takes(top, KEY_TRIGGERS.get(key, Trigger.FUNCTION), ev.KeyPressed(key))

    # What flows ask of the terminal.

    def order(self, effect: fx.Effect) -> None:
        self._effects.append(effect)

    def record(self, *rows: Row) -> None:
        """Make `rows` durable before anything that is ordered later, and fold them into the books."""
        self._effects.append(fx.Record(rows))
        for row in rows:
            self.books.apply(row)

    def store(self, rows: tuple[Row, ...], request: HostRequest) -> None:
        """As `record`, with the card data of `request` sealed into the last row."""
        self._effects.append(fx.Store(rows, request))
        for row in rows:
            self.books.apply(row)

    def post(self, event: Event) -> None:
        """Handle `event` after the current one."""
        self._inbox.append(event)

    def push(self, flow: Flow, **given: object) -> None:
        """Put `flow` on top; `given` fills the context's slots before its initial state is entered."""
        context = flow.context(self, flow)
        for slot, value in given.items():
            setattr(context, slot, value)
        self.stack.append(context)
        context.state = flow.initial
        self._effects.append(fx.Moved(flow.name, "", flow.initial))
        self._touched = True
        enter = flow.table[flow.initial].enter
        if enter:
            getattr(context, enter)(ev.Returned(None))

    def unwind(self) -> None:
        """Go home once the current flow is left: every flow but the lowest is taken off the stack."""
        self._unwinding = True

    def open(self, entry: MenuEntry) -> None:
        """What choosing `entry` of a menu does: the menu, the flow, or the sentence that says why not."""
        why_not = refusal(self.profile, self.around, entry)
        if why_not is not None:
            self.push(self.flows["notice"], text=why_not)
        elif entry.menu:
            self.push(self.flows["menu"], menu=entry.menu)
        else:
            self.push(self.flows[entry.flow])

    def shows(self, entry: MenuEntry) -> bool:
        """Whether a menu of this terminal lists `entry`."""
        return shows(self.profile, entry)

    def send(self, request: HostRequest) -> None:
        """Send a flow's request; its answer alone comes back to the flow."""
        self._awaiting = request
        self._effects.append(fx.Send(request))

    def forget_request(self) -> None:
        """Whatever answers the flow's request from now on is unexpected."""
        self._awaiting = None

    def reference(self, stan: int) -> str:
        """Our name for a payment: four letters of the terminal, twelve digits of civil seconds, three of the STAN."""
        return f"{self.prefix}{self.now.wall // 1_000_000:012d}{stan % 1000:03d}"

    def language_of(self, languages: tuple[str, ...]) -> str:
        """The first of the card's languages (ISO 639, as in 5F2D) that this terminal speaks, as one of its locales."""
        for language in languages:
            for locale in self.profile.languages:
                if locale.split("-")[0] == language:
                    return locale
        return ""

    # Events, by type.

    def _key(self, event: ev.KeyPressed) -> None:
        if event.held >= _POWER_OFF_HOLD and event.key == self.profile.keypad.power_off:
            self._inbox.append(ev.PowerOffPressed())
            return
        trigger = KEY_TRIGGERS.get(event.key, Trigger.FUNCTION)
        if not self._within_reach(event.key) or not self._fire(trigger, event):
            self._effects.append(fx.Ignored(trigger.value if trigger is Trigger.DIGIT else event.key))

    def _touch(self, event: ev.Touched) -> None:
        for element in self.screen().elements:
            if isinstance(element, Tab) and element.id == event.target:
                self._go_to(event.target)
                return
            if isinstance(element, Button) and element.id == event.target:
                self._inbox.append(ev.KeyPressed(element.key))
                return
            if isinstance(element, Choice) and element.id == event.target:
                if not self._fire(Trigger.SELECT, event):
                    self._effects.append(fx.Ignored(event.target))
                return
        self._effects.append(fx.Ignored(event.target))

    def _go_to(self, tab: str) -> None:
        """Leave whatever is open for another tab; no card is asked for there."""
        self.order(fx.CloseReader())
        del self.stack[1:]
        self._tab = tab
        self._touched = True
        entry = next((entry for entry in self.profile.home.entries if entry.id == tab), None)
        if entry is not None:
            self.open(entry)

    def _within_reach(self, key: str) -> bool:
        """A keypad that is drawn on the screen has only the keys that the screen shows."""
        if not self.around.app_open:
            return False
        if self.profile.keypad.where == "keys":
            return True
        elements = self.screen().elements
        if any(isinstance(e, Button) and e.key == key for e in elements):
            return True
        return any(isinstance(e, Pad) for e in elements) and any(
            key in row for row in self.profile.keypad.layout
        )

    def _alarm(self, event: ev.Alarm) -> None:
        if event.name == _STATE_ALARM:
            self._fire(Trigger.TIMEOUT, event)
        elif event.name == REVERSAL_ALARM:
            self.reversals.due()
        elif event.name == OFFLINE_ALARM:
            self.offline.tick()
        elif event.name == FORWARD_ALARM:
            self.offline.retry()

    def _reply(self, event: ev.HostReplied) -> None:
        reply = event.reply
        if self._awaiting is not None and answers(reply, self._awaiting):
            self._awaiting = None
            self._offer(Trigger.HOST_REPLY, event)
        elif self.reversals.reply(reply):
            self._fire(Trigger.SETTLED, event)
        elif not self.offline.reply(reply):
            self._unexpected_reply(reply)

    def _unexpected_reply(self, reply: HostReply) -> None:
        """An answer that nothing waits for changes nothing, but somebody will want to know of it."""
        self.record(
            Row(
                "unexpected",
                {
                    "mti": reply.mti,
                    "stan": reply.stan,
                    "amount": reply.amount.minor,
                    "response_code": reply.response_code,
                },
            )
        )

    def _unreachable(self, event: ev.HostUnreachable) -> None:
        if self._awaiting is not None and self._awaiting.stan == event.stan:
            self._awaiting = None
            self._offer(Trigger.HOST_UNREACHABLE, event)
        elif self.reversals.unreachable(event.stan):
            self._fire(Trigger.UNSETTLED, event)
        else:
            self.offline.unreachable(event.stan)

    def _network(self, event: ev.NetworkChanged) -> None:
        restored = event.up and not self.around.network_up
        self.around.network_up, self.around.link = event.up, event.link
        if restored:
            self.reversals.due()
        self.offline.look_around()
        self._fire(Trigger.NETWORK_RESTORED if event.up else Trigger.NETWORK_LOST, event)

    def _service(self, event: ev.ServiceChanged) -> None:
        restored = event.up and not self.around.service_up
        self.around.service_up = event.up
        if restored:
            self.reversals.due()
        self.offline.look_around()
        self._fire(Trigger.SERVICE_RESTORED if event.up else Trigger.SERVICE_LOST, event)

    def _card_in(self, event: ev.CardInserted) -> None:
        self.around.card_in = True
        self._offer(Trigger.CARD_INSERTED, event)

    def _card_out(self, event: ev.CardRemoved) -> None:
        self.around.card_in = False
        self._fire(Trigger.CARD_REMOVED, event)

    def _paper(self, event: ev.PaperChanged) -> None:
        self.around.paper = event.paper
        if event.paper is not ev.Paper.OUT:
            self._fire(Trigger.PAPER_LOADED, event)

    def _battery(self, event: ev.BatteryChanged) -> None:
        self.around.battery = event.percent
        self._fire(Trigger.BATTERY, event)

    def _reader(self, event: ev.ReaderChanged) -> None:
        self.around.reader = event.connected
        if not event.connected:
            self.around.card_in = False
        self._fire(Trigger.READER_FOUND if event.connected else Trigger.READER_LOST, event)

    def _boot(self, _: ev.PoweredOn) -> None:
        """Home lies ready below; what is in doubt is settled before it shows."""
        self.record(Row("boot", {"boot": self.books.boots + 1, "in_doubt": len(self.books.doubtful)}))
        self._begin()
        self.offline.look_around()

    def _begin(self) -> None:
        self.push(self.flows[self.profile.home.flow])
        if self.books.tampered:
            self.push(self.flows["tampered"])
        elif not self.books.signed_in:
            self.push(self.flows["sign-in"])
        if self.books.doubtful:
            self.push(self.flows["recovery"])

    def _power_off(self, _: ev.PowerOffPressed) -> None:
        self.record(Row("power", {"state": "off"}))
        self.order(fx.SwitchOff())

    def _clock_set(self, event: ev.ClockSet) -> None:
        self.record(Row("clock", {"by": event.by}))

    def _app(self, event: ev.AppChanged) -> None:
        """An app that is closed has given up whatever it was doing, as at a power cut; what has left is reversed."""
        if event.open == self.around.app_open:
            return
        self.around.app_open = event.open
        self._give_up()
        self.offline.look_around()

    def _order_arrived(self, event: ev.OrderArrived) -> None:
        if event.number <= len(self.books.orders):
            return
        what: dict[str, Field] = {"number": event.number, "text": event.text}
        self.record(Row("order", {**what, "amount": event.amount, "currency": self.profile.currency}))
        self.order(fx.Beep("attention"))

    def _tampered(self, _: ev.Tampered) -> None:
        """Keys go first; what they sealed is then lost, and said to be."""
        self.order(fx.EraseKey())
        self.offline.lose("tamper", Row("tamper", {"state": "detected"}))
        self._give_up()

    def _give_up(self) -> None:
        """Drop whatever is going on and begin again; what has left and was not answered is reversed."""
        self.order(fx.CloseReader())
        self._awaiting = None
        self.stack.clear()
        self._begin()

    # The machinery.

    def _offer(self, trigger: Trigger, event: Event) -> None:
        if not self._fire(trigger, event):
            self._effects.append(fx.Unexpected(trigger.value))

    def _fire(self, trigger: Trigger, event: Event) -> bool:
        if not self.stack:
            return False
        top = self.stack[-1]
        before = top.state
        if not top.flow.fire(top, trigger, event):
            return False
        if top.state != before:
            self._effects.append(fx.Moved(top.flow.name, before, top.state))
            self._touched = True
            if top.state == DONE:
                self._leave(top)
        elif trigger in _HANDS:
            self._touched = True
        return True

    def _leave(self, context: Context) -> None:
        self.stack.remove(context)
        if self._unwinding:
            self._unwinding = False
            del self.stack[1:]
        else:
            self._inbox.append(ev.Returned(context.result))

    def _arm(self) -> None:
        top = self.stack[-1]
        timeout = top.flow.table[top.state].timeout
        if timeout:
            waits: int = getattr(self.profile.timeouts, timeout)
            self._effects.append(fx.SetAlarm(_STATE_ALARM, self.now.mono + waits))
        else:
            self._effects.append(fx.DropAlarm(_STATE_ALARM))


def _hours_and_minutes(microseconds: int) -> str:
    """Rounded up to the minute: `23:59`."""
    minutes = -(-microseconds // 60_000_000)
    return f"{minutes // 60}:{minutes % 60:02d}"


# Who handles an event, by its type: one table for all terminals.
_HANDLERS: dict[type, Callable[[Terminal, Any], object]] = {
    ev.KeyPressed: Terminal._key,
    ev.Touched: Terminal._touch,
    ev.Alarm: Terminal._alarm,
    ev.HostReplied: Terminal._reply,
    ev.HostUnreachable: Terminal._unreachable,
    ev.NetworkChanged: Terminal._network,
    ev.ServiceChanged: Terminal._service,
    ev.CardInserted: Terminal._card_in,
    ev.CardRemoved: Terminal._card_out,
    ev.PaperChanged: Terminal._paper,
    ev.BatteryChanged: Terminal._battery,
    ev.ReaderChanged: Terminal._reader,
    ev.PoweredOn: Terminal._boot,
    ev.PowerOffPressed: Terminal._power_off,
    ev.ClockSet: Terminal._clock_set,
    ev.AppChanged: Terminal._app,
    ev.CardDataLost: lambda t, e: t.offline.card_data_lost(e.reference),
    ev.OrderArrived: Terminal._order_arrived,
    ev.Tampered: Terminal._tampered,
    ev.CardSwiped: lambda t, e: t._offer(Trigger.CARD_SWIPED, e),
    ev.CardTapped: lambda t, e: t._offer(Trigger.CARD_TAPPED, e),
    ev.KernelAsked: lambda t, e: t._offer(Trigger.KERNEL_PROMPT, e),
    ev.KernelEnded: lambda t, e: t._offer(Trigger.KERNEL_OUTCOME, e),
    ev.Printed: lambda t, e: t._offer(Trigger.PRINTED, e),
    ev.PrinterStopped: lambda t, e: t._offer(Trigger.OUT_OF_PAPER, e),
    ev.Returned: lambda t, e: t._fire(Trigger.RETURNED, e),
}
