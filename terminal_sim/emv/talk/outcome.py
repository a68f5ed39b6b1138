"""How a transaction with a card ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from terminal_sim.emv.talk.card import CardData


class Verdict(Enum):
    """The kernel's verdict on a transaction."""

    APPROVED = "approved"
    DECLINED = "declined"
    USE_CHIP = "insert"
    USE_STRIPE = "swipe"
    NOT_ACCEPTED = "not-accepted"
    CARD_ERROR = "card-error"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of a conversation. `went_online` is true where the host answered the request, so that a decline by the card needs a reversal.

    `cryptogram` is 9F26 in hex, `tvr` 5 bytes (95), `tsi` 2 bytes (9B); `cvm` is one of `no-cvm`, `signature`, `online-pin`,
    `offline-pin`, `on-device`, or empty; `icc_data` is DE 55 as BER-TLV.
    """

    verdict: Verdict
    card: CardData | None = None
    went_online: bool = False
    cryptogram: str = ""
    tvr: bytes = bytes(5)
    tsi: bytes = bytes(2)
    cvm: str = ""
    reason: str = ""
    icc_data: bytes = field(default=b"", repr=False)
