from __future__ import annotations

import pytest

from terminal_sim.cards.profile.cvm import encoded_list, parse_rules

X, Y = "000009C4", "00002710"
NONE = "00000000"

# The words of a list, and tag 8E (EMV Book 3, C3).
LISTS = {
    "methods where they are supported": (("online-pin", "signature", "no-cvm"), NONE + NONE + "42035E031F03"),
    "two amounts": (
        ("no-cvm if under 2500", "online-pin if over 10000", "signature"),
        X + Y + "5F0642091E03",
    ),
    "one amount twice": (("no-cvm if under 2500", "online-pin if over 2500"), X + NONE + "5F060207"),
    "both with a signature": (
        ("offline-pin-and-signature if always", "enciphered-pin-and-signature if cashback"),
        NONE + NONE + "43000505",
    ),
    "kinds of cash": (
        ("online-pin if unattended-cash", "signature if manual-cash", "no-cvm if no-cash", "fail"),
        NONE + NONE + "42015E045F020003",
    ),
    "no rule": ((), NONE + NONE),
}


@pytest.mark.parametrize(("words", "expected"), LISTS.values(), ids=LISTS)
def test_a_list_is_encoded_as_its_words_say(words: tuple[str, ...], expected: str) -> None:
    assert encoded_list(parse_rules(words)).hex().upper() == expected


WRONG = {
    "an unknown method": (("online-pn",), "online-pin"),
    "an unknown condition": (("signature if raining",), "under AMOUNT"),
    "an amount that is none": (("signature if under 1.00",), "under AMOUNT"),
    "an amount of five bytes": (("signature if under 4294967296",), "under AMOUNT"),
    "words without if": (("signature always",), "is not one of"),
    "three amounts": (
        ("no-cvm if under 1", "no-cvm if under 2", "no-cvm if under 3"),
        "room for two amounts",
    ),
}


@pytest.mark.parametrize(("words", "cure"), WRONG.values(), ids=WRONG)
def test_what_is_no_list_says_what_is_wrong(words: tuple[str, ...], cure: str) -> None:
    with pytest.raises(ValueError, match=cure):
        parse_rules(words)
