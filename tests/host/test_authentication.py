"""Codes of messages are those of a library of others and of published vectors, and a message that was changed is not authentic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyemv.mac import mac_iso9797_3

from terminal_sim.host.authentication import MacAlgorithm, is_authentic, sealed
from terminal_sim.secret import Secret
from tests.host.dialects import dialect
from tests.host.samples import SALE

KEY = Secret(bytes.fromhex("5B7D1F9A3C5E702846688AACCEE0F213"))
ROOM = bytes(8)


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@given(st.binary(max_size=120))
def test_the_retail_mac_is_that_of_a_library_of_others(said: bytes) -> None:
    key = KEY.reveal()
    code = mac_iso9797_3(key[:8], key[8:], said, 2)
    assert sealed(said + ROOM, MacAlgorithm.RETAIL, KEY) == said + code


# Two-key triple DES of NIST SP 800-38B, appendix D.5.
NIST_KEY = Secret(bytes.fromhex("4CF15134A2850DD58A3D10BA80570D38"))
NIST_TEXT = bytes.fromhex("6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51")
NIST = [(0, "BD2EBF9A3BA00361"), (8, "4FF2AB813C53CE83"), (20, "62DD1B471902BD4E"), (32, "31B1E431DABC4EB8")]


@pytest.mark.parametrize(("size", "code"), NIST)
def test_a_cmac_is_that_of_the_published_vectors(size: int, code: str) -> None:
    said = NIST_TEXT[:size]
    assert sealed(said + ROOM, MacAlgorithm.CMAC, NIST_KEY) == said + bytes.fromhex(code)


@pytest.mark.parametrize("algorithm", MacAlgorithm)
@given(st.data())
def test_a_message_that_was_changed_or_made_with_another_key_is_not_authentic(
    algorithm: MacAlgorithm, data: st.DataObject
) -> None:
    message = sealed(dialect("authenticated").encode_request(SALE), algorithm, KEY)
    assert is_authentic(message, algorithm, KEY)
    assert not is_authentic(message, algorithm, NIST_KEY)
    at, flip = data.draw(st.integers(0, len(message) - 1)), data.draw(st.integers(1, 255))
    changed = bytearray(message)
    changed[at] ^= flip
    assert not is_authentic(bytes(changed), algorithm, KEY)


def test_the_code_stands_in_the_last_element_of_the_last_bitmap() -> None:
    wire = dialect("authenticated").wire
    assert [place.form.field for place in wire.places(dialect("authenticated").encode_request(SALE))][
        -1
    ] == "64"
    undone = {"message_type": "0400", "original": "0" * 42}
    assert [place.form.field for place in wire.places(wire.encode(undone))][-1] == "128"
