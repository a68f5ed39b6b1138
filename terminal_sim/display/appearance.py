"""All that a device shows and sounds at a moment, as text: its displays, its lights, its beeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from terminal_sim.display.item import Item
from terminal_sim.display.status_bar import StatusBar
from terminal_sim.display.view import View

OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """`views` has a view for each display, by its name; `lights` the state of each light that the device has, `off` among them.

    `beeps` is how often it has beeped since it was there. `bar` is what the strip above the first display says, where the device has one.
    """

    views: Mapping[str, View]
    lights: Mapping[str, str]
    beeps: int
    bar: StatusBar | None = None

    @property
    def status(self) -> Item | None:
        """The strip above the first display."""
        return self.bar.item if self.bar is not None else None

    @property
    def text(self) -> str:
        """Everything but the beeps, one below the other; where there are several displays, each has its name above it."""
        return "\n".join([*self._status(), *map(self._display, self.views), *self._lights()])

    def recorded(self) -> Appearance:
        """The same as a trace keeps it and a failure shows it: no digit of an expiry that is being typed."""
        return replace(self, views={name: view.recorded() for name, view in self.views.items()})

    def since(self, before: Appearance | None) -> list[str]:
        """What is other than `before`, each display and the lights by themselves, and the beeps that came; everything where there is none.

        That the time passes is no change.
        """
        if before is None:
            return [self.text]
        changed = list(self._status()) if self._right != before._right else []
        changed += [
            self._display(name) for name, view in self.views.items() if view.text != before.views[name].text
        ]
        changed += self._lights() if self.lights != before.lights else ()
        beeps = self.beeps - before.beeps
        return changed + ([] if beeps <= 0 else ["beep" if beeps == 1 else f"{beeps} beeps"])

    @property
    def _right(self) -> str:
        """Link and battery."""
        status = self.status
        return status.detail if status is not None else ""

    def _status(self) -> Iterator[str]:
        status = self.status
        if status is not None:
            yield f"{status.text}  {status.detail}"

    def _display(self, name: str) -> str:
        text = self.views[name].text
        return f"{name}\n{text}" if len(self.views) > 1 else text

    def _lights(self) -> Iterator[str]:
        if self.lights:
            yield f"lights: {', '.join(f'{name} {state}' for name, state in self.lights.items())}"
