"""What a profile says of a terminal, as plain values.

A profile selects flows, orders menus, maps keys and sets limits; it never branches, and no code asks its name. The
loader (`terminal_sim.profile`) fills these classes from TOML and refuses everything they do not name.
"""

from terminal_sim.core.config.drawing import Drawing
from terminal_sim.core.config.hardware import Battery, Display, KeyFace, Keypad, PrinterConfig
from terminal_sim.core.config.menus import Home, Menu, MenuEntry, Passcode
from terminal_sim.core.config.offline import Offline, OutageLimits
from terminal_sim.core.config.payments import (
    AllowedEntryModes,
    Checkout,
    Limits,
    Merchant,
    Moto,
    Receipts,
    Refunds,
    Standalone,
)
from terminal_sim.core.config.profile import Profile
from terminal_sim.core.config.settlement import Settlement
from terminal_sim.core.config.timeouts import Timeouts

__all__ = [
    "AllowedEntryModes",
    "Battery",
    "Checkout",
    "Display",
    "Drawing",
    "Home",
    "KeyFace",
    "Keypad",
    "Limits",
    "Menu",
    "MenuEntry",
    "Merchant",
    "Moto",
    "Offline",
    "OutageLimits",
    "Passcode",
    "PrinterConfig",
    "Profile",
    "Receipts",
    "Refunds",
    "Settlement",
    "Standalone",
    "Timeouts",
]
