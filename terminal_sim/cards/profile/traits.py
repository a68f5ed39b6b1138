"""What a face of a card may have besides: limits of its own, worn contacts, resistance to relaying.

A `ValueError` begins with the name of the field that breaks a rule, so that the file's reader can name its line.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """A worn contact: of 100 answers `percent` are lost, which ones follows from `seed`."""

    percent: int
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.percent <= 100:
            raise ValueError("percent: 0 to 100 of 100 answers")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineLimits:
    """What a card approves without its issuer: so many `payments` in a row, together no more than `amount` in minor units."""

    payments: int
    amount: int

    def __post_init__(self) -> None:
        if not 0 <= self.payments <= 0xFF:
            raise ValueError("payments: 0 to 255")
        if not 0 <= self.amount <= 999_999_999_999:
            raise ValueError("amount: 12 digits of minor units at most")


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayFace:
    """How a card resists relaying (EMV Book C-2, 3.10): its processing takes `least` to `most` and its answer `transmission`, as it says in units of 100 us.

    `takes` is what the exchange takes indeed, in units of 100 us: a card whose answers are relayed takes longer than it says.
    """

    least: int
    most: int
    transmission: int
    takes: int

    def __post_init__(self) -> None:
        for name in ("least", "most", "transmission", "takes"):
            if not 0 <= getattr(self, name) <= 0xFFFF:
                raise ValueError(f"{name}: 0 to 65535 units of 100 us")
        if self.least > self.most:
            raise ValueError("least: no more than most")
