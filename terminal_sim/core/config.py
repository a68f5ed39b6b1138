"""What a profile says of a terminal, as plain values.

A profile selects flows, orders menus, maps keys and sets limits; it never branches, and no code asks its name. The
loader (`terminal_sim.profile`) fills these classes from TOML and refuses everything they do not name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from terminal_sim.core.moment import Duration
from terminal_sim.core.money import CURRENCIES

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_MERCHANT = re.compile(r"[ -~]{1,15}")
_CATEGORY = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """A screen: size in pixels, and the width of a line of text in characters."""

    width: int
    height: int
    columns: int = 32
    touch: bool = True

    def __post_init__(self) -> None:
        if not 16 <= self.columns <= 120:
            raise ValueError(f"columns: {self.columns} characters do not make a readable line: 16 to 120")
        for name in ("width", "height"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name}: must be above zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFace:
    """How a key looks and its second name: scripts may say `GREEN` for `OK`."""

    label: str
    colour: Literal["grey", "green", "red", "yellow", "white"] = "grey"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keypad:
    """`where` the keys are: real `keys` below the screen, or drawn on the `screen` when it asks for digits.

    Holding the key `power_off` for three seconds switches off.
    A key that `keys` names and a drawn layout leaves out is a button that screens show where they need it.
    """

    where: Literal["keys", "screen"]
    layout: tuple[tuple[str, ...], ...]
    keys: dict[str, KeyFace] = field(default_factory=dict)
    power_off: str = ""

    def __post_init__(self) -> None:
        placed = {key for row in self.layout for key in row}
        for key in self.keys:
            if key not in placed and self.where == "keys":
                raise ValueError(f"keys.{key}: the layout has no key {key!r}")

    def named(self, word: str) -> str | None:
        """The key that a script means by its name or its colour; None where there is none."""
        placed = {key for row in self.layout for key in row}
        if word in placed or word in self.keys:
            return word
        for key, face in self.keys.items():
            if face.colour.upper() == word:
                return key
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterConfig:
    """A thermal printer: `columns` characters a line, `dots` across the head."""

    columns: int
    dots: int = 384

    def __post_init__(self) -> None:
        if not 24 <= self.columns <= 80:
            raise ValueError(f"columns: receipts need 24 to 80 characters a line, not {self.columns}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """Percent below which the terminal warns, and below which it starts no payment."""

    low: int = 20
    critical: int = 5

    def __post_init__(self) -> None:
        if not 0 <= self.low <= 100:
            raise ValueError(f"low: 0 to 100 percent, not {self.low}")
        if not 0 <= self.critical <= self.low:
            raise ValueError(f"critical: 0 to the {self.low} percent of low, not {self.critical}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Which ways a card's data may come in."""

    chip: bool = True
    contactless: bool = True
    stripe: bool = True
    keyed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """One line of a menu: it opens another `menu` or starts a `flow`; `needs` hides it while that switch is off."""

    id: str
    menu: str = ""
    flow: str = ""
    needs: Literal["", "standalone", "moto", "unreferenced-refunds"] = ""

    def __post_init__(self) -> None:
        if bool(self.menu) == bool(self.flow):
            raise ValueError(
                f"{self.id}: a menu entry opens either a menu or a flow: give exactly one of them"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """`passcode` names the passcode that guards it, if any."""

    entries: tuple[MenuEntry, ...]
    title: str = ""
    passcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The home screen: `tiles` to touch, an idle screen with `start`, or an amount pad over `tabs` always in reach.

    `flow` is the flow that shows it, the lowest one of all. `confirm` is what the green key starts there.
    """

    style: Literal["tiles", "start", "tabs"]
    entries: tuple[MenuEntry, ...]
    confirm: str = ""
    shortcuts: dict[str, str] = field(default_factory=dict)
    flow: str = "home"

    def __post_init__(self) -> None:
        for digits in self.shortcuts:
            if not (digits.isascii() and digits.isdigit()):
                raise ValueError(f"shortcuts.{digits}: a shortcut is typed before the green key: digits only")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passcode:
    """A passcode as delivered. After `tries` wrong ones it is locked for `lock`."""

    code: str
    tries: int = 5
    lock: Duration = Duration(1_800_000_000)
    max_digits: int = 6

    def __post_init__(self) -> None:
        if not (self.code.isascii() and self.code.isdigit() and 4 <= len(self.code) <= self.max_digits):
            raise ValueError(f"code: a passcode has 4 to {self.max_digits} digits, in quotes")
        if not 1 <= self.tries <= 10:
            raise ValueError(f"tries: 1 to 10 (PCI DSS 8.3.4), not {self.tries}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standalone:
    """The account switch of standalone payments and the links over which it may work."""

    enabled: bool = True
    over: tuple[Literal["wifi", "4g", "ethernet"], ...] = ("wifi", "4g")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Amounts in minor units; `history` is how many payments the History list shows."""

    max_amount: int = 99_999_99
    moto_max_amount: int = 99_999_99
    refund_max_amount: int = 99_999_99
    history: int = 100

    def __post_init__(self) -> None:
        for name in ("max_amount", "moto_max_amount", "refund_max_amount", "history"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name}: must be above zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long each kind of screen waits for somebody, and how long the terminal waits for others."""

    menu: Duration = Duration(60_000_000)
    entry: Duration = Duration(120_000_000)
    card: Duration = Duration(120_000_000)
    pin: Duration = Duration(120_000_000)
    passcode: Duration = Duration(30_000_000)
    issuer: Duration = Duration(120_000_000)
    result: Duration = Duration(10_000_000)
    notice: Duration = Duration(5_000_000)
    avs: Duration = Duration(5_000_000)
    remove_card: Duration = Duration(20_000_000)
    reversal: Duration = Duration(60_000_000)
    reversal_retry: Duration = Duration(60_000_000)
    reversal_retry_max: Duration = Duration(900_000_000)

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) <= 0:
                raise ValueError(f"{name}: must be above zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moto:
    """Payments without a card.

    `ask_address_in` are the cardholder countries (alpha-2) whose address is asked for; `iin_countries` tells the country
    by the first digits of the card number, and a number that it does not know is asked for no address.
    """

    enabled: bool = False
    ask_cvc: bool = True
    ask_address: bool = False
    ask_address_in: tuple[str, ...] = ()
    iin_countries: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunds:
    """Whether payments may be voided from the history, and refunds made without one (behind `passcode`)."""

    void: bool = True
    unreferenced: bool = False
    passcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """Which copies print by themselves, whether declined payments print, and the lines at the top."""

    merchant: Literal["auto", "prompt", "no"] = "auto"
    customer: Literal["auto", "prompt", "no"] = "auto"
    declined: bool = True
    card_language: bool = True
    header: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """What a point of sale offers beside the card reader: ways to pay that need no card, and receipts by message."""

    manual_entry: bool = False
    gift_card: bool = False
    clearpay: bool = False
    orders: bool = False
    digital_receipt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """How long payments are taken in one outage, counted from its beginning: of the link, and of the service behind it."""

    network: Duration = Duration(86_400_000_000)
    service: Duration = Duration(86_400_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline:
    """Payments that are taken while the acquirer is out of reach, kept, and forwarded later. Amounts in minor units.

    `allowed` and `limit` are as delivered; with `settings` the merchant changes them, `limit` up to `limit_max`, where whoever is
    signed in has the `permission`.
    `upload` after the `anchor` a payment that has not left expires; no `upload` means never. `queue_sum` and
    `queue_count` bound what waits, 0 does not. With `app_forwards`, what a lost link kept back leaves only while the app is open.
    """

    enabled: bool = False
    allowed: bool = False
    settings: bool = False
    permission: bool = True
    limit: int = 100_00
    limit_max: int = 25_000_00
    queue_sum: int = 0
    queue_count: int = 0
    session: Session = Session()
    upload: Duration | None = None
    anchor: Literal["connection-lost", "first-payment"] = "first-payment"
    entries: Entries = Entries(contactless=False)
    refused_brands: tuple[str, ...] = ()
    banner: bool = False
    countdown: bool = False
    app_forwards: bool = False
    auth_code: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.limit <= self.limit_max:
            raise ValueError(f"limit: above zero and at most limit_max ({self.limit_max})")
        if self.queue_sum < 0 or self.queue_count < 0:
            raise ValueError("queue_sum and queue_count: 0 for no bound, or above it")
        if self.upload is not None and self.upload <= 0:
            raise ValueError("upload: must be above zero; without it a payment never expires")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    """Who takes the payments, for the acquirer: ISO 8583 DE 42, and a category of ISO 18245."""

    id: str
    category: str = "5999"

    def __post_init__(self) -> None:
        if not _MERCHANT.fullmatch(self.id):
            raise ValueError("id: 1 to 15 printable ASCII characters")
        if not _CATEGORY.fullmatch(self.category):
            raise ValueError("category: four digits, in quotes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A terminal model with its configuration. `profile` is the version of this format; `id` names journals and files.

    `lights` are the reader's own, all green after a success. `app` says that the firmware is an app on a phone or tablet,
    which can be closed and whose link to the reader can break.
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
    entries: Entries = Entries()
    menus: dict[str, Menu] = field(default_factory=dict)
    printer: PrinterConfig | None = None
    battery: Battery | None = None
    links: tuple[Literal["wifi", "4g", "ethernet", "bluetooth", "usb"], ...] = ()
    passcodes: dict[str, Passcode] = field(default_factory=dict)
    standalone: Standalone = Standalone()
    limits: Limits = Limits()
    timeouts: Timeouts = Timeouts()
    moto: Moto = Moto()
    refunds: Refunds = Refunds()
    receipts: Receipts = Receipts()
    checkout: Checkout | None = None
    offline: Offline = Offline()
    lights: tuple[str, ...] = ()
    app: bool = False

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
        if self.refunds.unreferenced and self.refunds.passcode not in self.passcodes:
            raise ValueError(f"refunds.passcode: there is no passcode {self.refunds.passcode!r}")

    def _check(self, where: str, entry: MenuEntry) -> None:
        if entry.menu and entry.menu not in self.menus:
            raise ValueError(f"{where}: {entry.id!r} opens the menu {entry.menu!r}, which does not exist")

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
            "standalone": self.family == "standalone",
            "void": self.refunds.void,
            "unreferenced-refunds": self.refunds.unreferenced,
            "passcode": bool(self.passcodes),
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
        }
        return frozenset(name for name, there in have.items() if there) | frozenset(self.links)
