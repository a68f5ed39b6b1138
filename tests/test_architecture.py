"""What docs/architecture.md draws and lists is what pyproject.toml and the tree say."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal_sim.bench import Bench
from terminal_sim.core.effects import Effect
from terminal_sim.core.events import Event
from terminal_sim.core.moment import Instant
from terminal_sim.core.terminal import Terminal

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def drawings() -> list[list[str]]:
    """The boxes of each flow chart, in the order in which its arrows join them."""
    found = []
    for chart in re.findall(r"^```mermaid\nflowchart TD\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL):
        labels = dict(re.findall(r'(\w+)\["([^"]+)"\]', chart))
        (arrows,) = re.findall(r"^ *(\w+(?: --> \w+)+)$", chart, re.MULTILINE)
        found.append([labels[name] for name in arrows.split(" --> ")])
    return found


def test_the_storeys_are_drawn_as_the_import_contracts_have_them() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = {each["id"]: each["layers"] for each in linter["contracts"] if each["type"] == "layers"}
    assert layers["storeys"] in drawings()
    assert [drawn for drawn in drawings() if drawn not in layers.values()] == []


def test_every_room_is_listed_and_every_folder_that_is_listed_exists() -> None:
    table = TEXT.partition("## The tree")[2].partition("## ")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = [name for cell in first_cells for name in re.findall(r"`([^`]+)`", cell)]
    assert [name for name in named if "/" in name and not (ROOT / name).exists()] == []
    package = ROOT / "terminal_sim"
    rooms = {
        each.stem for each in package.iterdir() if each.suffix == ".py" or (each / "__init__.py").exists()
    }
    assert rooms - {"__init__", "__main__"} <= {Path(name).stem for name in named}


def walked() -> list[tuple[str, list[str]]]:
    """The events and their effects in the walks of the document, by name."""
    pattern = r"Engine->>Terminal: (\w+)|Terminal-->>Engine: \[(.*)\]"
    found: list[tuple[str, list[str]]] = []
    for event, effects in re.findall(pattern, TEXT):
        if event:
            found.append((event, []))
        else:
            found[-1][1].extend(part.partition("(")[0] for part in effects.split(", "))
    return found


def test_the_walks_go_as_the_firmware_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, list[str]]] = []

    def noting(
        handle: Callable[[Terminal, Event, Instant], list[Effect]],
    ) -> Callable[[Terminal, Event, Instant], list[Effect]]:
        def noted(terminal: Terminal, event: Event, now: Instant) -> list[Effect]:
            effects = handle(terminal, event, now)
            seen.append((type(event).__name__, [type(effect).__name__ for effect in effects]))
            return effects

        return noted

    with Bench() as bench:
        terminal = bench.add_terminal("v400m")
        monkeypatch.setattr(Terminal, "handle", noting(Terminal.handle))
        terminal.press("OK")
        begun = len(seen)
        for key in ("7", "5", "0", "OK"):
            terminal.press(key)
        del seen[begun:]
        terminal.insert("visa-credit")
        bench.advance(1_000_000)
    assert [step for step in seen if step[0] != "Printed"] == walked()
