"""The PIN for the card: enciphered with its challenge, asked for again, the last try announced (Book 2, 7.2; Book 3, 10.5.1)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from terminal_sim.emv.data import tags
from terminal_sim.emv.keys.rsa import PublicKey
from terminal_sim.emv.steps import commands, cvm
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.answers import PinBlock, ResponseApdu
from terminal_sim.emv.talk.asks import Command, EnterPin, PinEncipherment, Show
from terminal_sim.emv.talk.conversation import KernelAnswer, KernelAsk
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.request import Interface
from terminal_sim.runtime.key_store import FixedPinKey, KeyStore
from terminal_sim.secret import Secret
from tests.emv.table import rows
from tests.emv.terminal import PIN_KEY, Terminal, configuration

FILE = Path(__file__).parents[2] / "vectors" / "emv" / "pin_encipherment.json"
[PUBLISHED] = json.loads(FILE.read_text("utf-8"))["vectors"]
KEY = PublicKey(bytes.fromhex(PUBLISHED["icc_modulus"]), int(PUBLISHED["icc_exponent"], 16))
CHALLENGE = bytes.fromhex(PUBLISHED["get_challenge"])
PAD = KeyStore(FixedPinKey(PIN_KEY))
OK = b"\x90\x00"


def begun(key: PublicKey | None = KEY) -> Transaction:
    config = replace(configuration(), capabilities=bytes.fromhex("E0F8C8"))
    transaction = Transaction(config, Terminal(config).request(Interface.CONTACT))
    transaction.card[tags.AIP] = b"\x10\x00"
    transaction.pin_key = key
    return transaction


def walked(transaction: Transaction, rules: str, *answers: bytes | str | None) -> list[KernelAsk]:
    """The asks of a walk through a list of `rules`; an answer is an R-APDU, a PIN, or None for a bypass."""
    transaction.card[tags.CVM_LIST] = bytes(8) + bytes.fromhex(rules)
    left = list(answers)
    asks: list[KernelAsk] = []
    conversation = cvm.verify(transaction)
    answer: KernelAnswer = None
    try:
        while True:
            ask = next(conversation) if not asks else conversation.send(answer)
            asks.append(ask)
            answer = None if isinstance(ask, Show) else given(ask, left.pop(0))
    except StopIteration:
        assert not left
        return asks


def given(ask: KernelAsk, answer: bytes | str | None) -> KernelAnswer:
    if isinstance(answer, bytes):
        return ResponseApdu(answer)
    assert isinstance(ask, EnterPin)
    return PinBlock(PAD.card_block(Secret(answer), ask.encipher) if answer is not None else None)


def test_the_pad_enciphers_as_published() -> None:
    size = len(KEY.modulus) - 17
    encipher = PinEncipherment(KEY.modulus, KEY.exponent, CHALLENGE, bytes(size))
    block = PAD.card_block(Secret(PUBLISHED["pin"]), encipher)
    assert commands.verify_enciphered_pin(block).apdu.hex().upper() == PUBLISHED["verify_apdu"]


def test_an_enciphered_pin_takes_a_fresh_challenge_and_padding_each_time() -> None:
    transaction = begun()
    other = bytes(reversed(CHALLENGE))
    asks = walked(
        transaction, "0400", b"\x6a\x88", CHALLENGE + OK, "1111", b"\x63\xc2", other + OK, "1234", OK
    )
    assert asks[1] == asks[4] == commands.get_challenge()
    first, second = (ask.encipher for ask in asks if isinstance(ask, EnterPin))
    assert first is not None
    assert second is not None
    assert (first.challenge, second.challenge) == (CHALLENGE, other)
    assert first.padding != second.padding
    assert len(first.padding) == len(KEY.modulus) - 17
    assert (transaction.cvm, transaction.tvr) == ("offline-pin", 0)
    assert transaction.terminal[tags.CVM_RESULTS] == bytes.fromhex("040002")
    [*_, verify] = [ask for ask in asks if isinstance(ask, Command)]
    assert verify.apdu[:5] == bytes.fromhex("0020008880")
    assert structs.asdict(second)["modulus"] == KEY.modulus


FAILED = [
    ("no key", None, []),
    ("a challenge that is refused", KEY, [b"\x6a\x88", b"\x6d\x00"]),
    ("a challenge of seven bytes", KEY, [b"\x6a\x88", CHALLENGE[:7] + OK]),
]


@pytest.mark.parametrize(("key", "said"), rows(FAILED))
def test_without_key_or_challenge_the_method_fails_and_nobody_types(
    key: PublicKey | None, said: list[bytes]
) -> None:
    transaction = begun(key)
    asks = walked(transaction, "0400", *said)
    assert not any(isinstance(ask, EnterPin) for ask in asks)
    assert transaction.terminal[tags.CVM_RESULTS] == bytes.fromhex("040001")
    assert transaction.tvr == 0x0000800000


def test_an_enciphered_pin_and_a_signature_are_both_wanted() -> None:
    transaction = begun()
    walked(transaction, "0500", b"\x6a\x88", CHALLENGE + OK, "1234", OK)
    assert transaction.cvm == "signature"
    assert transaction.terminal[tags.CVM_RESULTS] == bytes.fromhex("050000")


def test_the_last_try_is_announced_before_it() -> None:
    asks = walked(begun(), "0100", bytes.fromhex("9F1701029000"), "1111", b"\x63\xc1", "1234", OK)
    kinds = [type(ask).__name__ for ask in asks]
    assert kinds == ["Command", "EnterPin", "Command", "Show", "EnterPin", "Command"]
    assert asks[3] == Show(DisplayMessage.LAST_PIN_TRY)
    asks = walked(begun(), "0100", bytes.fromhex("9F1701019000"), "1111", b"\x63\xc0")
    assert asks[1] == Show(DisplayMessage.LAST_PIN_TRY)
