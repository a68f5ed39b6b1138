"""A page of results as one file: it opens from the disk, has no script, and asks nobody for anything. It is light or dark as its reader's system is."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from hashlib import sha256
from html import escape

STYLE = """
:root { color-scheme: light dark;
  --bg: #fff; --ink: #1b2430; --soft: #5b6574; --line: #d5dae1; --sunk: #f4f5f7;
  --good: #1a7340; --good-soft: #d7efdf; --bad: #b3261e; --bad-soft: #fbdcd9; --warn: #8a4900; --accent: #2a56c6; }
@media (prefers-color-scheme: dark) { :root {
  --bg: #12161b; --ink: #e7ebf1; --soft: #95a0ae; --line: #2f3742; --sunk: #1b2027;
  --good: #6cc48d; --good-soft: #163a26; --bad: #ff8f85; --bad-soft: #4a211f; --warn: #f0b057; --accent: #8fb0ff; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 82rem; padding: 0 1rem; color: var(--ink); background: var(--bg); }
a { color: var(--accent); } h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; } h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p, li { max-width: 60rem; } .soft { color: var(--soft); } .good { color: var(--good); } .bad { color: var(--bad); }
pre, code { font: 12.5px/1.4 ui-monospace, "DejaVu Sans Mono", monospace; } pre { margin: 0; white-space: pre; overflow-x: auto; }
table { border-collapse: collapse; } .wide { overflow-x: auto; }
td, th { padding: .2rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
figure { margin: 0; min-width: 0; } figcaption { color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
figure img { display: block; max-width: 100%; height: auto; }
.chart { overflow-x: auto; margin: 1rem 0; } .chart img { max-width: none; background: #fff; border-radius: 8px; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1rem; align-items: start; margin: .5rem 0 1rem; }
.pair > figure { background: var(--sunk); border-radius: 8px; padding: .7rem; } .pair img { max-height: 26rem; margin: .4rem auto 0; }
del, ins { text-decoration: none; display: block; } del { background: var(--bad-soft); } ins { background: var(--good-soft); }
.film { display: flex; gap: .7rem; overflow-x: auto; padding: .3rem .2rem .8rem; }
.film figure { flex: none; width: 11rem; padding: .5rem; border: 2px solid transparent; border-radius: 8px; background: var(--sunk); }
.film figure.failing { border-color: var(--bad); } .film img { max-height: 15rem; margin: 0 auto; }
.film figcaption { font: 12px/1.35 ui-monospace, "DejaVu Sans Mono", monospace; margin-top: .4rem; color: var(--ink); }
.matrix td, .matrix th { padding: 0; border: 1px solid var(--line); font-size: 12px; } .matrix td { width: 1.6rem; height: 1.5rem; text-align: center; }
.matrix thead th { vertical-align: bottom; height: 9rem; } .matrix thead span { writing-mode: vertical-rl; transform: rotate(180deg); padding: .3rem 0; white-space: nowrap; }
.matrix tbody th { font-weight: 400; padding: 0 .5rem; white-space: nowrap; } .matrix a { display: block; color: inherit; text-decoration: none; }
.matrix .good { background: var(--good-soft); } .matrix .bad { background: var(--bad-soft); font-weight: 700; }
svg.plot { width: 100%; max-width: 60rem; height: auto; } svg.plot text { fill: var(--ink); font: 12px system-ui, sans-serif; }
svg.plot .axis { stroke: var(--line); fill: none; } svg.plot .curve { stroke: var(--accent); stroke-width: 2; fill: none; }
svg.plot .mark { fill: var(--bad); } svg.plot .dot { fill: var(--good); }
details > summary { cursor: pointer; }
"""


def document(title: str, body: Iterable[str]) -> str:
    """The whole page; `body` are pieces of HTML in which every text is escaped."""
    policy = (
        f"default-src 'none'; img-src data:; style-src {_digest(STYLE)}; base-uri 'none'; form-action 'none'"
    )
    return "\n".join(
        (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<title>{escape(title)}</title><link rel="icon" href="data:,"><style>{STYLE}</style></head><body>',
            f"<h1>{escape(title)}</h1>",
            *body,
            "</body></html>\n",
        )
    )


def picture(svg: str, about: str) -> str:
    """A drawing as an image of the page: two drawings may use the same names within."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{escape(about)}" src="data:image/svg+xml;base64,{data}">'


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"
