"""The operations that show a terminal, now or as it was: screens, pictures, receipts, journal, report, recording."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial

from terminal_sim.web.answering import Answering
from terminal_sim.web.branch import ServedBranch
from terminal_sim.web.operations import (
    AFTER,
    TERMINAL,
    HttpAnswer,
    HttpCall,
    Media,
    Operation,
    OperationReach,
    Query,
    answered,
)
from terminal_sim.web.problem import ApiProblem, ProblemKind
from terminal_sim.web.seat import Seat, ServedTerminal
from terminal_sim.web.served import ServedBench

_DISPLAY = Query("display", "the display, by its name in the profile; the first one by default", text=True)


def showing(served: ServedBench) -> Iterator[Operation]:
    """Every one, in the order in which the document shows them."""
    show = Showing(served)
    yield Operation(
        id="screen",
        method="GET",
        path=f"{TERMINAL}/screen",
        handler=show.screen,
        reach=OperationReach.MOMENT,
        query=(_DISPLAY,),
        problems=(ProblemKind.REFUSED,),
        summary="The settled screen as elements and text",
    )
    pictures = (
        ("txt", Media.TEXT, show.screen_text),
        ("svg", Media.SVG, show.screen_svg),
        ("png", Media.PNG, show.screen_png),
    )
    for ending, media, handler in pictures:
        yield Operation(
            id=f"screen_{ending}",
            method="GET",
            path=f"{TERMINAL}/screen.{ending}",
            handler=handler,
            reach=OperationReach.MOMENT,
            query=(_DISPLAY,),
            answer=media,
            problems=(ProblemKind.REFUSED,),
            summary=f"The settled screen as {media.bare}",
        )
    for ending, media, handler in (
        ("svg", Media.SVG, show.device_svg),
        ("png", Media.PNG, show.device_png),
    ):
        yield Operation(
            id=f"device_{ending}",
            method="GET",
            path=f"{TERMINAL}/device.{ending}",
            handler=handler,
            reach=OperationReach.MOMENT,
            answer=media,
            summary=f"The whole device as {media.bare}: housing, displays, keys, lights",
        )
    yield Operation(
        id="receipts",
        method="GET",
        path=f"{TERMINAL}/receipts",
        handler=show.receipts,
        reach=OperationReach.MOMENT,
        summary="What the printer has printed",
    )
    for ending, media, handler in (
        ("svg", Media.SVG, show.receipt_svg),
        ("png", Media.PNG, show.receipt_png),
    ):
        yield Operation(
            id=f"receipt_{ending}",
            method="GET",
            path=f"{TERMINAL}/receipts/{{number}}.{ending}",
            handler=handler,
            reach=OperationReach.MOMENT,
            answer=media,
            summary=f"One receipt as {media.bare}",
        )
    yield Operation(
        id="picture",
        method="GET",
        path=f"{TERMINAL}/pictures/{{name}}.png",
        handler=show.picture,
        reach=OperationReach.BRANCH,
        answer=Media.PNG,
        summary="A picture that `screenshot` took, by its name; the last 50 are kept",
    )
    yield Operation(
        id="recording",
        method="GET",
        path=f"{TERMINAL}/recording",
        handler=show.recording,
        reach=OperationReach.BRANCH,
        query=(Query("as", "keys, or pytest for a Python test; keys by default", text=True),),
        answer=Media.TEXT,
        summary="What was done at the terminal, as a script that does it again",
    )
    yield Operation(
        id="bundle",
        method="GET",
        path=f"{TERMINAL}/bundle",
        handler=show.bundle,
        reach=OperationReach.BRANCH,
        answer=Media.ZIP,
        problems=(ProblemKind.REFUSED,),
        summary="The recording, done once more on a fresh bench and kept in one file for `terminal-sim replay`",
    )
    yield Operation(
        id="journal",
        method="GET",
        path=f"{TERMINAL}/journal",
        handler=show.journal,
        reach=OperationReach.MOMENT,
        query=(AFTER,),
        summary="The rows of the terminal's journal",
    )
    yield Operation(
        id="report",
        method="GET",
        path=f"{TERMINAL}/report",
        handler=show.report,
        reach=OperationReach.MOMENT,
        summary="The payment transactions report",
    )


class Showing(Answering):
    """What each of them shows."""

    async def screen(self, call: HttpCall) -> HttpAnswer:
        def screen(at: Seat) -> dict[str, object]:
            view = at.view(_display(call, at))
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

        return answered(await self.at_seat(call, screen))

    async def screen_text(self, call: HttpCall) -> HttpAnswer:
        text = await self.at_seat(call, lambda at: at.view(_display(call, at)).text)
        return HttpAnswer(f"{text}\n".encode(), Media.TEXT)

    async def screen_svg(self, call: HttpCall) -> HttpAnswer:
        return HttpAnswer((await self.at_seat(call, lambda at: _picture(call, at))).encode(), Media.SVG)

    async def screen_png(self, call: HttpCall) -> HttpAnswer:
        return HttpAnswer(await self.at_seat(call, lambda at: _png(_picture(call, at))), Media.PNG)

    async def device_svg(self, call: HttpCall) -> HttpAnswer:
        return HttpAnswer((await self.at_seat(call, Seat.drawing)).encode(), Media.SVG)

    async def device_png(self, call: HttpCall) -> HttpAnswer:
        return HttpAnswer(await self.at_seat(call, lambda at: _png(at.drawing())), Media.PNG)

    async def receipts(self, call: HttpCall) -> HttpAnswer:
        def receipts(at: Seat) -> list[dict[str, object]]:
            printed = enumerate(at.terminal.receipts, 1)
            return [{"n": n, "copy": each.copy, "text": each.text} for n, each in printed]

        return answered(await self.at_seat(call, receipts))

    async def receipt_svg(self, call: HttpCall) -> HttpAnswer:
        return HttpAnswer((await self.at_seat(call, lambda at: _receipt(call, at))).encode(), Media.SVG)

    async def receipt_png(self, call: HttpCall) -> HttpAnswer:
        return HttpAnswer(await self.at_seat(call, lambda at: _png(_receipt(call, at))), Media.PNG)

    async def picture(self, call: HttpCall) -> HttpAnswer:
        name = call.path["name"]

        def picture(_: ServedBranch, at: ServedTerminal) -> bytes:
            taken = at.lines.taken.taken
            if name not in taken:
                raise ApiProblem.missing("picture", name, taken)
            return taken[name].png

        return HttpAnswer(await self.at_terminal(call, picture), Media.PNG)

    async def recording(self, call: HttpCall) -> HttpAnswer:
        wanted = str(call.query.get("as") or "keys")
        if wanted not in ("keys", "pytest"):
            raise ApiProblem(ProblemKind.BAD_VALUE, "a recording comes as keys or as pytest", field="as")
        script = await self.at_terminal(call, lambda _, at: at.recorder.recording())
        text = script.keys() if wanted == "keys" else script.pytest()
        return HttpAnswer(text.encode(), Media.TEXT)

    async def bundle(self, call: HttpCall) -> HttpAnswer:
        recorded = await self.at_terminal(call, lambda _, at: at.recorder.recording())
        # Imported here: a page that opens wants no bundle.
        from terminal_sim.web.recorded_run import bundle_of

        return HttpAnswer(
            await asyncio.wrap_future(self._served.script_runs.beside(partial(bundle_of, recorded))),
            Media.ZIP,
            headers={"content-disposition": f'attachment; filename="{call.path["terminal"]}.tsim"'},
        )

    async def journal(self, call: HttpCall) -> HttpAnswer:
        after = int(call.query.get("after", 0))
        return answered(await self.at_seat(call, lambda at: journal_rows(at, after)))

    async def report(self, call: HttpCall) -> HttpAnswer:
        return answered(await self.at_seat(call, lambda at: at.terminal.report()))


def journal_rows(at: Seat, after: int = 0) -> list[dict[str, object]]:
    """The rows of the terminal's journal without the first `after` ones."""
    return [
        {"seq": row.seq, "boot": row.boot, "t": row.mono, "wall": row.wall, "kind": row.kind, **row.fields}
        for row in at.terminal.journal(after)
    ]


def _display(call: HttpCall, at: Seat) -> str:
    if not at.terminal.is_on:
        raise ApiProblem(ProblemKind.REFUSED, f"{at.id} is off")
    name = str(call.query.get("display") or "")
    displays = list(at.terminal.profile.displays)
    if name and name not in displays:
        raise ApiProblem(
            ProblemKind.BAD_VALUE, f"{at.id} has the displays {', '.join(displays)}", field="display"
        )
    return name or displays[0]


def _picture(call: HttpCall, at: Seat) -> str:
    from terminal_sim.display.svg import screen_svg

    return screen_svg(at.view(_display(call, at)), at.terminal.profile)


def _receipt(call: HttpCall, at: Seat) -> str:
    number, printed = call.path["number"], at.terminal.receipts
    if not (number.isascii() and number.isdigit() and len(number) < 10 and 0 < int(number) <= len(printed)):
        raise ApiProblem(
            ProblemKind.NOT_FOUND, f"{at.id} has printed {len(printed)} receipts, counted from 1"
        )
    return printed[int(number) - 1].svg()


def _png(svg: str) -> bytes:
    from terminal_sim.display.png import png

    return png(svg)
