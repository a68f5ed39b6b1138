"""One transaction as the terminal requests it of the kernel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Interface(Enum):
    """The way in which card and reader speak."""

    CONTACT = "chip"
    CONTACTLESS = "contactless"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One transaction. `amount` in minor units; `date` YYMMDD, `time` HHMMSS, local; `unpredictable` 4 bytes (9F37).

    `transaction_type` is tag 9C (00 purchase, 20 refund), `sequence` the transaction sequence counter (9F41).
    """

    interface: Interface
    amount: int
    date: str
    time: str
    unpredictable: bytes
    transaction_type: str = "00"
    sequence: int = 1
