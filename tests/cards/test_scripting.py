"""Single commands of the issuer under secure messaging: what they change, and which are refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import CardFace, VirtualCard
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.keys import derivation, pinblock
from terminal_sim.emv.keys.cryptogram_versions import version_of
from terminal_sim.emv.keys.derivation import IssuerKeys
from terminal_sim.emv.keys.issuer_data import parse
from terminal_sim.emv.keys.secure_messaging import Messaging, ScriptSession, style_of, visa_pin_data
from terminal_sim.secret import Secret
from tests.emv.terminal import ISSUER_KEY

Cards = Callable[[str], VirtualCard]

GENERATE_ARQC = bytes.fromhex("80AE8000")


class ScriptIssuer:
    """The issuer of a card that has asked for a decision; it secures one command after the other."""

    def __init__(self, made: VirtualCard) -> None:
        assert made.chip is not None
        personality = made.personality
        assert personality.chip is not None
        self.face: CardFace = made.chip
        self.aid = bytes.fromhex(personality.chip.applications[0].aid)
        self.pdol = bytes.fromhex(personality.chip.pdol)
        self.card = derivation.icc_key(ISSUER_KEY, personality.pan, personality.sequence)
        self.logs = personality.log > 0
        self.number, self.chain = 0, b""
        self.ask()

    def select(self) -> str:
        return self.face.transmit(bytes((0, 0xA4, 4, 0, len(self.aid))) + self.aid)[-2:].hex().upper()

    def ask(self) -> bytes:
        """A transaction up to the ARQC; its answer."""
        self.select()
        self.face.transmit(bytes.fromhex("80A8000002830000"))
        values = bytes(32 if self.logs else 29)  # a card with a log wants the time too
        answer = self.face.transmit(GENERATE_ARQC + bytes((len(values),)) + values + b"\0")
        [(tag, value)] = tlv.split(answer[:-2])
        found = (
            {tags.ATC: value[1:3], tags.CRYPTOGRAM: value[3:11], tags.ISSUER_APPLICATION_DATA: value[11:]}
            if tag == tags.RESPONSE_FORMAT_1
            else dict(tlv.split(value))
        )
        row = version_of(parse(found[tags.ISSUER_APPLICATION_DATA]))
        self.session = ScriptSession(
            style_of(row.layout, row.number), self.card, self.card, found[tags.ATC], found[tags.CRYPTOGRAM]
        )
        self.number, self.chain = 0, b""
        return answer

    def send(self, head: str, data: bytes = b"") -> str:
        header = bytes.fromhex(head) + bytes((len(data) + 8,))
        self.chain = self.session.mac_of(self.number, header, data, self.chain)
        self.number += 1
        return self.face.transmit(header + data + self.chain).hex().upper()

    def pin_data(self, pin: str) -> bytes:
        style = self.session.style
        visa = style in (Messaging.VISA, Messaging.VISA_SESSION)
        plain = visa_pin_data(Secret(pin), self.card) if visa else pinblock.format2(Secret(pin))
        return self.session.encipher(self.number, plain.reveal())


def test_data_and_records_that_the_issuer_changes_are_read(card: Cards) -> None:
    issuer = ScriptIssuer(card("mastercard-offline"))
    assert issuer.send("84DA9F58", b"\x05") == "9000"
    assert issuer.face.transmit(bytes.fromhex("80CA9F5800")).hex().upper() == "9F5801059000"
    record = bytes.fromhex("7004 5F200141".replace(" ", ""))
    assert issuer.send("84DC010C", record) == "9000"
    assert issuer.face.transmit(bytes.fromhex("00B2010C00")) == record + b"\x90\x00"
    assert issuer.send("84DC090C", record) == "6A83"


def test_what_is_not_the_issuers_is_refused_and_changes_nothing(card: Cards) -> None:
    made = card("visa-offline")
    issuer = ScriptIssuer(made)
    face = issuer.face
    assert face.transmit(bytes.fromhex("841E000008" + "00" * 8)).hex().upper() == "6988"
    assert face.transmit(bytes.fromhex("841E000004" + "00" * 4)).hex().upper() == "6987"
    assert issuer.send("84240000") == "6988"
    issuer.ask()
    assert issuer.send("84240003") == "6A86"
    issuer.ask()
    assert issuer.send("84240001") == "6A80"
    assert issuer.send("84240002", bytes(8)) == "6A80"
    assert made.memory.now[0].blocked == ""
    face.reset()
    assert face.transmit(bytes.fromhex("841E000008" + "00" * 8)).hex().upper() == "6985"


@pytest.mark.parametrize(("old", "word"), [("1234", "9000"), ("9999", "6A80")])
def test_a_pin_is_changed_by_whoever_knows_the_old_one(card: Cards, old: str, word: str) -> None:
    made = card("visa-offline")
    assert made.personality.pin == Secret("1234")
    issuer = ScriptIssuer(made)
    plain = visa_pin_data(Secret("98765"), issuer.card, Secret(old))
    assert issuer.send("84240001", issuer.session.encipher(0, plain.reveal())) == word
    assert made.memory.now[0].pin == (Secret("98765") if word == "9000" else None)


def test_other_schemes_have_no_change_by_the_old_pin(card: Cards) -> None:
    assert ScriptIssuer(card("mastercard-offline")).send("84240001", bytes(8)) == "6A86"


def test_macs_and_encipherment_have_keys_of_their_own(card: Cards) -> None:
    three = IssuerKeys(ISSUER_KEY, mac=Secret(bytes(range(16))), encipherment=Secret(bytes(range(16, 32))))
    made = catalogue.make(card("mastercard-offline").personality, three)
    issuer = ScriptIssuer(made)
    assert issuer.send("84240000") == "6988"
    issuer.ask()
    own = three.of_card(made.personality.pan, made.personality.sequence)
    session = issuer.session
    issuer.session = ScriptSession(session.style, own.mac, own.encipherment, session.atc, session.arqc)
    assert issuer.send("84240002", issuer.pin_data("98765")) == "9000"
    assert made.memory.now[0].pin == Secret("98765")


def test_a_card_that_is_resumed_remembers_what_its_issuer_changed(card: Cards) -> None:
    first, second = card("mastercard-offline"), card("mastercard-offline")
    issuer = ScriptIssuer(first)
    issuer.send("84DA9F58", b"\x05")
    issuer.send("84240002", issuer.pin_data("98765"))
    issuer.send("841E0000")
    second.resume(first.snapshot())
    assert second.snapshot() == first.snapshot()
