"""An editor that talks to `terminal-sim lsp` as a process, by the client of pygls over standard input and output."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.patience import PATIENCE

pygls = pytest.importorskip("pygls", reason="pygls is missing: pip install 'terminal-sim[lsp]'")
from lsprotocol import types  # noqa: E402
from pygls.lsp.client import LanguageClient  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
CURSOR = "█"

T = TypeVar("T")


class Editor:
    """Opens texts, which need not be files, and asks about the place of the cursor `█` in them."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.client = LanguageClient("a-test", "1")
        self.told: dict[str, list[types.Diagnostic]] = {}
        self.news = asyncio.Event()
        self.versions = iter(range(1, 1_000_000))
        self.opened: set[str] = set()
        self.kinds: list[str] = []

        feature: Callable[[str], Callable[[object], object]] = self.client.feature

        def published(params: types.PublishDiagnosticsParams) -> None:
            self.told[params.uri] = list(params.diagnostics)
            self.news.set()

        feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(published)

    def start(self, folder: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}"}
        self.wait(self.client.start_io(sys.executable, "-m", "terminal_sim", "lsp", env=environment))
        snippets = types.ClientCompletionItemOptions(snippet_support=True)
        found = self.wait(
            self.client.initialize_async(
                types.InitializeParams(
                    capabilities=types.ClientCapabilities(
                        text_document=types.TextDocumentClientCapabilities(
                            completion=types.CompletionClientCapabilities(completion_item=snippets)
                        )
                    ),
                    root_uri=folder.as_uri(),
                    workspace_folders=[types.WorkspaceFolder(folder.as_uri(), "tests")],
                )
            )
        )
        self.client.initialized(types.InitializedParams())
        colours = found.capabilities.semantic_tokens_provider
        assert colours is not None
        self.kinds = list(colours.legend.token_types)

    def stop(self) -> None:
        self.wait(self.client.shutdown_async(None))
        self.client.exit(None)
        stop: Callable[[], Coroutine[Any, Any, None]] = self.client.stop
        self.wait(stop())
        self.loop.close()

    def wait(self, awaited: Coroutine[Any, Any, T] | asyncio.Future[T]) -> T:
        return self.loop.run_until_complete(asyncio.wait_for(awaited, PATIENCE))

    def open(self, text: str, uri: str = "untitled:test.keys") -> types.TextDocumentPositionParams:
        """Opens a text, or changes it where it is open; gives the place of its cursor, which it does not contain."""
        before = text.partition(CURSOR)[0]
        place = types.Position(before.count("\n"), len(before.rpartition("\n")[2].encode("utf-16-le")) // 2)
        shown = text.replace(CURSOR, "")
        self.told.pop(uri, None)
        document = types.VersionedTextDocumentIdentifier(uri=uri, version=next(self.versions))
        if uri in self.opened:
            change = types.TextDocumentContentChangeWholeDocument(shown)
            self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
        else:
            item = types.TextDocumentItem(uri, "keys", document.version, shown)
            self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
            self.opened.add(uri)
        return types.TextDocumentPositionParams(types.TextDocumentIdentifier(uri), place)

    def problems(self, text: str, uri: str = "untitled:test.keys") -> list[types.Diagnostic]:
        """What the server finds wrong with a text."""
        self.open(text, uri)
        return self.problems_of(uri)

    def problems_of(self, uri: str) -> list[types.Diagnostic]:
        """What it finds wrong with a text since the last change of it."""
        while uri not in self.told:
            self.news.clear()
            self.wait(self.news.wait())
        return self.told[uri]

    def offers(self, text: str, uri: str = "untitled:test.keys") -> dict[str, types.CompletionItem]:
        """What it offers at the cursor, by label."""
        at = self.open(text, uri)
        found = self.wait(
            self.client.text_document_completion_async(types.CompletionParams(at.text_document, at.position))
        )
        assert isinstance(found, types.CompletionList)
        return {item.label: item for item in found.items}

    def hover(self, text: str, uri: str = "untitled:test.keys") -> str:
        at = self.open(text, uri)
        found = self.wait(
            self.client.text_document_hover_async(types.HoverParams(at.text_document, at.position))
        )
        if found is None:
            return ""
        assert isinstance(found.contents, types.MarkupContent)
        return found.contents.value


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """One editor and one server for all tests of a module, so what a test damages stays damaged for the next."""
    one = Editor()
    one.start(tmp_path_factory.mktemp("workspace"))
    yield one
    one.stop()
