"""A recording as a bundle: it is done once more on a fresh bench, and that run is kept in one file."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from terminal_sim.explore.bundle_file import SUFFIX
from terminal_sim.explore.bundles import OneBundle
from terminal_sim.script.case_run import CannotBegin
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.plan import plan
from terminal_sim.script.recorder import RecordedScript
from terminal_sim.script.run import Runner
from terminal_sim.script.tree import ScriptError
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.web.own_scripts import own_script
from terminal_sim.web.problem import ApiProblem, ProblemKind


def bundle_of(recorded: RecordedScript) -> bytes:
    """The bundle of `recorded`, which `terminal-sim replay` does again. Raises `ApiProblem` where the recording makes no run."""
    environ = {name: secret.reveal() for name, secret in recorded.environ.items()}
    head = recorded.head
    with TemporaryDirectory(prefix="terminal-sim-") as place:
        folder = Path(place)
        file = folder / f"recorded{SUFFIX}"
        options = Options(
            seed=head.seed,
            pack=head.pack or None,
            keeper=OneBundle(file),
            pictures=folder,
            update_pictures=True,
        )
        try:
            (case,) = plan(check(own_script(recorded.keys()), vocabulary(), environ=environ))
            result = Runner(options).run(case)
        except ScriptError as wrong:
            first = wrong.problems[0]
            raise _refused(f"line {first.line} of the recording: {first.sentence}") from None
        except CannotBegin as cannot:
            raise _refused(str(cannot.refused)) from None
        if result.bundle is None:
            raise _refused(result.text or "no bundle was made of this recording")
        return file.read_bytes()


def _refused(why: str) -> ApiProblem:
    return ApiProblem(ProblemKind.REFUSED, why)
