from __future__ import annotations

import pytest
from msgspec.structs import replace

from terminal_sim.core.message import EntryMode
from terminal_sim.emv.data import tags, tlv, tvr
from terminal_sim.host.cryptograms import objects_of
from terminal_sim.host.verification import refusal
from terminal_sim.secret import Secret
from tests.host.samples import SALE, acquirer, asked

ROWS = [
    ("nothing speaks against it", 0, "1F0302", False, ""),
    ("a signature is for the merchant to compare", 0, "1E0300", False, ""),
    ("a right offline PIN", 0, "410302", False, ""),
    ("no method was asked for", 0, "3F0000", False, ""),
    ("a PIN for the issuer is in DE 52", tvr.ONLINE_PIN_ENTERED, "420300", True, ""),
    ("the tries are used up, and a signature was given", tvr.PIN_TRIES_EXCEEDED, "5E0300", False, "75"),
    ("the tries are used up, and no method was next", tvr.PIN_TRIES_EXCEEDED, "1F0302", False, "75"),
    ("tries and verification", tvr.PIN_TRIES_EXCEEDED | tvr.CVM_FAILED, "410301", False, "75"),
    ("the TVR says failed", tvr.CVM_FAILED, "3F0001", False, "05"),
    ("the results alone say failed", 0, "410301", False, "05"),
    ("the card's list says fail", 0, "000301", False, "05"),
    ("a PIN for the issuer that did not come along", tvr.ONLINE_PIN_ENTERED, "020300", False, "05"),
]


def de55(bits: int, results: str) -> bytes:
    return tlv.join(((tags.TVR, bits.to_bytes(5)), (tags.CVM_RESULTS, bytes.fromhex(results))))


@pytest.mark.parametrize(
    ("bits", "results", "pin_block", "code"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_the_issuer_reads_what_the_terminal_says_about_the_cardholder(
    bits: int, results: str, pin_block: bool, code: str
) -> None:
    assert refusal(objects_of(de55(bits, results)), pin_block=pin_block) == code


@pytest.mark.parametrize("icc_data", [b"", b"\x95", b"\x95\x00\x9f\x34\x00", b"\x9f\x34\x01\x1f"])
def test_de55_that_says_nothing_readable_is_no_refusal_of_its_own(icc_data: bytes) -> None:
    assert refusal(objects_of(icc_data), pin_block=False) == ""


def test_a_number_without_an_account_is_refused_alike() -> None:
    sale = replace(
        SALE, entry=EntryMode.CHIP, track2=None, pan=Secret("5555555555554444"), expiry=Secret("3003")
    )
    host = acquirer()
    assert asked(host, replace(sale, icc_data=de55(0, "1F0302"))).response_code == "00"
    assert (
        asked(host, replace(sale, stan=8, icc_data=de55(tvr.PIN_TRIES_EXCEEDED, "1F0302"))).response_code
        == "75"
    )
