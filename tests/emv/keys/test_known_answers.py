"""Public known answers: derived keys, cryptograms by version, the issuer's answers, script commands, issuer application data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from terminal_sim.emv.data import tags
from terminal_sim.emv.keys import cryptogram_versions, derivation, issuer_data, tdes
from terminal_sim.emv.keys.cryptogram_versions import arpc_1, arpc_2, version_of
from terminal_sim.emv.keys.derivation import IccKeyOption
from terminal_sim.emv.keys.issuer_data import IssuerDataLayout
from terminal_sim.emv.keys.secure_messaging import (
    Messaging,
    ScriptSession,
    decipher,
    encipher,
    style_of,
    visa_pin_data,
)
from terminal_sim.emv.keys.tdes import MacPadding
from terminal_sim.secret import Secret

FOLDER = Path(__file__).parents[2] / "vectors" / "emv"


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def key(text: str) -> Secret[bytes]:
    return Secret(bytes.fromhex(text))


KEYS = read("keys_and_arpc")
CRYPTOGRAMS = read("cryptograms")["vectors"]
SCRIPTS = read("secure_messaging")
LAYOUTS = {
    "Visa": IssuerDataLayout.VISA,
    "Interac": IssuerDataLayout.INTERAC,
    "Mastercard": IssuerDataLayout.MCHIP,
}


def style_by_row(row: dict[str, Any]) -> Messaging:
    return style_of(LAYOUTS[row["scheme"]], int(row["cryptogram_version"][:2], 16))


def by_id(row: dict[str, Any]) -> str:
    return str(row.get("id", ""))


@pytest.mark.parametrize("row", KEYS["vectors"], ids=by_id)
def test_keys_and_answers_are_the_published_ones(row: dict[str, Any]) -> None:
    option = IccKeyOption(row["option"])
    card = derivation.icc_key(key(row["imk"]), Secret(row["pan"]), row["pan_sequence"] or "00", option)
    assert card.reveal().hex().upper() == row["icc_mk"]
    session = derivation.session_key(card, bytes.fromhex(row["r"]))
    assert derivation.odd_parity(session.reveal()).hex().upper() == row["session_key"]
    padding = MacPadding.ZEROS if row["padding"].startswith("method 1") else MacPadding.ONE_AND_ZEROS
    made = tdes.retail_mac(session.reveal(), bytes.fromhex(row["mac_input"]), padding)
    assert made.hex().upper() == row["arqc"]
    answer = row["arpc"]
    by = card if answer["key"] == "ICC master key" else session
    said = bytes.fromhex(answer["arc_or_csu"])
    more = bytes.fromhex(answer["proprietary_authentication_data"])
    found = arpc_1(by, made, said) if answer["method"] == 1 else arpc_2(by, made, said, more)
    assert found.hex().upper() == answer["value"]


@pytest.mark.parametrize("row", KEYS["emv2000_tree"]["vectors"])
def test_the_tree_of_old_cards_gives_the_published_keys(row: dict[str, Any]) -> None:
    made = derivation.tree_session_key(
        key(row["icc_mk"]),
        bytes.fromhex(row["atc"]),
        height=row["height"],
        branch=row["branch"],
        start=bytes.fromhex(row["iv"]),
    )
    assert made.reveal().hex().upper() == row["session_key"]


def card_of(row: dict[str, Any], use: str) -> Secret[bytes]:
    made = derivation.icc_key(key(row[f"imk_{use}"]), Secret(row["pan"]), row["pan_sequence"])
    assert made.reveal().hex().upper() == row[f"icc_mk_{use}"]
    return made


def issuer_data_of(row: dict[str, Any]) -> bytes:
    """9F10 of a row: it stands there whole, or its results and counters do."""
    version = bytes.fromhex(row["cryptogram_version"][:2])
    for name, text in row["input_ends_with"].items():
        if name.startswith("IAD"):
            return bytes.fromhex(text)
        if row["scheme"] == "Visa":
            return b"\x06\x01" + version + bytes.fromhex(text)
        return (
            b"\x01" + version + bytes.fromhex(text)[:6] + bytes(2) + bytes.fromhex(text)[6:].ljust(8, b"\x00")
        )
    raise AssertionError("the row has no card verification results")


@pytest.mark.parametrize("row", CRYPTOGRAMS, ids=by_id)
def test_a_cryptogram_and_its_answer_are_the_published_ones(row: dict[str, Any]) -> None:
    data = issuer_data.parse(issuer_data_of(row))
    version = version_of(data)
    values = {int(tag, 16): bytes.fromhex(text) for tag, text in row["input"].items()}
    card = card_of(row, "ac")
    assert version.certified(values, data).hex().upper() == row["mac_input"]
    made = version.cryptogram(card, values, data)
    assert made.hex().upper() == row["arqc"]
    said = bytes.fromhex(row["arpc"]["arc_or_csu"])
    answer = version.authentication_data(
        card,
        made,
        atc=values[tags.ATC],
        unpredictable=values[tags.UNPREDICTABLE_NUMBER],
        code=said[:2],
        status=said.ljust(4, b"\x00"),
    )
    assert answer == bytes.fromhex(row["arpc"]["value"]) + said


@pytest.mark.parametrize("row", CRYPTOGRAMS, ids=by_id)
def test_the_commands_of_a_script_are_the_published_ones(row: dict[str, Any]) -> None:
    session = ScriptSession(
        style_by_row(row),
        card_of(row, "smi"),
        card_of(row, "smc"),
        bytes.fromhex(row["input"]["9F36"]),
        bytes.fromhex(row["arqc"]),
    )
    for said in row["script_macs"]:
        header = bytes.fromhex(said["mac_input"][:10])
        assert session.mac_of(0, header, b"").hex().upper() == said["mac"]
    for change in row["pin_change"]:
        command = bytes.fromhex(change["command"])
        enciphered = session.encipher(0, bytes.fromhex(change["pin_block"]))
        assert enciphered.hex().upper() == change["enciphered"]
        assert command == command[:5] + enciphered + session.mac_of(0, command[:5], enciphered)
        assert session.decipher(0, enciphered) == bytes.fromhex(change["pin_block"])


@pytest.mark.parametrize("row", CRYPTOGRAMS[:2], ids=by_id)
def test_a_pin_change_of_visa_hides_the_pin_in_the_published_block(row: dict[str, Any]) -> None:
    for change in row["pin_change"]:
        current = Secret(change["current_pin"]) if change["current_pin"] else None
        made = visa_pin_data(Secret(change["pin"]), card_of(row, "ac"), current)
        assert made.reveal().hex().upper() == change["pin_block"]


@pytest.mark.parametrize("row", SCRIPTS["retail_mac"])
def test_a_retail_mac_is_the_published_one(row: dict[str, Any]) -> None:
    padding = MacPadding(row["padding"])
    made = tdes.retail_mac(bytes.fromhex(row["key"]), bytes.fromhex(row["message"]), padding)
    assert made.hex().upper() == row["mac"]


ENCIPHERED = {"mc": Messaging.MCHIP, "emv": Messaging.CCD, "visa": Messaging.VISA}


@pytest.mark.parametrize("row", SCRIPTS["vectors"], ids=by_id)
def test_enciphered_data_and_mac_of_a_command_are_the_published_ones(row: dict[str, Any]) -> None:
    enciphered = bytes.fromhex(row["enciphered"])
    style = ENCIPHERED.get(row["encipherment"])
    if style is not None:
        assert encipher(style, key(row["enc_key"]), bytes.fromhex(row["plain"])) == enciphered
        assert decipher(style, key(row["enc_key"]), enciphered) == bytes.fromhex(row["plain"])
    made = tdes.retail_mac(bytes.fromhex(row["mac_key"]), bytes.fromhex(row["header"]) + enciphered)
    assert made.hex().upper() == row["mac"]
    assert row["command"] == row["header"] + row["enciphered"] + row["mac"]


@pytest.mark.parametrize("row", read("iad")["vectors"], ids=lambda row: row["iad"])
def test_issuer_application_data_come_apart_as_published(row: dict[str, Any]) -> None:
    data = issuer_data.parse(bytes.fromhex(row["iad"]))
    assert (f"{data.version:02X}", data.results.hex().upper()) == (row["cvn"], row["cvr"])
    assert data.first is not None
    assert data.first.name == row["type_of_first_ac"]
    if "second_ac" in row:
        second = data.second.name if data.second is not None else "not requested"
        assert second == row["second_ac"]
    if "counters" in row:
        assert data.counters.hex().upper() == row["counters"]


def test_every_version_certifies_its_list_first() -> None:
    known = {tag: bytes((place,)) * 4 for place, tag in enumerate(cryptogram_versions.COMMON)}
    for version in cryptogram_versions.VERSIONS.values():
        values = {tag: known[tag] for tag in version.first}
        made = issuer_data.build(version.layout, 1, version.number, bytes(_RESULTS[version.layout]))
        data = issuer_data.parse(made)
        assert (data.layout, data.version, data.key_index) == (version.layout, version.number, 1)
        assert version.certified(values, data).startswith(b"".join(values.values()))


def test_a_contactless_card_of_visa_certifies_amount_number_counter_and_one_byte_and_gets_no_answer() -> None:
    data = issuer_data.parse(bytes.fromhex("06011103A0B0C0"))
    values = {
        tags.AMOUNT: bytes.fromhex("000000001250"),
        tags.UNPREDICTABLE_NUMBER: bytes.fromhex("01234567"),
        tags.ATC: bytes.fromhex("002C"),
    }
    version, card = version_of(data), key("0123456789ABCDEFFEDCBA9876543210")
    assert version.certified(values, data).hex() == "000000001250" + "01234567" + "002c" + "a0"
    made = version.cryptogram(card, values, data)
    assert made == tdes.retail_mac(card.reveal(), version.certified(values, data), MacPadding.ZEROS)
    given = (values[tags.ATC], values[tags.UNPREDICTABLE_NUMBER])
    assert version.authentication_data(card, made, atc=given[0], unpredictable=given[1], code=b"00") == b""


_RESULTS = {
    issuer_data.IssuerDataLayout.VISA: 3,
    issuer_data.IssuerDataLayout.MCHIP: 6,
    issuer_data.IssuerDataLayout.INTERAC: 4,
    issuer_data.IssuerDataLayout.CCD: 5,
}


@pytest.mark.parametrize("row", read("cvc3_magstripe_mode")["vectors"], ids=by_id)
def test_a_dynamic_cvc_is_the_published_one(row: dict[str, Any]) -> None:
    card = key(row["icc_key"])
    made = derivation.icc_key(key(row["imk"]), Secret(row["pan"]), "00")
    assert made.reveal().hex().upper() == row["icc_key"]
    start = tdes.retail_mac(card.reveal(), bytes.fromhex(row["track"]))[-2:]
    assert start.hex().upper() == row["iv_cvc3"]
    found = tdes.encrypt(card.reveal(), start + bytes.fromhex(row["un"] + row["atc"]))[-2:]
    assert found.hex().upper() == row["cvc3_hex"]
