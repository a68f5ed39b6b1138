"""Receipts as they come out of a terminal's printer."""

from __future__ import annotations

from dataclasses import dataclass, field

from terminal_sim.core.config import Profile
from terminal_sim.core.receipt import Receipt
from terminal_sim.display.paper import receipt_svg
from terminal_sim.display.texts import Texts
from terminal_sim.errors import BenchMisuse


@dataclass(frozen=True, slots=True)
class PrintedReceipt:
    """A receipt that came out: `copy` is `merchant` or `customer`, `text` as the printer wrote it."""

    receipt: Receipt = field(repr=False)
    copy: str
    text: str
    _texts: Texts = field(repr=False)
    _profile: Profile = field(repr=False)

    def svg(self) -> str:
        printer = self._profile.printer
        if printer is None:
            raise BenchMisuse(f"{self._profile.id} has no printer")
        return receipt_svg(self.receipt, self._texts, printer)
