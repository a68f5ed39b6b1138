"""What was recorded, as a value: a script of one scenario, and what its run needs beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from terminal_sim.bench import SavedState
from terminal_sim.script.parse import VERSION
from terminal_sim.script.recorder.python_test import python_test
from terminal_sim.script.recorder.script_head import ScriptHead
from terminal_sim.script.selection import exactly
from terminal_sim.secret import Secret
from terminal_sim.verbs.spelling import quoted

_WIDTH = len("terminal")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedScript:
    """`steps` are the lines of the scenario `title`. `secrets` are the variables that the environment of a run has, by their names.

    `state` is what it goes on from, None for a fresh terminal; a script names the file of it. `remarks` are sentences.
    """

    head: ScriptHead
    title: str
    steps: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    secrets: Mapping[str, Secret[str]] = field(default_factory=dict)
    state: SavedState | None = field(default=None, repr=False)

    @property
    def environ(self) -> dict[str, Secret[str]]:
        """The variables of the environment that a run as a Python test needs."""
        kept = {name: Secret(str(self.head.options[key])) for name, key in self.head.kept_back.items()}
        return {**self.secrets, **kept}

    def keys(self, state_file: str = "") -> str:
        """The script. `state_file` is the file of its state, as seen from the script's folder, where it has one."""
        settings = [*self.head.settings(), *(("secret", name) for name in self.secrets)]
        lines = [
            f"keys {VERSION}",
            *(f"# {remark}" for remark in (*self.head.remarks, *self.remarks)),
            *(f"{name:{_WIDTH}} {value}" for name, value in settings),
            "",
            f"scenario {exactly(self.title)}",
            *(f"  {step}" for step in self._begun(state_file)),
        ]
        return "\n".join(lines) + "\n"

    def pytest(self, state_file: str = "") -> str:
        """The same as a Python test with the fixture of our plugin."""
        state = state_file if self.state is not None else ""
        return python_test(self.head, self.title, self.steps, self.remarks, self.secrets, state)

    def _begun(self, state_file: str) -> tuple[str, ...]:
        """The steps, from where the terminal stood and with the acquirer that it had."""
        if self.state is not None:
            return (f"from state {quoted(state_file)}", *self.steps)
        return (*([f"host pack {self.head.pack}"] if self.head.pack else []), *self.steps)
