"""`terminal-sim record`: what is typed at a terminal becomes a script, which is run once more before the command ends.

1. Lines are typed and piped as in the shell; a line that is wrong, or does not hold, is no part of the script.
2. The script is written however the talk ends, and kept where its replay does not hold.
3. Real readers are recorded, and the replay is held against that recording: nobody has to present the cards again.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from terminal_sim.bench import BenchMisuse, JournalError, ProfileError, Trace
from terminal_sim.cli.console import as_user_errors
from terminal_sim.cli.recorded_file import RecordedFile, RecordingForm, has_pytest
from terminal_sim.cli.shell import begun, converse
from terminal_sim.cli.shell.recording import ShellRecording, expected_of
from terminal_sim.cli.shell.setup import ShellSetup
from terminal_sim.readers.opening import RECORDING, VIRTUAL, DriverError, is_for_many
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.recorder import Naming, RecordedScript

_READERS = ".pcapng"


def run(given: Namespace) -> int:
    file = (
        RecordedFile(given.to, RecordingForm[given.form.upper()]) if given.form else RecordedFile.of(given.to)
    )
    file.check(overwrite=given.force)
    expected = expected_of([word for words in given.expect for word in words.split(",") if word])
    with as_user_errors(BenchMisuse, DriverError, JournalError, ProfileError):
        readers = given.reader or [VIRTUAL]
        given.record = None if is_for_many(readers) else _recording(file.path, overwrite=given.force)
        setup = ShellSetup(given, Trace())
        session = begun(setup)
        try:
            recording = ShellRecording(session, file, expected, setup.head, Naming(given.by))
            try:
                code = converse(session, plain=given.plain, head=setup.head, recording=recording)
            finally:
                if recording.recorded is None:
                    print("\n".join(recording.finish()))
        finally:
            session.bench.close()
        if recording.recorded is None:
            return code
        replayed = [f"{RECORDING}{given.record}"] if given.record is not None else readers
        return max(code, _replay(file, recording.recorded, replayed))


def _recording(script: Path, *, overwrite: bool) -> Path:
    """The new file of all that passes between the terminal and its real readers."""
    recording = script.with_suffix(_READERS)
    if recording.exists() and overwrite:
        recording.unlink()
    return recording


def _replay(file: RecordedFile, recorded: RecordedScript, readers: list[str]) -> ExitCode:
    problem = file.problem(recorded, readers)
    if problem:
        print(
            f"{problem}\nterminal-sim: {file.path} is kept, and does not hold on a fresh bench",
            file=sys.stderr,
        )
        return ExitCode.UNMET
    of_what = "its recording" if readers[0].startswith(RECORDING) else "a fresh bench"
    said = [f"# replayed on {of_what}: {len(recorded.steps)} lines hold"]
    if file.form is RecordingForm.PYTEST and not has_pytest():
        said.append("# pytest is not installed here: the lines were replayed as a script")
    print("\n".join(said))
    return ExitCode.HELD
