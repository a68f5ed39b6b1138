from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from terminal_sim.emv.data import dol, tags
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.keys import pinblock
from terminal_sim.emv.steps import cvm, generate, restrictions
from terminal_sim.emv.steps.card_objects import CardObjects
from terminal_sim.emv.steps.cvm import CvmList, CvmRule
from terminal_sim.emv.steps.exchange import CardError
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.answers import PinBlock, ResponseApdu, TypedPin
from terminal_sim.emv.talk.asks import Command, EnterPin, Step
from terminal_sim.emv.talk.config import Application
from terminal_sim.emv.talk.conversation import Conversation, KernelAnswer, KernelAsk
from terminal_sim.emv.talk.request import Interface, Request
from terminal_sim.secret import Secret
from tests.emv.table import rows
from tests.emv.terminal import configuration


def begun(
    *,
    kind: str = "00",
    amount: int = 1250,
    other: str = "000000000000",
    terminal_type: str = "22",
    capabilities: str = "E0F8C8",
) -> Transaction:
    """A transaction that has read a card with a CVM list of the test's own."""
    config = replace(configuration(), terminal_type=terminal_type, capabilities=bytes.fromhex(capabilities))
    request = Request(
        interface=Interface.CONTACT,
        amount=amount,
        date="261121",
        time="101500",
        unpredictable=bytes(4),
        transaction_type=kind,
    )
    transaction = Transaction(config, request)
    transaction.terminal[tags.AMOUNT_OTHER] = bytes.fromhex(other)
    transaction.use(Application(aid=b"\xa0\x00\x00\x00\x03", brand="visa"), "VISA", CardObjects())
    transaction.card.update(
        {
            tags.AIP: b"\x10\x00",
            tags.PAN: bytes.fromhex("4111111111111111"),
            tags.EXPIRATION_DATE: bytes.fromhex("300331"),
            tags.APPLICATION_CURRENCY: bytes.fromhex("0124"),
        }
    )
    return transaction


def finish(conversation: Conversation[None], answers: list[KernelAnswer]) -> list[KernelAsk]:
    asks: list[KernelAsk] = []
    try:
        asks.append(next(conversation))
        while True:
            asks.append(conversation.send(answers.pop(0)))
    except StopIteration:
        return asks


def run(transaction: Transaction, rules: str, *answers: KernelAnswer | bytes) -> list[KernelAsk]:
    """What the step asks where it is answered by `answers`; bytes are a card's."""
    transaction.card[tags.CVM_LIST] = bytes(8) + bytes.fromhex(rules)
    return finish(
        cvm.verify(transaction), [ResponseApdu(one) if isinstance(one, bytes) else one for one in answers]
    )


BLOCK = PinBlock(pinblock.format2(Secret("1234")))


CONDITIONS = [
    ("00 always", 0x00, {}, True),
    ("01 unattended cash, on a purchase", 0x01, {}, False),
    ("01 unattended cash", 0x01, {"kind": "01", "terminal_type": "25"}, True),
    ("01 unattended cash, attended", 0x01, {"kind": "01"}, False),
    ("02 neither cash nor cashback", 0x02, {}, True),
    ("02 with cashback", 0x02, {"kind": "09"}, False),
    ("02 on cash", 0x02, {"kind": "01"}, False),
    ("03 supported", 0x03, {}, True),
    ("03 not supported", 0x03, {"capabilities": "E000C8"}, False),
    ("04 manual cash", 0x04, {"kind": "01"}, True),
    ("04 on a purchase", 0x04, {}, False),
    ("05 cashback", 0x05, {"kind": "09"}, True),
    ("05 on a purchase", 0x05, {}, False),
    ("05 on a purchase with another amount", 0x05, {"other": "000000002000"}, True),
    ("02 on a purchase with another amount", 0x02, {"other": "000000002000"}, False),
    ("06 under X", 0x06, {"amount": 999}, True),
    ("06 at X", 0x06, {"amount": 1000}, False),
    ("07 over X", 0x07, {"amount": 1001}, True),
    ("07 at X", 0x07, {"amount": 1000}, False),
    ("08 under Y", 0x08, {"amount": 4999}, True),
    ("09 over Y", 0x09, {"amount": 5001}, True),
    ("09 under Y", 0x09, {"amount": 1001}, False),
    ("0A is not known", 0x0A, {}, False),
]


@pytest.mark.parametrize(("condition", "about", "met"), rows(CONDITIONS))
def test_a_condition_is_met_or_not(condition: int, about: dict[str, str], met: bool) -> None:
    rule = CvmRule(cvm.SIGNATURE, condition)
    transaction = begun(**about)  # type: ignore[arg-type]
    assert cvm.applies(rule, CvmList(1000, 5000, (rule,)), transaction) is met


def test_an_amount_in_another_currency_meets_no_condition() -> None:
    transaction = begun()
    transaction.card[tags.APPLICATION_CURRENCY] = bytes.fromhex("0978")
    rule = CvmRule(cvm.SIGNATURE, 0x07)
    assert not cvm.applies(rule, CvmList(0, 0, (rule,)), transaction)


def test_the_amounts_of_a_list_are_read() -> None:
    read = cvm.parse(bytes.fromhex("000003E8 00001388 4203 1E03"))
    assert read == CvmList(1000, 5000, (CvmRule(0x42, 3), CvmRule(0x1E, 3)))
    for hexes in ("00000000000000", "0000000000000000 42"):
        with pytest.raises(CardError):
            cvm.parse(bytes.fromhex(hexes))


LISTS = [
    ("conditions that are not known", "600E 5E0E", "3F0001", 0x80, ""),
    ("an unknown method that is tried, then signature", "6000 1E00", "1E0000", 0x40, "signature"),
    ("an unknown method alone", "2000", "3F0001", 0xC0, ""),
    ("an unknown method after one that was tried and failed", "4000 2000", "400001", 0xC0, ""),
    ("fail is failed", "0000", "000001", 0x80, ""),
    ("no rule whose condition is met", "1E05 1F04", "3F0001", 0x80, ""),
    ("an enciphered PIN that the card has no key for", "4400 1F00", "1F0002", 0x00, "no-cvm"),
    ("a signature that is not supported", "1E00", "3F0001", 0x80, ""),
    ("an enciphered PIN without a key, and no more", "0500", "050001", 0x80, ""),
]


@pytest.mark.parametrize(("rules", "results", "byte3", "done"), rows(LISTS))
def test_a_list_is_walked_to_its_result(rules: str, results: str, byte3: int, done: str) -> None:
    transaction = begun(capabilities="E0D8C8" if rules == "1E00" else "E0F8C8")
    run(transaction, rules)
    assert transaction.terminal[tags.CVM_RESULTS] == bytes.fromhex(results)
    assert transaction.tvr >> 16 & 0xFF == byte3
    assert transaction.cvm == done
    assert transaction.tsi & 0x4000


def test_a_card_that_knows_no_verification_is_not_asked_for_one() -> None:
    transaction = begun()
    transaction.card[tags.AIP] = bytes(2)
    run(transaction, "1E00")
    assert (transaction.cvm, transaction.tsi, transaction.tvr) == ("", 0, 0)
    assert transaction.terminal[tags.CVM_RESULTS] == bytes.fromhex("3F0000")


@pytest.mark.parametrize("value", ["", "00000000", "0000000000000000"])
def test_a_list_that_is_missing_or_without_a_rule_stands_in_the_tvr(value: str) -> None:
    transaction = begun()
    if value:
        transaction.card[tags.CVM_LIST] = bytes.fromhex(value)
    finish(cvm.verify(transaction), [])
    assert (transaction.tvr, transaction.tsi) == (0x2000000000, 0)
    assert transaction.terminal[tags.CVM_RESULTS] == bytes.fromhex("3F0000")


BYPASSED = [
    (
        "an online PIN after an offline one",
        "4100 0200",
        [bytes.fromhex("9F1701039000"), PinBlock(None)],
        "020001",
        "",
    ),
    ("an offline PIN after an online one", "4200 0100", [PinBlock(None)], "010001", ""),
    ("a signature after both", "4200 4100 1E00", [PinBlock(None)], "1E0000", "signature"),
]


@pytest.mark.parametrize(("rules", "said", "results", "done"), rows(BYPASSED))
def test_a_pin_that_was_bypassed_is_not_asked_for_again(
    rules: str, said: list[KernelAnswer | bytes], results: str, done: str
) -> None:
    transaction = begun()
    asks = run(transaction, rules, *said)
    assert sum(isinstance(ask, EnterPin) for ask in asks) == 1
    assert transaction.terminal[tags.CVM_RESULTS] == bytes.fromhex(results)
    assert transaction.tvr >> 16 & 0xFF == (0x08 if done else 0x88)
    assert transaction.cvm == done


def test_a_missing_signature_is_no_missing_pin_pad() -> None:
    transaction = begun(capabilities="E0D8C8")
    run(transaction, "0300")
    assert transaction.tvr >> 16 & 0xFF == 0x80


def test_a_pin_and_a_signature_are_both_wanted() -> None:
    transaction = begun()
    asks = run(transaction, "0300", bytes.fromhex("9F170103 9000"), BLOCK, b"\x90\x00")
    assert isinstance(asks[1], EnterPin)
    assert transaction.cvm == "signature"
    assert transaction.terminal[tags.CVM_RESULTS] == bytes.fromhex("030000")


OFFLINE = [
    ("the counter is not told", [b"\x6a\x88", "1234", b"\x90\x00"], "offline-pin", 0x00),
    ("no tries are left", [bytes.fromhex("9F1701009000")], "", 0xA0),
    ("blocked while typing", [bytes.fromhex("9F1701039000"), "1234", b"\x69\x83"], "", 0xA0),
    ("unusable", [bytes.fromhex("9F1701039000"), "1234", b"\x69\x84"], "", 0xA0),
    ("bypassed", [bytes.fromhex("9F1701039000"), None], "", 0x88),
]


@pytest.mark.parametrize(("said", "done", "byte3"), rows(OFFLINE))
def test_an_offline_pin_ends_as_the_card_says(said: list[bytes | str | None], done: str, byte3: int) -> None:
    transaction = begun()
    answers = [one if isinstance(one, bytes) else BLOCK if one else PinBlock(None) for one in said]
    run(transaction, "0100", *answers)
    assert (transaction.cvm, transaction.tvr >> 16 & 0xFF) == (done, byte3)


def test_a_counter_of_two_bytes_or_an_unknown_status_is_the_cards_fault() -> None:
    with pytest.raises(CardError):
        run(begun(), "0100", bytes.fromhex("9F170203039000"))
    with pytest.raises(CardError, match="VERIFY"):
        run(begun(), "0100", bytes.fromhex("9F1701039000"), BLOCK, b"\x6f\x00")


def test_an_online_pin_in_clear_is_our_mistake() -> None:
    with pytest.raises(TypeError, match="PinBlock"):
        run(begun(), "0200", TypedPin(Secret("1234")))


USAGE = [
    ("all is allowed", "FF00", "0124", "00", False),
    ("an ATM card", "FE00", "0124", "00", True),
    ("international only", "5500", "0124", "00", True),
    ("domestic only, at home", "A900", "0124", "00", False),
    ("domestic only, abroad", "A900", "0840", "00", True),
    ("international only, abroad", "5500", "0840", "00", False),
    ("cashback at home", "FF80", "0124", "09", False),
    ("no cashback at home", "FF40", "0124", "09", True),
    ("cashback abroad", "FF40", "0840", "09", False),
    ("cash at home", "8100", "0124", "01", False),
    ("no cash abroad", "8100", "0840", "01", True),
    ("cash is neither goods nor services", "3F00", "0124", "01", True),
    ("a refund asks nothing of it", "0100", "0124", "20", False),
    ("a country that is not told", "0100", "", "00", False),
]


@pytest.mark.parametrize(("control", "country", "kind", "refused"), rows(USAGE))
def test_usage_control_sets_its_bit(control: str, country: str, kind: str, refused: bool) -> None:
    transaction = begun(kind=kind)
    transaction.card[tags.USAGE_CONTROL] = bytes.fromhex(control)
    if country:
        transaction.card[tags.ISSUER_COUNTRY] = bytes.fromhex(country)
    restrictions.check(transaction)
    assert bool(transaction.tvr & 0x0010000000) is refused


@pytest.mark.parametrize(("version", "differs"), [("0096", False), ("008C", True)])
def test_another_version_sets_its_bit(version: str, differs: bool) -> None:
    transaction = begun()
    transaction.card[tags.VERSION_CARD] = bytes.fromhex(version)
    restrictions.check(transaction)
    assert bool(transaction.tvr & 0x0080000000) is differs


@pytest.mark.parametrize(("tdol", "default"), [("9F0206", False), (None, True)])
def test_a_hash_of_the_terminals_data_is_given_where_the_card_wants_one(
    tdol: str | None, default: bool
) -> None:
    transaction = begun()
    transaction.card[tags.CDOL1] = bytes.fromhex("9814")
    if tdol is not None:
        transaction.card[tags.TDOL] = bytes.fromhex(tdol)
    conversation = generate.generate_ac(transaction, Cryptogram.ARQC, tags.CDOL1, Step.GENAC1)
    command = next(conversation)
    assert isinstance(command, Command)
    hashed = b"" if tdol is None else dol.build(bytes.fromhex(tdol), transaction.value)
    assert command.apdu[5:25] == hashlib.sha1(hashed).digest()
    assert bool(transaction.tvr & 0x80) is default
