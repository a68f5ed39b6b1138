"""The files of the page: a closed list, read once, each with its media type. No path of a request reaches the disk."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_NAMES = (
    "index.html", "style.css", "icon.svg", "app.js", "connection.js", "details.js", "drawing.js", "film.js", "timeline.js", "words.js",
    "vendor/lit-html.js", "fonts/inter.woff2", "fonts/jetbrains-mono.woff2",
)  # fmt: skip


@cache
def page_files() -> Mapping[str, tuple[bytes, str]]:
    """Bytes and media type of each file, by its path at the server."""
    folder = files("terminal_sim.web") / "page"
    found = {
        f"/page/{name}": (folder.joinpath(name).read_bytes(), _TYPES["." + name.rpartition(".")[2]])
        for name in _NAMES
    }
    return {"/": found.pop("/page/index.html"), **found}
