"""Does the sessions of a corpus on this product, and tells what came out of each act.

A session begins at a terminal that is fresh from its box. One bench serves all sessions of one profile: each begins by going back to its beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Self

from terminal_sim.bench import ProfileError, TraceEntry, View, contents
from terminal_sim.display.svg import screen_svg
from terminal_sim.explore.compare.observed import (
    CorpusSession,
    Observation,
    ObservedAct,
    ObservedKind,
    ObservedSession,
)
from terminal_sim.explore.search.act import (
    PRESENTING,
    PRESS,
    PRESS_BLINDLY,
    Act,
    is_digits,
    joined,
    line_of,
)
from terminal_sim.explore.search.ground import ExploredSession, Ground, SessionMoment

_ANY_DIGIT = "digits"
_TRACED = ("stan", "amount")
_OFF = "off"


class FirmwareObserver:
    """Does sessions on the firmware of this process, until it is closed. With `pictures` each screen and receipt comes with its drawing."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._begun: dict[tuple[str, str, str, tuple[tuple[str, str], ...]], _Bench] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def observe(self, session: CorpusSession, *, pictures: bool = False) -> ObservedSession:
        """What each act of the session brings about. A profile or an option that this firmware does not know is an error of the answer."""
        key = session.profile, session.locale, session.clock, tuple(sorted(session.options.items()))
        try:
            if key not in self._begun:
                ground = Ground.of(session.profile, session.options, (), locale=session.locale)
                begins = replace(ground, clock=session.clock)
                self._begun[key] = _Bench(self._open.enter_context(begins.session()))
        except ProfileError as unknown:
            return ObservedSession((), str(unknown))
        return self._begun[key].observe(session, pictures)


class _Bench:
    """One bench and its beginning; a subscriber of its trace."""

    wants_frames = wants_bytes = False

    def __init__(self, session: ExploredSession) -> None:
        self._session = session
        self._begins = session.moment()
        self._seen: list[Observation] = []
        self._from = 0
        self._pictures = False
        self._others: dict[str, View] = {}
        self._lights: dict[str, str] = {}
        self._arrived = self._sold = 0
        session.bench.trace.subscribe(self)

    def observe(self, corpus: CorpusSession, pictures: bool) -> ObservedSession:
        session = self._session
        assert isinstance(
            self._begins, SessionMoment
        )  # a terminal with its own readers is kept at its beginning
        session.go_back(self._begins)
        self._pictures, self._others = pictures, self._beside()
        self._lights = session.terminal.lights
        self._arrived = len(session.bench.host_messages())
        self._sold = len(session.bench.till.rows())
        acts = []
        for act in corpus.acts:
            before = len(session.acts)
            self._seen, self._from = [], session.bench.now.mono
            for part in _parts(act):
                if session.crashed is None:
                    session.do(part)
                    self._look()
            done = joined(session.acts[before:])
            acts.append(ObservedAct(tuple(map(line_of, done)), tuple(self._seen)))
            if session.crashed is not None:
                break
        return ObservedSession(tuple(acts))

    def take(self, entry: TraceEntry) -> None:
        """See `Subscriber`."""
        content = entry.content
        match content:
            case contents.ScreenShown(screen=screen, text=View() as view):
                self._add(ObservedKind.SCREEN, screen, view.text, lambda: self._drawn(view))
            case contents.RowStored(row=row):
                self._add(ObservedKind.ROW, row, _lines(entry))
            case contents.MessageSent(out=out):
                self._add(ObservedKind.MESSAGE, f"out {out}", _lines(entry))
            case contents.MessageReceived(into=into):
                self._add(ObservedKind.MESSAGE, f"in {into}", _lines(entry))
            case contents.MessageFailed(problem=problem):
                self._add(ObservedKind.MESSAGE, f"in {problem}", _lines(entry))
            case contents.ReceiptPrinted(copy=copy):
                paper = self._session.terminal.newest_receipt(copy)
                if paper is not None:
                    self._add(ObservedKind.RECEIPT, copy, paper.text, paper.svg)
            case contents.ReceiptStopped(stopped=copy):
                self._add(ObservedKind.RECEIPT, copy, "stopped for want of paper")
            case contents.ApduExchange(step=step, command=command):
                self._add(ObservedKind.CARD, step, command)
            case contents.Beeped(tone=tone):
                self._add(ObservedKind.BEEP, tone, "")
            case _:
                return

    def _add(self, kind: ObservedKind, name: str, text: str, drawn: Callable[[], str] = lambda: "") -> None:
        after = self._session.bench.now.mono - self._from
        self._seen.append(Observation(kind, name, after, text, drawn() if self._pictures else ""))

    def _drawn(self, view: View) -> str:
        return screen_svg(view, self._session.terminal.profile)

    def _look(self) -> None:
        """What the trace does not say, when all has happened that follows from an act."""
        crashed = self._session.crashed
        if crashed is not None:
            name, _, said = crashed.detail.partition(": ")
            self._add(ObservedKind.CRASH, name, said)
            return
        self._look_at_the_acquirer()
        self._look_at_the_till()
        self._look_beside()
        self._look_at_the_lights()
        self._ask_what_is_taken()

    def _look_at_the_acquirer(self) -> None:
        """What the acquirer read in the requests that reached it: the trace has a few fields of each."""
        messages = self._session.bench.host_messages()
        for got in messages[self._arrived :]:
            fields = (f"{name}: {value}" for name, value in got.fields.items() if name not in _TRACED)
            self._add(ObservedKind.MESSAGE, f"at {got.kind}", "\n".join(fields))
        self._arrived = len(messages)

    def _look_at_the_till(self) -> None:
        """What the point of sale was told of its sales, as it wrote it down."""
        rows = self._session.bench.till.rows()
        for row in rows[self._sold :]:
            fields = (f"{name}: {value}" for name, value in row.fields.items())
            self._add(ObservedKind.TILL, row.kind, "\n".join(fields))
        self._sold = len(rows)

    def _look_beside(self) -> None:
        """The displays beside the first one, where the act has changed them: the trace has the first."""
        for name, view in self._beside().items():
            if view != self._others.get(name):
                self._others[name] = view
                self._add(ObservedKind.DISPLAY, name, view.text, partial(self._drawn, view))

    def _look_at_the_lights(self) -> None:
        """The lights of the reader that the act has changed."""
        before, lights = self._lights, self._session.terminal.lights
        for name in sorted({*before, *lights}):
            state = lights.get(name, _OFF)
            if state != before.get(name, _OFF):
                self._add(ObservedKind.LIGHT, name, state)
        self._lights = lights

    def _ask_what_is_taken(self) -> None:
        """What a guard refuses is seen where nobody presses the key, too."""
        terminal = self._session.terminal
        if not terminal.is_on:
            return
        keypad = terminal.profile.keypad
        pad = (*(key for row in keypad.layout for key in row), *keypad.keys)
        keys = dict.fromkeys(_ANY_DIGIT if key.isdigit() else key for key in pad if terminal.takes(key))
        ways = [verb for verb, how in PRESENTING.items() if terminal.wants_card(how)]
        self._add(ObservedKind.TAKEN, terminal.view().screen.id, "\n".join((*keys, *ways)))

    def _beside(self) -> dict[str, View]:
        terminal = self._session.terminal
        names = list(terminal.profile.displays)[1:] if terminal.is_on else []
        return {name: terminal.view(name) for name in names}


def _parts(act: Act) -> Iterator[Act]:
    """Key by key, since what is taken is asked behind each; any other act as it is."""
    if act[0] not in (PRESS, PRESS_BLINDLY):
        yield act
        return
    for word in act[1:]:
        yield from ((act[0], key) for key in (word if is_digits(word) else [word]))


def _lines(entry: TraceEntry) -> str:
    """The fields of an entry, a line each."""
    return "\n".join(
        f"{name}: {value}" for name, value in entry.fields.items() if isinstance(value, str | int)
    )
