"""What a terminal needs to begin a payment, a void or a refund by itself, as the profile says it."""

from __future__ import annotations

from terminal_sim.bench import Profile
from terminal_sim.oracles.occurrence import Around


def why_not(profile: Profile, around: Around) -> str:
    """The id of the reason for which it begins none in these surroundings, "" where it does."""
    if "standalone" in profile.features:
        if not around.standalone:
            return "standalone-off"
        if around.link not in profile.standalone.over:
            return "standalone-link"
    empty = profile.battery is not None and around.battery < profile.battery.critical
    return "battery-critical" if empty else ""
