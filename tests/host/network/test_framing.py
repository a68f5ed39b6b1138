"""Messages are parted in a stream of bytes by a length, with a TPDU or without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.host.network.framing import (
    LONGEST,
    FrameBuffer,
    FramedMessage,
    Framing,
    FramingError,
    LengthHeader,
)

TPDU = bytes.fromhex("6000030001")

FRAMES = [
    ("two bytes", Framing(), b"\x01\x00", "00020100"),
    ("four bytes", Framing(LengthHeader.FOUR_BYTES), b"\x01\x00", "000000020100"),
    ("four digits", Framing(LengthHeader.FOUR_DIGITS), b"\x01\x00", "303030320100"),
    ("a TPDU counts", Framing(LengthHeader.TWO_BYTES, TPDU), b"\x01\x00", "000760000300010100"),
]


@pytest.mark.parametrize(
    ("framing", "message", "frame"), [row[1:] for row in FRAMES], ids=[row[0] for row in FRAMES]
)
def test_a_message_is_framed_and_read_back(framing: Framing, message: bytes, frame: str) -> None:
    assert framing.framed(message).hex() == frame
    frames = FrameBuffer(framing)
    frames.feed(bytes.fromhex(frame))
    assert frames.take() == FramedMessage(framing.tpdu, message)
    assert frames.take() is None


def test_the_tpdu_of_an_answer_has_its_addresses_the_other_way_round() -> None:
    assert FramedMessage(bytes.fromhex("6011223344"), b"x").answering_tpdu.hex() == "6033441122"
    assert FramedMessage(b"", b"x").answering_tpdu == b""


@given(
    framing=st.builds(Framing, st.sampled_from(LengthHeader), st.sampled_from([b"", TPDU])),
    messages=st.lists(st.binary(min_size=1, max_size=40), max_size=6),
    cuts=st.lists(st.integers(0, 300)),
)
def test_a_stream_gives_the_same_messages_in_whatever_pieces_it_comes(
    framing: Framing, messages: list[bytes], cuts: list[int]
) -> None:
    stream = b"".join(framing.framed(message) for message in messages)
    frames, taken, at = FrameBuffer(framing), [], 0
    for end in [*sorted(min(cut, len(stream)) for cut in cuts), len(stream)]:
        frames.feed(stream[at:end])
        at = end
        while (framed := frames.take()) is not None:
            taken.append(framed.message)
    assert taken == messages
    assert frames.begun == b""


@pytest.mark.parametrize(
    ("framing", "stream"),
    [
        (Framing(), "0000"),
        (Framing(), f"{LONGEST + 1:04x}"),
        (Framing(LengthHeader.FOUR_BYTES), "7fffffff"),
        (Framing(LengthHeader.FOUR_BYTES), "ffffffff"),
        (Framing(LengthHeader.FOUR_DIGITS), b"-003".hex()),
        (Framing(LengthHeader.FOUR_DIGITS), b" 003".hex()),
        (Framing(LengthHeader.FOUR_DIGITS), b"0000".hex()),
        (Framing(LengthHeader.TWO_BYTES, TPDU), "00056000030001"),
    ],
)
def test_what_is_no_length_ends_the_stream(framing: Framing, stream: str) -> None:
    frames = FrameBuffer(framing)
    frames.feed(bytes.fromhex(stream))
    with pytest.raises(FramingError):
        frames.take()


@pytest.mark.parametrize("message", [b"", bytes(LONGEST + 1)])
def test_a_message_without_bytes_or_beyond_the_bound_is_not_sent(message: bytes) -> None:
    with pytest.raises(FramingError):
        Framing().framed(message)
