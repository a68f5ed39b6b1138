"""Cardholder verification: the walk through the card's CVM list (EMV Book 3, 10.5).

1. A rule is two bytes: how (bit 7: try the next rule if this one fails) and when. A rule whose condition is not met, not known or
   cannot be judged is passed over.
2. The first rule that succeeds ends the walk; one that fails without bit 7, or the end of the list, fails it.
3. CVM results (9F34) are the two bytes of the last rule whose method was performed, and 00 unknown (online PIN, signature),
   01 failed or 02 successful. Where none was performed they are 3F 00 01, and 3F 00 00 where no list was walked (Book 4, table 2).
4. A method outside the terminal's capabilities (9F33, byte 2) is not performed; a PIN among them sets the TVR bit for a missing PIN pad.
5. A PIN that the cardholder bypasses counts as bypassed for every later PIN method too, without another question (Book 4, 6.3.4.3).
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import Final

from msgspec import Struct

from terminal_sim.emv.data import tags, tvr
from terminal_sim.emv.steps import pin
from terminal_sim.emv.steps.exchange import CardError
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.rules import Rule

_AIP_CVM: Final = 0x10
_NEXT_IF_FAILED: Final = 0x40

FAIL: Final = 0x00
PLAINTEXT_PIN: Final = 0x01
ONLINE_PIN: Final = 0x02
PLAINTEXT_PIN_AND_SIGNATURE: Final = 0x03
ENCIPHERED_PIN: Final = 0x04
ENCIPHERED_PIN_AND_SIGNATURE: Final = 0x05
SIGNATURE: Final = 0x1E
NO_CVM: Final = 0x1F

CAN_PLAINTEXT_PIN: Final = 0x80
CAN_ONLINE_PIN: Final = 0x40
CAN_SIGNATURE: Final = 0x20
CAN_ENCIPHERED_PIN: Final = 0x10
CAN_NO_CVM: Final = 0x08

_NEEDS: Final = {
    FAIL: 0,
    PLAINTEXT_PIN: CAN_PLAINTEXT_PIN,
    ONLINE_PIN: CAN_ONLINE_PIN,
    PLAINTEXT_PIN_AND_SIGNATURE: CAN_PLAINTEXT_PIN | CAN_SIGNATURE,
    ENCIPHERED_PIN: CAN_ENCIPHERED_PIN,
    ENCIPHERED_PIN_AND_SIGNATURE: CAN_ENCIPHERED_PIN | CAN_SIGNATURE,
    SIGNATURE: CAN_SIGNATURE,
    NO_CVM: CAN_NO_CVM,
}
"""The capabilities that a method needs, all of them."""

_CAN_PIN: Final = CAN_PLAINTEXT_PIN | CAN_ONLINE_PIN | CAN_ENCIPHERED_PIN

_ENCIPHERED_PINS: Final = (ENCIPHERED_PIN, ENCIPHERED_PIN_AND_SIGNATURE)
_OFFLINE_PINS: Final = (PLAINTEXT_PIN, PLAINTEXT_PIN_AND_SIGNATURE, *_ENCIPHERED_PINS)

_PERFORMED: Final = {
    PLAINTEXT_PIN: "on-device",
    ONLINE_PIN: "online-pin",
    SIGNATURE: "signature",
    NO_CVM: "no-cvm",
    0x3F: "no-cvm",
}

NOT_WALKED: Final = bytes((0x3F, 0x00, 0x00))
NONE_PERFORMED: Final = bytes((0x3F, 0x00, 0x01))


class _Result(IntEnum):
    """How a method ended: the third byte of the CVM results, or not performed at all."""

    UNKNOWN = 0
    FAILED = 1
    SUCCESSFUL = 2
    NOT_PERFORMED = 3


class CvmRule(Struct, frozen=True):
    """The two bytes of a CV rule: `code` holds the method and bit 7, `condition` when it applies (Book 3, annex C3)."""

    code: int
    condition: int

    @property
    def method(self) -> int:
        """The method alone, bits 6 to 1 of the code."""
        return self.code & 0x3F


class CvmList(Struct, frozen=True):
    """Tag 8E: two amounts in the application's currency, minor units, and the rules."""

    x: int
    y: int
    rules: tuple[CvmRule, ...]


@lru_cache(maxsize=256)
def parse(value: bytes) -> CvmList:
    """A list shorter than one rule has no rules. Raises `CardError` where the list has half a rule (Book 3, 7.5 and 10.5)."""
    if len(value) % 2:
        raise CardError("the CVM list is cut off")
    rules = tuple(CvmRule(value[at], value[at + 1]) for at in range(8, len(value), 2))
    return CvmList(int.from_bytes(value[:4]), int.from_bytes(value[4:8]), rules)


def verify(transaction: Transaction, *, pin_later: bool = False) -> Conversation[None]:
    """Verifies the cardholder; sets `cvm`, CVM results, TVR and TSI, and the PIN block of an online PIN.

    With `pin_later` an online PIN is chosen and not asked for, since the card leaves before it is typed (Book C-2, 3.8).
    """
    transaction.terminal[tags.CVM_RESULTS] = NOT_WALKED
    if not transaction.card[tags.AIP][0] & _AIP_CVM:
        return
    cvms = parse(transaction.card.raw(tags.CVM_LIST) or b"")
    if not cvms.rules:
        transaction.mark(tvr.ICC_DATA_MISSING, Rule.CVM_LIST_MISSING)
        return
    transaction.tsi |= tvr.TSI_CVM_PERFORMED
    transaction.terminal[tags.CVM_RESULTS] = NONE_PERFORMED
    for rule in cvms.rules:
        if not applies(rule, cvms, transaction):
            continue
        result = yield from _perform(transaction, rule.method, pin_later)
        if result is not _Result.NOT_PERFORMED:
            transaction.terminal[tags.CVM_RESULTS] = bytes((rule.code, rule.condition, result))
        if result in (_Result.UNKNOWN, _Result.SUCCESSFUL):
            return
        if not rule.code & _NEXT_IF_FAILED:
            break
    transaction.mark(tvr.CVM_FAILED, Rule.CVM_FAILED)


def performed(results: bytes) -> str:
    """What CVM results (9F34) without a failure say, as the `cvm` of an outcome; a tap has no offline PIN, whose code says there
    that the device verified its owner (Book C-2, 3.8)."""
    return _PERFORMED.get(results[0] & 0x3F, "") if results[2] != _Result.FAILED else ""


def applies(rule: CvmRule, cvms: CvmList, transaction: Transaction) -> bool:
    """Whether the condition of `rule` is met (Book 3, table 44)."""
    cash, cashback = transaction.is_cash, transaction.is_cashback
    attended = transaction.config.terminal_type[-1:] in ("1", "2", "3")
    match rule.condition:
        case 0x00:
            return True
        case 0x01:
            return cash and not attended
        case 0x02:
            return not cash and not cashback
        case 0x03:
            return rule.method in _NEEDS and supported(transaction, rule.method)
        case 0x04:
            return cash and attended
        case 0x05:
            return cashback
        case 0x06 | 0x07 | 0x08 | 0x09:
            return _amount_meets(rule.condition, cvms, transaction)
    return False


def supported(transaction: Transaction, method: int) -> bool:
    """Whether the terminal performs `method`, which must be a known one."""
    return _NEEDS[method] & ~_capable(transaction) == 0


def _capable(transaction: Transaction) -> int:
    """The methods that the terminal performs: 9F33, byte 2."""
    return transaction.terminal[tags.CAPABILITIES][1]


def takes_online_pin(transaction: Transaction) -> bool:
    """Whether the terminal has a PIN pad for an online PIN and a key for its block."""
    config = transaction.config
    return config.has_pin_key and bool(config.capabilities[1] & CAN_ONLINE_PIN)


def _amount_meets(condition: int, cvms: CvmList, transaction: Transaction) -> bool:
    """The amount is under (06, 08) or over (07, 09) X (06, 07) or Y, and in the application's currency."""
    if transaction.card.get(tags.APPLICATION_CURRENCY) != transaction.terminal[tags.CURRENCY]:
        return False
    limit = cvms.x if condition <= 0x07 else cvms.y
    amount = transaction.request.amount
    return amount > limit if condition & 1 else amount < limit


def _perform(transaction: Transaction, method: int, pin_later: bool) -> Conversation[_Result]:
    """Performs one method and says how it ended (10.5.1 to 10.5.5)."""
    if method == FAIL:
        return _Result.FAILED
    if method not in _NEEDS:
        transaction.mark(tvr.CVM_UNRECOGNISED, Rule.CVM_UNRECOGNISED)
        return _Result.NOT_PERFORMED
    if not supported(transaction, method):
        if _NEEDS[method] & _CAN_PIN & ~_capable(transaction):
            transaction.mark(tvr.PIN_PAD_MISSING, Rule.CVM_PIN_PAD_MISSING)
        return _Result.NOT_PERFORMED
    if method == ONLINE_PIN:
        return (yield from _online_pin(transaction, pin_later))
    if method in _OFFLINE_PINS:
        right = yield from pin.offline(transaction, enciphered=method in _ENCIPHERED_PINS)
        if not right:
            return _Result.FAILED
        signed = bool(_NEEDS[method] & CAN_SIGNATURE)
        transaction.cvm = "signature" if signed else "offline-pin"
        return _Result.UNKNOWN if signed else _Result.SUCCESSFUL
    if method == SIGNATURE:
        transaction.cvm = "signature"
        return _Result.UNKNOWN
    transaction.cvm = "no-cvm"
    return _Result.SUCCESSFUL


def _online_pin(transaction: Transaction, later: bool) -> Conversation[_Result]:
    if not transaction.config.has_pin_key:
        transaction.mark(tvr.PIN_PAD_MISSING, Rule.CVM_PIN_PAD_MISSING)
        return _Result.NOT_PERFORMED
    if later:
        transaction.cvm = "online-pin"
    elif not (yield from pin.online(transaction)):
        transaction.mark(tvr.PIN_NOT_ENTERED, Rule.CVM_PIN_BYPASSED)
        return _Result.FAILED
    transaction.mark(tvr.ONLINE_PIN_ENTERED, Rule.CVM_ONLINE_PIN)
    return _Result.UNKNOWN
