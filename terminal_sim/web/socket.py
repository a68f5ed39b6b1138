"""One WebSocket of a page or another program: inputs in the order in which they come, and everything that happens, as it happens.

1. A client says `{"seq": 1, "sub": {...}}`, `{"seq": 2, "do": "press", "terminal": "v400m-1", "keys": ["OK"]}` or
   `{"seq": 3, "lines": ["press OK"], "terminal": "v400m-1"}`; `seq` goes up from message to message.
2. Each input is answered by `{"seq": 2, "done": {...}}` or `{"seq": 2, "refused": {...}}`, after all events and screens that it caused.
3. A touch may name the generation of the screen that its user saw as `seen`: where the screen has changed since so that the element is gone or
   has moved, nothing is touched.
4. A client that names itself (`{"hello": "..."}` first) and comes back gets the old answer to a `seq` that was answered already.
5. An input is meant for the `branch` that it names, else for the one that is watched. Who watches the live branch is told `{"branch": {...}}`
   when another one becomes live, and gets nothing more until it subscribes again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from terminal_sim.bench import contents
from terminal_sim.display.view import View
from terminal_sim.web.acting import act, say
from terminal_sim.web.answered import Answered, ClientAnswers
from terminal_sim.web.bodies import read
from terminal_sim.web.branch import ServedBranch
from terminal_sim.web.branching import about_branch
from terminal_sim.web.feed import Feed, Interest
from terminal_sim.web.guard import PROTOCOL
from terminal_sim.web.operations import SAID_VERBS
from terminal_sim.web.problem import ApiProblem, ProblemKind
from terminal_sim.web.seat import ServedTerminal
from terminal_sim.web.served import ServedBench

_NOT_ARGUMENTS = ("seq", "do", "terminal", "branch", "seen")


class SocketConversation:
    """Serves one socket until either side ends it."""

    def __init__(self, served: ServedBench, answered: Answered, socket: WebSocket) -> None:
        self._served = served
        self._answered = answered
        self._socket = socket
        self._answers = ClientAnswers()
        self._feed: Feed | None = None
        self._subscribed = asyncio.Event()
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

    # On the server's loop.

    async def _push(self) -> None:
        while True:
            feed = self._feed
            if feed is None:
                self._subscribed.clear()
                await self._subscribed.wait()
                continue
            if not self._has_news(feed):
                await feed.branch.history.grown()
            if self._has_news(feed):
                await self._tell("")

    def _has_news(self, feed: Feed) -> bool:
        return feed.is_behind or feed.is_late or not self._is_watched(feed)

    def _is_watched(self, feed: Feed) -> bool:
        """Whether the branch of the feed is still the one that its watcher asked for."""
        name = feed.interest.branch or self._served.live
        return self._served.branches.get(name) is feed.branch

    async def _take(self, text: str) -> None:
        await self._tell(text)
        if self._feed is not None:
            self._subscribed.set()

    async def _tell(self, text: str) -> None:
        """Does what `text` asks for, if anything, and sends what has happened and the answer: what one input caused comes before its answer."""
        async with self._sending:
            for message in await self._served.do(lambda: list(self._messages(text))):
                await self._socket.send_text(message.decode())

    # On the bench's thread, all of it in one go: no other input comes between.

    def _messages(self, text: str) -> Iterator[bytes]:
        answer = self._answer(text) if text else b""
        for message in self._news():
            yield msgspec.json.encode(message)
        if answer:
            yield answer

    def _news(self) -> Iterator[dict[str, object]]:
        feed = self._feed
        if feed is None:
            return
        if not self._is_watched(feed):
            self._feed = None
            yield {"branch": about_branch(self._served, self._served.branch())}
            return
        yield from feed.events()
        yield from feed.screens()
        yield from feed.clock(runs=self._served.runs(feed.branch.name))

    def _answer(self, text: str) -> bytes:
        seq = 0
        try:
            said = _object(text)
            if "hello" in said:
                self._answers = self._answered.of(_text(said, "hello"))
                return b""
            seq = _seq(said)
            if "sub" in said:
                return msgspec.json.encode({"seq": seq, "done": self._subscribe(said["sub"])})
            return self._answers.once(seq, text, lambda: self._done(seq, said))
        except ApiProblem as problem:
            return msgspec.json.encode({"seq": seq, "refused": problem.as_object()})

    def _subscribe(self, wanted: object) -> dict[str, object]:
        interest = read(msgspec.json.encode(wanted), Interest)
        assert isinstance(interest, Interest)
        branch = self._served.branch(interest.branch)
        self._feed = Feed(branch, interest)
        return {
            "event": branch.history.last,
            "first": branch.history.first,
            "branch": branch.name,
            "boot": self._served.boot,
        }

    def _done(self, seq: int, said: dict[str, Any]) -> bytes:
        try:
            answer: dict[str, object] = {"seq": seq, "done": self._do(said)}
        except ApiProblem as problem:
            answer = {"seq": seq, "refused": problem.as_object()}
        return msgspec.json.encode(answer)

    def _do(self, said: dict[str, Any]) -> dict[str, object]:
        watched = self._feed.interest.branch if self._feed is not None else ""
        branch = self._served.branch(_text(said, "branch") if "branch" in said else watched)
        at = branch.terminal(_text(said, "terminal"))
        if "lines" in said:
            lines = said["lines"]
            if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
                raise ApiProblem(ProblemKind.BAD_VALUE, "lines are a list of texts", field="lines")
            return act(branch, at, lines)
        verb = SAID_VERBS.get(_text(said, "do"))
        if verb is None:
            raise ApiProblem(ProblemKind.BAD_VALUE, f"there is no verb {said['do']!r}", field="do")
        given = {key: value for key, value in said.items() if key not in _NOT_ARGUMENTS}
        if "seen" in said:
            _check_seen(branch, at, str(given.get("what", "")), said["seen"])
        return say(branch, at, verb, given)


def _check_seen(branch: ServedBranch, at: ServedTerminal, what: str, seen: object) -> None:
    """Raises `ApiProblem` where the element that its user saw is another one by now, or elsewhere."""
    if seen == at.terminal.generation:
        return
    then = next((view for generation, view in _screens(branch, at) if generation == seen), None)
    element = what.removeprefix("id:")
    was = _place(then, element) if then is not None else None
    if was is None or was != _place(at.terminal.view(), element):
        raise ApiProblem(
            ProblemKind.REFUSED, "the screen has changed since: nothing was touched", field="seen"
        )


def _screens(branch: ServedBranch, at: ServedTerminal) -> Iterator[tuple[int, View]]:
    history = branch.history
    for entry in history.after(max(history.last - 500, 0)):
        content = entry.content
        if (
            isinstance(content, contents.ScreenShown)
            and entry.terminal == at.terminal.name
            and isinstance(content.text, View)
        ):
            yield content.generation, content.text


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
