"""Derived unique keys: the known answers of the standards, and counters that never repeat."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.emv.keys import dukpt, pinblock
from terminal_sim.emv.keys.dukpt import AesUse, KeyExhausted
from terminal_sim.secret import Secret

FOLDER = Path(__file__).parents[2] / "vectors"


def read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))


def key(text: str) -> Secret[bytes]:
    return Secret(bytes.fromhex(text))


TDES, AES_128, AES_256 = read("dukpt_tdes.json"), read("dukpt_aes128.json"), read("dukpt_aes256.json")


def test_the_initial_key_of_tdes_is_the_standards() -> None:
    made = dukpt.tdes_initial_key(key(TDES["bdk"]), bytes.fromhex(TDES["iksn"]))
    assert made.reveal().hex().upper() == TDES["ipek"]


@pytest.mark.parametrize("row", TDES["rows"], ids=lambda row: row["ksn"])
def test_a_transactions_key_and_pin_block_are_the_standards(row: dict[str, str]) -> None:
    made = dukpt.tdes_key(key(TDES["ipek"]), bytes.fromhex(row["ksn"]))
    assert made.reveal().hex().upper() == row["txn_key"]
    block = pinblock.format0(Secret(TDES["pin"]), Secret(TDES["pan"]))
    assert block.reveal().hex().upper() == TDES["clear_pinblock_fmt0"]
    enciphered = pinblock.encipher(block, dukpt.tdes_pin_key(made))
    assert enciphered.reveal().hex().upper() == row["enc_pinblock"]


AES_ROWS = [(file, row) for file in (AES_128, AES_256) for row in file["rows"]]


@pytest.mark.parametrize(
    ("file", "row"), AES_ROWS, ids=lambda one: one.get("ksn", "") if isinstance(one, dict) else ""
)
def test_an_aes_transaction_has_the_standards_keys(file: dict[str, Any], row: dict[str, str]) -> None:
    initial = dukpt.aes_initial_key(key(file["bdk"]), bytes.fromhex(file["ikid"]))
    assert initial.reveal().hex().upper() == file["ik"]
    serial = bytes.fromhex(row["ksn"])
    made = dukpt.aes_key(initial, serial)
    assert made.reveal().hex().upper() == row["txn_key"]
    for name, use in (("pin", AesUse.PIN), ("cmac", AesUse.MAC), ("data", AesUse.DATA)):
        for bits in (128, 256):
            if f"{name}_key_aes{bits}" in row:
                working = dukpt.aes_working_key(made, serial, use, bits // 8)
                assert working.reveal().hex().upper() == row[f"{name}_key_aes{bits}"]
    if "enc_pinblock_fmt4" in row:
        field = key(file["pin_field_fmt4"])
        working = dukpt.aes_working_key(made, serial, AesUse.PIN)
        block = pinblock.encipher_aes(field, Secret(file["pan"]), working)
        assert block.reveal().hex().upper() == row["enc_pinblock_fmt4"]
        again = pinblock.decipher_aes(block, Secret(file["pan"]), working)
        assert pinblock.read_format4(again) == Secret(file["pin"])


@pytest.mark.parametrize("file", [TDES, AES_128], ids=["TDES", "AES"])
def test_serial_numbers_follow_each_other_as_in_the_standard(file: dict[str, Any]) -> None:
    following = dukpt.next_tdes if file is TDES else dukpt.next_aes
    serials = [bytes.fromhex(row["ksn"]) for row in file["rows"]]
    for serial, later in pairwise(serials):
        if int.from_bytes(later) - int.from_bytes(serial) == 1:
            assert following(serial) == later


@given(st.integers(1, (1 << 21) - 2))
def test_a_tdes_counter_only_rises_and_has_at_most_ten_bits(counter: int) -> None:
    serial = bytes.fromhex("FFFF9876543210E00000")[:7] + (0xE00000 | counter).to_bytes(3)
    try:
        following = dukpt.next_tdes(serial)
    except KeyExhausted:
        return
    reached = int.from_bytes(following[-3:]) & 0x1FFFFF
    assert reached > counter
    assert reached.bit_count() <= 10
    assert not any(0 < each.bit_count() <= 10 for each in range(counter + 1, min(reached, counter + 64)))


def test_the_last_counter_has_no_successor() -> None:
    with pytest.raises(KeyExhausted):
        dukpt.next_tdes(bytes.fromhex("FFFF9876543210FFF800"))
    with pytest.raises(KeyExhausted):
        dukpt.next_aes(bytes.fromhex("1234567890123456FFFF0000"))


def test_a_serial_number_of_a_key_that_is_never_used_gives_none() -> None:
    with pytest.raises(ValueError, match="never used"):
        dukpt.tdes_key(key(TDES["ipek"]), bytes.fromhex(TDES["iksn"]))
    with pytest.raises(ValueError, match="never used"):
        dukpt.aes_key(key(AES_128["ik"]), bytes.fromhex(AES_128["ikid"] + "FFFFFFFF"))
