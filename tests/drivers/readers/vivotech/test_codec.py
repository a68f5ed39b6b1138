import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import FrameError, Misuse, Tracks
from terminal_drivers.readers.vivotech import codec
from terminal_drivers.readers.vivotech.codec import (
    HEADER,
    LONGEST_DATA,
    PLAIN,
    TABLES,
    TEXT,
    Burst,
    Damaged,
    Decoder,
    Item,
    Order,
    Response,
    UiEvent,
    VivotechCommand,
    encode,
)
from terminal_drivers.readers.vivotech.hid import Joiner, reports
from tests.examples import examples

Vector = Callable[[str], dict[str, Any]]

# Sample output of burst mode (NEO 2 Interface Developer's Guide 80139403-002, 3.3, page 60).
EVENTS = [
    "450055000403030000E8DD",
    "45005500040111000028B6",
    "45005500040220000041FF",
    "45005500040304 00006D4D",
]
EVENTS.append("4500 5500 0C 01300000 01200000 01100000 5378")
SWIPE = (
    "01000A2542363237393235373734393133323334335E5445535420434152442F5649564F544543485E31303132383133303037"
    "3231303433353030303 03F3B363237393235373734393133323334333D31303132383133303037323130343335303030303FB5DC"
).replace(" ", "")
SWIPED = Burst(
    0x0A,
    Tracks(
        "%B6279257749132343^TEST CARD/VIVOTECH^10128130072104350000?",
        ";6279257749132343=10128130072104350000?",
    ),
)

# Hypothesis finds the header in the code and tries it as data, which no frame may carry.
payloads = st.binary(max_size=80).filter(lambda data: HEADER not in data)
messages = st.one_of(
    st.builds(Response, st.integers(0, 255), st.integers(0, 255), payloads),
    st.builds(UiEvent, payloads),
    st.just(SWIPED),
)


def _bytes(item: Item) -> bytes:
    if isinstance(item, Burst):
        return codec.burst(item)
    return codec.ui_event(item) if isinstance(item, UiEvent) else encode(item, Order.MSB_FIRST)  # type: ignore[arg-type]


def test_every_published_frame_is_read_and_built_again(vector: Vector) -> None:
    frames = vector("vivotech2")["captured_or_published"]
    assert len(frames) == 27
    for each in frames:
        data = bytes.fromhex(each["hex"])
        order = {"LSB": Order.LSB_FIRST, "MSB": Order.MSB_FIRST}[each["crc_order"]]
        decoder = Decoder(from_reader=each["kind"] == "rsp", orders=[order])
        (item,) = decoder.feed(data)
        assert isinstance(item, Response if each["kind"] == "rsp" else VivotechCommand), each["name"]
        assert encode(item, order) == data, each["name"]
        assert not decoder.partial


def test_every_computed_frame_is_built_in_both_orders(vector: Vector) -> None:
    for each in vector("vivotech2")["computed"]:
        command, sub, *data = bytes.fromhex(each["command"])
        for order, key in ((Order.LSB_FIRST, "frame_lsb_crc"), (Order.MSB_FIRST, "frame_msb_crc")):
            built = encode(VivotechCommand(command, sub, bytes(data)), order)
            assert built.hex().upper() == each[key]
            assert Decoder(from_reader=False).feed(built) == [VivotechCommand(command, sub, bytes(data))]


def test_the_guide_disagrees_with_itself_on_pass_through_commands() -> None:
    assert TABLES.order(0x2C, 0x02) is TEXT.order(0x2C, 0x02) is Order.MSB_FIRST
    assert TABLES.order(0x2C, 0x13) is Order.LSB_FIRST
    assert TEXT.order(0x2C, 0x13) is Order.MSB_FIRST
    assert PLAIN.order(0x2C, 0x02) is Order.LSB_FIRST
    assert TABLES.order(0x18, 0x01) is TEXT.order(0x18, 0x01) is Order.LSB_FIRST


def test_an_order_that_is_not_taken_is_damage() -> None:
    ping = encode(VivotechCommand(0x18, 1), Order.LSB_FIRST)
    assert Decoder(from_reader=False, orders=[Order.MSB_FIRST]).feed(ping) == [Damaged.FRAME]


@pytest.mark.parametrize("text", EVENTS)
def test_a_published_event_is_read_and_built_again(text: str) -> None:
    data = bytes.fromhex(text)
    (event,) = Decoder(from_reader=True).feed(data)
    assert isinstance(event, UiEvent)
    assert len(event.data) % 4 == 0
    assert codec.ui_event(event) == data
    decoder = Decoder(from_reader=True)
    assert [item for byte in data for item in decoder.feed(bytes((byte,)))] == [event]


def test_the_published_burst_payload_is_read_and_built_again() -> None:
    assert Decoder(from_reader=True).feed(bytes.fromhex(SWIPE)) == [SWIPED]
    assert codec.burst(SWIPED) == bytes.fromhex(SWIPE)


def test_track_3_begins_with_a_plus_on_some_lines() -> None:
    body = b"\x01\x00\x0c%B?;1?+2?"
    (item,) = Decoder(from_reader=True).feed(body + codec.crc(body).to_bytes(2))
    assert item == Burst(codec.STRIPE, Tracks("%B?", ";1?", ";2?"))


@pytest.mark.parametrize("item", [SWIPED, UiEvent(b"\3\3\0\0"), Response(0x18, 0, bytes(LONGEST_DATA))])
def test_an_item_is_found_behind_noise(item: Item) -> None:
    for noise in (b"\0", b"\0\xff?"):
        assert Decoder(from_reader=True).feed(noise + _bytes(item)) == [item]
        ping = VivotechCommand(0x18, 1)
        assert Decoder(from_reader=False).feed(noise + encode(ping, Order.LSB_FIRST)) == [ping]


def test_the_longest_tracks_come_in_a_burst() -> None:
    longest = Burst(codec.STRIPE, Tracks(f"%{'A' * 77}?", f";{'1' * 38}?", f";{'1' * 105}?"))
    assert Decoder(from_reader=True).feed(codec.burst(longest)) == [longest]


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (0x00, "ok"),
        (0x02, "unknown command"),
        (0x03, "unknown subcommand"),
        (0x04, "crc error"),
        (0x05, "parameter"),
        (0x06, "parameter not supported"),
        (0x07, "malformed"),
        (0x08, "timeout"),
        (0x0A, "failed"),
        (0x0B, "not allowed"),
        (0x23, "request online"),
        (0x99, "status 99"),
    ],
)
def test_a_status_has_the_number_of_the_guide(status: int, name: str) -> None:
    assert codec.status_name(status) == name


@pytest.mark.parametrize(
    "tracks",
    [
        Tracks(";1?".replace(";", "%"), None, None),
        Tracks(None, ";12=3?", None),
        Tracks("%B?", ";1?", ";2?"),
        Tracks(None, ";1?", ";2?"),
    ],
)
def test_a_burst_holds_the_tracks_that_could_be_read(tracks: Tracks) -> None:
    assert Decoder(from_reader=True).feed(codec.burst(Burst(0, tracks))) == [Burst(0, tracks)]


@given(st.lists(messages, max_size=5), st.lists(st.binary(max_size=4), max_size=6), st.integers(1, 40))
def test_any_chunking_gives_the_same_items(items: list[Item], noise: list[bytes], size: int) -> None:
    parts = list(map(_bytes, items))
    for at, each in enumerate(noise):
        parts.insert(at * 2 % (len(parts) + 1), each)
    stream = b"".join(parts)
    whole, cut = Decoder(from_reader=True), Decoder(from_reader=True)
    expected = whole.feed(stream)
    assert [
        item for at in range(0, len(stream), size) for item in cut.feed(stream[at : at + size])
    ] == expected
    assert cut.partial == whole.partial
    if not noise:
        assert expected == items


@examples(500)
@given(
    st.booleans(),
    st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([HEADER, b"\x01\x00\x0c%"])), max_size=9),
)
def test_any_garbage_is_damage_or_noise(from_reader: bool, garbage: list[bytes]) -> None:
    decoder = Decoder(from_reader=from_reader)
    for chunk in garbage:
        decoder.feed(chunk)
    ping = encode(Response(0x18, 0) if from_reader else VivotechCommand(0x18, 1), Order.MSB_FIRST)
    # At most one more frame is lost to what had begun: a header cuts it short.
    assert any(isinstance(item, VivotechCommand | Response) for item in decoder.feed(ping + ping))


def test_a_header_cuts_half_a_frame_short() -> None:
    half = encode(Response(0x2C, 0, bytes(100)), Order.MSB_FIRST)[:50]
    whole = encode(Response(0x18, 0), Order.MSB_FIRST)
    assert Decoder(from_reader=True).feed(half + whole) == [Damaged.FRAME, Response(0x18, 0)]


WRONG: list[tuple[str, bytes, list[Item]]] = [
    ("a wrong CRC", bytes.fromhex("5669564F746563683200180000000000"), [Damaged.FRAME]),
    ("a length beyond the limit", HEADER + b"\x18\x00\xff\xff", [Damaged.FRAME]),
    ("a burst with a wrong CRC", bytes.fromhex("01000C") + b"%B?\0\0", [Damaged.FRAME]),
    ("a burst without tracks", bytes.fromhex("01000C") + b"hello", []),
    ("a burst with a character of no track", bytes.fromhex("01000C") + b"%B\x7f?", []),
    ("half an event", bytes.fromhex("45005500 04 0303"), [Damaged.FRAME]),
    ("an event without a CRC", bytes.fromhex("45005500 04 03030000"), [Damaged.FRAME]),
    ("an event with a wrong CRC", bytes.fromhex("45005500 04 03030000 0000"), [Damaged.FRAME]),
    ("the frame of protocol 1", b"ViVOtech\0C\x18\x00\x00\x00\xb3\xcd", []),
]


@pytest.mark.parametrize(("meaning", "data", "items"), WRONG)
def test_a_wrong_frame_is_damage(meaning: str, data: bytes, items: list[Item]) -> None:
    whole = encode(Response(0x18, 0), Order.MSB_FIRST)
    assert Decoder(from_reader=True).feed(data + whole) == [*items, Response(0x18, 0)], meaning


@pytest.mark.parametrize(
    "message",
    [
        VivotechCommand(0x18, 1, bytes(LONGEST_DATA + 1)),
        VivotechCommand(0x18, 1, b"x" + HEADER),
        VivotechCommand(0x100, 1),
        Response(1, -1),
    ],
)
def test_what_is_no_frame_cannot_be_built(message: VivotechCommand | Response) -> None:
    with pytest.raises(Misuse):
        encode(message, Order.LSB_FIRST)


@pytest.mark.parametrize("noise", [b"V" * 65_536, HEADER * 6_553, b"\x01" * 65_536, bytes(65_536)])
def test_much_noise_costs_little_time(noise: bytes) -> None:
    begun = time.process_time()
    Decoder(from_reader=True).feed(noise)
    assert time.process_time() - begun < 2


OBJECTS: list[tuple[str, str, dict[str, str]]] = [
    ("nothing", "", {}),
    (
        "tags of 1 to 4 bytes",
        "5A0112 9F350122 DFEE260141 DFEF81010142",
        {"5A": "12", "9F35": "22", "DFEE26": "41", "DFEF8101": "42"},
    ),
    ("a vendor's old tags", "FFF70101 FFF00102", {"FFF7": "01", "FFF0": "02"}),
    ("a tag that only looks like one", "DFF1010141", {"DFF101": "41"}),
    ("no value", "5A00", {"5A": ""}),
    ("a long length", "5A8103010203", {"5A": "010203"}),
    ("the longest short length", "5A7F" + "01" * 127, {"5A": "01" * 127}),
    ("a longer length", "5A82000101", {"5A": "01"}),
    ("a template is a value", "FFEE0104DF300100", {"FFEE01": "DF300100"}),
]


@pytest.mark.parametrize(("meaning", "data", "objects"), OBJECTS)
def test_data_objects_are_read(meaning: str, data: str, objects: dict[str, str]) -> None:
    found = {
        tag.hex().upper(): value.hex().upper() for tag, value in codec.parse_tlvs(bytes.fromhex(data)).items()
    }
    assert found == objects, meaning


@pytest.mark.parametrize(
    "data",
    [
        *("5A", "5A02 01", "9F", "9F35", "5A81", "5A8200", "5A83000001 01", "DFFFFFFFFF0100"),
        *("5A80" + "00" * 128, "5A83" + "00" * 131),
    ],
)
def test_data_objects_that_are_cut_short_or_have_another_length_are_a_frame_error(data: str) -> None:
    with pytest.raises(FrameError):
        codec.parse_tlvs(bytes.fromhex(data))


@given(st.binary(max_size=40))
def test_any_data_objects_are_read_or_a_frame_error(data: bytes) -> None:
    with contextlib.suppress(FrameError):
        codec.parse_tlvs(data)


def test_a_data_object_too_long_for_the_reader_is_misuse() -> None:
    assert codec.tlv(b"\x5a", bytes(127)) == b"\x5a\x7f" + bytes(127)
    with pytest.raises(Misuse):
        codec.tlv(b"\x5a", bytes(128))


def test_a_short_message_is_one_report_of_64_bytes() -> None:
    # The guide's own sample (2.8.2).
    ping = encode(VivotechCommand(0x18, 1), Order.LSB_FIRST)
    assert reports(ping) == [b"\x01" + ping + bytes(63 - len(ping))]


def test_a_long_message_is_a_first_middle_and_last_report() -> None:
    cut = reports(bytes(range(1, 201)))
    assert [report[0] for report in cut] == [2, 3, 3, 4]
    assert {len(report) for report in cut} == {64}
    assert cut[3][1:] == bytes(range(190, 201)) + bytes(52)


@given(
    st.lists(
        st.builds(
            Response,
            st.just(0x2C),
            st.just(0),
            st.binary(max_size=400).filter(lambda data: HEADER not in data),
        ),
        max_size=4,
    ),
    st.integers(1, 200),
)
def test_messages_survive_reports_in_any_chunking(items: list[Item], size: int) -> None:
    stream = b"".join(report for item in items for report in reports(_bytes(item)))
    joiner, decoder = Joiner(), Decoder(from_reader=True)
    found = [
        item
        for at in range(0, len(stream), size)
        for item in decoder.feed(joiner.feed(stream[at : at + size]))
    ]
    assert found == items


def test_parts_without_a_beginning_and_unknown_reports_are_ignored() -> None:
    joiner = Joiner()
    first, middle, last = reports(bytes(range(150)))
    assert joiner.feed(last + middle) == b""
    assert joiner.feed(b"\x09" + bytes(63)) == b""
    unknown = b"\x09" + bytes(63)
    assert joiner.feed(first + unknown + middle + last + last)[:150] == bytes(range(150))
    assert joiner.feed(middle) == b""


def test_hid_carries_the_shortest_and_the_longest_message() -> None:
    assert [len(reports(bytes(size))) for size in (1, 1500)] == [1, 24]


@pytest.mark.parametrize("size", [0, 1501])
def test_a_message_that_hid_cannot_carry_is_misuse(size: int) -> None:
    with pytest.raises(Misuse):
        reports(bytes(size))
