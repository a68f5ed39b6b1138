from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import FrameError, Misuse
from terminal_drivers.iso7816.apdu import CommandApdu
from terminal_drivers.iso7816.t0 import T0Card, transmit

DATA_256 = bytes(range(256)).hex()
DATA_300 = "77" * 300
PUT_3E = "00DA0000 00012C" + DATA_300  # 307 bytes
PUT_4E = PUT_3E + "0000"
PUT_END = "00DA0000 0001F7" + bytes(503).hex() + "0000"  # 512 bytes: Le would stand alone in a third part

# (meaning, C-APDU, [(TPDU command, TPDU answer), ...], R-APDU); EMV Book 1, 9.3 and Annex A
CONVERSATIONS: list[tuple[str, str, list[tuple[str, str]], str]] = [
    ("case 1", "00440000", [("0044000000", "9000")], "9000"),
    ("case 1 that the card refuses", "00440000", [("0044000000", "6C10")], "6C10"),
    ("case 2", "00B2010C 02", [("00B2010C02", "70009000")], "70009000"),
    ("case 2, wrong Le", "00B2010C 00", [("00B2010C00", "6C02"), ("00B2010C02", "70009000")], "70009000"),
    ("case 2, wrong Le twice", "00B2010C 00", [("00B2010C00", "6C02"), ("00B2010C02", "6C03")], "6C03"),
    ("case 2, refused", "00B2010C 00", [("00B2010C00", "6A83")], "6A83"),
    (
        "case 2, 6C00 is 256",
        "00B2010C 02",
        [("00B2010C02", "6C00"), ("00B2010C00", DATA_256 + "9000")],
        "00019000",
    ),
    ("case 2, data that begin with 6C", "00B2010C 02", [("00B2010C02", "6C019000")], "6C019000"),
    ("case 2, warning and its data", "00B2010C 02", [("00B2010C02", "70006282")], "70006282"),
    ("case 2, more than Le", "00B2010C 01", [("00B2010C01", "6C02"), ("00B2010C02", "70019000")], "709000"),
    ("case 2, announced", "00B2010C 00", [("00B2010C00", "6102"), ("00C0000002", "70009000")], "70009000"),
    ("case 3", "00200080 02 2412", [("0020008002 2412", "63C2")], "63C2"),
    ("case 3 is not asked for data", "00200080 02 2412", [("0020008002 2412", "6110")], "6110"),
    ("case 4", "00A40400 02 A000 00", [("00A4040002 A000", "6102"), ("00C0000002", "6F009000")], "6F009000"),
    ("case 4, nothing comes", "00A40400 02 A000 00", [("00A4040002 A000", "9000")], "9000"),
    ("case 4, refused", "00A40400 02 A000 00", [("00A4040002 A000", "6A82")], "6A82"),
    (
        "case 4, GET RESPONSE refused",
        "00A40400 02 A000 00",
        [("00A4040002 A000", "6102"), ("00C0000002", "6F00")],
        "6F00",
    ),
    (
        "case 4, warning and its data",
        "00A40400 02 A000 00",
        [("00A4040002 A000", "6283"), ("00C0000000", "6C02"), ("00C0000002", "6F009000")],
        "6F006283",
    ),
    (
        "case 4, warning without data",
        "00A40400 02 A000 00",
        [("00A4040002 A000", "63C1"), ("00C0000000", "6985")],
        "63C1",
    ),
    (
        "case 4, GET RESPONSE with the wrong length",
        "00A40400 02 A000 00",
        [("00A4040002 A000", "6100"), ("00C0000000", "6C02"), ("00C0000002", "6F009000")],
        "6F009000",
    ),
    (
        "case 4, in two parts",
        "00A40400 02 A000 00",
        [("00A4040002 A000", "6102"), ("00C0000002", "6F016101"), ("00C0000001", "029000")],
        "6F01029000",
    ),
    (
        "case 4, no more than Le",
        "00A40400 02 A000 01",
        [("00A4040002 A000", "6102"), ("00C0000001", "6F6101")],
        "6F6101",
    ),
    (
        "case 4, 256 bytes and more behind",
        "80CA0000 01 00 00",
        [("80CA000001 00", "6100"), ("00C0000000", DATA_256 + "6105")],
        DATA_256 + "6105",
    ),
    # ISO/IEC 7816-3:2006, 12.2.6 to 12.2.8
    ("case 2E of 256 bytes at most", "00B00000 00 0002", [("00B0000002", "70009000")], "70009000"),
    (
        "case 2E of more",
        "00B00000 00 0000",
        [("00B0000000", DATA_256 + "612C"), ("00C000002C", "77" * 44 + "9000")],
        DATA_256 + "77" * 44 + "9000",
    ),
    (
        "case 2E of more, and no more than Le",
        "00B00000 00 0102",
        [("00B0000000", DATA_256 + "612C"), ("00C0000002", "7777612A")],
        DATA_256 + "7777612A",
    ),
    ("case 3E of 255 bytes at most", "00DA0000 00 0001 55", [("00DA000001 55", "9000")], "9000"),
    ("case 4E of 255 bytes at most", "00DA0000 00 0001 55 0100", [("00DA000001 55", "9000")], "9000"),
    (
        "case 3E in two envelopes",
        PUT_3E,
        [("00C20000FF" + PUT_3E[:511], "9000"), ("00C2000034" + PUT_3E[511:], "9000")],
        "9000",
    ),
    (
        "case 4E in two envelopes, and its response",
        PUT_4E,
        [
            ("00C20000FF" + PUT_4E[:511], "9000"),
            ("00C2000036" + PUT_4E[511:], "6102"),
            ("00C0000002", "70009000"),
        ],
        "70009000",
    ),
    (
        "Le is not cut off",
        PUT_END,
        [
            ("00C20000FF" + PUT_END[:511], "9000"),
            ("00C20000FD" + PUT_END[511:1017], "9000"),
            ("00C2000004" + PUT_END[1017:], "6A80"),
        ],
        "6A80",
    ),
    ("no card of envelopes", PUT_3E, [("00C20000FF" + PUT_3E[:511], "6D00")], "6D00"),
]


@pytest.mark.parametrize(("meaning", "apdu", "steps", "response"), CONVERSATIONS)
def test_the_terminal_maps_an_apdu_to_tpdus(
    meaning: str, apdu: str, steps: list[tuple[str, str]], response: str
) -> None:
    left = [(bytes.fromhex(command), bytes.fromhex(answer)) for command, answer in steps]

    def exchange(tpdu: bytes) -> bytes:
        command, answer = left.pop(0)
        assert tpdu == command, meaning
        return answer

    assert transmit(bytes.fromhex(apdu), exchange) == bytes.fromhex(response), meaning
    assert not left, meaning


@pytest.mark.parametrize(
    ("meaning", "apdu", "answers"),
    [
        ("no status word", "00440000", ["90"]),
        ("data to a case 1 command", "00440000", ["019000"]),
        ("data to an incoming command", "00200080 02 2412", ["019000"]),
        ("more data than P3", "00B2010C 01", ["01029000"]),
        ("data announced and never given", "00A40400 01 A0 00", ["6102", "6102"]),
    ],
)
def test_a_card_that_breaks_t0_is_a_frame_error(meaning: str, apdu: str, answers: list[str]) -> None:
    left = iter(answers)
    with pytest.raises(FrameError):
        transmit(bytes.fromhex(apdu), lambda _: bytes.fromhex(next(left)))
    assert next(left, None) is None, meaning


@pytest.mark.parametrize("apdu", ["00A404", "00A40400 05 A0", "00DA0000 00 0101 00"])
def test_what_t0_cannot_carry_is_misuse(apdu: str) -> None:
    with pytest.raises(Misuse):
        transmit(bytes.fromhex(apdu), lambda _: pytest.fail("it reached the card"))


class Chip:
    """Answers everything with one R-APDU and logs the commands."""

    atr = bytes.fromhex("3B00")

    def __init__(self, response: bytes) -> None:
        self.response = response
        self.seen: list[bytes] = []

    def reset(self) -> bytes:
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:
        self.seen.append(apdu)
        return self.response


# (meaning, R-APDU of the card, [(TPDU command, TPDU answer), ...], C-APDUs that reach the card)
CARD_SIDE: list[tuple[str, str, list[tuple[str, str]], list[str]]] = [
    ("case 1", "9000", [("00440000", "9000")], ["00440000"]),
    ("case 2, right Le", "70009000", [("00B2010C02", "70009000")], ["00B2010C02"]),
    (
        "case 2, wrong Le: the command runs once",
        "70009000",
        [("00B2010C00", "6C02"), ("00B2010C02", "70009000")],
        ["00B2010C00"],
    ),
    (
        "case 2, wrong Le again",
        "70009000",
        [("00B2010C00", "6C02"), ("00B2010C05", "6C02"), ("00B2010C02", "70009000")],
        ["00B2010C00"],
    ),
    (
        "case 4 announces, the trailing Le is not the card's",
        "70009000",
        [("00A4040002A00000", "6102"), ("00C0000002", "70009000")],
        ["00A4040002A000"],
    ),
    (
        "GET RESPONSE for more than there is",
        "70009000",
        [("00A4040002A000", "6102"), ("00C0000000", "6C02"), ("00C0000002", "70009000")],
        ["00A4040002A000"],
    ),
    (
        "GET RESPONSE for less than there is",
        "7000019000",
        [("00A4040002A000", "6103"), ("00C0000002", "70006101"), ("00C0000001", "019000")],
        ["00A4040002A000"],
    ),
    (
        "a warning comes first",
        "70006283",
        [("00A4040002A000", "6283"), ("00C0000000", "6C02"), ("00C0000002", "70009000")],
        ["00A4040002A000"],
    ),
    (
        "256 bytes are announced as 00",
        DATA_256 + "9000",
        [("00A4040002A000", "6100"), ("00C0000000", DATA_256 + "9000")],
        ["00A4040002A000"],
    ),
    ("nothing behind P3 of zero is the card's", "9000", [("00440000000101", "9000")], ["0044000000"]),
    (
        "another command forgets what waits",
        "70009000",
        [("00A4040002A000", "6102"), ("00B2010C02", "70009000"), ("00C0000002", "70009000")],
        ["00A4040002A000", "00B2010C02", "00C0000002"],
    ),
]


@pytest.mark.parametrize(("meaning", "response", "steps", "seen"), CARD_SIDE)
def test_a_card_of_apdus_answers_tpdus(
    meaning: str, response: str, steps: list[tuple[str, str]], seen: list[str]
) -> None:
    chip = Chip(bytes.fromhex(response))
    card = T0Card(chip)
    for command, answer in steps:
        assert card.exchange(bytes.fromhex(command)) == bytes.fromhex(answer), meaning
    assert chip.seen == [bytes.fromhex(apdu) for apdu in seen], meaning


def test_a_reset_forgets_what_waits() -> None:
    chip = Chip(bytes.fromhex("70009000"))
    card = T0Card(chip)
    card.exchange(bytes.fromhex("00A4040002A000"))
    assert card.reset() == chip.atr
    card.exchange(bytes.fromhex("00C0000002"))
    assert chip.seen[-1] == bytes.fromhex("00C0000002"), "GET RESPONSE reaches the card as any other command"


@pytest.mark.parametrize("tpdu", ["", "00A404", "00A4040003A000"])
def test_a_broken_tpdu_is_a_frame_error(tpdu: str) -> None:
    with pytest.raises(FrameError):
        T0Card(Chip(b"\x90\x00")).exchange(bytes.fromhex(tpdu))


@pytest.mark.parametrize("response", [b"", b"\x90", bytes(259)])
def test_a_card_without_a_short_response_is_misuse(response: bytes) -> None:
    with pytest.raises(Misuse):
        T0Card(Chip(response)).exchange(bytes.fromhex("00B2010C00"))


# (meaning, R-APDU of the card, [(TPDU command, TPDU answer), ...], C-APDUs that reach the card)
EXTENDED: list[tuple[str, str, list[tuple[str, str]], list[str]]] = [
    (
        "a command in two envelopes runs once, when it is whole",
        "70009000",
        [
            ("00C20000FF" + PUT_4E[:511], "9000"),
            ("00C2000036" + PUT_4E[511:], "6102"),
            ("00C0000002", "70009000"),
        ],
        [PUT_4E],
    ),
    (
        "a command between forgets what has begun",
        "9000",
        [
            ("00C20000FF" + PUT_4E[:511], "9000"),
            ("0044000000", "9000"),
            ("00C2000036" + PUT_4E[511:], "9000"),
        ],
        ["0044000000"],
    ),
    ("a short command is as ever", "9000", [("00200080022412", "9000")], ["00200080022412"]),
    (
        "ENVELOPE of a class of its own is the card's",
        "9000",
        [("80C2000002 D600", "9000")],
        ["80C2000002D600"],
    ),
    (
        "a long response comes by and by",
        DATA_300 + "9000",
        [("00B0000000", DATA_300[:512] + "612C"), ("00C000002C", DATA_300[512:] + "9000")],
        ["00B0000000"],
    ),
    (
        "a long response to a short Le",
        DATA_300 + "9000",
        [("00B0000010", "6C00"), ("00B0000000", DATA_300[:512] + "612C")],
        ["00B0000010"],
    ),
]


@pytest.mark.parametrize(("meaning", "response", "steps", "seen"), EXTENDED)
def test_a_card_of_extended_lengths_takes_envelopes(
    meaning: str, response: str, steps: list[tuple[str, str]], seen: list[str]
) -> None:
    chip = Chip(bytes.fromhex(response))
    card = T0Card(chip, extended=True)
    for command, answer in steps:
        assert card.exchange(bytes.fromhex(command)) == bytes.fromhex(answer), meaning
    assert chip.seen == [bytes.fromhex(apdu) for apdu in seen], meaning


def test_a_card_without_extended_lengths_gets_envelope_as_any_command() -> None:
    chip = Chip(bytes.fromhex("6D00"))
    assert T0Card(chip).exchange(bytes.fromhex("00C2000001 00")) == bytes.fromhex("6D00")
    assert chip.seen == [bytes.fromhex("00C200000100")]


@given(st.integers(1, 1200), st.integers(0, 1200), st.integers(0, 1200))
def test_extended_commands_and_responses_of_any_length_come_through_once(
    nc: int, ne: int, there: int
) -> None:
    chip = Chip(bytes(there) + b"\x90\x00")
    card = T0Card(chip, extended=True)
    apdu = CommandApdu(0, 0xDA, 0, 0, bytes(nc), ne, extended=True).build()
    outcome = transmit(apdu, card.exchange)
    assert outcome[:-2] == bytes(min(ne, there))
    assert len(chip.seen) == 1
    if nc > 255:
        assert chip.seen == [apdu]


HEADERS = st.tuples(
    st.sampled_from([0x00, 0x80]), st.sampled_from([0xA4, 0xB2, 0xAE, 0x20]), st.just(0), st.just(0)
)
STATUS = st.sampled_from([b"\x90\x00", b"\x62\x83", b"\x63\xc2", b"\x6a\x82", b"\x69\x85"])


@given(HEADERS, st.binary(max_size=255), st.binary(max_size=256), STATUS)
def test_both_sides_together_carry_any_response_once(
    header: tuple[int, ...], data: bytes, fetched: bytes, status: bytes
) -> None:
    response = (fetched if status[0] in (0x90, 0x62, 0x63) else b"") + status
    chip = Chip(response)
    card = T0Card(chip)
    lc = bytes((len(data),)) if data else b""
    sent: list[bytes] = []

    def exchange(tpdu: bytes) -> bytes:
        sent.append(tpdu)
        return card.exchange(tpdu)

    assert transmit(bytes(header) + lc + data + b"\x00", exchange) == response
    # A warning without data is asked for some: that GET RESPONSE reaches the chip as a command of its own.
    own = [apdu for apdu in chip.seen if apdu[1] != 0xC0]
    assert len(own) == 1
    assert len(sent) <= 4


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=600))
def test_no_card_keeps_the_terminal_in_a_loop(answers: list[bytes]) -> None:
    taken = 0

    def exchange(_: bytes) -> bytes:
        nonlocal taken
        taken += 1
        return answers[taken % len(answers)]

    with suppress(FrameError):
        transmit(bytes.fromhex("00A4040002A00000"), exchange)
    assert taken <= 2 + 2 * 256
