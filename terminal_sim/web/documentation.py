"""The API as a page for people, made from the same document as programs read; it needs no script and no token, and says nothing of this bench."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any


def documentation(document: dict[str, Any]) -> str:
    """The page (HTML)."""
    parts = "\n".join(
        _operation(method.upper(), path, said)
        for path, methods in document["paths"].items()
        for method, said in methods.items()
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>API of terminal-sim {escape(str(document['info']['version']))}</title>"
        f'<link rel="stylesheet" href="/page/documentation.css"></head>\n<body><h1>API of terminal-sim</h1>\n'
        f"<p>{escape(document['info']['description'])} Every request below <code>/api/</code> wants the header "
        f"<code>Authorization: Bearer TOKEN</code> with the token that <code>terminal-sim serve</code> printed. "
        f"The same for programs: <code>/api/v1/openapi.json</code> (OpenAPI {document['openapi']}).</p>\n{parts}\n</body></html>\n"
    )


def _operation(method: str, path: str, said: dict[str, Any]) -> str:
    return (
        f'<section id="{escape(said["operationId"])}"><h2><code>{method} {escape(path)}</code></h2>'
        f"<p>{escape(said['summary'])}</p>{''.join(_tables(said))}</section>"
    )


def _tables(said: dict[str, Any]) -> Iterator[str]:
    rows = [
        (each["name"], each["schema"].get("type", ""), each.get("description", "in the path"))
        for each in said["parameters"]
    ]
    for kind, body in said.get("requestBody", {}).get("content", {}).items():
        properties = body["schema"].get("properties", {})
        rows += [
            (name, str(one.get("type", "")), one.get("description", "in the body"))
            for name, one in properties.items()
        ] or [("body", kind, body["schema"].get("$ref", "").rpartition("/")[2])]
    if rows:
        cells = "".join(
            f"<tr><td><code>{escape(a)}</code></td><td>{escape(b)}</td><td>{escape(c)}</td></tr>"
            for a, b, c in rows
        )
        yield f"<table><tbody>{cells}</tbody></table>"
    answers = ", ".join(f"{status} {answer['description']}" for status, answer in said["responses"].items())
    yield f"<p><small>{escape(answers)}</small></p>"
