"""Commands that the issuer makes by name: what they are, and that a card of their scheme can read them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from terminal_sim.core.message import HostReply
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.keys import pinblock
from terminal_sim.emv.keys.cryptogram_versions import CardCryptogram, CryptogramVersion
from terminal_sim.emv.keys.secure_messaging import (
    MAC_BYTES,
    Messaging,
    ScriptSession,
    style_of,
    visa_pin_data,
)
from terminal_sim.host.scripts import IssuerScript
from terminal_sim.secret import Secret
from tests.host.samples import asked
from tests.host.test_counters import opened
from tests.host.test_cryptograms import KEY, ROWS, request

COMMANDS = [
    ("unblock-pin", "84240000", ""),
    ("change-pin 4321", "84240002", None),
    ("block-application", "841E0000", ""),
    ("unblock-application", "84180000", ""),
    ("block-card", "84160000", ""),
    ("put-data 9F14 05", "84DA9F14", "05"),
    ("put-data 5A 00", "84DA005A", "00"),
    ("update-record 2 1 70035F3401", "84DC0114", "70035F3401"),
]
IDS = [row[0] for row in COMMANDS]


def session_of(version: CryptogramVersion, icc_data: bytes) -> ScriptSession:
    """As the card that made the cryptogram has it."""
    found = CardCryptogram.of(icc_data)
    style = style_of(version.layout, version.number)
    return ScriptSession(style=style, mac=KEY, encipherment=KEY, atc=found.values[tags.ATC], arqc=found.value)


def commands_in(reply: HostReply) -> list[bytes]:
    """Every command of the scripts of an answer, in order."""
    scripts = [value for tag, value in tlv.split(reply.icc_data) if tag in (0x71, 0x72)]
    return [value for one in scripts for tag, value in tlv.split(one) if tag == tags.SCRIPT_COMMAND]


@pytest.mark.parametrize("version", ROWS, ids=lambda row: f"{row.layout.value} {row.number:02X}")
@pytest.mark.parametrize(("words", "head", "plain"), COMMANDS, ids=IDS)
def test_a_card_of_each_version_can_check_and_read_a_command(
    version: CryptogramVersion, words: str, head: str, plain: str | None
) -> None:
    host = opened()
    host.send(words.split())
    sale = request(version)
    (command,) = commands_in(asked(host, sale))
    session = session_of(version, sale.icc_data)
    header, body = command[:5], command[5:]
    data, mac = body[:-MAC_BYTES], body[-MAC_BYTES:]
    assert header == bytes.fromhex(head) + bytes((len(body),))
    assert session.mac_of(0, header, data) == mac
    if plain is not None:
        assert data == bytes.fromhex(plain)
        return
    pin = Secret("4321")
    visa = session.style in (Messaging.VISA, Messaging.VISA_SESSION)
    block = visa_pin_data(pin, KEY) if visa else pinblock.format2(pin)
    assert session.decipher(0, data) == block.reveal()


@pytest.mark.parametrize("version", ROWS, ids=lambda row: f"{row.layout.value} {row.number:02X}")
def test_the_second_command_of_an_answer_follows_the_first(version: CryptogramVersion) -> None:
    host = opened()
    host.send(["71", "unblock-pin"])
    host.send(["72", "put-data", "9F14", "05"])
    sale = request(version)
    first, second = commands_in(asked(host, sale))
    session = session_of(version, sale.icc_data)
    assert session.mac_of(0, first[:5], b"") == first[5:]
    assert session.mac_of(1, second[:5], second[5:6], first[5:]) == second[6:]


def test_a_new_pin_is_in_no_answer_and_no_log_in_clear() -> None:
    host = opened()
    host.send(["change-pin", "864297"])
    assert "864297" not in repr(host.sending)
    reply = asked(host, request(ROWS[0]))
    assert b"\x86\x42\x97" not in reply.icc_data
    assert "864297" not in repr(host.messages)


def test_a_command_for_a_card_without_keys_waits() -> None:
    host = opened()
    host.send(["block-card"])
    sale = request(ROWS[0])
    objects = dict(tlv.split(sale.icc_data)) | {tags.ISSUER_APPLICATION_DATA: b"\x01"}
    asked(host, replace(sale, icc_data=tlv.join(objects.items())))
    assert [str(one) for one in host.sending] == ["72 block-card"]


@pytest.mark.parametrize("words", IDS)
def test_a_named_script_is_written_as_it_is_read(words: str) -> None:
    assert str(IssuerScript.parse(["71", *words.split()])) == f"71 {words}"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("block-card now", "write block-card"),
        ("change-pin", "write change-pin PIN"),
        ("change-pin 12", "a PIN has 4 to 12 digits"),
        ("put-data 9F14", "write put-data TAG VALUE"),
        ("put-data 9F1401 05", "'9F1401' is no tag"),
        ("put-data 9F14 5", "'5' is no value"),
        ("update-record 31 1 00", "'31' is no short file identifier"),
        ("update-record 2 0 00", "'0' is no number of a record"),
        ("block-cart", "or unblock-pin, change-pin"),
    ],
)
def test_what_does_not_belong_to_a_name_is_refused(words: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        IssuerScript.parse(words.split())
