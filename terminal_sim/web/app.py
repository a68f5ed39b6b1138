"""The ASGI application of a served bench: routes from the table of operations, behind the guard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from terminal_sim.web.answered import Answered
from terminal_sim.web.api import PREFIX, operations
from terminal_sim.web.documentation import documentation
from terminal_sim.web.files import page_files
from terminal_sim.web.guard import Access, Application, Guard, Receive, Scope, Send, refuse
from terminal_sim.web.openapi import document
from terminal_sim.web.operations import HttpAnswer, HttpCall, Operation, Query
from terminal_sim.web.problem import MEDIA_TYPE, ApiProblem, ProblemKind
from terminal_sim.web.served import ServedBench
from terminal_sim.web.socket import SocketConversation

MOST_SOCKETS = 256
_STATUS = {
    404: (ProblemKind.NOT_FOUND, "there is no such path"),
    405: (ProblemKind.NO_METHOD, "this path has no such method"),
}


def application(
    served: ServedBench, access: Access, *, version: str, server: str, page: bool = True
) -> Application:
    """The application; `server` is the address that it is served at. It has the bench page where `page` says so."""
    table = operations(served)
    description = document(table, prefix=PREFIX, version=version, server=server)

    door = SocketDoor(served)

    async def openapi(_: Request) -> Response:
        return JSONResponse(description)

    async def docs(_: Request) -> Response:
        return HTMLResponse(documentation(description))

    app = Starlette(
        routes=[
            *(Route(PREFIX + each.path, _endpoint(each), methods=[each.method]) for each in table),
            Route(f"{PREFIX}/openapi.json", openapi),
            Route("/docs", docs),
            *((Route("/", _page), Route("/page/{name:path}", _page)) if page else ()),
            WebSocketRoute(f"{PREFIX}/ws", door),
        ],
        exception_handlers={ApiProblem: _problem, HTTPException: _http},
    )
    return Guard(app, access)


class SocketDoor:
    """Lets in the WebSockets of at most `MOST_SOCKETS` clients at a time (an ASGI application)."""

    def __init__(self, served: ServedBench) -> None:
        self._served = served
        self._answered = Answered()
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._open >= MOST_SOCKETS:
            problem = ApiProblem(ProblemKind.TOO_MANY, f"{MOST_SOCKETS} sockets are open: close one first")
            await refuse(scope, send, problem)
            return
        self._open += 1
        try:
            await SocketConversation(self._served, self._answered, WebSocket(scope, receive, send)).run()
        finally:
            self._open -= 1


async def _page(request: Request) -> Response:
    """A file of the page, by its path in a closed list."""
    found = page_files().get(request.scope["path"])
    if found is None:
        raise HTTPException(404)
    return Response(found[0], headers={"content-type": found[1]})


def _endpoint(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    wanted = "text/plain" if operation.takes_text else "application/json"
    has_body = operation.method == "POST"

    async def answer(request: Request) -> Response:
        if has_body:
            media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if media != wanted:
                raise ApiProblem(ProblemKind.NOT_THAT_TYPE, f"the body is to be {wanted}")
        call = HttpCall(
            path=dict(request.path_params),
            query=_query(operation.parameters, request.query_params),
            body=await request.body() if has_body else b"",
            headers=request.headers,
        )
        found: HttpAnswer = await operation.handler(call)
        if not isinstance(found.body, bytes):
            return StreamingResponse(found.body, headers={"content-type": found.media.value})
        return Response(
            found.body,
            status_code=max(found.status, operation.status),
            media_type=found.media.value,
            headers=found.headers,
        )

    return answer


def _query(known: tuple[Query, ...], given: Mapping[str, str]) -> dict[str, str | int]:
    """The parameters that the operation has. Raises `ApiProblem` for a wrong one and for one that it has not."""
    names = {each.name: each for each in known}
    read: dict[str, str | int] = {}
    for name, text in given.items():
        if name not in names:
            raise ApiProblem(ProblemKind.BAD_VALUE, f"there is no parameter {name!r} here", field=name)
        if names[name].text:
            read[name] = text
            continue
        if not (text.isascii() and text.isdigit() and len(text) < 17 and int(text) <= names[name].maximum):
            raise ApiProblem(
                ProblemKind.BAD_VALUE, f"{name} is a number up to {names[name].maximum}", field=name
            )
        read[name] = int(text)
    return read


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiProblem)
    return Response(error.as_bytes(), status_code=error.kind.status, media_type=MEDIA_TYPE)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind, detail = _STATUS.get(error.status_code, (ProblemKind.BAD_VALUE, str(error.detail)))
    response = await _problem(request, ApiProblem(kind, detail))
    response.headers.update(error.headers or {})
    return response
