import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import FrameError
from terminal_drivers.iso7816.atr import contactless
from terminal_drivers.readers.ccid.pin import PinFormat, PinModify, PinOperation, PinVerify
from terminal_drivers.readers.pcsc import codec
from terminal_drivers.readers.pcsc.codec import HISTORICAL, UID, Feature, PinProperties

UID7 = bytes.fromhex("04A1B2C3D4E5F6")
HISTORY = bytes.fromhex("80318066")

# The list of features that libccid gives for a GemPC PinPad (control codes 42330006 ...).
FEATURES = bytes.fromhex("060442330006 070442330007 0A044233000A 120442330012")

PIN: list[tuple[str, PinOperation, str]] = [
    (
        "verify an EMV PIN in the clear",
        PinVerify(),
        "1E00 89 47 04 0C04 02 01 0904 00 000000 0D000000 002000800820FFFFFFFFFFFFFF",
    ),
    (
        "verify, each field its own",
        PinVerify(PinFormat(0x81, 0x46, 0x03), b"\1\2\3\4\5", 5, 8, 6, 3, 2, 0x0C0A, 7, b"\x21\x40\x0d"),
        "0500 81 46 03 0806 03 02 0A0C 07 21400D 05000000 0102030405",
    ),
    (
        "change, each field its own",
        PinModify(
            PinFormat(0x81, 0x46, 0x03),
            b"\1\2\3\4\5",
            5,
            3,
            9,
            8,
            6,
            0,
            6,
            3,
            0x0C0A,
            b"\7\x08\x09",
            b"\x21\x40\x0d",
        ),
        "0500 81 46 03 0309 0806 00 06 03 0A0C 070809 21400D 05000000 0102030405",
    ),
    (
        "ask for the old PIN and twice for the new one",
        PinModify(),
        (
            "1E00 89 47 04 00 08 0C04 03 02 03 0904 000102 000000 15000000"
            "002400001020FFFFFFFFFFFFFF20FFFFFFFFFFFFFF"
        ),
    ),
    (
        "ask for a new PIN with one message",
        PinModify(messages=1, message_indices=b"\0\1", confirm=0),
        (
            "1E00 89 47 04 00 08 0C04 00 02 01 0904 000100 000000 15000000"
            "002400001020FFFFFFFFFFFFFF20FFFFFFFFFFFFFF"
        ),
    ),
]


@pytest.mark.parametrize(("meaning", "operation", "text"), PIN)
def test_a_pin_structure_is_built_and_read(meaning: str, operation: PinOperation, text: str) -> None:
    data = bytes.fromhex(text)
    assert codec.build_pin(operation) == data, meaning
    parse = codec.parse_verify if isinstance(operation, PinVerify) else codec.parse_modify
    assert parse(data) == operation, meaning
    for broken in (data[:-1], data + b"\0", data[: -len(operation.apdu) - 1]):
        with pytest.raises(FrameError):
            parse(broken)


@given(st.binary(max_size=60))
def test_any_garbage_as_a_pin_structure_is_a_frame_error(garbage: bytes) -> None:
    for parse in (codec.parse_verify, codec.parse_modify):
        with contextlib.suppress(FrameError):
            parse(garbage)
        with pytest.raises(FrameError):
            parse(garbage[:18])


def test_features_are_read_and_built() -> None:
    found = codec.parse_features(FEATURES)
    assert found == {
        Feature.VERIFY_PIN_DIRECT: 0x42330006,
        Feature.MODIFY_PIN_DIRECT: 0x42330007,
        Feature.IFD_PIN_PROPERTIES: 0x4233000A,
        Feature.GET_TLV_PROPERTIES: 0x42330012,
    }
    assert codec.build_features(found) == FEATURES
    assert codec.parse_features(b"") == {}


@pytest.mark.parametrize("text", ["06", "0604423300", "060342330006", "06044233000600"])
def test_a_broken_list_of_features_is_a_frame_error(text: str) -> None:
    with pytest.raises(FrameError):
        codec.parse_features(bytes.fromhex(text))


def test_properties_are_read() -> None:
    assert codec.parse_properties(bytes.fromhex("0A0400000100 0B02E608 0800")) == {
        codec.Property.MAX_APDU_DATA: bytes.fromhex("00000100"),
        codec.Property.VENDOR: bytes.fromhex("E608"),
        codec.Property.FIRMWARE_ID: b"",
    }
    for broken in ("0A", "0A0400", "0A03000B"):
        with pytest.raises(FrameError):
            codec.parse_properties(bytes.fromhex(broken))


def test_pin_properties_are_read_and_built() -> None:
    properties = PinProperties(0x0210, 7, 5)
    assert properties.build() == bytes.fromhex("10020705")
    assert PinProperties.parse(properties.build()) == properties
    with pytest.raises(FrameError):
        PinProperties.parse(b"")


PSEUDO: list[tuple[str, str, str | None]] = [
    ("the UID", "FFCA000000", "04A1B2C3D4E5F69000"),
    ("the UID with its length", "FFCA000007", "04A1B2C3D4E5F69000"),
    ("less than the UID", "FFCA000004", "6C07"),
    ("more than the UID", "FFCA000008", "04A1B2C3D4E5F6006282"),
    ("the historical bytes", "FFCA010000", "803180669000"),
    ("255 bytes for the UID", "FFCA0000FF", UID7.hex().upper() + "00" * 248 + "6282"),
    ("something else", "FFCA020000", "6A81"),
    ("something else of the UID", "FFCA000100", "6A81"),
    ("another instruction", "FFB0000000", "6A81"),
    ("without Le", "FFCA0000", "6700"),
    ("no APDU", "FFCA00", "6700"),
    ("for the card", "00CA000000", None),
]


@pytest.mark.parametrize(("meaning", "apdu", "answer"), PSEUDO)
def test_a_pseudo_apdu_is_answered_by_the_reader(meaning: str, apdu: str, answer: str | None) -> None:
    found = codec.pseudo_answer(bytes.fromhex(apdu), UID7, HISTORY)
    assert (found.hex().upper() if found is not None else None) == answer, meaning


def test_pseudo_apdus_are_built() -> None:
    assert codec.get_data(UID) == bytes.fromhex("FFCA000000")
    assert codec.get_data(HISTORICAL) == bytes.fromhex("FFCA010000")


def test_the_atr_of_a_contactless_card_has_its_historical_bytes(
    vector: Callable[[str], dict[str, Any]],
) -> None:
    atrs = {each["card"]: bytes.fromhex(each["atr"]) for each in vector("contactless_atr")["atrs"]}
    assert contactless(b"") == atrs["ISO 14443-4, no historical bytes"]
    assert contactless(bytes.fromhex("80318066B1840C016E0183009000")) in atrs.values()
