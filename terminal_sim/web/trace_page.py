"""A trace as one page of HTML that opens from the disk: no script, nothing from elsewhere, and every text a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

_HIDDEN = ("n", "cause", "t", "wall", "terminal", "kind")
_STYLE = (
    "body{font:13px/1.5 system-ui,sans-serif;margin:16px;color:#18202b;background:#fff}"
    "table{border-collapse:collapse}td,th{padding:2px 10px 2px 0;text-align:left;vertical-align:top;border-bottom:1px solid #e4e7ec}"
    "pre,code{font:12px/1.4 ui-monospace,monospace;margin:0;white-space:pre-wrap}.begins td{font-weight:600;background:#f8f9fa}"
    "strong{background:#ffb300;padding:2px 6px}"
)


def trace_page(entries: Iterable[Mapping[str, object]], title: str) -> str:
    """The page; `entries` are as the API gives them."""
    rows = "\n".join(map(_row, entries))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style></head>\n'
        f"<body><h1>{escape(title)} <strong>SIMULATOR</strong></h1>\n<table><thead><tr><th>n</th><th>time</th><th>terminal</th>"
        f"<th>kind</th><th>what</th></tr></thead>\n<tbody>\n{rows}\n</tbody></table></body></html>\n"
    )


def _row(entry: Mapping[str, object]) -> str:
    said = [
        _field(name, str(value))
        for name, value in entry.items()
        if name not in _HIDDEN and value not in ("", None)
    ]
    begins = ' class="begins"' if entry["n"] == entry["cause"] else ""
    when = int(str(entry["t"])) / 1_000_000
    return (
        f"<tr{begins}><td>{entry['n']}</td><td>{when:.3f}</td><td>{escape(str(entry['terminal']))}</td>"
        f"<td>{escape(str(entry['kind']))}</td><td>{' '.join(said)}</td></tr>"
    )


def _field(name: str, value: str) -> str:
    if "\n" in value:
        return f"<details><summary>{escape(name)}</summary><pre>{escape(value)}</pre></details>"
    return f"{escape(name)} <code>{escape(value)}</code>"
