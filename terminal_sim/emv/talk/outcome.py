"""How a transaction with a card ends."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from terminal_sim.emv.talk.card import CardData
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.request import Start
from terminal_sim.emv.talk.rules import Reason
from terminal_sim.emv.talk.torn import TornTransaction


class Verdict(Enum):
    """The kernel's verdict on a transaction."""

    APPROVED = "approved"
    DECLINED = "declined"
    USE_CHIP = "insert"
    USE_STRIPE = "swipe"
    NOT_ACCEPTED = "not-accepted"
    CARD_ERROR = "card-error"
    BLOCKED = "blocked"
    TRY_AGAIN = "try-again"
    SELECT_NEXT = "select-next"
    SEE_PHONE = "see-phone"
    CARD_GONE = "card-gone"
    READ = "read"


class Outcome(Struct, frozen=True, kw_only=True):
    """The end of a conversation (EMV Contactless Book A, 6.2, whose parameters hold for contact too). `went_online` is true where the host answered the request, so that a decline by the card needs a reversal.

    `cryptogram` is 9F26 in hex, `tvr` 5 bytes (95), `tsi` 2 bytes (9B); `cvm` is one of `no-cvm`, `signature`, `online-pin`,
    `offline-pin`, `on-device`, or empty; `icc_data` is DE 55 as BER-TLV. `reasons` stand in the order in which they arose, the last one
    being why it ended so. `start` is where the next attempt begins, None where there is none; `field_off` is how long the field
    stays off before it, in units of 100 ms; `torn` is what the terminal keeps for the card's next tap. `advice` says that the issuer is to hear of
    the end: scripts of his have results, or the card asks for it (EMV Book 3, table 15: CID, bit 4).
    """

    verdict: Verdict
    card: CardData | None = None
    went_online: bool = False
    cryptogram: str = ""
    tvr: bytes = bytes(5)
    tsi: bytes = bytes(2)
    cvm: str = ""
    icc_data: bytes = b""
    reasons: tuple[Reason, ...] = ()
    messages: tuple[DisplayMessage, ...] = ()
    start: Start | None = None
    receipt: bool = False
    field_off: int = 0
    torn: TornTransaction | None = None
    advice: bool = False

    @property
    def reason(self) -> str:
        """Why it ended so, in words; empty for an approval, since its reasons are what was found on the way."""
        return self.reasons[-1].text if self.reasons and self.verdict is not Verdict.APPROVED else ""

    def __repr__(self) -> str:
        return f"Outcome(verdict={self.verdict!r}, reason={self.reason!r})"
