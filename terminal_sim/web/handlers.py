"""What each operation of the API does with the served bench."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from terminal_sim.bench import BenchMisuse, Duration, JournalError, ProfileError
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import Verb
from terminal_sim.web.acting import act, say
from terminal_sim.web.bodies import Acts, ClockChange, NewTerminal, read, read_object
from terminal_sim.web.entries import detailed, flat
from terminal_sim.web.operations import HttpAnswer, HttpCall, Media, answered
from terminal_sim.web.problem import ApiProblem, ProblemKind
from terminal_sim.web.served import ServedBench, ServedTerminal
from terminal_sim.web.stream import stream

T = TypeVar("T")


class Handlers:
    """`served` is the bench that they work on."""

    def __init__(self, served: ServedBench) -> None:
        self._served = served

    # The bench and its clock.

    async def bench(self, _: HttpCall) -> HttpAnswer:
        return answered(await self._served.do(self._standing))

    async def change_clock(self, call: HttpCall) -> HttpAnswer:
        change = read(call.body, ClockChange)
        assert isinstance(change, ClockChange)
        given = [name for name in change.__struct_fields__ if getattr(change, name) is not None]
        if len(given) != 1 or change.next is False:
            raise ApiProblem(
                ProblemKind.BAD_VALUE,
                "say one of advance, next (true), run or set",
                field="".join(given[1:2]),
            )
        if change.run is not None:
            await (self._served.run() if change.run else self._served.pause())
        else:
            await self._served.do(partial(self._move_clock, change))
        return answered(await self._served.do(self._standing))

    def _move_clock(self, change: ClockChange) -> None:
        bench = self._served.bench
        try:
            if change.set is not None:
                bench.set_clock(change.set)
            elif change.advance is not None:
                bench.advance(Duration.parse(change.advance))
            else:
                deadline = bench.next_deadline()
                if deadline is None:
                    raise ApiProblem(ProblemKind.REFUSED, "nothing is due on this bench", field="next")
                bench.advance(Duration(max(deadline.at - bench.now.mono, 0)))
        except BenchMisuse as refused:
            raise ApiProblem(ProblemKind.REFUSED, str(refused)) from None
        except ValueError as wrong:
            raise ApiProblem(
                ProblemKind.BAD_VALUE, str(wrong), field="advance" if change.set is None else "set"
            ) from None

    def _standing(self) -> dict[str, object]:
        bench = self._served.bench
        deadline = bench.next_deadline()
        return {
            "clock": bench.now.civil.isoformat(timespec="milliseconds"),
            "t": bench.now.mono,
            "running": self._served.is_running,
            "event": self._served.history.last,
            "next": None
            if deadline is None
            else {"t": deadline.at, "what": deadline.name, "terminal": deadline.terminal},
            "terminals": list(self._served.terminals),
            "violations": bench.violations(),
        }

    # Terminals.

    async def terminals(self, _: HttpCall) -> HttpAnswer:
        return answered(
            await self._served.do(lambda: [each.about() for each in self._served.terminals.values()])
        )

    async def add_terminal(self, call: HttpCall) -> HttpAnswer:
        wanted = read(call.body, NewTerminal)
        assert isinstance(wanted, NewTerminal)
        return answered(await self._served.do(partial(self._add, wanted)), 201)

    def _add(self, wanted: NewTerminal) -> dict[str, object]:
        if wanted.profile not in vocabulary().profiles:
            # A path of the server's machine is no business of a request.
            raise ApiProblem(
                ProblemKind.BAD_VALUE, f"there is no profile {wanted.profile!r}", field="profile"
            )
        try:
            return self._served.add(wanted.profile, locale=wanted.locale, options=wanted.options).about()
        except (ProfileError, BenchMisuse) as wrong:
            raise ApiProblem(
                ProblemKind.BAD_VALUE, str(wrong), field="options" if wanted.options else "locale"
            ) from None
        except JournalError as refused:
            raise ApiProblem(ProblemKind.REFUSED, str(refused)) from None

    async def terminal(self, call: HttpCall) -> HttpAnswer:
        return answered(await self._at(call, ServedTerminal.about))

    async def acts(self, call: HttpCall) -> HttpAnswer:
        wanted = read(call.body, Acts)
        assert isinstance(wanted, Acts)
        return answered(await self._at(call, lambda at: act(self._served, at, wanted.lines)))

    async def lines(self, call: HttpCall) -> HttpAnswer:
        try:
            text = call.body.decode()
        except UnicodeDecodeError:
            raise ApiProblem(ProblemKind.BAD_VALUE, "the lines are no UTF-8", field="body") from None
        lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n")]
        wanted = [line for line in lines if line and not line.startswith("#")]
        return answered(await self._served.do(lambda: act(self._served, self._chosen(call), wanted)))

    def _chosen(self, call: HttpCall) -> ServedTerminal:
        name = str(call.query.get("terminal", ""))
        if not name and not self._served.terminals:
            raise ApiProblem(ProblemKind.REFUSED, "there is no terminal on this bench yet")
        return self._served.terminal(name or next(iter(self._served.terminals)))

    def verb(self, verb: Verb) -> Callable[[HttpCall], Awaitable[HttpAnswer]]:
        """The operation that does one verb with its arguments by name."""

        async def do(call: HttpCall) -> HttpAnswer:
            given = read_object(call.body)
            return answered(await self._at(call, lambda at: say(self._served, at, verb, given)))

        return do

    # What it shows.

    async def screen(self, call: HttpCall) -> HttpAnswer:
        return answered(await self._at(call, partial(self._screen, call)))

    def _screen(self, call: HttpCall, at: ServedTerminal) -> dict[str, object]:
        view = at.terminal.view(self._display(call, at))
        items = [
            {"id": item.id, "role": item.role.value, "text": item.text, "touchable": item.touchable}
            for item in view.items
        ]
        return {
            "generation": at.terminal.generation,
            "id": view.screen.id,
            "locale": view.locale,
            "items": items,
            "text": view.text,
        }

    async def screen_text(self, call: HttpCall) -> HttpAnswer:
        text = await self._at(call, lambda at: at.terminal.view(self._display(call, at)).text)
        return HttpAnswer(f"{text}\n".encode(), Media.TEXT)

    async def screen_svg(self, call: HttpCall) -> HttpAnswer:
        return HttpAnswer((await self._at(call, lambda at: self._picture(call, at))).encode(), Media.SVG)

    def _picture(self, call: HttpCall, at: ServedTerminal) -> str:
        from terminal_sim.display.svg import screen_svg

        return screen_svg(at.terminal.view(self._display(call, at)), at.terminal.profile)

    async def device_svg(self, call: HttpCall) -> HttpAnswer:
        return HttpAnswer((await self._at(call, _device)).encode(), Media.SVG)

    async def device_png(self, call: HttpCall) -> HttpAnswer:
        from terminal_sim.display.png import png

        return HttpAnswer(await self._at(call, lambda at: png(_device(at))), Media.PNG)

    def _display(self, call: HttpCall, at: ServedTerminal) -> str:
        if not at.terminal.is_on:
            raise ApiProblem(ProblemKind.REFUSED, f"{at.id} is off")
        name = str(call.query.get("display") or "")
        displays = list(at.terminal.profile.displays)
        if name and name not in displays:
            raise ApiProblem(
                ProblemKind.BAD_VALUE, f"{at.id} has the displays {', '.join(displays)}", field="display"
            )
        return name or displays[0]

    # What it has done.

    async def receipts(self, call: HttpCall) -> HttpAnswer:
        def receipts(at: ServedTerminal) -> list[dict[str, object]]:
            printed = enumerate(at.terminal.receipts, 1)
            return [{"n": n, "copy": each.copy, "text": each.text} for n, each in printed]

        return answered(await self._at(call, receipts))

    async def receipt_svg(self, call: HttpCall) -> HttpAnswer:
        def receipt(at: ServedTerminal) -> str:
            number, printed = call.path["number"], at.terminal.receipts
            if not (
                number.isascii() and number.isdigit() and len(number) < 10 and 0 < int(number) <= len(printed)
            ):
                raise ApiProblem(
                    ProblemKind.NOT_FOUND, f"{at.id} has printed {len(printed)} receipts, counted from 1"
                )
            return printed[int(number) - 1].svg()

        return HttpAnswer((await self._at(call, receipt)).encode(), Media.SVG)

    async def recording(self, call: HttpCall) -> HttpAnswer:
        wanted = str(call.query.get("as") or "keys")
        if wanted not in ("keys", "pytest"):
            raise ApiProblem(ProblemKind.BAD_VALUE, "a recording comes as keys or as pytest", field="as")

        def recorded(at: ServedTerminal) -> str:
            script = at.recorder.recording()
            return script.keys() if wanted == "keys" else script.pytest()

        return HttpAnswer((await self._at(call, recorded)).encode(), Media.TEXT)

    async def journal(self, call: HttpCall) -> HttpAnswer:
        def rows(at: ServedTerminal) -> list[dict[str, object]]:
            after = int(call.query.get("after", 0))
            return [
                {
                    "seq": row.seq,
                    "boot": row.boot,
                    "t": row.mono,
                    "wall": row.wall,
                    "kind": row.kind,
                    **row.fields,
                }
                for row in at.terminal.journal(after)
            ]

        return answered(await self._at(call, rows))

    async def report(self, call: HttpCall) -> HttpAnswer:
        return answered(await self._at(call, lambda at: at.terminal.report()))

    async def host_messages(self, _: HttpCall) -> HttpAnswer:
        return answered(await self._served.do(self._messages))

    def _messages(self) -> list[dict[str, object]]:
        return [
            {"kind": each.kind, "mti": each.mti, **each.fields} for each in self._served.bench.host_messages()
        ]

    async def trace(self, call: HttpCall) -> HttpAnswer:
        limit = int(call.query.get("limit", 1_000))
        entries = list(self._served.history.after(int(call.query.get("after", 0))))[:limit]
        text = "".join(json.dumps(flat(entry), ensure_ascii=False) + "\n" for entry in entries)
        return HttpAnswer(
            text.encode(), Media.LINES, headers={"x-first-event": str(self._served.history.first)}
        )

    async def entry(self, call: HttpCall) -> HttpAnswer:
        number = call.path["number"]
        known = number.isascii() and number.isdigit() and len(number) < 16
        entry = self._served.history.entry(int(number)) if known else None
        if entry is None:
            first, last = self._served.history.first, self._served.history.last
            raise ApiProblem(
                ProblemKind.NOT_FOUND, f"there is no event {number}; there are {first} to {last}"
            )
        return answered(detailed(entry))

    async def events(self, call: HttpCall) -> HttpAnswer:
        known = call.query.get("after", call.headers.get("last-event-id", "0"))
        text = str(known)
        if not (text.isascii() and text.isdigit() and len(text) < 17):
            raise ApiProblem(
                ProblemKind.BAD_VALUE, "Last-Event-ID is the number of an event", field="Last-Event-ID"
            )
        return HttpAnswer(stream(self._served, int(text)), Media.EVENTS)

    async def _at(self, call: HttpCall, what: Callable[[ServedTerminal], T]) -> T:
        return await self._served.do(lambda: what(self._served.terminal(call.path["terminal"])))


def _device(at: ServedTerminal) -> str:
    from terminal_sim.display.device import device_svg

    return device_svg(at.terminal.profile, at.terminal.appearance())
