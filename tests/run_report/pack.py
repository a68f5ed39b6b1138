"""A pack of forty scenarios that held, failed, were skipped, are flaky, and one whose screen is not as it is stored; every front end runs the same."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import msgspec

from terminal_sim.cli.main import main
from terminal_sim.script.exit_code import ExitCode

SCRIPTS = Path(__file__).parent / "pack"
COUNTS = {"held": 22, "failed": 7, "flaky": 1, "skipped": 10}
_DATA = re.compile(rb'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)
_BEGINS = 'keys 1\nterminal v400m\nscenario "It begins here"\n  save state "moving.state"\n'


def build(folder: Path) -> Path:
    """Copies the scripts, stores their pictures, changes what one screen shows, and saves the state that the flaky scenario begins at."""
    pack = folder / "pack"
    shutil.copytree(SCRIPTS, pack)
    changed = pack / "changed.keys"
    assert (
        main(["run", str(pack / "held.keys"), str(changed), "--update-pictures", "-q", "-k", "@picture"]) == 0
    )
    changed.write_text(changed.read_text(encoding="utf-8").replace("1000", "2000"), encoding="utf-8")
    rewind(pack)
    return pack


def rewind(pack: Path) -> None:
    """The flaky scenario begins anew: it holds at its second try."""
    begins = pack / "begins.keys"
    begins.write_text(_BEGINS, encoding="utf-8")
    assert main(["run", str(begins), "-q"]) == ExitCode.HELD
    begins.unlink()


def data_of(page: Path) -> dict[str, Any]:
    """What stands in a page of a report."""
    found = _DATA.search(page.read_bytes())
    assert found is not None
    data: dict[str, Any] = msgspec.json.decode(found[1])
    return data


def told(page: Path) -> dict[str, Any]:
    """What a report says of each scenario, without what the wall's clock and the order of the run make of it: outcome, steps, pictures, timelines."""
    data = data_of(page)
    return {
        f"{Path(one['file']).name} {one['title']} {one['profile']}": {
            "outcome": one["outcome"],
            "tags": one.get("tags", []),
            "notes": one.get("notes", []),
            "tries": one.get("tries", 1),
            "took": one.get("took", 0),
            "differing": [
                (d["name"], d["got"], d["expected"], d["differs"]) for d in one.get("differing", [])
            ],
            "steps": [[_step(step, data) for step in record[0]] for record in _records(one)],
            "timeline": [
                [
                    (record[1][at], record[1][at + 2], data["said"][record[1][at + 3]])
                    for at in range(0, len(record[1]), 4)
                ]
                for record in _records(one)
            ],
        }
        for one in data["scenarios"]
    }


def _records(one: dict[str, Any]) -> list[tuple[list[Any], list[int]]]:
    return [(record["steps"], record["timeline"]) for record in one.get("records", [])]


def _step(step: dict[str, Any], data: dict[str, Any]) -> tuple[object, ...]:
    papers = [data["pictures"][paper] for paper in step["receipts"]]
    return step["line"]["source"], step["verdict"], data["pictures"].get(step["picture"]), papers
