"""One WebSocket of a page or another program: inputs in the order in which they come, and everything that happens, as it happens.

1. A client says `{"seq": 1, "sub": {...}}`, `{"seq": 2, "do": "press", "terminal": "v400m-1", "keys": ["OK"]}` or
   `{"seq": 3, "lines": ["press OK"], "terminal": "v400m-1"}`; `seq` goes up from message to message.
2. Each input is answered by `{"seq": 2, "done": {...}}` or `{"seq": 2, "refused": {...}}`, after all events and screens that it caused.
3. A touch may name the generation of the screen that its user saw as `seen`: where the screen has changed since so that the element is gone or
   has moved, nothing is touched.
4. A client that names itself (`{"hello": "..."}` first) and comes back gets the old answer to a `seq` that was answered already.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from functools import partial
from typing import Any

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from terminal_sim.bench import contents
from terminal_sim.display.view import View
from terminal_sim.verbs import Verb
from terminal_sim.web.acting import act, say
from terminal_sim.web.bodies import read
from terminal_sim.web.feed import Feed, Interest
from terminal_sim.web.guard import PROTOCOL
from terminal_sim.web.operations import SAID_VERBS
from terminal_sim.web.problem import ApiProblem, ProblemKind
from terminal_sim.web.served import ServedBench, ServedTerminal

_CLIENTS = 64
_ANSWERS = 200


class Answered:
    """The last answers that each named client got, by their `seq`."""

    def __init__(self) -> None:
        self._clients: OrderedDict[str, OrderedDict[int, bytes]] = OrderedDict()

    def of(self, client: str) -> OrderedDict[int, bytes]:
        answers = self._clients.setdefault(client, OrderedDict())
        self._clients.move_to_end(client)
        while len(self._clients) > _CLIENTS:
            self._clients.popitem(last=False)
        return answers


class SocketConversation:
    """Serves one socket until either side ends it."""

    def __init__(self, served: ServedBench, answered: Answered, socket: WebSocket) -> None:
        self._served = served
        self._answered = answered
        self._socket = socket
        self._answers: OrderedDict[int, bytes] = OrderedDict()
        self._feed: Feed | None = None
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        await self._socket.accept(subprotocol=PROTOCOL)
        pushing = asyncio.create_task(self._push())
        try:
            while True:
                await self._take(await self._socket.receive_text())
        except (WebSocketDisconnect, KeyError):
            pass  # KeyError: the client sent bytes where text is wanted, and is let go
        finally:
            pushing.cancel()
            await asyncio.gather(pushing, return_exceptions=True)

    # What happens.

    async def _push(self) -> None:
        while True:
            if self._feed is None or not self._feed.is_behind:
                await self._served.history.grown()
            await self._tell()

    async def _tell(self, last: bytes = b"") -> None:
        """Sends what has happened, and then `last`."""
        async with self._sending:
            if self._feed is not None:
                # A screen that was drawn later than an event may be sent before that event's batch, never after an older screen.
                for message in self._feed.events():
                    await self._send(message)
                for message in await self._served.do(self._feed.screens):
                    await self._send(message)
            if last:
                await self._socket.send_text(last.decode())

    async def _send(self, message: dict[str, object]) -> None:
        await self._socket.send_text(msgspec.json.encode(message).decode())

    # What is asked.

    async def _take(self, text: str) -> None:
        seq = 0
        try:
            said = _object(text)
            if "hello" in said:
                self._answers = self._answered.of(_text(said, "hello"))
                return
            seq = _seq(said)
            if seq in self._answers:
                await self._tell(self._answers[seq])
                return
            answer = {"seq": seq, "done": await self._do(said)}
        except ApiProblem as problem:
            answer = {"seq": seq, "refused": problem.as_object()}
        encoded = msgspec.json.encode(answer)
        if seq:
            self._answers[seq] = encoded
            while len(self._answers) > _ANSWERS:
                self._answers.popitem(last=False)
        await self._tell(encoded)

    async def _do(self, said: dict[str, Any]) -> dict[str, object]:
        if "sub" in said:
            interest = read(msgspec.json.encode(said["sub"]), Interest)
            assert isinstance(interest, Interest)
            self._feed = Feed(self._served, interest)
            return {"event": self._served.history.last, "first": self._served.history.first}
        name = _text(said, "terminal")
        if "lines" in said:
            lines = said["lines"]
            if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
                raise ApiProblem(ProblemKind.BAD_VALUE, "lines are a list of texts", field="lines")
            return await self._served.do(lambda: act(self._served, self._served.terminal(name), lines))
        verb = SAID_VERBS.get(_text(said, "do"))
        if verb is None:
            raise ApiProblem(ProblemKind.BAD_VALUE, f"there is no verb {said['do']!r}", field="do")
        given = {key: value for key, value in said.items() if key not in ("seq", "do", "terminal", "seen")}
        return await self._served.do(partial(self._say, name, verb, given, said.get("seen")))

    def _say(self, name: str, verb: Verb, given: dict[str, object], seen: object) -> dict[str, object]:
        """In one go on the bench's thread: no other act comes between what its user saw and what is done."""
        at = self._served.terminal(name)
        if seen is not None:
            self._check_seen(at, str(given.get("what", "")), seen)
        return say(self._served, at, verb, given)

    def _check_seen(self, at: ServedTerminal, what: str, seen: object) -> None:
        """Raises `ApiProblem` where the element that its user saw is another one by now, or elsewhere."""
        if seen == at.terminal.generation:
            return
        then = next((view for view in self._screens(at) if view[0] == seen), None)
        element = what.removeprefix("id:")
        was = _place(then[1], element) if then is not None else None
        if was is None or was != _place(at.terminal.view(), element):
            raise ApiProblem(
                ProblemKind.REFUSED, "the screen has changed since: nothing was touched", field="seen"
            )

    def _screens(self, at: ServedTerminal) -> list[tuple[int, View]]:
        history = self._served.history
        found = []
        for entry in history.after(max(history.last - 500, 0)):
            content = entry.content
            if (
                isinstance(content, contents.ScreenShown)
                and entry.terminal == at.terminal.name
                and isinstance(content.text, View)
            ):
                found.append((content.generation, content.text))
        return found


def _place(view: View, element: str) -> tuple[object, object] | None:
    for item in view.items:
        if item.id == element or (item.key and f"key-{item.key}" == element):
            return view.screen.id, item.bounds
    return None


def _object(text: str) -> dict[str, Any]:
    try:
        said = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise ApiProblem(ProblemKind.NOT_JSON, "the message is no JSON") from None
    if not isinstance(said, dict):
        raise ApiProblem(ProblemKind.BAD_VALUE, "a message is an object")
    return said


def _seq(said: dict[str, Any]) -> int:
    seq = said.get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 < seq < 2**53:
        raise ApiProblem(ProblemKind.BAD_VALUE, "seq is a number from 1 on", field="seq")
    return seq


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or len(value) > 200:
        raise ApiProblem(ProblemKind.BAD_VALUE, f"{name} is a text", field=name)
    return value
