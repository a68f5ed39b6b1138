"""Bytes of cards and terminals in words: the kind is guessed or said, numbers of cards are masked, and wrong bytes get one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.bench.decoding import KINDS, DecodedItem, DecodeError, decoded
from terminal_sim.emv.data.dictionaries import KERNELS, dictionary


def lines(items: tuple[DecodedItem, ...]) -> Iterator[str]:
    for item in items:
        yield " ".join(part for part in (item.tag, item.name, item.value, *item.words) if part)
        yield from lines(item.items)


@pytest.mark.parametrize(
    ("text", "kind", "has"),
    [
        ("9F0206000000001250", "tlv", "9F02 Amount, Authorised 000000001250"),
        ("95 05 00 80 00 80 00", "tlv", '95 Terminal Verification Results 0080008000 "card and terminal have different application versions" "floor limit exceeded"'),
        ("6F0A8408A000000003101099", "tlv", "84 Dedicated File Name A000000003101099"),
        ("0x8000048000", "tvr", '95 Terminal Verification Results 8000048000 "offline data authentication was not performed" "online PIN entered" "floor limit exceeded"'),
        ("36:00:40:00", "ttq", '9F66 Terminal Transaction Qualifiers 36004000 "EMV mode supported" "EMV contact chip supported" "online PIN supported" "signature supported" "consumer device CVM supported"'),
        ("1C00", "tsi", '9B Transaction Status Information 1C00 "issuer authentication performed" "terminal risk management performed" "script processing performed"'),
        ("9F37049F0206", "dol", "9F02 Amount, Authorised 6 bytes"),
        ("3B6500002063CB6800", "atr", "TS convention 3B direct"),
        ("3B80 01 81", "atr", "TD1 interface byte 01 T=1"),
        ("4761739001010010D22122011143804400000F", "track", "account number 476173******0010"),
        ("6799998900D25122010000", "track", "account number ******8900"),
        ("0000000000000000420103001F00", "cvm-list", "1 rule 4201 enciphered PIN online, if unattended cash, else the next rule"),
        ("08010100 10010301", "afl", "2 entry 10010301 file 2, records 1 to 3, 1 of them for offline data authentication"),
        ("06010A03A0A000", "iad", "CVR card verification results 03A0A000 first cryptogram ARQC no second cryptogram"),
        ("800B8000011122334455667788", "gac", "9F27 Cryptogram Information Data 80 ARQC"),
        ("77149F2701419F360200019F26081122334455667788", "gac", "9F27 Cryptogram Information Data 41 TC service not allowed"),
    ],
)  # fmt: skip
def test_the_kind_is_guessed_and_what_it_means_is_told(text: str, kind: str, has: str) -> None:
    found = decoded(text)
    assert found.kind == kind
    assert has in list(lines(found.items))


@pytest.mark.parametrize(
    ("text", "kind", "has"),
    [
        ("020300", "cvm-results", "9F34 CVM Results 020300 enciphered PIN online, if the terminal supports it: unknown"),
        ("22", "terminal-type", "9F35 Terminal Type 22 of a merchant attended offline with online capability"),
        ("1C00", "aip", '82 Application Interchange Profile 1C00 "cardholder verification supported" "terminal risk management to be performed" "issuer authentication by EXTERNAL AUTHENTICATE supported"'),
        ("8000", "ctq", '9F6C Card Transaction Qualifiers 8000 "online PIN required"'),
        ("FF00", "auc", '9F07 Application Usage Control FF00 "domestic cash" "international cash" "domestic goods" "international goods" "domestic services" "international services" "at ATMs" "at terminals other than ATMs"'),
        ("E0F8C8", "capabilities", '9F33 Terminal Capabilities E0F8C8 "manual key entry" "magnetic stripe" "chip with contacts" "plaintext PIN to the card" "enciphered PIN online" "signature" "enciphered PIN to the card (RSA)" "no CVM" "SDA" "DDA" "CDA"'),
        ("49", "cid", "9F27 Cryptogram Information Data 49 TC advice required service not allowed"),
    ],
)  # fmt: skip
def test_a_kind_that_is_said_is_taken(text: str, kind: str, has: str) -> None:
    assert has in list(lines(decoded(text, kind).items))


def test_a_kernel_means_a_tag_in_its_own_way() -> None:
    assert "9F66 Track 2 Bit Map for UN and ATC 0E70" in list(lines(decoded("9F66020E70", "tlv", 2).items))
    said = list(lines(decoded("9F660436004000", "tlv", 3).items))
    assert said[0].startswith('9F66 Terminal Transaction Qualifiers 36004000 "EMV mode supported"')
    names = {kernel: dictionary(kernel)[0x9F6E].name for kernel in (2, 3, 4)}
    assert len(set(names.values())) == 3


def test_what_identifies_a_card_is_masked_wherever_it_stands() -> None:
    number = "4761739001010010"
    for text in (f"5A08{number}", f"7010 5A08{number} 5F24 03221231", f"DF0108{number}", f"C108{number}"):
        for line in lines(decoded(text, "tlv").items):
            assert number not in line
            assert "221231" not in line


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("", "", "there are no hex digits"),
        ("9F0", "", "3 hex digits are no whole bytes: one is missing or too many"),
        ("9F0G", "", "character 4 is no hex digit"),
        ("00", "tvrs", "there is no kind 'tvrs'; did you mean 'tvr'?"),
        ("0000", "tvr", "Terminal Verification Results (95) has 5 bytes, not 2"),
        ("9F02", "tlv", "no length after tag 9F02"),
        ("9F37", "dol", "the list ends within an entry"),
        ("3C", "atr", "an ATR has 2 to 33 bytes, this one 1"),
        ("0801", "afl", "an Application File Locator has entries of 4 bytes"),
        ("08030100", "afl", "entry 1 of the Application File Locator names no records"),
        ("77", "gac", "no length after tag 77"),
        ("99", "terminal-type", "a terminal type is 11 to 16, 21 to 26 or 34 to 36"),
        ("0102", "iad", "9F10 has the layout of no scheme"),
    ],
)  # fmt: skip
def test_bytes_that_are_not_of_the_kind_get_one_sentence(text: str, kind: str, says: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decoded(text, kind)
    assert str(caught.value) == says


def test_a_kernel_without_a_dictionary_is_refused() -> None:
    with pytest.raises(
        DecodeError, match=r"there is no dictionary of kernel 99; there are 0, 2, 3, 4, 5, 6, 7"
    ):
        decoded("9F0206000000001250", "", 99)


@given(st.binary(max_size=60), st.sampled_from(["", *KINDS]), st.sampled_from(KERNELS))
def test_any_bytes_are_decoded_or_refused(data: bytes, kind: str, kernel: int) -> None:
    with suppress(DecodeError):
        assert decoded(data.hex(), kind, kernel).kind in KINDS
