from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import Misuse
from terminal_drivers.readers.magstripe.codec import CLOCKING, FORMATS, Damage, StripeError, decode, encode

TRACK2 = ";4761739001010119=30122011143878089?"


def test_the_recorded_tracks_have_their_bits_both_ways(vector: Callable[[str], dict[str, Any]]) -> None:
    rows = vector("magstripe_tracks")["tracks"]
    assert {row["track"] for row in rows} == {1, 2, 3}
    for row in rows:
        assert encode(row["track"], row["ascii"]) == row["bits"]
        assert decode(row["track"], CLOCKING + row["bits"] + CLOCKING) == row["ascii"]


def test_a_character_is_least_significant_bit_first_with_odd_parity() -> None:
    # ; is 1011 and ? is 1111; their XOR, the LRC, is 0100.
    assert encode(2, ";?") == "1101 0 1111 1 0010 0".replace(" ", "")
    # % is 000101, ? is 011111, the LRC 011010.
    assert encode(1, "%?") == "101000 1 111110 0 010110 0".replace(" ", "")


def _texts(track: int) -> st.SearchStrategy[tuple[int, str]]:
    form = FORMATS[track]
    alphabet = [chr(form.first + n) for n in range(1 << form.bits) if chr(form.first + n) != form.end]
    data = st.text(st.sampled_from(alphabet), max_size=form.longest - 3)
    return data.map(lambda text: (track, form.start + text + form.end))


TEXTS = st.one_of(*(_texts(track) for track in FORMATS))
ZEROS = st.integers(0, 60).map(lambda count: "0" * count)


@given(TEXTS, ZEROS, ZEROS, st.booleans())
def test_any_track_is_read_in_either_direction(
    text: tuple[int, str], before: str, after: str, backwards: bool
) -> None:
    bits = before + encode(*text) + after
    assert decode(text[0], bits[::-1] if backwards else bits) == text[1]


@given(TEXTS, st.data())
def test_no_single_wrong_bit_passes(text: tuple[int, str], data: st.DataObject) -> None:
    bits = encode(*text)
    at = data.draw(st.integers(0, len(bits) - 1))
    flipped = bits[:at] + "10"[int(bits[at])] + bits[at + 1 :]
    with pytest.raises(StripeError):
        decode(text[0], CLOCKING + flipped + CLOCKING)


@given(st.sampled_from([1, 2, 3]), st.text("01", max_size=400))
def test_garbage_is_a_sound_track_or_a_stripe_error(track: int, bits: str) -> None:
    try:
        text = decode(track, bits)
    except StripeError:
        return
    assert encode(track, text) in (*_windows(bits), *_windows(bits[::-1]))


def _windows(bits: str) -> list[str]:
    start = bits.find("1")
    return [bits[start:end] for end in range(start, len(bits) + 1)]


def _flip(bits: str, at: int) -> str:
    return bits[:at] + "10"[int(bits[at])] + bits[at + 1 :]


SOUND = encode(2, TRACK2)
DAMAGED: list[tuple[str, str, Damage]] = [
    ("blank", "0" * 100, Damage.NO_START),
    ("no bits", "", Damage.NO_START),
    ("noise", "0111110111110", Damage.NO_START),
    ("one wrong bit", _flip(SOUND, 12), Damage.PARITY),
    ("wrong parity of the LRC", _flip(SOUND, len(SOUND) - 1), Damage.PARITY),
    ("two wrong bits in a character", _flip(_flip(SOUND, 11), 12), Damage.LRC),
    ("two wrong bits in the LRC", _flip(_flip(SOUND, len(SOUND) - 5), len(SOUND) - 4), Damage.LRC),
    ("cut before the end", SOUND[:100], Damage.NO_END),
    ("cut before the LRC", SOUND[:-5], Damage.NO_END),
    ("more behind the LRC", SOUND + "0001", Damage.BEHIND),
]


@pytest.mark.parametrize(("meaning", "bits", "damage"), DAMAGED)
@pytest.mark.parametrize("backwards", [False, True])
def test_the_damage_of_a_track_is_named(meaning: str, bits: str, damage: Damage, backwards: bool) -> None:
    with pytest.raises(StripeError) as raised:
        decode(2, bits[::-1] if backwards else bits)
    assert raised.value.damage is damage, meaning


@pytest.mark.parametrize(
    ("track", "text"),
    [
        (0, "%?"),
        (4, ";?"),
        (1, ""),
        (1, "%"),
        (1, ";1?"),
        (1, "%B"),
        (1, "%B?1?"),
        (1, "%`?"),
        (1, "%é?"),
        (2, ";@?"),
        (2, ";" + "1" * 48 + "?"),
        (3, ";" + "1" * 139 + "?"),
    ],
)
def test_a_text_that_fits_no_track_is_misuse(track: int, text: str) -> None:
    with pytest.raises(Misuse):
        encode(track, text)


def test_bits_that_are_none_are_misuse() -> None:
    with pytest.raises(Misuse):
        decode(2, "01x")
    with pytest.raises(Misuse):
        decode(9, "01")
