"""Cards with keys, as the terminal's own kernel checks them by the test certification authority's public keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.cards.system import signing
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.emv.data import tags, tlv, tvr
from terminal_sim.emv.keys import certificates
from terminal_sim.emv.keys.derivation import IssuerKeys
from terminal_sim.emv.keys.rsa import PublicKey
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.rules import Rule
from terminal_sim.profile import ca_keys
from tests.emv.terminal import Terminal, configuration

Cards = Callable[[str], VirtualCard]

CA_KEYS = ca_keys.load(bundled() / "keys" / "test-ca.toml")
OFFLINE = ("visa-offline", "mastercard-offline")


@pytest.fixture
def checking() -> Terminal:
    """A terminal that authenticates cards, takes an enciphered PIN and approves up to 100.00 offline."""
    config = configuration()
    limited = tuple(replace(one, floor_limit=10_000) for one in config.applications)
    config = replace(config, applications=limited, ca_keys=CA_KEYS, capabilities=bytes.fromhex("E0F8C8"))
    return Terminal(config, pins=["1234"] * 9)


def altered(card: Cards, keys: IssuerKeys, name: str, **changes: Any) -> VirtualCard:
    personality = card(name).personality
    assert personality.chip is not None
    return catalogue.make(replace(personality, chip=replace(personality.chip, **changes)), keys)


@pytest.mark.parametrize("name", OFFLINE)
def test_a_card_signs_approves_offline_and_takes_an_enciphered_pin(
    card: Cards, checking: Terminal, name: str
) -> None:
    outcome = checking.chip(card(name))
    assert (outcome.verdict, outcome.went_online) == (Verdict.APPROVED, False), outcome.reasons
    assert outcome.tvr == bytes(5)
    assert outcome.tsi[0] & 0xC0 == 0xC0
    assert any(one.apdu[:4] == bytes.fromhex("00200088") for one in checking.commands)


@pytest.mark.parametrize("name", OFFLINE)
def test_a_card_beyond_its_limits_asks_its_issuer_and_signs_that_too(
    card: Cards, checking: Terminal, name: str
) -> None:
    made = card(name)
    spent = [checking.chip(made, amount=4500).went_online for _ in range(5)]
    assert spent == [False, False, False, False, True]
    outcome = checking.chip(made, amount=25000)
    assert (outcome.verdict, outcome.went_online) == (Verdict.APPROVED, True), outcome.reasons
    assert int.from_bytes(outcome.tvr) & tvr.CDA_FAILED == 0


@pytest.mark.parametrize("name", OFFLINE)
def test_a_tap_proves_itself(card: Cards, checking: Terminal, name: str) -> None:
    outcome = checking.tap(card(name))
    assert outcome.verdict is Verdict.APPROVED, outcome.reasons
    assert not any(one.rule in (Rule.ODA_DDA_FAILED, Rule.ODA_CDA_FAILED) for one in outcome.reasons)


METHODS = [
    ("sda", 0x80),
    ("dda", 0x40),
    ("cda", 0x08),
]


@pytest.mark.parametrize("answer_format", [1, 2])
@pytest.mark.parametrize(("oda", "terminal"), METHODS)
def test_each_method_proves_the_card(
    card: Cards, keys: IssuerKeys, checking: Terminal, oda: str, terminal: int, answer_format: int
) -> None:
    checking.config = replace(checking.config, capabilities=bytes((0xE0, 0x68, terminal)))
    made = altered(card, keys, "visa-credit", oda=oda, answer_format=answer_format)
    outcome = checking.chip(made)
    assert outcome.verdict is Verdict.APPROVED, outcome.reasons
    failed = tvr.SDA_FAILED | tvr.DDA_FAILED | tvr.CDA_FAILED | tvr.ODA_NOT_PERFORMED | tvr.ICC_DATA_MISSING
    assert int.from_bytes(outcome.tvr) & failed == 0, outcome.reasons
    assert outcome.tsi[0] & 0x80


FAULTS = [
    ("sda", "certificate", tvr.SDA_FAILED),
    ("sda", "signature", tvr.SDA_FAILED),
    ("dda", "certificate", tvr.DDA_FAILED),
    ("dda", "signature", tvr.DDA_FAILED),
    ("cda", "certificate", tvr.CDA_FAILED),
    ("cda", "signature", tvr.CDA_FAILED),
    ("dda", "revoked", tvr.DDA_FAILED),
]


@pytest.mark.parametrize(("oda", "fault", "bit"), FAULTS)
def test_a_faulty_card_fails_its_method(
    card: Cards, keys: IssuerKeys, checking: Terminal, oda: str, fault: str, bit: int
) -> None:
    outcome = checking.chip(altered(card, keys, "visa-credit", oda=oda, oda_fault=fault))
    assert int.from_bytes(outcome.tvr) & bit, outcome.reasons


def test_a_certificate_recovers_to_the_key_that_it_certifies(card: Cards) -> None:
    number = card("visa-offline").personality.pan
    issuer = dict(signing.issuer_certificate(number))
    authority = next(key for key in CA_KEYS if key.rid.hex() == "a000000003")
    recovered = certificates.issuer_key(
        PublicKey(authority.modulus, authority.exponent),
        issuer[tags.ISSUER_CERTIFICATE],
        issuer[tags.ISSUER_KEY_EXPONENT],
        issuer[tags.ISSUER_KEY_REMAINDER],
        pan=number.reveal(),
        today="261121",
    )
    pin = dict(signing.pin_certificate(number))
    assert (
        certificates.icc_key(
            recovered,
            pin[tags.PIN_CERTIFICATE],
            pin[tags.PIN_KEY_EXPONENT],
            pin[tags.PIN_KEY_REMAINDER],
            pan=number.reveal(),
            today="261121",
        )
        == signing.pin_key().public
    )


def test_a_card_is_made_without_a_signature(card: Cards) -> None:
    signing.issuer_certificate.cache_clear()
    made = card("visa-offline")
    assert signing.issuer_certificate.cache_info().misses == 0
    assert made.chip is not None


SELECT, GPO = "00A4040007A000000003101000", "80A8000002830000"
REFUSED = [
    ("INTERNAL AUTHENTICATE before GPO", [SELECT], "008800000412345678", "6985"),
    ("INTERNAL AUTHENTICATE of three bytes", [SELECT, GPO], "0088000003123456", "6700"),
    ("INTERNAL AUTHENTICATE with P1", [SELECT, GPO], "008801000412345678", "6A86"),
    ("GET CHALLENGE before GPO", [SELECT], "0084000000", "6985"),
    ("GET CHALLENGE with P2", [SELECT, GPO], "0084000100", "6A86"),
    ("a PIN without a challenge", [SELECT, GPO], "0020008880" + "00" * 128, "6985"),
    ("a PIN of another key", [SELECT, GPO, "0084000000"], "0020008880" + "00" * 128, "6A80"),
    ("a PIN too short", [SELECT, GPO, "0084000000"], "0020008808" + "00" * 8, "6A80"),
]


@pytest.mark.parametrize(
    ("before", "command", "word"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED]
)
def test_what_is_out_of_order_or_wrong_is_refused(
    card: Cards, before: list[str], command: str, word: str
) -> None:
    face = card("visa-offline").chip
    assert face is not None
    for one in before:
        assert face.transmit(bytes.fromhex(one))[-2:] == b"\x90\x00"
    assert face.transmit(bytes.fromhex(command)).hex().upper() == word


ASKED = [("AAC with a signature", 0x10, True), ("AAC", 0x00, False)]


@pytest.mark.parametrize(("p1", "signed"), [one[1:] for one in ASKED], ids=[one[0] for one in ASKED])
def test_a_decline_shows_its_cryptogram_and_is_signed_where_the_terminal_asks_for_that(
    card: Cards, p1: int, signed: bool
) -> None:
    made = card("mastercard-offline")
    face = made.chip
    assert face is not None
    values = bytes.fromhex("000000001000 000000000000 0124 0000000000 0124 261121 00 12345678")
    values += bytes(3 if made.personality.log else 0)  # the time, for its log
    for one in (SELECT.replace("03101000", "04101000"), GPO):
        face.transmit(bytes.fromhex(one))
    answer = face.transmit(bytes((0x80, 0xAE, p1, 0, len(values))) + values + b"\0")
    objects = dict(tlv.split(tlv.only(answer[:-2], tags.RESPONSE_FORMAT_2)))
    assert objects[tags.CRYPTOGRAM_INFORMATION] == b"\0"
    assert len(objects[tags.CRYPTOGRAM]) == 8
    assert (tags.SIGNED_DYNAMIC_DATA in objects) == signed


def test_two_challenges_differ_and_a_challenge_is_good_once(card: Cards) -> None:
    face = card("visa-offline").chip
    assert face is not None
    for one in (SELECT, GPO):
        face.transmit(bytes.fromhex(one))
    first, second = (face.transmit(bytes.fromhex("0084000000")) for _ in range(2))
    assert len(first) == 10
    assert first != second


def test_every_record_of_a_card_with_keys_is_one_template(card: Cards) -> None:
    face = card("visa-offline").chip
    assert face is not None
    for one in (SELECT, GPO):
        answer = face.transmit(bytes.fromhex(one))
    listed = tlv.only(answer[:-2], tags.RESPONSE_FORMAT_1)[2:]
    for at in range(0, len(listed), 4):
        file, first, last, _ = listed[at : at + 4]
        for number in range(first, last + 1):
            record = face.transmit(bytes((0x00, 0xB2, number, file | 4, 0)))
            assert record[-2:] == b"\x90\x00"
            assert len(record) <= 258
            tlv.only(record[:-2], tags.RECORD)
