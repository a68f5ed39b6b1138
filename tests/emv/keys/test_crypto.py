"""Known answers: the HSM-checked vectors of pyemv's tests (tests/test_ac_hsm.py, 2023), and DES's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.keys import crypto, tdes
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
    tags.ISSUER_APPLICATION_DATA: bytes.fromhex("06017F03A00000"),
    tags.CRYPTOGRAM_INFORMATION: b"\x80",
}


def check_value(key: bytes) -> str:
    return tdes.encrypt(key, bytes(8))[:2].hex().upper()


def signed(values: dict[int, bytes]) -> bytes:
    session = crypto.session_key(crypto.icc_key(MASTER, PAN, "45"), values[tags.ATC])
    results = crypto.verification_results(values[tags.ISSUER_APPLICATION_DATA])
    arqc = crypto.cryptogram(session, crypto.certified(values, results))
    return tlv.join((values | {tags.CRYPTOGRAM: arqc}).items())


def test_des_and_triple_des_give_their_published_block() -> None:
    # FIPS 81 example: DES of "Now is t" under 0123456789ABCDEF.
    key = bytes.fromhex("0123456789ABCDEF")
    assert tdes.encrypt(key, b"Now is t").hex().upper() == "3FA40E8A984D4815"
    assert tdes.encrypt(key * 2, b"Now is t") == tdes.encrypt(key, b"Now is t")
    assert tdes.decrypt(key, bytes.fromhex("3FA40E8A984D4815")) == b"Now is t"


def test_the_keys_have_their_known_check_values() -> None:
    assert check_value(MASTER.reveal()) == "08D7"
    card = crypto.icc_key(MASTER, PAN, "45")
    assert check_value(card.reveal()) == "1DA5"
    assert check_value(crypto.derive_session_key(card.reveal(), bytes.fromhex("1234567890123456"))) == "0995"


def test_the_cryptogram_and_the_issuers_answer_are_the_known_ones() -> None:
    card = crypto.icc_key(MASTER, PAN, "45")
    session = Secret(crypto.derive_session_key(card.reveal(), bytes.fromhex("1234567890123456")))
    arqc = crypto.cryptogram(session, bytes.fromhex("0123456789ABCDEF0123456789ABCDEF"))
    assert arqc.hex().upper() == "4B46013359B7A58B"
    assert crypto.arpc(card, arqc, bytes(2)).hex().upper() == "F8C9CECAABD55AD1"


def test_a_session_key_is_made_of_the_counter() -> None:
    card = crypto.icc_key(MASTER, PAN, "45")
    assert crypto.session_key(card, b"\x12\x34").reveal() == crypto.derive_session_key(
        card.reveal(), bytes.fromhex("1234000000000000")
    )
    assert crypto.session_key(card, b"\x12\x34") != crypto.session_key(card, b"\x12\x35")


def test_a_card_key_has_odd_parity_and_depends_on_number_and_sequence() -> None:
    key = crypto.icc_key(MASTER, PAN, "45")
    assert all(byte.bit_count() % 2 for byte in key.reveal())
    assert key != crypto.icc_key(MASTER, PAN, "46")
    assert key != crypto.icc_key(MASTER, Secret("9901234567890131"), "45")


def test_a_short_number_is_filled_on_its_left() -> None:
    assert crypto.icc_key(MASTER, Secret("12345678"), "01") == crypto.icc_key(
        MASTER, Secret("00000012345678"), "01"
    )


@pytest.mark.parametrize("tag", [*crypto.CERTIFIED, tags.CRYPTOGRAM, tags.ISSUER_APPLICATION_DATA])
def test_every_certified_value_is_needed_and_protected(tag: int) -> None:
    values = dict(tlv.split(signed(DE55)))
    assert crypto.verify_arqc(tlv.join(values.items()), PAN, "45", MASTER)
    changed = values | {tag: values[tag][:-1] + bytes((values[tag][-1] ^ 1,))}
    assert not crypto.verify_arqc(tlv.join(changed.items()), PAN, "45", MASTER)
    with pytest.raises(TlvError, match=f"{tag:X}"):
        crypto.verify_arqc(tlv.join((t, v) for t, v in values.items() if t != tag), PAN, "45", MASTER)


def test_another_card_or_another_issuer_does_not_verify() -> None:
    data = signed(DE55)
    assert not crypto.verify_arqc(data, PAN, "46", MASTER)
    assert not crypto.verify_arqc(data, PAN, "45", Secret(bytes.fromhex("00" * 16)))


@pytest.mark.parametrize("information", ["00", "40"])
def test_a_tc_or_an_aac_is_no_arqc(information: str) -> None:
    data = signed(DE55 | {tags.CRYPTOGRAM_INFORMATION: bytes.fromhex(information)})
    assert not crypto.verify_arqc(data, PAN, "45", MASTER)


def test_issuer_application_data_of_another_issuer_are_an_error() -> None:
    for hexes in ("", "06010A03A00000", "06017F04A00000", "07017F03A0000000"):
        with pytest.raises(TlvError):
            crypto.verification_results(bytes.fromhex(hexes))


def test_the_issuers_answer_binds_the_response_code() -> None:
    data = signed(DE55)
    approved = crypto.make_arpc(data, PAN, "45", MASTER, "00")
    declined = crypto.make_arpc(data, PAN, "45", MASTER, "05")
    assert (approved[8:], declined[8:]) == (b"00", b"05")
    assert approved[:8] != declined[:8]


def test_keys_do_not_print() -> None:
    assert "0123" not in repr(crypto.IssuerKeys(MASTER))


@given(st.binary(max_size=80))
def test_any_data_from_the_wire_are_judged_or_are_a_tlv_error(data: bytes) -> None:
    try:
        assert not crypto.verify_arqc(data, PAN, "45", MASTER)
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
    values = dict(tlv.split(signed(DE55)))
    for tag, value in ((tags.ATC, b"\x01"), (tags.CRYPTOGRAM, bytes(7))):
        with pytest.raises(TlvError, match="counter"):
            crypto.verify_arqc(tlv.join((values | {tag: value}).items()), PAN, "45", MASTER)
    for information in (b"", b"\xc0"):
        changed = values | {tags.CRYPTOGRAM_INFORMATION: information}
        with pytest.raises(TlvError, match="9F27"):
            crypto.verify_arqc(tlv.join(changed.items()), PAN, "45", MASTER)
    with pytest.raises(ValueError, match="ATC"):
        crypto.session_key(MASTER, b"\x01")
    with pytest.raises(ValueError, match="ARPC"):
        crypto.arpc(MASTER, bytes(8), b"0")
    with pytest.raises(ValueError, match="sequence"):
        crypto.icc_key(MASTER, PAN, "1")
