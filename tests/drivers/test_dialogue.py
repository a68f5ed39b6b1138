"""A recorded dialogue is gone through as it was, and whoever strays from it is told where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import CardRemoved, DriverError, FrameError, Misuse, ReaderLost
from terminal_drivers.captures.dialogue import Dialogue, Happened, Received, Sent, Strayed, Turn, failure

LINES = st.sampled_from(("ccid", "msr"))
DATA = st.sampled_from((b"\x01", b"\x02", b"\x01\x02"))
TURNS = st.lists(
    st.one_of(
        st.builds(Sent, LINES, DATA),
        st.builds(Received, LINES, DATA),
        st.builds(Happened, st.sampled_from(("insert visa-credit", "leave", "look ccid"))),
    ),
    max_size=12,
)


def name(data: bytes) -> str:
    return f"command {data[0]}"


def go(dialogue: Dialogue, turn: Turn) -> None:
    if isinstance(turn, Sent):
        dialogue.send(turn.line, turn.data, name)
    elif isinstance(turn, Received):
        assert dialogue.receive(turn.line) == turn.data
    else:
        dialogue.repeat(turn.text)


@given(TURNS)
def test_who_does_what_was_done_hears_what_was_heard_to_the_end(turns: list[Turn]) -> None:
    dialogue = Dialogue(turns, "here")
    for turn in turns:
        assert dialogue.next == turn
        go(dialogue, turn)
    assert dialogue.next is None
    assert dialogue.strayed == ""


@given(TURNS, st.one_of(st.builds(Sent, LINES, DATA), st.builds(Happened, st.just("swipe visa-stripe"))))
def test_anything_else_strays_and_the_dialogue_stays_where_it_is(
    turns: list[Turn], other: Sent | Happened
) -> None:
    dialogue = Dialogue(turns, "here")
    for turn in turns:
        if turn == other:
            return
        with pytest.raises(Strayed):
            go(dialogue, other)
        assert dialogue.strayed
        assert dialogue.next == turn
        go(dialogue, turn)
    with pytest.raises(Strayed, match=r"^the end of here has nothing more, and "):
        go(dialogue, other)


@given(TURNS, LINES)
def test_nothing_is_heard_before_all_that_came_before_is_done(turns: list[Turn], line: str) -> None:
    dialogue = Dialogue(turns, "here")
    for turn in turns:
        if not (isinstance(turn, Received) and turn.line == line):
            assert dialogue.receive(line) == b""
        go(dialogue, turn)
    assert dialogue.receive(line) == b""


def test_what_is_not_wanted_now_is_heard_later() -> None:
    dialogue = Dialogue([Received("ccid", b"\x81"), Sent("ccid", b"?")], "here")
    assert dialogue.receive("ccid", lambda data: data == b"\x50") == b""
    assert dialogue.receive("ccid") == b"\x81"


@pytest.mark.parametrize(
    ("turn", "there"),
    [
        (Sent("ccid", b"\x02\x00", 9), "packet 9 of here has the command command 2 (2 bytes), and the host sends command 1 (1 bytes)"),
        (Sent("ccid", b"\x01\x00", 9), "the host sends another command 1 (1 bytes) to ccid"),
        (Sent("msr", b"\x01", 9), "packet 9 of here has a command to msr, and the host sends command 1"),
        (Received("ccid", b"\x80", 9), "packet 9 of here has what ccid says, and the host sends command 1"),
        (Happened("swipe visa-credit", 9), "packet 9 of here has `swipe visa-credit`, and the host sends command 1"),
    ],
)  # fmt: skip
def test_who_strays_is_told_what_is_there_and_what_came(turn: Turn, there: str) -> None:
    dialogue = Dialogue([turn], "here")
    with pytest.raises(Strayed) as strayed:
        dialogue.send("ccid", b"\x01", name)
    assert there in str(strayed.value)
    assert str(strayed.value).endswith(
        "run the recorded script with the recorded seed and profile, or record it anew"
    )


def test_the_first_thing_that_strayed_is_the_one_that_is_told() -> None:
    dialogue = Dialogue([Happened("swipe visa-credit", 3)], "here")
    for other in ("insert amex-credit", "leave"):
        with pytest.raises(Strayed, match=f"now comes `{other}`"):
            dialogue.repeat(other)
    assert "insert amex-credit" in dialogue.strayed


@pytest.mark.parametrize(
    ("recorded", "again"),
    [
        (ReaderLost("the port is gone"), ReaderLost),
        (FrameError("four times damaged"), FrameError),
        (CardRemoved("the card was taken out"), CardRemoved),
        (Strayed("of another dialogue"), DriverError),
    ],
)
def test_an_error_of_a_line_comes_again_at_its_place(recorded: DriverError, again: type[DriverError]) -> None:
    turns: list[Turn] = [Sent("ccid", b"?"), Happened(failure("ccid", recorded)), Received("ccid", b"!")]
    dialogue = Dialogue(turns, "here")
    with pytest.raises(again) as error:
        dialogue.send("ccid", b"?", name)
    assert type(error.value) is again
    assert str(error.value) == str(recorded)
    assert dialogue.receive("ccid") == b"!"


def test_an_error_of_one_line_is_none_of_another() -> None:
    dialogue = Dialogue([Happened(failure("msr", Misuse("no line")))], "here")
    assert dialogue.receive("ccid") == b""
    with pytest.raises(Misuse, match="no line"):
        dialogue.receive("msr")


def test_what_happened_is_told_in_words_where_it_is_asked_for() -> None:
    dialogue = Dialogue([Happened("look ccid"), Happened("quiet ccid 3"), Happened("leave")], "here")
    assert dialogue.take_event("look", "quiet") == ["look", "ccid"]
    assert dialogue.take_event("look", "quiet") == ["quiet", "ccid", "3"]
    assert dialogue.take_event("look", "quiet") == []
    dialogue.repeat("leave")
