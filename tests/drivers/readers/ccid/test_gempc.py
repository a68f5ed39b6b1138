from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import FrameError, Misuse, ReaderLost
from terminal_drivers.iso7816.block import lrc
from terminal_drivers.readers.ccid.codec import encode
from terminal_drivers.readers.ccid.framing import NAK_FRAME, Decoder, Item, Signal, frame
from terminal_drivers.readers.ccid.gempc import (
    BUILT_IN,
    GEMCORE_POS_PRO,
    GEMPC_TWIN,
    REPEATS,
    STRANGERS,
    TIME_REQUESTS,
    GemPcDevice,
    GemPcLink,
    GemPcVariant,
)
from terminal_drivers.readers.ccid.messages import DataBlock, GetSlotStatus, SlotStatus, XfrBlock
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.transports.faults import Chances, FaultyTransport
from terminal_drivers.transports.loopback import LoopbackEnd, pair

RECORDINGS = [
    "gempctwin_startup_t0",
    "gempctwin_connect_select_t0",
    "gempctwin_remove_insert_t0",
    "gempctwin_t1_long",
]
STATUS = encode(SlotStatus(0, 2, 1, 0, 0))
ASK = encode(GetSlotStatus(0, 2))
LONGEST = encode(DataBlock(0, 1, 0, 0, 0, bytes(GEMPC_TWIN.max_data)))


def test_a_frame_has_its_marks_and_lrc() -> None:
    assert frame(ASK) == bytes.fromhex("03066500000000000200000062")
    assert bytes.fromhex("031516") == NAK_FRAME
    assert lrc(frame(ASK)) == 0


@pytest.mark.parametrize("name", RECORDINGS)
def test_recorded_streams_are_cut_into_their_frames(
    name: str, vector: Callable[[str], dict[str, Any]]
) -> None:
    rows = [row for row in vector(name)["frames"] if row["dir"] == "reader->host"]
    stream = b"".join(bytes.fromhex(row["hex"]) for row in rows)
    # A slot change of this reader is two bare bytes; everything else stands between 03 06 and an LRC.
    expected = [
        bytes.fromhex(row["hex"]) if len(row["hex"]) == 4 else bytes.fromhex(row["hex"])[2:-1] for row in rows
    ]
    assert Decoder(GEMPC_TWIN, from_reader=True).feed(stream) == expected


PIECES: list[tuple[str, bytes, list[Item]]] = [
    ("an answer", frame(STATUS), [STATUS]),
    ("the longest answer", frame(LONGEST), [LONGEST]),
    ("an echo", frame(ASK), [ASK]),
    ("NAK", NAK_FRAME, [Signal.NAK]),
    ("inserted", b"\x50\x03", [b"\x50\x03"]),
    ("removed", b"\x50\x02", [b"\x50\x02"]),
    ("more time", b"\x80", [Signal.MORE_TIME]),
    ("still more time", b"\xff", [Signal.MORE_TIME]),
    ("noise", b"\x00\x06\x16\x7f", []),
    ("a sync mark that begins nothing", b"\x03\x00", []),
    ("a broken NAK", b"\x03\x15\x00", []),
    ("a notification of no slot", b"\x50\x04", []),
    ("a wrong LRC", frame(STATUS)[:-1] + b"\x00", [Signal.DAMAGED]),
]


@pytest.mark.parametrize(("meaning", "data", "items"), PIECES)
def test_each_piece_of_the_stream_is_one_item(meaning: str, data: bytes, items: list[Item]) -> None:
    assert Decoder(GEMPC_TWIN, from_reader=True).feed(data) == items, meaning


@given(st.lists(st.sampled_from(PIECES)), st.lists(st.integers(1, 9)))
def test_any_chunking_gives_the_same_items(
    pieces: list[tuple[str, bytes, list[Item]]], sizes: list[int]
) -> None:
    stream = b"".join(data for _, data, _ in pieces)
    decoder = Decoder(GEMPC_TWIN, from_reader=True)
    found: list[Item] = []
    for size in (*sizes, *[1] * len(stream)):
        found += decoder.feed(stream[:size])
        stream = stream[size:]
    assert found == [item for _, _, items in pieces for item in items]
    assert not decoder.begun


@given(st.binary(max_size=400), st.integers(1, 400), st.booleans())
def test_garbage_in_any_chunking_gives_the_same_items_and_never_an_error(
    garbage: bytes, cut: int, from_reader: bool
) -> None:
    whole, parts = Decoder(GEMPC_TWIN, from_reader=from_reader), Decoder(GEMPC_TWIN, from_reader=from_reader)
    assert whole.feed(garbage) == parts.feed(garbage[:cut]) + parts.feed(garbage[cut:])
    assert whole.begun == parts.begun


def test_after_an_impossible_length_the_next_frame_is_found() -> None:
    decoder = Decoder(GEMPC_TWIN, from_reader=False)
    assert decoder.feed(bytes.fromhex("0306 6F FFFF0000 00000000 00") + frame(ASK)) == [Signal.DAMAGED, ASK]
    assert decoder.feed(frame(ASK)[:2] + frame(ASK)) == [Signal.DAMAGED, ASK], "at once behind the two bytes"


def test_the_host_never_sends_what_only_a_reader_says() -> None:
    assert Decoder(GEMPC_TWIN, from_reader=False).feed(b"\x50\x03\x80\xff" + frame(ASK)) == [ASK]


def test_a_reader_of_the_family_has_one_to_five_slots() -> None:
    for slots in (0, 6):
        with pytest.raises(Misuse):
            GemPcVariant(echo=False, features=(0x10230,) * slots)


@pytest.mark.parametrize("slot", range(5))
def test_the_notification_byte_tells_of_the_first_four_slots(slot: int, chip: Callable[..., Any]) -> None:
    core = VirtualCcid(GEMCORE_POS_PRO.features)
    device = GemPcDevice(core, GEMCORE_POS_PRO)
    core.insert(slot, chip())
    told = bytes((0x50, 3 << 2 * slot)) if slot < 4 else b""
    assert device.take() == told
    assert Decoder(GEMCORE_POS_PRO, from_reader=True).feed(told) == ([told] if told else [])


class FarEnd:
    """The wire of a reader: for each frame that the host writes, the next bytes of the script come back."""

    def __init__(self, variant: GemPcVariant, *script: bytes) -> None:
        host, self.end = pair()
        self.host: LoopbackEnd = host
        self.link = GemPcLink(host, variant)
        self.heard: list[bytes] = []
        self._script = list(script)
        self.end.pump = self._pump

    def _pump(self) -> None:
        heard = self.end.read(4096, 0)
        if heard:
            self.heard.append(heard)
            if self._script:
                self.end.write(self._script.pop(0))


@pytest.mark.parametrize(
    ("meaning", "variant", "said"),
    [
        ("at once", BUILT_IN, frame(STATUS)),
        ("after its echo", GEMPC_TWIN, frame(ASK) + frame(STATUS)),
        ("after a dummy echo", GEMPC_TWIN, frame(encode(GetSlotStatus(0, 99))) + frame(STATUS)),
        ("after a damaged echo", GEMPC_TWIN, frame(ASK)[:-1] + b"\xee" + frame(STATUS)),
        ("without the echo that was expected", GEMPC_TWIN, frame(STATUS)),
        ("with an echo that was not expected", BUILT_IN, frame(ASK) + frame(STATUS)),
        ("after more time", GEMPC_TWIN, frame(ASK) + b"\x80\x80\xff" + frame(STATUS)),
        ("after noise", BUILT_IN, b"\x00\x11" + frame(STATUS)),
    ],
)
def test_the_answer_arrives(meaning: str, variant: GemPcVariant, said: bytes) -> None:
    far = FarEnd(variant, said)
    far.link.send(ASK)
    assert far.link.receive(1) == STATUS, meaning
    assert far.link.listen(0) is None
    assert far.heard == [frame(ASK)], "nothing was asked for twice"


def test_a_command_is_repeated_when_the_reader_says_nak() -> None:
    far = FarEnd(GEMPC_TWIN, NAK_FRAME, NAK_FRAME, NAK_FRAME, frame(ASK) + frame(STATUS))
    far.link.send(ASK)
    assert far.link.receive(1) == STATUS
    assert far.heard == [frame(ASK)] * 4


def test_a_damaged_answer_is_asked_for_again() -> None:
    damaged = frame(STATUS)[:-1] + b"\xee"
    far = FarEnd(GEMPC_TWIN, frame(ASK) + damaged, damaged, frame(STATUS))
    far.link.send(ASK)
    assert far.link.receive(1) == STATUS
    assert far.heard == [frame(ASK), NAK_FRAME, NAK_FRAME]


def test_an_answer_that_stops_half_way_is_asked_for_again() -> None:
    far = FarEnd(BUILT_IN, frame(STATUS)[:7], frame(STATUS))
    far.link.send(ASK)
    assert far.link.receive(1) == STATUS
    assert far.heard == [frame(ASK), NAK_FRAME]


@pytest.mark.parametrize("said", [NAK_FRAME, frame(STATUS)[:-1] + b"\xee", frame(STATUS)[:5]])
def test_a_line_that_damages_everything_is_a_frame_error(said: bytes) -> None:
    far = FarEnd(BUILT_IN, *[said] * 10)
    far.link.send(ASK)
    with pytest.raises(FrameError):
        far.link.receive(1)
    assert len(far.heard) == 1 + REPEATS


def test_silence_is_none_and_never_a_second_command() -> None:
    far = FarEnd(BUILT_IN)
    far.link.send(ASK)
    assert far.link.receive(1) is None
    assert far.heard == [frame(ASK)]


def test_a_reader_that_asks_for_time_without_end_is_lost() -> None:
    far = FarEnd(BUILT_IN, b"\x80" * (TIME_REQUESTS + 1))
    far.link.send(ASK)
    with pytest.raises(ReaderLost):
        far.link.receive(1)


@pytest.mark.parametrize(
    ("said", "most"),
    [
        (b"\x00", 2 * len(frame(LONGEST)) + 1),
        (b"login: \r\n", 70),
        (b"$GPGGA,123519,4807.038,N*47\r\n", 20),
        (frame(ASK), STRANGERS + 1),
    ],
)
def test_something_else_that_talks_on_is_given_up_before_long(said: bytes, most: int) -> None:
    """Each of these reads may have taken all the time that an answer has."""
    far = FarEnd(BUILT_IN)
    reads = 0

    def talk() -> None:
        nonlocal reads
        reads += 1
        far.end.write(said)

    far.link.send(ASK)
    far.end.pump = talk
    with pytest.raises(ReaderLost, match="talks on"):
        far.link.receive(1)
    assert reads <= most


def test_the_rest_of_a_frame_that_was_given_up_at_its_header_loses_no_reader() -> None:
    damaged = frame(LONGEST)[:6] + b"\xff" + frame(LONGEST)[7:]
    far = FarEnd(GEMPC_TWIN, frame(ASK) + damaged, frame(STATUS))
    link = GemPcLink(FaultyTransport(far.host, 1, reading=Chances(chop=True)), GEMPC_TWIN)
    link.send(ASK)
    assert link.receive(1) == STATUS


def test_what_came_before_a_command_is_no_answer_to_it() -> None:
    far = FarEnd(BUILT_IN, frame(STATUS))
    far.end.write(frame(encode(SlotStatus(0, 2, 2, 0, 0))) + NAK_FRAME + b"\x50\x03" + frame(LONGEST)[:50])
    far.link.send(ASK)
    assert far.link.receive(1) == b"\x50\x03", "a notification is news, whenever it comes"
    assert far.link.receive(1) == STATUS
    assert far.link.listen(0) is None
    assert far.heard == [frame(ASK)], "the old NAK asks for nothing"


def test_a_long_backlog_is_gone_before_a_command() -> None:
    far = FarEnd(BUILT_IN, frame(STATUS))
    far.end.write(frame(LONGEST) * 5 + NAK_FRAME)
    far.link.send(ASK)
    assert far.link.receive(1) == STATUS
    assert far.link.listen(0) is None
    assert far.heard == [frame(ASK)], "the old NAK asks for nothing"


def test_between_commands_only_notifications_count() -> None:
    far = FarEnd(BUILT_IN)
    far.end.write(NAK_FRAME + frame(STATUS) + b"\x80\x50\x03\x50\x02")
    assert [far.link.listen(0) for _ in range(3)] == [b"\x50\x03", b"\x50\x02", None]
    assert far.heard == []


def test_a_message_that_the_reader_has_no_room_for_is_misuse() -> None:
    far = FarEnd(BUILT_IN)
    far.link.send(encode(XfrBlock(0, 0, 0, 0, bytes(261))))
    with pytest.raises(Misuse):
        far.link.send(encode(XfrBlock(0, 0, 0, 0, bytes(262))))
