"""The page of a report: one HTML file that opens from a disk and asks nobody for anything.

1. Its data is JSON within it, its style and its script are our own and stand in it; the content security policy allows these two by their
   digests, pictures from `data:`, and nothing else.
2. A text of a script or a terminal reaches the page as JSON and becomes text nodes: none of it is ever read as HTML.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path

from terminal_sim.datafiles.bundled import bundled
from terminal_sim.display.texts import Texts

PAGE = "index.html"
_MARK = '<meta name="generator" content="terminal-sim run report">'
_LANGUAGES = ("en", "fr")


@dataclass(frozen=True, slots=True)
class FailureLine:
    """A failure as the page says it where no script runs: its name and its text."""

    name: str
    text: str


def words() -> Mapping[str, Mapping[str, str]]:
    """The words of the page by language and id."""
    texts = Texts.load(bundled() / "strings" / "run-report")
    return {language: dict(texts.catalogue(language)) for language in _LANGUAGES}


def page(data: bytes, failures: Sequence[FailureLine], locale: str = "") -> bytes:
    """The file. `data` is the JSON that the script draws."""
    style, script = _own("page.css"), _own("page.js")
    language = locale.partition("-")[0] or "en"
    said = words()[language if language in _LANGUAGES else "en"]
    listed = "".join(
        f"<li><strong>{escape(one.name)}</strong><pre>{escape(one.text)}</pre></li>" for one in failures
    )
    policy = f"default-src 'none'; img-src data:; style-src {digest(style)}; script-src {digest(script)}; base-uri 'none'; form-action 'none'"
    before = f"""<!doctype html>
<html lang="{escape(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{_MARK}
<title>{escape(said["title"])}: terminal-sim</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<noscript><main><h1>{escape(said["title"])}</h1><p>{escape(said["no-script"])}</p><ul>{listed}</ul></main></noscript>
<div id="page"></div>
<script type="application/json" id="data">"""
    # Within a script element "</script" and "<!--" would end or hide what follows (HTML, 13.2.5.4).
    inner = data.replace(b"</", b"<\\/").replace(b"<!--", b"<\\u0021--")
    after = f"</script>\n<script>{script}</script>\n</body>\n</html>\n"
    return b"".join((before.encode(), inner, after.encode()))


def is_page(file: Path) -> bool:
    """Whether the file begins as a page of a report."""
    with file.open("rb") as stream:
        return _MARK.encode() in stream.read(4_000)


def _own(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def digest(text: str) -> str:
    """How a content security policy allows a style or script that stands in the page."""
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"
