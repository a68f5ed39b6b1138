"""Runs a recorded script at once, on a fresh bench, to see that it does again what was done."""

from __future__ import annotations

from pathlib import Path

from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse_text
from terminal_sim.script.plan import plan
from terminal_sim.script.recorder.recorded_script import RecordedScript
from terminal_sim.script.results import RunResult
from terminal_sim.script.run import Runner
from terminal_sim.script.vocabulary import vocabulary

VIRTUAL = "virtual"


def replay(
    recorded: RecordedScript, file: Path, state_file: str = "", reader: str | tuple[str, ...] = VIRTUAL
) -> RunResult:
    """What came of it. `file` is where the script stands, or would stand; the pictures that it takes are stored beside it.

    Raises `ScriptError` for a script that cannot be meant, and what `Runner.run` raises.
    """
    program = check(
        parse_text(recorded.keys(state_file), file),
        vocabulary(),
        options=recorded.head.options,
        environ={name: secret.reveal() for name, secret in recorded.secrets.items()},
    )
    (case,) = plan(program)
    options = Options(seed=recorded.head.seed, reader=reader, update_pictures=True)
    return Runner(options).run(case)
