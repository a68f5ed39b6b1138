"""What is known of a card once it is read: by its chip, or by its magnetic stripe."""

from __future__ import annotations

from dataclasses import dataclass

from terminal_sim.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class CardData:
    """A card read by chip or contactless. `expiry` is YYMM; `languages` as in tag 5F2D, in order of preference."""

    pan: Secret[str]
    expiry: str
    brand: str
    sequence: str = "00"
    track2: Secret[str] | None = None
    aid: str = ""
    label: str = ""
    languages: tuple[str, ...] = ()
    service_code: str = ""
