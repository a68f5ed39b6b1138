"""What is known of a card once it is read: by its chip, or by its magnetic stripe."""

from __future__ import annotations

from msgspec import Struct

from terminal_sim.secret import Secret


class CardData(Struct, frozen=True, kw_only=True):
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


class Stripe(Struct, frozen=True, kw_only=True):
    """A card read by its magnetic stripe. `expiry` is YYMM, empty like `service_code` where the track leaves it out.

    `track2` is without sentinels, with `=`; None where only track 1 was read. `name` is SURNAME/FIRST as encoded.
    """

    pan: Secret[str]
    expiry: str
    service_code: str
    name: str = ""
    track2: Secret[str] | None = None

    @property
    def has_chip(self) -> bool:
        """The chip must be used where the terminal has a reader for it (ISO/IEC 7813: first digit 2 or 6)."""
        return self.service_code[:1] in ("2", "6")
