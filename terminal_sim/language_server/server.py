"""The server of an editor over the Language Server Protocol: the open documents, and when each is checked.

1. A request that fails is answered with an error and stops nothing; a text that cannot be read is a problem of the text.
2. A text is checked when it has stood still for a moment, in a thread, and only its newest version is reported.
3. A text is sent whole after each change, so that no difference in what ends a line can put the two sides apart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from terminal_sim import __version__
from terminal_sim.language_server.cures import ScriptFinding, problems_of
from terminal_sim.language_server.document import Document
from terminal_sim.language_server.names import NameKind, NamePlace, everywhere, scripts_in, stored, used_by
from terminal_sim.language_server.positions import index_of, range_of

QUIET = 0.2  # seconds without a change after which a text is checked
SOURCE = "terminal-sim"


class ScriptServer(LanguageServer):
    """The open documents, each as its newest text, and what is planned for them."""

    def __init__(self) -> None:
        super().__init__("terminal-sim", __version__, types.TextDocumentSyncKind.Full)
        self._documents: dict[str, Document] = {}
        self._checks: dict[str, asyncio.Task[None]] = {}

    @property
    def encoding(self) -> types.PositionEncodingKind | str | None:
        return self.workspace.position_encoding

    def document(self, uri: str) -> Document:
        """The newest text of an open document, or the stored file."""
        text = self.workspace.get_text_document(uri).source
        known = self._documents.get(uri)
        if known is None or known.text is not text:
            known = self._documents[uri] = Document(path_of(uri), text)
        return known

    def read(self, path: Path) -> Document | None:
        """The document of a file as an editor has it, or as it is stored."""
        uri = next((uri for uri in self.workspace.text_documents if path_of(uri) == path), None)
        return stored(path) if uri is None else self.document(uri)

    def close(self, uri: str) -> None:
        self._documents.pop(uri, None)
        task = self._checks.pop(uri, None)
        if task is not None:
            task.cancel()
        self._publish(uri, None, [])

    def plan_checks(self, uri: str) -> None:
        """Check a document, and those that use it, when they have stood still for a moment."""
        changed = path_of(uri)
        for one in self.workspace.text_documents:
            if one == uri or changed in {used.path for used in used_by(self.document(one), self.read)}:
                self._plan_check(one)

    def _plan_check(self, uri: str) -> None:
        before = self._checks.get(uri)
        if before is not None:
            before.cancel()
        self._checks[uri] = asyncio.ensure_future(self._check(uri))

    async def _check(self, uri: str) -> None:
        await asyncio.sleep(QUIET)
        document = self.document(uri)
        unsaved = {path_of(one): self.document(one).text for one in self.workspace.text_documents}
        found = await asyncio.to_thread(problems_of, document, unsaved)
        if uri in self._checks and self.document(uri) is document:
            self._publish(uri, document, found)

    def _publish(self, uri: str, document: Document | None, found: Sequence[ScriptFinding]) -> None:
        diagnostics = [] if document is None else [self._diagnostic(document, one) for one in found]
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics))

    def _diagnostic(self, document: Document, one: ScriptFinding) -> types.Diagnostic:
        return types.Diagnostic(
            range_of(document, one.span, self.encoding),
            one.sentence,
            types.DiagnosticSeverity.Error,
            code=one.code.value,
            source=SOURCE,
        )

    def index(self, document: Document, position: types.Position) -> int:
        return index_of(document.line(position.line), position.character, self.encoding)

    def location(self, place: NamePlace) -> types.Location | None:
        document = self.read(place.path)
        if document is None:
            return None
        return types.Location(self.uri_of(place.path), range_of(document, place.span, self.encoding))

    def uri_of(self, path: Path) -> str:
        """The address under which a document is open, or that of the file."""
        opened = next((uri for uri in self.workspace.text_documents if path_of(uri) == path), None)
        return opened or from_fs_path(str(path)) or path.as_uri()

    def neighbours(self, document: Document) -> list[Document]:
        """The open documents, and the scripts of the workspace and of the folder of this one."""
        folders = {document.path.parent, *(path_of(uri) for uri in self.workspace.folders)}
        paths = {path_of(uri) for uri in self.workspace.text_documents}
        for folder in folders:
            paths.update(scripts_in(folder))
        return [one for path in sorted(paths) if (one := self.read(path)) is not None]

    def places(self, document: Document, place: NamePlace) -> list[NamePlace]:
        """Every place of the name that stands at a place."""
        others = self.neighbours(document) if place.name.kind is NameKind.MACRO else []
        return everywhere(place.name, document, others, self.read)


def path_of(uri: str) -> Path:
    """The file of a document; a name of its own for one that is in no file yet."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path).resolve() if path else Path(uri.rpartition(":")[2] or "untitled.keys")
