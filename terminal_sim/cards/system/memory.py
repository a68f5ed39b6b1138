"""What a card remembers without power, shared by its faces: for each of its accounts the keys, the counters, and what its issuer changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from terminal_sim.cards.system.command import Refusal
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.keys.derivation import CardKeys
from terminal_sim.secret import Secret

Blocked = Literal["", "application", "card"]

_LAST_ATC: Final = 0xFFFF


class TornAnswer(Struct, frozen=True):
    """An answer to GENERATE AC that may have been lost: what a terminal has to know of the transaction, and the answer."""

    known: bytes
    answer: bytes


class AccountState(Struct, frozen=True, kw_only=True):
    """What the applications of one account remember; those that share a number and its sequence number share their keys, and so all of this.

    `atc` is the number of transactions begun, `last_online` its value when the issuer's answer was last authenticated, `tries_left`
    those of the offline PIN. `offline_payments`, and `offline_amount` in minor units, were approved by the card since then.
    With `online_next` its issuer wants to be asked about the next payment. `pin` is one that its issuer has changed. `scripts` is how many commands of scripts the card got when it last got any, and
    `script_failed` whether one of them failed, until an issuer that was told has answered. `objects` (by tag) and `records` (by SFI and
    number) are those that its issuer has changed. `log` has the last transactions, the newest first, and `torn` the cryptogram that
    RECOVER AC gives again.
    """

    tries_left: int
    atc: int = 0
    last_online: int = 0
    offline_payments: int = 0
    offline_amount: int = 0
    online_next: bool = False
    blocked: Blocked = ""
    pin: Secret[str] | None = None
    scripts: int = 0
    script_failed: bool = False
    objects: Mapping[int, bytes] = {}
    records: Mapping[tuple[int, int], bytes] = {}
    log: tuple[bytes, ...] = ()
    torn: TornAnswer | None = None


@dataclass(slots=True)
class Memory:
    """The memory of one account: its `keys`, and its state `now`; `most_tries` are those of its PIN when they are all there, `first_pin` is the one
    that it was issued with.
    """

    keys: CardKeys
    now: AccountState
    most_tries: int = 0
    first_pin: Secret[str] | None = None

    @property
    def key(self) -> Secret[bytes]:
        """The key for cryptograms."""
        return self.keys.cryptograms

    def begin(self) -> None:
        """Counts a new transaction. A card whose counter has run out begins none (EMV Book 2, A1.3)."""
        if self.now.atc >= _LAST_ATC:
            raise Refusal(StatusWord.CONDITIONS)
        self.keep(atc=self.now.atc + 1)

    @property
    def counter(self) -> bytes:
        """The application transaction counter, tag 9F36."""
        return self.now.atc.to_bytes(2)

    def random(self, purpose: bytes, more: bytes) -> bytes:
        """8 bytes that nobody without the card's key foresees; the same run of a bench gives the same ones."""
        return hashlib.sha256(self.key.reveal() + purpose + self.counter + more).digest()[:8]

    def keep(self, **changes: Any) -> None:
        """Remembers `changes`, which are fields of the state."""
        self.now = replace(self.now, **changes)

    def use_try(self) -> int:
        """Takes one of the PIN tries; how many are left."""
        self.keep(tries_left=self.now.tries_left - 1)
        return self.now.tries_left

    @property
    def pin(self) -> Secret[str] | None:
        """The PIN that the card compares with."""
        return self.now.pin or self.first_pin

    def restore_tries(self) -> None:
        """The right PIN, or the issuer, gives all tries back."""
        self.keep(tries_left=self.most_tries)

    def spend(self, amount: int, payments: int, total: int) -> bool:
        """Counts an offline payment where it stays within so many `payments` and a `total`; whether it does."""
        now = self.now
        if now.offline_payments >= payments or now.offline_amount + amount > total:
            return False
        self.keep(offline_payments=now.offline_payments + 1, offline_amount=now.offline_amount + amount)
        return True

    def begin_scripts(self) -> None:
        """What became of earlier scripts is not told any more."""
        self.keep(scripts=0, script_failed=False)

    def went_online(self) -> None:
        """The issuer's answer is authenticated: offline payments are counted anew."""
        self.keep(last_online=self.now.atc, offline_payments=0, offline_amount=0)


class CardMemory:
    """The memories of all accounts of a card, the first of them that of its own number.

    `commands` counts those that the chip was given, for its wear: it is not durable.
    """

    def __init__(self, accounts: tuple[Memory, ...]) -> None:
        self.accounts = accounts
        self._kept = self.now
        self._keep: Callable[[], None] | None = None
        self.commands = 0

    @property
    def now(self) -> tuple[AccountState, ...]:
        """What each account remembers."""
        return tuple(one.now for one in self.accounts)

    @property
    def is_blocked(self) -> bool:
        """Whether an issuer has blocked the whole card."""
        return any(one.now.blocked == "card" for one in self.accounts)

    def resume(self, states: tuple[AccountState, ...]) -> None:
        """Remembers what another card of this personality remembered."""
        for account, state in zip(self.accounts, states, strict=True):
            account.now = state

    def keep_by(self, keep: Callable[[], None]) -> None:
        """Has `keep` make durable what changes from now on."""
        self._kept, self._keep = self.now, keep

    def settle(self) -> None:
        """Has what changed kept, where a keeper is there: the card calls it before an answer leaves."""
        if self._keep is None:
            return
        now = self.now
        if now != self._kept:
            self._keep()
            self._kept = now
