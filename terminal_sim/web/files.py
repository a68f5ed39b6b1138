"""The files of the page: a closed list, read once, each with its media type. No path of a request reaches the disk."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from terminal_sim.datafiles.bundled import bundled
from terminal_sim.display.texts import Texts

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_LANGUAGES = ("en", "fr")


def words() -> Mapping[str, Mapping[str, str]]:
    """The words of the page by language and id."""
    texts = Texts.load(bundled() / "strings" / "page")
    return {language: dict(texts.catalogue(language)) for language in _LANGUAGES}


@cache
def page_files() -> Mapping[str, tuple[bytes, str]]:
    """Bytes and media type of each file, by its path at the server; the words of both languages are one more module."""
    found = dict(_served("/page/", files("terminal_sim.web") / "page"))
    wordings = f"export const WORDINGS = {json.dumps(words(), ensure_ascii=False)};\n"
    found["/page/wordings.js"] = (wordings.encode(), _TYPES[".js"])
    return {"/": found.pop("/page/index.html"), **found}


def _served(path: str, folder: Traversable) -> Iterator[tuple[str, tuple[bytes, str]]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _served(f"{path}{item.name}/", item)
        elif (media := _TYPES.get("." + item.name.rpartition(".")[2])) is not None:
            yield path + item.name, (item.read_bytes(), media)
