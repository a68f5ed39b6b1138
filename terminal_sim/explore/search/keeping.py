"""What an exploration leaves of a finding in a folder: a script and a bundle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from terminal_sim.explore.bundles import OneBundle
from terminal_sim.explore.search.finding import ExplorerFinding, script
from terminal_sim.oracles.oracle import Oracle
from terminal_sim.readers.opening import VIRTUAL
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse
from terminal_sim.script.plan import plan
from terminal_sim.script.results import ScenarioOutcome
from terminal_sim.script.run import Runner
from terminal_sim.script.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """The files of a finding; `outcome` is how the script ended when it was run from its file, `bundle` None where none could be made."""

    script: Path
    bundle: Path | None
    outcome: ScenarioOutcome


def keep(finding: ExplorerFinding, folder: Path, seed: int, own: tuple[Oracle, ...] = ()) -> KeptFinding:
    """Write the finding into `folder`, which is made, and run what was written; `own` are rules of a user. Raises `OSError`."""
    return keep_script(script(finding, seed), folder, finding.name, reader=finding.ground.reader, own=own)


def keep_script(
    text: str, folder: Path, name: str, *, reader: str = VIRTUAL, own: tuple[Oracle, ...] = ()
) -> KeptFinding:
    """Write a script of one scenario into `folder`, which is made, and the bundle of its run. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    file, bundle = folder / f"{name}.keys", folder / f"{name}.tsim"
    file.write_text(text, encoding="utf-8")
    (case,) = plan(check(parse(file), replace(vocabulary(), own_oracles=own), environ={}))
    result = Runner(Options(keeper=OneBundle(bundle), reader=reader)).run(case)
    return KeptFinding(file, result.bundle, result.outcome)
