"""What a card remembers without power, shared by its faces: counters, the PIN tries, whether it is blocked, and the card's key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from terminal_sim.cards.system.command import Refusal
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.secret import Secret

Blocked = Literal["", "application", "card"]

_LAST_ATC: Final = 0xFFFF


@dataclass(slots=True)
class Memory:
    """`atc` is the number of transactions begun, `last_online` its value when the issuer's answer was last authenticated, `tries_left`
    those of the offline PIN. `offline_payments`, and `offline_amount` in minor units, were approved by the card since then.
    `pin` is one that its issuer has changed. `scripts` is how many commands of scripts the card got when it last got any, and
    `script_failed` whether one of them failed, until an issuer that was told has answered. `objects` (by tag) and `records` (by SFI and
    number) are those that its issuer has changed. `keep` makes all of it durable; `kept` is what it made durable last.
    """

    key: Secret[bytes]
    tries_left: int
    atc: int = 0
    last_online: int = 0
    offline_payments: int = 0
    offline_amount: int = 0
    blocked: Blocked = ""
    pin: Secret[str] | None = None
    scripts: int = 0
    script_failed: bool = False
    objects: dict[int, bytes] = field(default_factory=dict)
    records: dict[tuple[int, int], bytes] = field(default_factory=dict)
    keep: Callable[[], None] | None = None
    kept: tuple[object, ...] = ()

    def settle(self) -> None:
        """Has what changed kept, where a keeper is there: the card calls it before an answer leaves."""
        if self.keep is None:
            return
        now = self.facts()
        if now != self.kept:
            self.keep()
            self.kept = now

    def facts(self) -> tuple[object, ...]:
        """All that outlives the power, but for the key."""
        counters = self.atc, self.last_online, self.tries_left, self.offline_payments, self.offline_amount
        changed = tuple(self.objects.items()), tuple(self.records.items())
        return (*counters, self.blocked, self.pin, self.scripts, self.script_failed, *changed)

    def begin(self) -> bytes:
        """The counter of a new transaction. A card whose counter has run out begins none (EMV Book 2, A1.3)."""
        if self.atc >= _LAST_ATC:
            raise Refusal(StatusWord.CONDITIONS)
        self.atc += 1
        return self.counter

    @property
    def counter(self) -> bytes:
        """The application transaction counter, tag 9F36."""
        return self.atc.to_bytes(2)

    def random(self, purpose: bytes, more: bytes) -> bytes:
        """8 bytes that nobody without the card's key foresees; the same run of a bench gives the same ones."""
        return hashlib.sha256(self.key.reveal() + purpose + self.counter + more).digest()[:8]

    def use_try(self) -> int:
        """Takes one of the PIN tries; how many are left."""
        self.tries_left -= 1
        return self.tries_left

    def restore_tries(self, limit: int) -> None:
        """The right PIN, or the issuer, gives all tries back."""
        self.tries_left = limit

    def spend(self, amount: int, payments: int, total: int) -> bool:
        """Counts an offline payment where it stays within so many `payments` and a `total`; whether it does."""
        if self.offline_payments >= payments or self.offline_amount + amount > total:
            return False
        self.offline_payments += 1
        self.offline_amount += amount
        return True

    def begin_scripts(self) -> None:
        """What became of earlier scripts is not told any more."""
        self.scripts, self.script_failed = 0, False

    def went_online(self) -> None:
        """The issuer's answer is authenticated: offline payments are counted anew."""
        self.last_online, self.offline_payments, self.offline_amount = self.atc, 0, 0
