"""The issuer behind the acquirer: accounts, and whether one pays.

What is asked, in this order, and the response code (ISO 8583 DE 39) where the answer is no:

| check                                                              | code |
|--------------------------------------------------------------------|------|
| a card number is there, and the same in DE 2 and DE 35              | 30   |
| the number is Luhn-valid, and has an account or the host file lets unknown ones pay | 14 |
| the expiry is the account's and not past                            | 54   |
| the cryptogram (DE 55) is the card's, and belongs into the message (`cryptograms`) | 82   |
| the card's counter is above the highest one seen, and no other payment's (`counters`) | 82   |
| nothing in DE 55 says that the cardholder was not verified          | 75, 05 (`verification`) |
| the enciphered PIN (DE 52) is the account's                         | 55   |
| the CVC is the account's                                            | N7   |
| the address check, by the table of the host file                    | its  |
| the account's own response code                                     | its  |
| the balance covers the amount                                       | 51   |

A number without an account has no keys, PIN, CVC or address to compare with: those checks pass; what the terminal says does not. Nor has it an ARPC.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from terminal_sim.core.message import Avs, EntryMode, HostRequest
from terminal_sim.core.moment import digits_of
from terminal_sim.emv.data.card_number import is_luhn_valid, longest_beginning
from terminal_sim.host import scripts
from terminal_sim.host.answers import APPROVED, PIN_TRIES_EXCEEDED, ScriptedAnswer
from terminal_sim.host.config import AcquirerConfig
from terminal_sim.host.counters import CardCounters, CountersState, CounterUse, card_digest
from terminal_sim.secret import Secret

if TYPE_CHECKING:
    from terminal_sim.host.script_commands import CommandSecuring

_ISSUER_AUTHENTICATION_DATA = 0x91  # EMV Book 3, Annex A
FORMAT_ERROR, INVALID_CARD, EXPIRED = "30", "14", "54"
WRONG_CRYPTOGRAM, WRONG_PIN, WRONG_CVC, NOT_ENOUGH = "82", "55", "N7", "51"
OWN_CODES = (
    FORMAT_ERROR,
    INVALID_CARD,
    EXPIRED,
    WRONG_CRYPTOGRAM,
    WRONG_PIN,
    WRONG_CVC,
    NOT_ENOUGH,
    PIN_TRIES_EXCEEDED,
)
"""The response codes that it answers with of its own accord."""


class Account(Struct, frozen=True, kw_only=True):
    """A card as its issuer knows it. Empty fields are not compared; `balance` in minor units, None without limit."""

    pan: Secret[str]
    brand: str
    expiry: str = ""
    cvc: Secret[str] | None = None
    pin: Secret[str] | None = None
    postal_code: str = ""
    street_number: str = ""
    response_code: str = APPROVED
    balance: int | None = None


class PinChange(Struct, frozen=True, kw_only=True):
    """The new `pin` of the card of `pan` went out in the script `identifier` (9F18); it counts once the card has taken it."""

    pan: Secret[str]
    pin: Secret[str]
    identifier: int


class IssuerState(Struct, frozen=True):
    """An issuer at one moment: its accounts and new PINs by card number, and the counters that it has seen."""

    accounts: Mapping[str, Account]
    changes: Mapping[str, PinChange]
    counters: CountersState


class IssuerDecision(Struct, frozen=True, kw_only=True):
    """The issuer's word on a payment; `avs_result` is empty where no address was given, `note` says what is wrong with a cryptogram."""

    code: str
    avs_result: str = ""
    pan: Secret[str] | None = None
    note: str = ""


class _Refusal(Struct, frozen=True):
    """A response code, empty for none, and for the host's log why."""

    code: str
    note: str = ""


_NO_REFUSAL = _Refusal("")


class Issuer:
    """Accounts by card number; `spent` gives the sum of a card's payments, in minor units."""

    def __init__(self, config: AcquirerConfig, spent: Callable[[Secret[str]], int]) -> None:
        self._config = config
        self._master_key, self._by_bin = config.issuer_master_key, config.keys_by_bin
        self._spent = spent
        self._accounts: dict[str, Account] = {}
        self._changes: dict[str, PinChange] = {}
        self.counters = CardCounters()

    def snapshot(self) -> IssuerState:
        return IssuerState(self._accounts.copy(), self._changes.copy(), self.counters.snapshot())

    def restore(self, state: IssuerState) -> None:
        self._accounts = dict(state.accounts)
        self._changes = dict(state.changes)
        self.counters.restore(state.counters)

    def open(self, account: Account) -> None:
        """Opens the account, or replaces the one of the same card number."""
        self._accounts[account.pan.reveal()] = account

    def knows(self, pan: Secret[str]) -> bool:
        """Whether there is an account of this number."""
        return pan.reveal() in self._accounts

    def issue(self, pan: Secret[str], sequence: str) -> None:
        """A card with this number is fresh from the factory: its counter begins anew."""
        self.counters.begin_anew(card_digest(pan, sequence, self._key_of(pan)))

    def judge(self, request: HostRequest) -> IssuerDecision:
        """Whether the account pays: see the table above."""
        pan = request.card_number
        if pan is None:
            return IssuerDecision(code=FORMAT_ERROR)
        account = self._accounts.get(pan.reveal())
        avs_result = _address_check(request.avs, account)
        refusal = self._refusal(request, pan, account, avs_result)
        return IssuerDecision(
            code=refusal.code or APPROVED, avs_result=avs_result, pan=pan, note=refusal.note
        )

    def counter_use(self, request: HostRequest) -> CounterUse | None:
        """The counter that came with a chip card that has an account; None for every other request."""
        pan = request.card_number
        if not request.icc_data or pan is None or pan.reveal() not in self._accounts:
            return None
        # Only chip payments need ciphers.
        from terminal_sim.host.cryptograms import counter_use, objects_of

        return counter_use(objects_of(request.icc_data), request, pan, self._key_of(pan))

    def authentication_data(self, request: HostRequest, code: str) -> bytes:
        """DE 55 of an answer: tag 91 by the method of the cryptogram's version (EMV Book 2, 8.2); empty without an ARQC or an account."""
        pan = request.card_number
        if not request.icc_data or pan is None or pan.reveal() not in self._accounts:
            return b""
        # Only chip payments need ciphers.
        from terminal_sim.emv.data.tlv import encode
        from terminal_sim.host.cryptograms import authentication_data

        data = authentication_data(request, pan, self._key_of(pan), code)
        return encode(_ISSUER_AUTHENTICATION_DATA, data) if data else b""

    def _key_of(self, pan: Secret[str]) -> Secret[bytes]:
        """The master key of the issuer of the card."""
        return self._by_bin.get(longest_beginning(pan.reveal(), self._by_bin), self._master_key)

    def reaches_card(self, request: HostRequest) -> bool:
        """Whether scripts come to the card of `request`: in a slot, or at a second tap that terminal and card support."""
        if request.entry is EntryMode.CHIP:
            return True
        return request.entry is EntryMode.CONTACTLESS and scripts.has_second_tap(request.icc_data)

    def securing(self, request: HostRequest) -> CommandSecuring | None:
        """What secures commands for the card of `request`; None where the issuer has no keys of it."""
        pan = request.card_number
        if pan is None or pan.reveal() not in self._accounts:
            return None
        from terminal_sim.host import cryptograms

        return cryptograms.securing_of(request, pan, self._config.issuer_keys)

    def ask_to_change_pin(self, request: HostRequest, pin: Secret[str], identifier: int) -> None:
        """A script with this identifier gives the card of `request` a new PIN."""
        pan = request.card_number
        if pan is not None:
            self._changes[pan.reveal()] = PinChange(pan=pan, pin=pin, identifier=identifier)

    def hear(self, request: HostRequest) -> None:
        """What a message says of the scripts that its card got: a new PIN counts once the card has taken it, and never where it did not."""
        pan = request.card_number
        change = None if pan is None else self._changes.get(pan.reveal())
        if pan is None or change is None:
            return
        taken = scripts.is_taken(request.icc_data, change.identifier, asks=request.kind.charges)
        if taken is not None:
            del self._changes[pan.reveal()]
        account = self._accounts.get(pan.reveal())
        if taken and account is not None:
            self.open(structs.replace(account, pin=change.pin))

    def _refusal(
        self, request: HostRequest, pan: Secret[str], account: Account | None, avs_result: str
    ) -> _Refusal:
        if not is_luhn_valid(pan.reveal()):
            return _Refusal(INVALID_CARD)
        if account is None:
            unknown = ScriptedAnswer.parse(self._config.unknown_cards.answer)
            if unknown.code not in ("", APPROVED):
                return _Refusal(unknown.code)
        expiry = _expiry(request)
        if expiry and (
            expiry < digits_of(request.at)[:4] or (account and account.expiry not in ("", expiry))
        ):
            return _Refusal(EXPIRED)
        if request.icc_data:
            refusal = self._refusal_of_chip(request, account)
            if refusal.code:
                return refusal
        if account is not None:
            if request.pin_block is not None and not self._is_pin_right(request, account):
                return _Refusal(WRONG_PIN)
            if request.cvc is not None and account.cvc not in (None, request.cvc):
                return _Refusal(WRONG_CVC)
        checked = self._config.avs.get(avs_result, APPROVED)
        if checked != APPROVED or account is None:
            return _Refusal(checked)
        if account.response_code != APPROVED:
            return _Refusal(account.response_code)
        if account.balance is not None and request.amount.minor > account.balance - self._spent(pan):
            return _Refusal(NOT_ENOUGH)
        return _NO_REFUSAL

    def _refusal_of_chip(self, request: HostRequest, account: Account | None) -> _Refusal:
        """What cryptogram, counter and the terminal's word on the cardholder say against the payment."""
        # Only chip payments need them.
        from terminal_sim.host.cryptograms import counter_objection, counter_use, objection, objects_of
        from terminal_sim.host.verification import refusal

        objects = objects_of(request.icc_data)
        if account is not None:
            key = self._key_of(account.pan)
            if note := objection(objects, request, account.pan, key):
                return _Refusal(WRONG_CRYPTOGRAM, note)
            use = counter_use(objects, request, account.pan, key)
            if use is not None:
                if note := counter_objection(self.counters, use, request):
                    return _Refusal(WRONG_CRYPTOGRAM, note)
                self.counters.take(use)
        return _Refusal(refusal(objects, pin_block=request.pin_block is not None))

    def _is_pin_right(self, request: HostRequest, account: Account) -> bool:
        if account.pin is None or request.pin_block is None:
            return True
        from terminal_sim.emv.keys.pinblock import PinBlockError  # only an online PIN needs ciphers
        from terminal_sim.host import pin_keys

        try:
            typed = pin_keys.pin_of(self._config, request.pin_block, request.key_serial, account.pan)
        except PinBlockError:  # another key or another card number
            return False
        return typed == account.pin


def _expiry(request: HostRequest) -> str:
    """YYMM of DE 14, else of DE 35; empty where neither says."""
    if request.expiry is not None:
        return request.expiry.reveal()
    if request.track2 is not None:
        text = request.track2.reveal().partition("=")[2][:4]
        return text if text.isdigit() else ""  # a separator stands where a card has no expiry
    return ""


def _address_check(given: Avs | None, account: Account | None) -> str:
    """A word of the host file's table; `unknown` where either side has nothing to compare."""
    if given is None:
        return ""
    if account is None or not (account.postal_code or account.street_number):
        return "unknown"
    if not (given.postal_code or given.street_number):
        return "unknown"
    postal = _is_same_code(given.postal_code, account.postal_code)
    street = _is_same_code(given.street_number, account.street_number)
    if postal and street:
        return "match"
    if postal:
        return "postal-only"
    return "street-only" if street else "no-match"


def _is_same_code(given: str, known: str) -> bool:
    """A keypad without letters can type only the digits of K1A 0B1, so only those are compared then."""
    given, known = (re.sub("[^0-9A-Z]", "", text.upper()) for text in (given, known))
    if given.isdigit():
        known = re.sub("[^0-9]", "", known)
    return given == known != ""
