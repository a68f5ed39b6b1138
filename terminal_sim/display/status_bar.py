"""The strip above the screen of a device that has one: the time at the left, the link and the battery at the right.

The device draws it and not the firmware, so it is on pictures and in what the shell shows, and no part of a screen: a screen is the same at any minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from terminal_sim.core.text import say
from terminal_sim.display.item import Item, Role
from terminal_sim.display.texts import Texts

NO_LINK = "none"


@dataclass(frozen=True, slots=True)
class StatusBar:
    """What the strip says at the moment `now`; its texts are made when they are read.

    `link` is the kind that is in use, `none` where there is none; `battery` is in percent, None where the device has none.
    """

    now: datetime
    link: str
    battery: int | None
    texts: Texts
    locale: str

    @property
    def item(self) -> Item:
        """The strip as one thing on the screen: the time is its text, link and battery are its detail."""
        right = [self.texts.phrase(say(f"link-{self.link}"), self.locale)]
        if self.battery is not None:
            right.append(self.texts.phrase(say("status-battery", percent=self.battery), self.locale))
        time = self.texts.phrase(say("status-bar", at=self.now), self.locale)
        return Item(id="status-bar", role=Role.STATUS, text=time, detail="  ".join(right))
