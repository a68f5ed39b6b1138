"""Serves one editor at the standard input and output."""

from __future__ import annotations

from lsprotocol import types

from terminal_sim.language_server.answers import add_answers
from terminal_sim.language_server.edits import add_edits
from terminal_sim.language_server.scopes import forget
from terminal_sim.language_server.server import ScriptServer


def serve() -> None:
    """Answer the editor at the standard input and output until it leaves."""
    made().start_io()


def made() -> ScriptServer:
    """A server with all that it can answer."""
    server = ScriptServer()
    _add_texts(server)
    add_answers(server)
    add_edits(server)
    return server


def _add_texts(server: ScriptServer) -> None:
    """What the server does when a text is opened, changed, saved or closed."""

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.plan_checks(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.plan_checks(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(_: types.DidSaveTextDocumentParams) -> None:
        forget()
        for uri in server.workspace.text_documents:
            server.plan_checks(uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.close(params.text_document.uri)
