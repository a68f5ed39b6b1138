"""Known answers: the HSM-checked vectors of pyemv's tests (tests/test_ac_hsm.py, 2023), and DES's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.keys import derivation, tdes
from terminal_sim.emv.keys.cryptogram_versions import COMMON, CardCryptogram, arpc_1
from terminal_sim.emv.keys.derivation import IssuerKeys
from terminal_sim.secret import Secret

MASTER = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
PAN = Secret("9901234567890123")

DE55 = {
    tags.AMOUNT: bytes.fromhex("000000001250"),
    tags.AMOUNT_OTHER: bytes(6),
    tags.TERMINAL_COUNTRY: bytes.fromhex("0124"),
    tags.TVR: bytes.fromhex("8000008000"),
    tags.CURRENCY: bytes.fromhex("0124"),
    tags.DATE: bytes.fromhex("261121"),
    tags.TRANSACTION_TYPE: b"\x00",
    tags.UNPREDICTABLE_NUMBER: bytes.fromhex("12345678"),
    tags.AIP: bytes.fromhex("1C00"),
    tags.ATC: bytes.fromhex("0001"),
    tags.ISSUER_APPLICATION_DATA: bytes.fromhex("06011203A00000"),
    tags.CRYPTOGRAM_INFORMATION: b"\x80",
}


def check_value(key: bytes) -> str:
    return tdes.encrypt(key, bytes(8))[:2].hex().upper()


def of(values: dict[int, bytes]) -> CardCryptogram:
    return CardCryptogram.of(tlv.join(values.items()))


def signed(values: dict[int, bytes]) -> dict[int, bytes]:
    """`values` with the cryptogram of the card 45."""
    unsigned = of(values | {tags.CRYPTOGRAM: bytes(8)})
    key = derivation.icc_key(MASTER, PAN, "45")
    return values | {tags.CRYPTOGRAM: unsigned.version.cryptogram(key, unsigned.values, unsigned.data)}


def is_genuine(values: dict[int, bytes], sequence: str = "45", master: Secret[bytes] = MASTER) -> bool:
    return of(values).is_genuine(derivation.icc_key(master, PAN, sequence))


def test_des_and_triple_des_give_their_published_block() -> None:
    # FIPS 81 example: DES of "Now is t" under 0123456789ABCDEF.
    key = bytes.fromhex("0123456789ABCDEF")
    assert tdes.encrypt(key, b"Now is t").hex().upper() == "3FA40E8A984D4815"
    assert tdes.encrypt(key * 2, b"Now is t") == tdes.encrypt(key, b"Now is t")
    assert tdes.decrypt(key, bytes.fromhex("3FA40E8A984D4815")) == b"Now is t"


def test_the_keys_have_their_known_check_values() -> None:
    assert check_value(MASTER.reveal()) == "08D7"
    card = derivation.icc_key(MASTER, PAN, "45")
    assert check_value(card.reveal()) == "1DA5"
    assert check_value(derivation.derived(card.reveal(), bytes.fromhex("1234567890123456"))) == "0995"


def test_the_cryptogram_and_the_issuers_answer_are_the_known_ones() -> None:
    card = derivation.icc_key(MASTER, PAN, "45")
    session = Secret(derivation.derived(card.reveal(), bytes.fromhex("1234567890123456")))
    arqc = tdes.retail_mac(session.reveal(), bytes.fromhex("0123456789ABCDEF0123456789ABCDEF"))
    assert arqc.hex().upper() == "4B46013359B7A58B"
    assert arpc_1(card, arqc, bytes(2)).hex().upper() == "F8C9CECAABD55AD1"


def test_a_session_key_is_made_of_the_counter() -> None:
    card = derivation.icc_key(MASTER, PAN, "45")
    version = of(DE55 | {tags.CRYPTOGRAM: bytes(8)}).version
    assert version.session_key(card, b"\x12\x34", bytes(4)).reveal() == derivation.derived(
        card.reveal(), bytes.fromhex("1234000000000000")
    )
    assert version.session_key(card, b"\x12\x34", bytes(4)) != version.session_key(
        card, b"\x12\x35", bytes(4)
    )


def test_a_card_key_has_odd_parity_and_depends_on_number_and_sequence() -> None:
    key = derivation.icc_key(MASTER, PAN, "45")
    assert all(byte.bit_count() % 2 for byte in key.reveal())
    assert key != derivation.icc_key(MASTER, PAN, "46")
    assert key != derivation.icc_key(MASTER, Secret("9901234567890131"), "45")


def test_a_short_number_is_filled_on_its_left() -> None:
    assert derivation.icc_key(MASTER, Secret("12345678"), "01") == derivation.icc_key(
        MASTER, Secret("00000012345678"), "01"
    )


@pytest.mark.parametrize("tag", [*COMMON, tags.CRYPTOGRAM, tags.ISSUER_APPLICATION_DATA])
def test_every_certified_value_is_needed_and_protected(tag: int) -> None:
    values = signed(DE55)
    assert is_genuine(values)
    assert not is_genuine(values | {tag: values[tag][:-1] + bytes((values[tag][-1] ^ 1,))})
    with pytest.raises(TlvError, match=f"{tag:X}"):
        is_genuine({one: value for one, value in values.items() if one != tag})


def test_another_card_or_another_issuer_does_not_verify() -> None:
    values = signed(DE55)
    assert not is_genuine(values, "46")
    assert not is_genuine(values, master=Secret(bytes.fromhex("00" * 16)))


@pytest.mark.parametrize("kind", [Cryptogram.AAC, Cryptogram.TC])
def test_a_tc_or_an_aac_is_no_arqc(kind: Cryptogram) -> None:
    assert of(signed(DE55 | {tags.CRYPTOGRAM_INFORMATION: bytes((kind,))})).kind is kind


def test_issuer_application_data_of_another_issuer_are_an_error() -> None:
    for hexes in ("", "06017F03A00000", "06011204A00000", "08011203A0000000"):
        with pytest.raises(TlvError):
            of(DE55 | {tags.CRYPTOGRAM: bytes(8), tags.ISSUER_APPLICATION_DATA: bytes.fromhex(hexes)})


def test_the_issuers_answer_binds_the_response_code() -> None:
    key = derivation.icc_key(MASTER, PAN, "45")
    old = bytes.fromhex("06010A03A00000")
    made = of(signed(DE55 | {tags.ISSUER_APPLICATION_DATA: old}))
    approved, declined = made.authentication_data(key, "00"), made.authentication_data(key, "05")
    assert (approved[8:], declined[8:]) == (b"00", b"05")
    assert approved[:8] != declined[:8]


def test_keys_do_not_print() -> None:
    assert "0123" not in repr(IssuerKeys(MASTER))


@given(st.binary(max_size=80))
def test_any_data_from_the_wire_are_judged_or_are_a_tlv_error(data: bytes) -> None:
    try:
        assert not CardCryptogram.of(data).is_genuine(derivation.icc_key(MASTER, PAN, "45"))
    except TlvError:
        return


@pytest.mark.parametrize("size", [0, 7, 15, 32])
def test_a_key_of_another_length_is_our_mistake(size: int) -> None:
    with pytest.raises(ValueError, match="key"):
        tdes.encrypt(bytes(size), bytes(8))


def test_half_a_block_is_our_mistake() -> None:
    for work in (tdes.encrypt, tdes.decrypt):
        with pytest.raises(ValueError, match="blocks"):
            work(bytes(16), bytes(7))


def test_data_of_impossible_lengths_are_an_error_and_ours_a_mistake() -> None:
    values = signed(DE55)
    for tag, value in ((tags.ATC, b"\x01"), (tags.CRYPTOGRAM, bytes(7))):
        with pytest.raises(TlvError, match="counter"):
            of(values | {tag: value})
    for information in (b"", b"\xc0"):
        with pytest.raises(TlvError, match="9F27"):
            of(values | {tags.CRYPTOGRAM_INFORMATION: information})
    with pytest.raises(ValueError, match="8 bytes"):
        derivation.session_key(MASTER, b"\x01")
    with pytest.raises(ValueError, match="ARPC"):
        arpc_1(MASTER, bytes(8), b"0")
    with pytest.raises(ValueError, match="sequence"):
        derivation.icc_key(MASTER, PAN, "1")
