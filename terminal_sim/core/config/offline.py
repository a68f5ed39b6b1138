"""How payments are taken while the acquirer is out of reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from terminal_sim.core.config.payments import AllowedEntryModes
from terminal_sim.core.moment import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageLimits:
    """How long payments are taken in one outage, counted from its beginning: of the link, and of the service behind it."""

    network: Duration = Duration(86_400_000_000)
    service: Duration = Duration(86_400_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline:
    """Payments that are taken while the acquirer is out of reach, kept, and forwarded later. Amounts in minor units.

    `allowed` and `limit` are as delivered; with `settings` the merchant changes them, `limit` up to `limit_max`, where the
    account that is signed in has the `permission`.
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
    session: OutageLimits = OutageLimits()
    upload: Duration | None = None
    anchor: Literal["connection-lost", "first-payment"] = "first-payment"
    entries: AllowedEntryModes = AllowedEntryModes(contactless=False)
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
        if self.entries.keyed:
            raise ValueError("entries.keyed: a number that is typed is never taken offline; leave it out")
