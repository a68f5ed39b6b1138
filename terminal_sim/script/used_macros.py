"""The macros of a script and of the files that it uses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from terminal_sim.script.diagnostics import Diagnostics
from terminal_sim.script.parse import parse, parse_text
from terminal_sim.script.tree import Form, Macro, Script, ScriptError
from terminal_sim.script.values import VARIABLES
from terminal_sim.verbs import VERBS

MOST_FILES = 51  # of a script: itself and those that it uses, and they


def macros_used(script: Script, diagnostics: Diagnostics, unsaved: Mapping[Path, str]) -> Mapping[str, Macro]:
    """The macros by their names; `unsaved` has the texts of files that stand otherwise in an editor, by their resolved paths."""
    using = _Using(diagnostics, unsaved)
    using.use(script, {script.path.resolve()})
    return using.found


class _Using:
    def __init__(self, diagnostics: Diagnostics, unsaved: Mapping[Path, str]) -> None:
        self.found: dict[str, Macro] = {}
        self._diagnostics = diagnostics
        self._unsaved = unsaved

    def use(self, script: Script, seen: set[Path]) -> None:
        """The macros of a script and of the files it uses, each file once."""
        for value in script.values_of("use"):
            path = script.path.parent / value.text
            if path.resolve() in seen:
                continue
            if len(seen) == MOST_FILES:
                self._diagnostics.report(
                    value, f"a script uses at most {MOST_FILES - 1} files; put some of them together"
                )
                return
            seen.add(path.resolve())
            if not path.is_file():
                self._diagnostics.report(value, f"there is no file {path}")
                continue
            try:
                text = self._unsaved.get(path.resolve())
                used = parse(path) if text is None else parse_text(text, path)
            except ScriptError as wrong:
                self._diagnostics.add(wrong.problems)
                continue
            self._diagnostics.about(used)
            self.use(used, seen)
        for macro in script.macros:
            self._define(macro)

    def _define(self, macro: Macro) -> None:
        wrong = []
        if macro.name in {words[0] for words in VERBS}:
            wrong.append(f"{macro.name} is an act of the language; give the macro another name")
        if macro.name in self.found:
            wrong.append(f"{macro.name} is a macro of {self.found[macro.name].place} already")
        wrong += [
            f"${{{name}}} has a meaning already; rename the argument"
            for name in {*macro.parameters}
            if name in VARIABLES or macro.parameters.count(name) > 1
        ]
        for sentence in wrong:
            self._diagnostics.of_name(macro.name, Form.WORD, macro.place, sentence)
        self.found[macro.name] = macro
