"""What the server answers about a text: completion, hover, definitions, references, symbols, folding, colours."""

from __future__ import annotations

from collections.abc import Mapping

from lsprotocol import types

from terminal_sim.language_server.completion import Offer, offers_at
from terminal_sim.language_server.document import Document, ScriptSection, Span
from terminal_sim.language_server.hover import hover_at
from terminal_sim.language_server.names import NameKind, NamePlace, macros_of, place_at, places_of, used_by
from terminal_sim.language_server.outline import WordKind, folds_of, words_of
from terminal_sim.language_server.positions import range_of
from terminal_sim.language_server.scopes import names_of, scope_of
from terminal_sim.language_server.server import ScriptServer
from terminal_sim.script.candidates import CandidateKind

_WORD_KINDS = [kind.value for kind in WordKind]
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


def add_answers(server: ScriptServer) -> None:
    """Give the server its answers."""

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
