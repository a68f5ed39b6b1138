"""A message as a tree: every byte of it has a place, and what says whose card it is, none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from terminal_sim.core.message import Avs, HostReply, HostRequest, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.emv.data.tree import HIDDEN, Part
from terminal_sim.secret import Secret
from tests.host.samples import DIALECT, MOTO, PAN, SALE, acquirer, asked, undoing

CHIP = replace(
    SALE,
    sequence="01",
    pin_block=Secret(bytes.fromhex("1122334455667788")),
    icc_data=bytes.fromhex(
        "9F26081122334455667788" + "5A08" + PAN + "9F360200019F10070601 0A03A00000".replace(" ", "")
    ),
)
ADDRESSED = replace(MOTO, avs=Avs(postal_code="K1A0B1", street_number="24"))
REQUESTS = [SALE, MOTO, CHIP, ADDRESSED, undoing(SALE, MessageKind.VOID), undoing(MOTO, MessageKind.REVERSAL)]
REPLIES = [
    asked(acquirer(), SALE),
    replace(asked(acquirer(), SALE), authorised=Money(500, "CAD"), text="partial", avs_result="match"),
]


def everything(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        yield from everything(part.parts)


def tree(message: bytes) -> tuple[Part, ...]:
    return DIALECT.tree(DIALECT.masked(message))


def shown(message: bytes) -> dict[str, str]:
    return {part.tag or part.name: part.value for part in everything(tree(message))}


def assert_covered(message: bytes) -> None:
    parts = tree(message)
    assert [part.first for part in parts] == [0, *(part.end for part in parts[:-1])]
    assert parts[-1].end == len(message)


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_request_is_covered_by_its_parts(request_: HostRequest) -> None:
    assert_covered(DIALECT.encode_request(request_))


@pytest.mark.parametrize("reply", REPLIES)
def test_a_reply_is_covered_by_its_parts(reply: HostReply) -> None:
    assert_covered(DIALECT.encode_reply(reply))


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_masked_request_shows_neither_number_nor_track_nor_code(request_: HostRequest) -> None:
    message = DIALECT.encode_request(request_)
    texts = [DIALECT.masked(message).hex(), *shown(message).values()]
    assert not any(PAN in text for text in texts)
    for field in ("DE 14", "DE 35", "DE 52", "cvc"):
        assert shown(message).get(field, HIDDEN) == HIDDEN


def test_fields_have_their_names_and_values() -> None:
    values = shown(DIALECT.encode_request(SALE))
    assert values["message type"] == "0100"
    assert values["DE 4"] == "000000001000"
    assert values["DE 11"] == "000007"
    assert values["DE 41"] == "T0000001"


def test_icc_data_are_opened_as_those_of_an_apdu_are() -> None:
    (icc,) = [part for part in tree(DIALECT.encode_request(CHIP)) if part.tag == "DE 55"]
    values = {part.tag: part.value for part in icc.parts}
    assert values["9F26"] == "1122334455667788"
    assert values["5A"] == HIDDEN


@pytest.mark.parametrize(
    ("pan", "text"), [(PAN, "411111" + "••" * 3 + "1111"), ("378282246310005", "037828" + "••" * 3 + "0005")]
)
def test_a_card_number_shows_its_first_and_last_digits_by_whole_bytes(pan: str, text: str) -> None:
    assert shown(DIALECT.encode_request(replace(MOTO, pan=Secret(pan))))["DE 2"] == text


@given(st.binary(max_size=60))
def test_what_is_no_message_is_hidden_whole(data: bytes) -> None:
    assert_covered(data)


@given(st.sampled_from(REQUESTS), st.data())
def test_a_damaged_message_is_covered_too(request_: HostRequest, data: st.DataObject) -> None:
    message = bytearray(DIALECT.encode_request(request_))
    at = data.draw(st.integers(0, len(message) - 1))
    message[at] ^= data.draw(st.integers(1, 255))
    assert_covered(bytes(message))
