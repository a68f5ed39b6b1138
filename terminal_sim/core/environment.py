"""What a terminal knows of its hardware and links, and what that and its profile allow."""

from __future__ import annotations

from msgspec import Struct

from terminal_sim.core.config import MenuEntry, Profile
from terminal_sim.core.events import Paper
from terminal_sim.core.text import Text, say


class Environment(Struct):
    """`link` is the one in use; `battery` in percent; `card_in` a chip card in the slot, `card_spent` one that a payment was begun with; `app_open` where the firmware is an app.

    `standalone` says that the account takes payments which the terminal begins itself.
    """

    network_up: bool = True
    link: str = "wifi"
    service_up: bool = True
    paper: Paper = Paper.IN
    battery: int = 100
    reader: bool = True
    card_in: bool = False
    card_spent: bool = False
    app_open: bool = True
    standalone: bool = True


# A payment without a card and a refund without its sale are standalone payments as a sale is.
_STANDALONE = ("standalone", "moto", "unreferenced-refunds")


def shows(profile: Profile, entry: MenuEntry) -> bool:
    """Whether a menu lists `entry` at all: what the profile switches off is not there."""
    if entry.needs == "moto":
        return profile.moto.enabled
    if entry.needs in ("unreferenced-refunds", "refund-passcode"):
        return profile.refunds.unreferenced
    if entry.needs == "settlement":
        return profile.settlement.enabled
    return True


def refusal(profile: Profile, environment: Environment, entry: MenuEntry) -> Text | None:
    """Why `entry` cannot be used now although the menu shows it, or None."""
    return refusal_to_begin(profile, environment) if entry.needs in _STANDALONE else None


def refusal_to_begin(profile: Profile, environment: Environment) -> Text | None:
    """Why the terminal begins no payment by itself now, nor a void or a refund, or None: its account, the link in use, its battery.

    The account and its links are those of standalone terminals; the checkout of a point of sale has no such account.
    """
    if profile.is_standalone:
        if not environment.standalone:
            return say("standalone-off")
        if environment.link not in profile.standalone.over:
            return say("standalone-link")
    return say("battery-critical") if is_exhausted(profile, environment) else None


def is_low(profile: Profile, environment: Environment) -> bool:
    """Whether the charge is one that the home screen warns of."""
    return profile.battery is not None and environment.battery < profile.battery.low


def is_exhausted(profile: Profile, environment: Environment) -> bool:
    """Whether the charge is below the one that a payment needs."""
    return profile.battery is not None and environment.battery < profile.battery.critical
