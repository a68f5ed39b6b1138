"""The Language Server Protocol over standard input and output: each request is answered by the module that knows.

1. A request that fails is answered with an error and stops nothing; a text that cannot be read is a problem of the text.
2. A text is checked when it has stood still for a moment, in a thread, and only its newest version is reported.
3. A text is sent whole after each change, so that no difference in what ends a line can put the two sides apart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from terminal_sim import __version__
from terminal_sim.language_server.completion import Offer, offers_at
from terminal_sim.language_server.cures import ScriptFinding, cures_of, problems_of
from terminal_sim.language_server.document import Document, ScriptSection, Span
from terminal_sim.language_server.hover import hover_at
from terminal_sim.language_server.names import (
    NameKind,
    NamePlace,
    everywhere,
    home_of,
    macros_of,
    place_at,
    places_of,
    scripts_in,
    stored,
    used_by,
)
from terminal_sim.language_server.outline import WordKind, folds_of, words_of
from terminal_sim.language_server.positions import index_of, range_of
from terminal_sim.language_server.scopes import forget, names_of, scope_of
from terminal_sim.script.candidates import CandidateKind
from terminal_sim.script.format import formatted
from terminal_sim.script.tree import ScriptError
from terminal_sim.script.values import VARIABLES
from terminal_sim.verbs import VERBS
from terminal_sim.verbs.states import is_name

QUIET = 0.2  # seconds without a change after which a text is checked
_SOURCE = "terminal-sim"
_WORD_KINDS = [kind.value for kind in WordKind]


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
            source=_SOURCE,
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


def serve() -> None:
    """Answer the editor at the standard input and output until it leaves."""
    made().start_io()


def made() -> ScriptServer:
    """A server with all that it can answer."""
    server = ScriptServer()
    _texts(server)
    _questions(server)
    _changes(server)
    return server


def _texts(server: ScriptServer) -> None:
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


_ITEM_KINDS: Mapping[CandidateKind, types.CompletionItemKind] = {
    CandidateKind.ACT: types.CompletionItemKind.Keyword,
    CandidateKind.CARD: types.CompletionItemKind.Value,
    CandidateKind.FAULT: types.CompletionItemKind.Event,
    CandidateKind.FIELD: types.CompletionItemKind.Field,
    CandidateKind.HEADING: types.CompletionItemKind.Keyword,
    CandidateKind.ID: types.CompletionItemKind.Reference,
    CandidateKind.KEY: types.CompletionItemKind.EnumMember,
    CandidateKind.KEYWORD: types.CompletionItemKind.Keyword,
    CandidateKind.MACRO: types.CompletionItemKind.Function,
    CandidateKind.STATE: types.CompletionItemKind.Constant,
    CandidateKind.TEXT: types.CompletionItemKind.Text,
    CandidateKind.VALUE: types.CompletionItemKind.Value,
    CandidateKind.VARIABLE: types.CompletionItemKind.Variable,
}


def _questions(server: ScriptServer) -> None:
    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION,
        types.CompletionOptions(trigger_characters=[" ", '"', ":", "=", "{", "$"]),
    )
    def completion(params: types.CompletionParams) -> types.CompletionList:
        document = server.document(params.text_document.uri)
        line = params.position.line
        names = names_of(document, line, server.read)
        offers = offers_at(document, line, server.index(document, params.position), scope_of(document), names)
        fills_in = _takes_snippets(server)
        items = [
            _item(server, document, one)
            for one in offers
            if fills_in or one.candidate.text != one.candidate.form
        ]
        return types.CompletionList(is_incomplete=False, items=items)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        document = server.document(params.text_document.uri)
        line, index = params.position.line, server.index(document, params.position)
        names = names_of(document, line, server.read)
        found = hover_at(document, line, index, scope_of(document), names, server.read)
        if found is None:
            return None
        text, span = found
        content = types.MarkupContent(types.MarkupKind.Markdown, text)
        return types.Hover(content, range_of(document, span, server.encoding))

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> list[types.Location]:
        document = server.document(params.text_document.uri)
        index = server.index(document, params.position)
        token = document.token_at(params.position.line, index)
        if token is not None and token in document.settings.get("use", ()):
            path = (document.path.parent / token.text.strip('"')).resolve()
            used = server.read(path)
            whole = types.Range(types.Position(0, 0), types.Position(0, 0))
            return [] if used is None else [types.Location(server.uri_of(path), whole)]
        place = place_at(document, params.position.line, index)
        if place is None:
            return []
        if place.name.kind is NameKind.MACRO:
            found = macros_of([document, *used_by(document, server.read)]).get(place.name.text)
            heads = (
                [] if found is None else [NamePlace(found[0].path, found[1].head[1].span, place.name, True)]
            )
        else:
            heads = [one for one in places_of(document) if one.gives and one.name == place.name]
        return [one for head in heads if (one := server.location(head)) is not None]

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(params: types.ReferenceParams) -> list[types.Location]:
        document = server.document(params.text_document.uri)
        place = place_at(document, params.position.line, server.index(document, params.position))
        if place is None:
            return []
        wanted = [
            one
            for one in server.places(document, place)
            if params.context.include_declaration or not one.gives
        ]
        return [one for each in wanted if (one := server.location(each)) is not None]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        document = server.document(params.text_document.uri)
        return [_symbol(server, document, section) for section in document.sections]

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def folding(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        document = server.document(params.text_document.uri)
        return [types.FoldingRange(first, last) for first, last in folds_of(document)]

    @server.feature(
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        types.SemanticTokensLegend(token_types=_WORD_KINDS, token_modifiers=[]),
    )
    def colours(params: types.SemanticTokensParams) -> types.SemanticTokens:
        document = server.document(params.text_document.uri)
        macros = frozenset(macros_of([document, *used_by(document, server.read)]))
        data: list[int] = []
        line = start = 0
        for span, kind in words_of(document, macros):
            place = range_of(document, span, server.encoding)
            start = start if span.line == line else 0
            length = place.end.character - place.start.character
            data += [
                span.line - line,
                place.start.character - start,
                length,
                _WORD_KINDS.index(kind.value),
                0,
            ]
            line, start = span.line, place.start.character
        return types.SemanticTokens(data)


def _takes_snippets(server: ScriptServer) -> bool:
    document = server.client_capabilities.text_document
    item = document.completion.completion_item if document and document.completion else None
    return bool(item and item.snippet_support)


def _item(server: ScriptServer, document: Document, offer: Offer) -> types.CompletionItem:
    one = offer.candidate
    snippet = offer.snippet if offer.snippet and _takes_snippets(server) else ""
    form = types.InsertTextFormat.Snippet if snippet else types.InsertTextFormat.PlainText
    typed = document.line(offer.span.line)[offer.span.start : offer.span.end]
    return types.CompletionItem(
        label=one.text,
        kind=_ITEM_KINDS[one.kind],
        detail=one.form or None,
        documentation=types.MarkupContent(types.MarkupKind.Markdown, one.meaning) if one.meaning else None,
        filter_text=typed if typed and not one.text.startswith(typed) else one.text,
        insert_text_format=form,
        text_edit=types.TextEdit(range_of(document, offer.span, server.encoding), snippet or one.text),
    )


def _symbol(server: ScriptServer, document: Document, section: ScriptSection) -> types.DocumentSymbol:
    kinds = {"scenario": types.SymbolKind.Method, "macro": types.SymbolKind.Function}
    whole = types.Range(
        types.Position(section.first, 0),
        range_of(document, Span(section.last, 0, len(document.line(section.last))), server.encoding).end,
    )
    named = section.head[1] if section.name else section.head[0]
    return types.DocumentSymbol(
        name=section.name or section.word,
        kind=kinds.get(section.word, types.SymbolKind.Event),
        range=whole,
        selection_range=range_of(document, named.span, server.encoding),
        detail=section.word,
    )


def _changes(server: ScriptServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        document = server.document(params.text_document.uri)
        try:
            laid_out = document.text if document.is_too_large else formatted(document.text, document.path)
        except ScriptError:
            return []  # its problems are reported already
        if laid_out == document.text:
            return []
        end = types.Position(len(document.lines), 0)
        return [types.TextEdit(types.Range(types.Position(0, 0), end), laid_out)]

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    )
    def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        document = server.document(uri)
        found = []
        for problem in params.context.diagnostics:
            if problem.source != _SOURCE:
                continue
            start, end = problem.range.start, problem.range.end
            span = Span(start.line, server.index(document, start), server.index(document, end))
            for cure in cures_of(document, span, problem.message):
                edit = types.TextEdit(range_of(document, cure.span, server.encoding), cure.text)
                found.append(
                    types.CodeAction(
                        cure.title,
                        types.CodeActionKind.QuickFix,
                        diagnostics=[problem],
                        is_preferred=True,
                        edit=types.WorkspaceEdit(changes={uri: [edit]}),
                    )
                )
        return found

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(params: types.PrepareRenameParams) -> types.Range | None:
        document = server.document(params.text_document.uri)
        place = place_at(document, params.position.line, server.index(document, params.position))
        if place is None or _why_not(server, document, place):
            return None
        return range_of(document, place.span, server.encoding)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        document = server.document(params.text_document.uri)
        place = place_at(document, params.position.line, server.index(document, params.position))
        if place is None:
            return None
        sentence = _why_not(server, document, place) or _why_not_so(server, document, place, params.new_name)
        if sentence:
            raise ValueError(sentence)
        changes: dict[str, list[types.TextEdit]] = {}
        for one in server.places(document, place):
            location = server.location(one)
            if location is not None:
                changes.setdefault(location.uri, []).append(types.TextEdit(location.range, params.new_name))
        return types.WorkspaceEdit(changes=changes)


def _why_not(server: ScriptServer, document: Document, place: NamePlace) -> str:
    """Why what stands at a place has no other name; "" where it may have one."""
    name = place.name
    if name.kind is NameKind.MACRO:
        return "" if home_of(name.text, document, server.read) else f"{name.text} is no macro"
    if name.kind is NameKind.VARIABLE and name.text in VARIABLES:
        return f"${{{name.text}}} has its name from the language"
    given = any(one.gives and one.name == name for one in places_of(document))
    return "" if given else f"{name.text} gets its value in no line of this file"


def _why_not_so(server: ScriptServer, document: Document, place: NamePlace, new: str) -> str:
    """Why a name cannot be `new`; "" where it can."""
    kind = place.name.kind
    if kind is NameKind.MACRO:
        if not new or any(letter.isspace() for letter in new) or new[0] in '"/#$@|' or "=" in new:
            return f"{new!r} is no name of a macro: one word"
        if new in {words[0] for words in VERBS}:
            return f"{new} is an act of the language"
        return f"{new} is a macro already" if home_of(new, document, server.read) else ""
    if not is_name(new):
        return f"{new!r} is no name: letters, digits, - and _"
    if kind is NameKind.VARIABLE and new in VARIABLES:
        return f"${{{new}}} has a meaning already"
    taken = any(one.name.kind is kind and one.name.text == new for one in places_of(document))
    return f"{new} is a name in this file already" if taken else ""
