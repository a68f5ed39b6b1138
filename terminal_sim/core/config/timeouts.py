"""How long a terminal waits."""

from __future__ import annotations

from dataclasses import dataclass

from terminal_sim.core.config.bounds import require_above_zero
from terminal_sim.core.moment import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long each kind of screen stays without input, and how long the terminal waits for the acquirer."""

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
        require_above_zero(self, *self.__slots__)
