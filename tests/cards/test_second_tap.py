"""What the issuer of a tapped card sends to it at a second tap (EMV Book C-3, issuer update)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.cards.system.schemes import scheme_of
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.keys.derivation import IssuerKeys
from terminal_sim.emv.keys.secure_messaging import ScriptSession, visa_pin_data
from terminal_sim.secret import Secret

Cards = Callable[[str], VirtualCard]
AID = bytes.fromhex("A0000000031010")
SELECT = "00A4040007A000000003101000"
OPTIONS = "80A80000238321" + "36808000" + "00" * 25 + "12345678" + "00"


class SecondTap:
    """A card that asked its issuer at a first tap and is in the field again; `arqc` is what it asked with."""

    def __init__(self, made: VirtualCard) -> None:
        face = made.contactless
        assert face is not None
        self.card, self.face = made, face
        self.say(SELECT)
        answer = dict(tlv.split(tlv.only(bytes.fromhex(self.say(OPTIONS))[:-2], tags.RESPONSE_FORMAT_2)))
        self.arqc, self.wishes = answer[tags.CRYPTOGRAM], answer[tags.CTQ]
        self.account = made.memory.accounts[0]
        face.reset()
        self.say(SELECT)

    def say(self, command: str) -> str:
        return self.face.transmit(bytes.fromhex(command)).hex().upper()

    def answer_of_issuer(self) -> str:
        data = scheme_of(AID).version.authentication_data(
            self.account.key,
            self.arqc,
            atc=self.account.counter,
            unpredictable=bytes.fromhex("12345678"),
            code=b"00",
        )
        return f"00820000{len(data):02X}{data.hex()}"

    def script(self, head: str, plain: bytes = b"") -> str:
        session = ScriptSession(
            scheme_of(AID).messaging,
            self.account.keys.mac,
            self.account.keys.encipherment,
            self.account.counter,
            self.arqc,
        )
        data = session.encipher(0, plain) if plain else b""
        header = bytes.fromhex(head) + bytes((len(data) + 8,))
        return (header + data + session.mac_of(0, header, data)).hex()


@pytest.fixture
def second(card: Cards, keys: IssuerKeys) -> SecondTap:
    personality = card("visa-offline").personality
    assert personality.contactless is not None
    updated = replace(personality, contactless=replace(personality.contactless, issuer_update=True))
    return SecondTap(catalogue.make(updated, keys))


def test_the_issuer_is_heard_once(second: SecondTap) -> None:
    assert second.wishes[1] & 0x40
    second.account.keep(offline_payments=2, offline_amount=500)
    assert second.say(second.answer_of_issuer()) == "9000"
    assert (second.account.now.offline_payments, second.account.now.last_online) == (0, 1)
    assert second.say(second.answer_of_issuer()) == "6985"


def test_a_wrong_answer_is_not_tried_again(second: SecondTap) -> None:
    assert second.say("008200000A" + "00" * 10) == "6300"
    assert second.say(second.answer_of_issuer()) == "6985"


@pytest.mark.parametrize(("old", "word"), [("1234", "9000"), ("9999", "6A80")])
def test_a_pin_is_changed_by_the_old_one_at_a_tap_too(second: SecondTap, old: str, word: str) -> None:
    plain = visa_pin_data(Secret("98765"), second.account.key, Secret(old)).reveal()
    assert second.say(second.script("84240001", plain)) == word
    assert (second.account.pin == Secret("98765")) == (word == "9000")


def test_an_unblocked_pin_has_the_tries_of_the_card(second: SecondTap) -> None:
    second.account.keep(tries_left=0)
    assert second.say(second.script("84240000")) == "9000"
    assert second.account.now.tries_left == second.account.most_tries == 3
