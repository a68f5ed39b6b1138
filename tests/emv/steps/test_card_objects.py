"""What a card states is kept raw with its origin, and judged when a step uses it."""

from __future__ import annotations

import pytest

from terminal_sim.emv.data import dol, tags
from terminal_sim.emv.steps.card_objects import CardObjects, DataOrigin, Source
from terminal_sim.emv.steps.exchange import CardError

RECORD = DataOrigin(Source.RECORD, sfi=2, number=3)
PRIVATE = 0xDF7F


def stated(*objects: tuple[int, bytes]) -> CardObjects:
    return CardObjects.of(objects, RECORD)


def test_a_private_tag_is_kept_with_its_origin_and_answers_a_dol() -> None:
    card = stated((PRIVATE, b"\x12\x34"))
    assert card.origin(PRIVATE) == RECORD
    assert dol.build(bytes.fromhex("DF7F03"), card.raw) == bytes.fromhex("123400")


def test_a_wrong_format_ends_the_transaction_only_when_the_element_is_used() -> None:
    card = stated((tags.EXPIRATION_DATE, b"\xaa\xbb\xcc"))
    assert card.raw(tags.EXPIRATION_DATE) == b"\xaa\xbb\xcc"
    assert dol.build(bytes.fromhex("5F2403"), card.raw) == b"\xaa\xbb\xcc"
    with pytest.raises(CardError, match="5F24"):
        card.get(tags.EXPIRATION_DATE)
    with pytest.raises(CardError, match="5F24"):
        assert tags.EXPIRATION_DATE in card


def test_a_cardholder_name_of_a_wrong_format_counts_as_absent() -> None:
    card = stated((tags.CARDHOLDER_NAME, b"A" * 27), (tags.CARDHOLDER_NAME, b"DOE/JOE"))
    assert card[tags.CARDHOLDER_NAME] == b"DOE/JOE"


@pytest.mark.parametrize(
    "tag", [tags.TVR, tags.CAPABILITIES, tags.ISSUER_AUTHENTICATION_DATA, tags.AUTHORISATION_RESPONSE_CODE]
)
def test_what_belongs_to_terminal_or_issuer_is_ignored(tag: int) -> None:
    assert stated((tag, bytes(5))).raw(tag) is None


def test_a_known_element_comes_once_and_of_an_unknown_one_the_first_counts() -> None:
    with pytest.raises(CardError, match="comes twice"):
        stated((tags.PAN, b"\x41"), (tags.PAN, b"\x41"))
    assert stated((PRIVATE, b"\x01"), (PRIVATE, b"\x02"))[PRIVATE] == b"\x01"
