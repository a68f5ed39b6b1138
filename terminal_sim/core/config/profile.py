"""A whole terminal model, made of the other parts of this package."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from terminal_sim.core.config.drawing import Drawing
from terminal_sim.core.config.hardware import Battery, Display, Keypad, PrinterConfig
from terminal_sim.core.config.menus import Home, Menu, MenuEntry, Passcode
from terminal_sim.core.config.offline import Offline
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
from terminal_sim.core.config.settlement import Settlement
from terminal_sim.core.config.timeouts import Timeouts
from terminal_sim.core.money import CURRENCIES

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A terminal model with its configuration. `profile` is the version of this format; `id` names journals and files.

    `lights` are the reader's own, all green after a success. `app` says that the firmware is an app on a phone or tablet,
    which can be closed and whose link to the reader can break. `status_bar` says that the first display has a strip with the time, the link
    and the battery above its screen. `api` is the vendor's interface through which points of sale ask it for payments, empty where it has
    none. `kernel` names the file of what the acquirer loads for cards: a bundled one, or a path beside the
    file that says it.
    """

    profile: Literal[1]
    id: str
    name: str
    maker: str
    family: str
    country: str
    currency: str
    languages: tuple[str, ...]
    displays: dict[str, Display]
    home: Home
    merchant: Merchant
    keypad: Keypad
    kernel: str = "test-acquirer"
    entries: AllowedEntryModes = AllowedEntryModes()
    menus: dict[str, Menu] = field(default_factory=dict)
    printer: PrinterConfig | None = None
    battery: Battery | None = None
    links: tuple[Literal["wifi", "4g", "ethernet", "bluetooth", "usb"], ...] = ()
    api: Literal["", "adyen", "square"] = ""
    passcodes: dict[str, Passcode] = field(default_factory=dict)
    standalone: Standalone = Standalone()
    limits: Limits = Limits()
    timeouts: Timeouts = Timeouts()
    moto: Moto = Moto()
    refunds: Refunds = Refunds()
    receipts: Receipts = Receipts()
    checkout: Checkout | None = None
    offline: Offline = Offline()
    settlement: Settlement = Settlement()
    lights: tuple[str, ...] = ()
    drawing: Drawing | None = None
    app: bool = False
    status_bar: bool = False

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError("id: small letters and digits, with single hyphens between them")
        if not self.languages:
            raise ValueError("languages: at least one, such as en-CA")
        if not self.displays:
            raise ValueError("displays: at least one, such as displays.main")
        if self.currency not in CURRENCIES:
            raise ValueError(f"currency: {self.currency!r} is not one of {', '.join(sorted(CURRENCIES))}")
        for name, menu in self.menus.items():
            if menu.passcode and menu.passcode not in self.passcodes:
                raise ValueError(f"menus.{name}.passcode: there is no passcode {menu.passcode!r}")
            for entry in menu.entries:
                self._check(f"menus.{name}.entries", entry)
        for entry in self.home.entries:
            self._check("home.entries", entry)
        for digits, menu_name in self.home.shortcuts.items():
            if menu_name not in self.menus:
                raise ValueError(f"home.shortcuts.{digits}: there is no menu {menu_name!r}")
        if self.home.menu and self.home.menu not in self.menus:
            raise ValueError(f"home.menu: there is no menu {self.home.menu!r}")
        if self.refunds.unreferenced and self.refunds.passcode not in self.passcodes:
            raise ValueError(f"refunds.passcode: there is no passcode {self.refunds.passcode!r}")
        if self.drawing is not None:
            self._check_drawing(self.drawing)

    def _check_drawing(self, drawing: Drawing) -> None:
        """Displays, lights and real keys are placed where the terminal has them, and displays keep their shape within two per cent.

        Slots are drawn only where the terminal takes cards so: a variant may switch one off and keep the drawing.
        """
        if drawing.displays.keys() != self.displays.keys():
            raise ValueError(f"drawing.displays: place {', '.join(self.displays)} and no other")
        if drawing.lights.keys() != set(self.lights):
            raise ValueError(f"drawing.lights: place {', '.join(self.lights) or 'none'} and no other")
        if (drawing.keypad is None) is (self.keypad.where == "keys"):
            raise ValueError("drawing.keypad: place it where the keys are real, and there alone")
        for name, display in self.displays.items():
            wide, deep = drawing.displays[name].size
            if abs(wide * display.height - deep * display.width) > 0.02 * wide * display.height:
                raise ValueError(
                    f"drawing.displays.{name}.size: the display is {display.width} by {display.height}, of another shape"
                )

    def _check(self, where: str, entry: MenuEntry) -> None:
        if entry.menu and entry.menu not in self.menus:
            raise ValueError(f"{where}: {entry.id!r} opens the menu {entry.menu!r}, which does not exist")
        if entry.passcode and entry.passcode not in self.passcodes:
            raise ValueError(
                f"{where}: {entry.id!r} changes the passcode {entry.passcode!r}, which does not exist"
            )

    @property
    def is_standalone(self) -> bool:
        """Whether it works without a point of sale."""
        return self.family == "standalone"

    @property
    def features(self) -> frozenset[str]:
        """What `requires` in a script may name, derived from the rest."""
        have = {
            "chip": self.entries.chip,
            "contactless": self.entries.contactless,
            "stripe": self.entries.stripe,
            "keyed": self.entries.keyed or self.moto.enabled,
            "moto": self.moto.enabled,
            "printer": self.printer is not None,
            "battery": self.battery is not None,
            "keypad": self.keypad.where == "keys",
            "touch": any(d.touch for d in self.displays.values()),
            "standalone": self.is_standalone,
            "void": self.refunds.void,
            "unreferenced-refunds": self.refunds.unreferenced,
            "passcode": bool(self.passcodes),
            "settlement": self.settlement.enabled,
            "offline": self.offline.enabled,
            "offline-settings": self.offline.settings,
            "offline-contactless": self.offline.enabled and self.offline.entries.contactless,
            "countdown": self.offline.countdown,
            "checkout": self.checkout is not None,
            "manual-entry": self.checkout is not None and self.checkout.manual_entry,
            "gift-card": self.checkout is not None and self.checkout.gift_card,
            "clearpay": self.checkout is not None and self.checkout.clearpay,
            "digital-receipt": self.checkout is not None and self.checkout.digital_receipt,
            "orders": self.checkout is not None and self.checkout.orders,
            "two-displays": len(self.displays) > 1,
            "lights": bool(self.lights),
            "app": self.app,
            "status-bar": self.status_bar,
        }
        return frozenset(name for name, there in have.items() if there) | frozenset(self.links)
