"""All that a device shows and sounds at a moment, as text: its displays, its lights, its beeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from terminal_sim.display.item import Item
from terminal_sim.display.view import View

OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """`views` has a view for each display, by its name; `lights` the state of each light that the device has, `off` among them.

    `beeps` is how often it has beeped since it was there. `status` is the strip above the first display, where the device has one.
    """

    views: Mapping[str, View]
    lights: Mapping[str, str]
    beeps: int
    status: Item | None = None

    @property
    def text(self) -> str:
        """Everything but the beeps, one below the other; where there are several displays, each has its name above it."""
        return "\n".join([*self._status(), *map(self._display, self.views), *self._lights()])

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
        return self.status.detail if self.status is not None else ""

    def _status(self) -> Iterator[str]:
        if self.status is not None:
            yield f"{self.status.text}  {self.status.detail}"

    def _display(self, name: str) -> str:
        text = self.views[name].text
        return f"{name}\n{text}" if len(self.views) > 1 else text

    def _lights(self) -> Iterator[str]:
        if self.lights:
            yield f"lights: {', '.join(f'{name} {state}' for name, state in self.lights.items())}"
