"""The strip above the screen of a device that has one: the time at the left, the link and the battery at the right.

The device draws it and not the firmware, so it is on pictures and in what the shell shows, and no part of a screen: a screen is the same at any minute.
"""

from __future__ import annotations

from datetime import datetime

from terminal_sim.core.text import say
from terminal_sim.display.item import Item, Role
from terminal_sim.display.texts import Texts

NO_LINK = "none"


def status_bar(now: datetime, link: str, battery: int | None, texts: Texts, locale: str) -> Item:
    """`link` is the kind that is in use, `none` where there is none; `battery` is in percent, None where the device has none."""
    right = [texts.phrase(say(f"link-{link}"), locale)]
    if battery is not None:
        right.append(texts.phrase(say("status-battery", percent=battery), locale))
    time = texts.phrase(say("status-bar", at=now), locale)
    return Item(id="status-bar", role=Role.STATUS, text=time, detail="  ".join(right))
