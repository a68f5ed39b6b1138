"""What an exploration leaves in a folder: a script and a bundle for each finding, and the cheapest way to each place as scripts that hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from terminal_sim.explore.bundles import OneBundle
from terminal_sim.explore.search.act import Act, cost, line_of
from terminal_sim.explore.search.explorer import Explorer
from terminal_sim.explore.search.finding import ExplorerFinding, script, settings
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse
from terminal_sim.script.plan import plan
from terminal_sim.script.results import ScenarioOutcome
from terminal_sim.script.run import Runner
from terminal_sim.script.vocabulary import vocabulary

CORPUS = "corpus"


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """The files of a finding; `outcome` is how the script ended when it was run from its file, `bundle` None where none could be made."""

    script: Path
    bundle: Path | None
    outcome: ScenarioOutcome


def keep(finding: ExplorerFinding, folder: Path, seed: int) -> KeptFinding:
    """Write the finding into `folder`, which is made, and run what was written. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    file, bundle = folder / f"{finding.name}.keys", folder / f"{finding.name}.tsim"
    file.write_text(script(finding, seed), encoding="utf-8")
    (case,) = plan(check(parse(file), vocabulary(), environ={}))
    result = Runner(Options(keeper=OneBundle(bundle))).run(case)
    return KeptFinding(file, result.bundle, result.outcome)


def keep_corpus(explorers: tuple[Explorer, ...], folder: Path) -> list[Path]:
    """Write a file of scripts for each explorer: the cheapest session to each of its places, each with `verify` at its end. Raises `OSError`."""
    files: list[Path] = []
    (folder / CORPUS).mkdir(parents=True, exist_ok=True)
    for number, explorer in enumerate(explorers, 1):
        cheapest = [
            (f"{flow} {state}", min((cell.acts for cell in cells.values()), key=_price))
            for (flow, state), cells in explorer.memory.archive.cells.items()
            if cells
        ]
        lines = ["keys 1", *settings(explorer.ground)]
        for title, acts in cheapest:
            lines += [
                "",
                f'scenario "{title}"',
                "  watch",
                *(f"  {line_of(act)}" for act in acts),
                "  verify",
            ]
        file = folder / CORPUS / f"{number}.keys"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        files.append(file)
    return files


def _price(acts: tuple[Act, ...]) -> int:
    return sum(map(cost, acts))
