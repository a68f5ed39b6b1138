"""One transaction as the terminal requests it of the kernel."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Interface(Enum):
    """The way in which card and reader speak."""

    CONTACT = "chip"
    CONTACTLESS = "contactless"


class Start(Enum):
    """Where a contactless transaction begins, or begins again (EMV Contactless Book B, 2.2)."""

    PREPROCESSING = "A"
    PROTOCOL_ACTIVATION = "B"
    COMBINATION_SELECTION = "C"
    KERNEL_ACTIVATION = "D"


class Request(Struct, frozen=True, kw_only=True):
    """One transaction. `amount` and `amount_other` in minor units; `date` YYMMDD, `time` HHMMSS, local; `unpredictable` 4 bytes (9F37).

    `transaction_type` is tag 9C (00 purchase, 09 purchase with cashback, 20 refund), `sequence` the transaction sequence counter
    (9F41). `amount_other` is the cashback (9F03). `entropy` is what all other random bytes of the transaction are drawn from. The
    merchant sends it to the issuer with `forced_online` whatever the card says; `start` is where
    a contactless transaction begins. A contact transaction that `reads_only` ends with the card's data, and asks for no cryptogram.
    """

    interface: Interface
    amount: int
    date: str
    time: str
    unpredictable: bytes
    transaction_type: str = "00"
    sequence: int = 1
    amount_other: int = 0
    entropy: bytes = b""
    forced_online: bool = False
    start: Start = Start.PREPROCESSING
    reads_only: bool = False
