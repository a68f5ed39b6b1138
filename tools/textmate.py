"""Writes the TextMate grammar of scripts, for VS Code and others, from the words of the language. `--check` only says whether it is as written."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "drivers")]

from terminal_sim.script.headings import HEADINGS  # noqa: E402
from terminal_sim.script.lexer import ACTS, KEYWORDS, act_pattern  # noqa: E402

GRAMMAR = ROOT / "editors" / "vscode" / "syntaxes" / "keys.tmLanguage.json"


def grammar() -> dict[str, object]:
    acts = sorted(ACTS, key=lambda act: (-len(act.split()), act))
    values = [
        {"include": f"#{name}"}
        for name in ("comment", "field", "text", "pattern", "variable", "tag", "id", "number", "keyword")
    ]
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "terminal-sim keys",
        "scopeName": "source.keys",
        "fileTypes": ["keys"],
        "patterns": [
            {"include": "#comment"},
            {
                "begin": rf"^({'|'.join(one.word for one in HEADINGS)})(?=\s|$)",
                "end": "$",
                "beginCaptures": {"1": {"name": "keyword.control.section.keys"}},
                "patterns": values,
            },
            {
                "begin": r"^\s+(with|examples)(?=\s|$)",
                "end": "$",
                "beginCaptures": {"1": {"name": "keyword.control.section.keys"}},
                "patterns": values,
            },
            {"begin": r"^\s+(?=\|)", "end": "$", "patterns": [{"include": "#row"}]},
            {
                "begin": rf"^\s+({'|'.join(map(act_pattern, acts))})",
                "end": "$",
                "beginCaptures": {"1": {"name": "keyword.other.act.keys"}},
                "patterns": values,
            },
            {
                "begin": r"^\s+([^\s\"#/|][^\s]*)",
                "end": "$",
                "beginCaptures": {"1": {"name": "entity.name.function.macro.keys"}},
                "patterns": values,
            },
        ],
        "repository": {
            "comment": {"name": "comment.line.number-sign.keys", "match": r"(?<=^|\s)#.*$"},
            "field": {
                "match": r"(?<=\s)([A-Za-z][\w.-]*)(=)",
                "captures": {
                    "1": {"name": "variable.parameter.keys"},
                    "2": {"name": "keyword.operator.keys"},
                },
            },
            "text": {
                "name": "string.quoted.double.keys",
                "begin": '"',
                "end": r'"|$',
                "patterns": [
                    {"name": "constant.character.escape.keys", "match": r"\\."},
                    {"include": "#variable"},
                ],
            },
            "pattern": {"name": "string.regexp.keys", "match": r"(?<=\s)/(?:\\.|[^/\\])+/(?=\s|$)"},
            "variable": {"name": "variable.other.keys", "match": r"\$\{[^{}]*\}"},
            "tag": {"name": "entity.other.attribute-name.tag.keys", "match": r"(?<=\s)@\S+"},
            "id": {"name": "entity.name.tag.id.keys", "match": r"(?<=\s)id:\S+"},
            "number": {
                "name": "constant.numeric.keys",
                "match": r"(?<=[\s=])(?:(?:\d+(?:us|ms|min|s|h|d))+|\d+%?)(?=\s|$)",
            },
            "keyword": {
                "name": "keyword.operator.word.keys",
                "match": rf"(?<=\s)(?:{'|'.join(map(re.escape, KEYWORDS))})(?=\s|$)",
            },
            "row": {
                "patterns": [
                    {"name": "punctuation.separator.table.keys", "match": r"\|"},
                    {"name": "string.quoted.double.keys", "match": r'"(?:\\.|[^"\\])*"'},
                    {"name": "string.unquoted.keys", "match": r"(?:\\.|[^|\\\"#])+"},
                    {"include": "#comment"},
                ]
            },
        },
    }


def main() -> int:
    written = json.dumps(grammar(), indent=2, ensure_ascii=False) + "\n"
    if "--check" not in sys.argv[1:]:
        GRAMMAR.write_text(written, encoding="utf-8", newline="\n")
        return 0
    same = GRAMMAR.exists() and GRAMMAR.read_text("utf-8") == written
    print(f"{GRAMMAR}: {'as the words of the language have it' if same else 'run python tools/textmate.py'}")
    return int(not same)


if __name__ == "__main__":
    sys.exit(main())
