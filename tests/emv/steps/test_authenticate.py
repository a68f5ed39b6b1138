"""Offline data authentication as a step: which method is taken, and what each failure sets, with a public chain of certificates."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from terminal_sim.emv.data import tags, tlv, tvr
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.steps import commands, generate
from terminal_sim.emv.steps.authenticate import authenticate, pin_key, static_data
from terminal_sim.emv.steps.exchange import CardError
from terminal_sim.emv.steps.read import afl_records
from terminal_sim.emv.steps.state import OdaMethod, SignedRecord, Transaction
from terminal_sim.emv.talk.answers import ResponseApdu
from terminal_sim.emv.talk.asks import Command, Step
from terminal_sim.emv.talk.config import CaKey, CdaMode
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.request import Interface
from tests.emv.table import rows
from tests.emv.terminal import Terminal, configuration

FOLDER = Path(__file__).parents[2] / "vectors" / "emv"
CHAIN: dict[str, Any] = json.loads((FOLDER / "certificates.json").read_text("utf-8"))["vectors"][2]
MADE: dict[str, Any] = {
    one["id"]: one for one in json.loads((FOLDER / "oda_made_here.json").read_text("utf-8"))["vectors"]
}
CA = next(
    one
    for one in json.loads((FOLDER / "capk_test.json").read_text("utf-8"))["vectors"]
    if one["rid"] == CHAIN["capk"]["rid"]
)
CA_KEY = CaKey(
    rid=bytes.fromhex(CA["rid"]),
    index=int(CA["index"], 16),
    modulus=bytes.fromhex(CA["modulus"]),
    exponent=int(CA["exponent"], 16),
)
SDA, DDA, CDA = 0x40, 0x20, 0x01
AID = bytes.fromhex("AFFFFFFFFF1234")


def begun(aip: int, *, today: str = "290601", keys: tuple[CaKey, ...] = (CA_KEY,)) -> Transaction:
    """A transaction with the chain's card, its records read, whose AIP offers `aip` besides what it signs."""
    config = replace(configuration(), ca_keys=keys)
    request = structs.replace(
        Terminal(config).request(Interface.CONTACT), date=today, unpredictable=bytes.fromhex("01234567")
    )
    made = Transaction(config, request)
    made.use(replace(config.applications[0], aid=AID), "TEST", made.directory)
    made.directory[tags.DF_NAME] = AID
    made.card[tags.AIP] = bytes((aip, 0))
    for record in afl_records(bytes.fromhex(CHAIN["afl"])):
        data = bytes.fromhex(CHAIN["records"][f"{record.sfi}/{record.number}"])
        if record.signed:
            made.signed.append(SignedRecord(record.sfi, record.number, data))
        for tag, value in tlv.primitives(tlv.only(data, tags.RECORD)):
            made.card[tag] = value
    return made


def done(made: Transaction, *answers: bytes) -> list[Command]:
    """The commands of the step, answered by `answers`."""
    return _finish(authenticate(made), *answers)


def _finish(conversation: Conversation[Any], *answers: bytes) -> list[Command]:
    asked: list[Command] = []
    left = list(answers)
    try:
        ask = next(conversation)
        while True:
            assert isinstance(ask, Command)
            asked.append(ask)
            ask = conversation.send(ResponseApdu(left.pop(0)))
    except StopIteration:
        assert not left
    return asked


SIGNED = tlv.encode(0x80, bytes.fromhex(CHAIN["sdad_9F4B"])) + b"\x90\x00"
CHOICES = [
    ("nothing is offered", 0x00, "C8", None),
    ("CDA goes before DDA", CDA | DDA | SDA, "C8", OdaMethod.CDA),
    ("DDA goes before SDA", DDA | SDA, "C8", OdaMethod.DDA),
    ("SDA alone", SDA, "C8", OdaMethod.SDA),
    ("the terminal has no CDA", CDA | DDA, "C0", OdaMethod.DDA),
    ("the terminal has SDA alone", CDA | DDA | SDA, "80", OdaMethod.SDA),
    ("nothing is shared", DDA, "80", None),
]


@pytest.mark.parametrize(("aip", "terminal", "method"), rows(CHOICES))
def test_the_best_method_that_both_have_is_taken(aip: int, terminal: str, method: OdaMethod | None) -> None:
    made = begun(aip)
    made.terminal[tags.CAPABILITIES] = bytes.fromhex("E0F8" + terminal)
    done(made)  # The AIP is not the one that the chain signs, so that nothing is asked of the card.
    assert made.method is method
    assert bool(made.tvr & tvr.ODA_NOT_PERFORMED) is (method is None)
    assert bool(made.tvr & tvr.SDA_SELECTED) is (method is OdaMethod.SDA)


def genuine(aip: int) -> Transaction:
    """As `begun`, where the AIP is the one that the chain signs; the bits of `aip` are asked of the terminal alone."""
    made = begun(int(CHAIN["aip"][:2], 16))
    third = {SDA: "80", DDA: "40", CDA: "08"}[aip]
    made.terminal[tags.CAPABILITIES] = bytes.fromhex("E0F8" + third)
    return made


def test_a_card_that_signs_what_it_is_asked_is_authentic() -> None:
    made = genuine(DDA)
    [command] = done(made, SIGNED)
    assert command == commands.internal_authenticate(bytes.fromhex("01234567"))
    assert (made.tvr, made.tsi) == (0, tvr.TSI_ODA_PERFORMED)
    assert made.card[tags.ICC_DYNAMIC_NUMBER].hex().upper() == "002C"
    key = pin_key(made)
    assert key is not None
    assert key.modulus.hex().upper() == CHAIN["expect"]["icc"]["modulus"]


def test_the_signature_may_come_in_a_template() -> None:
    made = genuine(DDA)
    answer = tlv.encode(0x77, tlv.encode(0x9F4B, bytes.fromhex(CHAIN["sdad_9F4B"]))) + b"\x90\x00"
    done(made, answer)
    assert made.tvr == 0


def without(tag: int) -> Any:
    return lambda made: made.card.pop(tag)


def changed(tag: int, value: str) -> Any:
    def change(made: Transaction) -> None:
        made.card[tag] = bytes.fromhex(value)

    return change


def other_record(made: Transaction) -> None:
    made.signed[0] = structs.replace(made.signed[0], data=made.signed[0].data[:-1] + b"\x55")


def no_template(made: Transaction) -> None:
    made.signed[0] = structs.replace(made.signed[0], data=b"\x71\x00")


FAILURES = [
    ("no index of the CA's key", without(tags.CA_KEY_INDEX), True),
    ("no certificate of the issuer", without(tags.ISSUER_CERTIFICATE), True),
    ("no certificate of the card", without(tags.ICC_CERTIFICATE), True),
    ("no exponent of the card's key", without(tags.ICC_KEY_EXPONENT), True),
    ("an unknown index", changed(tags.CA_KEY_INDEX, "01"), False),
    ("another account number", changed(tags.PAN, "4111111111111111"), False),
    ("a list of more than the AIP", changed(tags.STATIC_TAG_LIST, "829F36"), False),
    ("a signed record that was changed", other_record, False),
    ("a signed record that is no template", no_template, False),
    ("a DDOL without the unpredictable number", changed(tags.DDOL, "9A03"), False),
]


@pytest.mark.parametrize(("change", "missing"), rows(FAILURES))
def test_a_failure_sets_the_bit_of_its_method_and_the_transaction_goes_on(change: Any, missing: bool) -> None:
    made = genuine(DDA)
    change(made)
    assert done(made) == []
    assert bool(made.tvr & tvr.ICC_DATA_MISSING) is missing
    assert made.tvr & tvr.DDA_FAILED
    assert made.tsi == tvr.TSI_ODA_PERFORMED
    assert made.reasons


def test_certificates_of_another_day_and_revoked_ones_fail() -> None:
    for made in (
        begun(DDA, today="300101"),
        begun(DDA, keys=()),
        begun(DDA, keys=(structs.replace(CA_KEY, revoked=frozenset((bytes.fromhex("123456"),))),)),
    ):
        done(made)
        assert made.tvr & tvr.DDA_FAILED


def test_a_key_of_the_scheme_past_its_date_is_not_used_any_more() -> None:
    for expires, failed in (("290531", True), ("290601", False)):
        made = genuine(DDA)
        made.config = replace(made.config, ca_keys=(structs.replace(CA_KEY, expires=expires),))
        if failed:
            done(made)
            assert "has expired" in made.reasons[-1].text
        else:
            done(made, SIGNED)
        assert bool(made.tvr & tvr.DDA_FAILED) is failed


def test_a_signature_over_other_data_is_no_proof() -> None:
    made = genuine(DDA)
    made.terminal[tags.UNPREDICTABLE_NUMBER] = bytes.fromhex("01234568")
    done(made, SIGNED)
    assert made.tvr & tvr.DDA_FAILED
    assert "hash" in made.reasons[-1].text


def test_an_answer_that_is_none_ends_the_transaction() -> None:
    for answer in (b"\x6f\x00", tlv.encode(0x70, b"") + b"\x90\x00", b"\x90\x00"):
        with pytest.raises(CardError):
            done(genuine(DDA), answer)


def test_the_static_data_of_a_public_card_are_those_that_it_signs() -> None:
    assert static_data(genuine(DDA)).hex().upper() == MADE["sda"]["static_data"]


def test_static_data_without_a_signature_fail() -> None:
    made = begun(SDA)
    done(made)
    assert made.tvr == tvr.SDA_SELECTED | tvr.SDA_FAILED | tvr.ICC_DATA_MISSING
    assert made.tsi == tvr.TSI_ODA_PERFORMED


def combined(name: str, *, cda: bool = True) -> tuple[Transaction, Cryptogram, bytes]:
    """A transaction that stands before the GENERATE AC of a recorded combined signature, what it asks for, and the answer."""
    row = MADE[name]
    made = genuine(CDA)
    made.card[tags.AIP] = bytes((0x3D if cda else 0x3C, 0))
    made.icc_key = pin_key(genuine(DDA))
    made.method = OdaMethod.CDA
    made.sent = bytes.fromhex(row["pdol_values"])
    second = "cdol2_values" in row
    values = bytes.fromhex(row["cdol2_values" if second else "cdol1_values"])
    if second:
        made.sent += bytes.fromhex(row["cdol1_values"])
    # The recorded values answer a list of one private element.
    made.card[0xDF01] = values
    made.card[tags.CDOL1] = bytes.fromhex("DF01") + bytes((len(values),))
    return made, Cryptogram.TC if second else Cryptogram.ARQC, bytes.fromhex(row["response"])


@pytest.mark.parametrize("name", ["cda-first-genac-arqc", "cda-second-genac-tc"])
def test_a_combined_signature_gives_the_cryptogram(name: str) -> None:
    made, asked, answer = combined(name)
    [command] = _finish(
        generate.generate_ac(made, asked, tags.CDOL1, Step.GENAC1, signed=True), answer + b"\x90\x00"
    )
    assert command.apdu[2] == asked | 0x10
    assert not made.tvr & tvr.CDA_FAILED
    assert made.tsi & tvr.TSI_ODA_PERFORMED
    assert made.value(tags.CRYPTOGRAM) is not None
    if "cryptogram" in MADE[name]:
        assert made.cryptogram[tags.CRYPTOGRAM].hex().upper() == MADE[name]["cryptogram"]


def test_an_answer_that_was_changed_has_no_cryptogram() -> None:
    made, _, _ = combined("cda-second-genac-tc")
    answer = bytes.fromhex(MADE["cda-iad-changed"]["response"]) + b"\x90\x00"
    _finish(generate.generate_ac(made, Cryptogram.TC, tags.CDOL1, Step.GENAC2, signed=True), answer)
    assert made.tvr & tvr.CDA_FAILED
    assert made.value(tags.CRYPTOGRAM) is None


ASKED = [
    ("mode 1, ARQC", CdaMode.ARQC_AND_TC, Cryptogram.ARQC, False, True),
    ("mode 1, TC after it", CdaMode.ARQC_AND_TC, Cryptogram.TC, True, True),
    ("mode 2, ARQC", CdaMode.ARQC, Cryptogram.ARQC, False, True),
    ("mode 2, TC after it", CdaMode.ARQC, Cryptogram.TC, True, False),
    ("mode 3, ARQC", CdaMode.NEITHER, Cryptogram.ARQC, False, False),
    ("mode 3, TC after it", CdaMode.NEITHER, Cryptogram.TC, True, False),
    ("mode 3, TC at once", CdaMode.NEITHER, Cryptogram.TC, False, True),
    ("mode 4, ARQC", CdaMode.TC, Cryptogram.ARQC, False, False),
    ("mode 4, TC after it", CdaMode.TC, Cryptogram.TC, True, True),
    ("an AAC", CdaMode.ARQC_AND_TC, Cryptogram.AAC, False, False),
]


@pytest.mark.parametrize(("mode", "kind", "second", "wanted"), rows(ASKED))
def test_the_mode_says_when_a_signature_is_asked_for(
    mode: CdaMode, kind: Cryptogram, second: bool, wanted: bool
) -> None:
    made = genuine(CDA)
    made.config = replace(made.config, cda_mode=mode)
    made.method = OdaMethod.CDA
    assert generate.wants_signature(made, kind, second=second) is wanted
    made.tvr |= tvr.CDA_FAILED
    assert generate.wants_signature(made, kind, second=second) is False


HASHED = [
    ("the card's list", "9C01", "9F3704", "00", False),
    ("the terminal's default list", None, "9F3704", "01234567", True),
    ("a default list that is empty", None, "", "", True),
]


@pytest.mark.parametrize(("of_card", "of_terminal", "values", "default"), rows(HASHED))
def test_a_cdol_that_asks_for_a_hash_gets_that_of_the_tdol(
    of_card: str | None, of_terminal: str, values: str, default: bool
) -> None:
    made = genuine(DDA)
    made.use(replace(made.selected(), default_tdol=bytes.fromhex(of_terminal)), "TEST", made.directory)
    made.card[tags.CDOL1] = bytes.fromhex("9814")
    if of_card is not None:
        made.card[tags.TDOL] = bytes.fromhex(of_card)
    answer = bytes.fromhex("800B80002C0102030405060708" + "9000")
    [command] = _finish(generate.generate_ac(made, Cryptogram.ARQC, tags.CDOL1, Step.GENAC1), answer)
    assert command.apdu[5:25] == hashlib.sha1(bytes.fromhex(values)).digest()
    assert bool(made.tvr & tvr.DEFAULT_TDOL_USED) is default
