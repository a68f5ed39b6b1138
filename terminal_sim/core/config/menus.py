"""What a merchant reaches from the home screen: menus, their entries, and the passcodes that guard them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from terminal_sim.core.config.bounds import require_between
from terminal_sim.core.moment import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """One line of a menu: it opens another `menu` or starts a `flow`; `needs` hides it while that switch is off.

    `passcode` is the one that its flow changes, the first of the profile where none is named.
    """

    id: str
    menu: str = ""
    flow: str = ""
    needs: Literal["", "standalone", "moto", "unreferenced-refunds", "refund-passcode", "settlement"] = ""
    passcode: str = ""

    def __post_init__(self) -> None:
        if bool(self.menu) == bool(self.flow):
            raise ValueError(
                f"{self.id}: a menu entry opens either a menu or a flow: give exactly one of them"
            )
        if self.passcode and not self.flow:
            raise ValueError(f"{self.id}: a flow changes a passcode, and this entry opens a menu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """`passcode` names the passcode that guards it, if any."""

    entries: tuple[MenuEntry, ...]
    title: str = ""
    passcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The home screen: `tiles` to touch, an idle screen with `start`, or an amount pad over `tabs` always in reach.

    `flow` is the flow that shows it, the lowest one of all. `confirm` is what the green key starts there, and `menu` what its menu key
    opens.
    """

    style: Literal["tiles", "start", "tabs"]
    entries: tuple[MenuEntry, ...]
    confirm: str = ""
    menu: str = ""
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
        require_between(self, "tries", 1, 10, "1 to 10 (PCI DSS 8.3.4)")
