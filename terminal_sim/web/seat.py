"""A terminal of a served bench by the name that the API gives it: as it stands now, or as it stood once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from terminal_sim.bench import Bench, TerminalUnderTest, View
from terminal_sim.display.appearance import Appearance
from terminal_sim.display.device import DeviceDrawing
from terminal_sim.script.recorder import IdleTime, ScriptHead, ScriptRecorder
from terminal_sim.script.typed_lines import TypedLines
from terminal_sim.verbs.waiting import TesterMemory
from terminal_sim.web.catalogue import WAYS


class Seat:
    """One terminal to be looked at. `shown` goes before what its first display shows: it stood there within an input."""

    def __init__(self, name: str, terminal: TerminalUnderTest, shown: View | None = None) -> None:
        self.id = name
        self.terminal = terminal
        self._shown = shown
        self._drawn: tuple[object, object, str] = ({}, {}, "")

    def view(self, display: str = "main") -> View:
        """What the display shows."""
        first = next(iter(self.terminal.profile.displays))
        if self._shown is not None and display in ("main", first):
            return self._shown
        return self.terminal.view(display)

    def appearance(self) -> Appearance:
        """All that the device shows and sounds."""
        shown = self.terminal.appearance()
        if self._shown is None:
            return shown
        first = next(iter(shown.views))
        return replace(shown, views={**shown.views, first: self._shown})

    @cached_property
    def _device(self) -> DeviceDrawing:
        return DeviceDrawing(self.terminal.profile)

    def drawing(self) -> str:
        """The whole device (SVG); it is drawn anew where it looks otherwise than at the last call."""
        shown = self.appearance()
        views, lights, svg = self._drawn
        if shown.views != views or shown.lights != lights:
            svg = self._device.svg(shown)
            self._drawn = shown.views, shown.lights, svg
        return svg

    def screen_now(self, display: str = "main") -> dict[str, object]:
        """The generation of the screen and its id; a terminal that is off has neither."""
        if not self.terminal.is_on:
            return {"generation": 0, "screen": "off"}
        return {"generation": self.terminal.generation, "screen": self.view(display).screen.id}

    def about(self) -> dict[str, object]:
        """What it is and how it stands."""
        terminal = self.terminal
        return {
            "id": self.id,
            "name": terminal.name,
            "profile": terminal.profile.id,
            "model": terminal.profile.name,
            "maker": terminal.profile.maker,
            "locale": terminal.locale,
            "locales": list(terminal.profile.languages),
            "on": terminal.is_on,
            "displays": list(terminal.profile.displays),
            "lights": dict(terminal.lights) if terminal.is_on else {},
            "card": terminal.card_in_slot,
            "conditions": terminal.conditions(),
            "flows": [f"{flow}.{state}" for flow, state in terminal.running_flows],
            "takes": [verb for verb, way in WAYS.items() if terminal.wants_card(way)]
            if terminal.is_on
            else [],
            "has": self._parts(),
            "battery": terminal.battery_charge,
            "link": terminal.link,
            "links": list(terminal.profile.links),
            "standalone": terminal.takes_standalone,
            "receipts": len(terminal.receipts),
            **self.screen_now(),
        }

    def _parts(self) -> list[str]:
        """The parts and services that not every terminal has."""
        profile = self.terminal.profile
        parts = {
            "printer": profile.printer is not None,
            "battery": profile.battery is not None,
            "orders": any(entry.id == "orders" for entry in profile.home.entries),
            "app": profile.app,
        }
        return [part for part, there in parts.items() if there]


@dataclass(frozen=True, slots=True)
class SeatMemory:
    """What a served terminal knew at a moment besides its bench: its tester's variables, and how long its recording was."""

    tester: TesterMemory = field(repr=False)
    recorded: int


class ServedTerminal(Seat):
    """A terminal that lines are said to, and that is recorded."""

    def __init__(
        self, name: str, bench: Bench, terminal: TerminalUnderTest, recorder: ScriptRecorder
    ) -> None:
        super().__init__(name, terminal)
        self.lines = TypedLines(bench, terminal, keeps_files=False)
        self.recorder = recorder

    @classmethod
    def fresh(cls, name: str, bench: Bench, terminal: TerminalUnderTest, head: ScriptHead) -> ServedTerminal:
        """One that was set up just now."""
        recorder = ScriptRecorder(bench, terminal, head, idle=IdleTime.LEFT_OUT, keeps_state=False)
        return cls(name, bench, terminal, recorder)

    def branched(self, bench: Bench, terminal: TerminalUnderTest, memory: SeatMemory) -> ServedTerminal:
        """The same one on another bench, which stands as this one did then."""
        other = ServedTerminal(
            self.id, bench, terminal, self.recorder.branched(bench, terminal, memory.recorded)
        )
        other.lines.tester.go_back(bench, terminal, memory.tester)
        return other

    def memory(self) -> SeatMemory:
        """What it knows now."""
        return SeatMemory(self.lines.tester.memory(), self.recorder.length)

    def notes(self) -> list[str]:
        """The notes of acts since they were read last."""
        notes = [self.lines.mask(note) for note in self.lines.tester.notes]
        self.lines.tester.notes.clear()
        return notes
