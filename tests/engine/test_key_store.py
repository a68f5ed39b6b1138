from __future__ import annotations

import pytest

from terminal_sim.emv.keys import pinblock
from terminal_sim.emv.keys.pinblock import PinBlockError
from terminal_sim.emv.talk.answers import PinBlock, TypedPin
from terminal_sim.runtime.key_store import KeyStore
from terminal_sim.secret import Secret
from tests.engine.kit import bench_of, keys, ready

KEY = Secret(bytes.fromhex("F1E1D1C1B1A191817161514131211101"))
PAN = Secret("4111111111111111")


def test_a_pin_leaves_the_store_as_a_format_0_block_under_the_pin_key() -> None:
    block = KeyStore(KEY).pin_block(Secret("1234"), PAN)
    assert block == pinblock.encipher(pinblock.format0(Secret("1234"), PAN), KEY)
    assert pinblock.read_format0(pinblock.decipher(block, KEY), PAN) == Secret("1234")


def test_a_pin_of_three_digits_makes_no_block() -> None:
    with pytest.raises(PinBlockError):
        KeyStore(KEY).pin_block(Secret("123"), PAN)


def test_the_store_shows_no_key() -> None:
    store = KeyStore(KEY)
    assert KEY.reveal().hex() not in repr(vars(store))
    assert repr(KEY.reveal()) not in repr(vars(store))


def test_the_kernel_gets_an_online_pin_enciphered_and_never_in_clear() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        ready(till)
        till.insert("visa-online-pin")
        conversation = till.board.readers.conversation
        assert conversation is not None
        card = till.card
        assert card is not None
        keys(till, "4321", "OK")
        assert not any(isinstance(answer, TypedPin) for answer in conversation.answers)
        (given,) = [answer for answer in conversation.answers if isinstance(answer, PinBlock)]
        assert given.block is not None
        clear = pinblock.decipher(given.block, bench.acquirer.pin_key)
        assert pinblock.read_format0(clear, card.pan) == Secret("4321")


def test_an_offline_pin_goes_to_the_card_as_a_block_of_format_2() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        ready(till)
        till.insert("mastercard-pin")
        conversation = till.board.readers.conversation
        assert conversation is not None
        keys(till, "1234", "OK")
        assert not any(isinstance(answer, TypedPin) for answer in conversation.answers)
        assert PinBlock(pinblock.format2(Secret("1234"))) in conversation.answers
