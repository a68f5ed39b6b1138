"""What the server changes in a text: its layout, a problem that has a cure, a name wherever it stands."""

from __future__ import annotations

from lsprotocol import types

from terminal_sim.language_server.cures import cures_of
from terminal_sim.language_server.document import Document, Span
from terminal_sim.language_server.names import NameKind, NamePlace, home_of, place_at, places_of
from terminal_sim.language_server.positions import range_of
from terminal_sim.language_server.server import SOURCE, ScriptServer
from terminal_sim.script.format import formatted
from terminal_sim.script.tree import ScriptError
from terminal_sim.script.values import VARIABLES
from terminal_sim.verbs import VERBS
from terminal_sim.verbs.states import is_name


def add_edits(server: ScriptServer) -> None:
    """Give the server its edits."""

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
            if problem.source != SOURCE:
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
