"""Selection: the rows of Book 1, 12 that no public conversation has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from terminal_sim.emv.data import apdu, tlv
from terminal_sim.emv.kernels.transaction import transaction as kernel
from terminal_sim.emv.steps import commands, select
from terminal_sim.emv.steps.exchange import Ended
from terminal_sim.emv.steps.select import Candidate
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.answers import CardGone, Loss, ResponseApdu
from terminal_sim.emv.talk.config import Application
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.request import Interface
from tests.emv.table import rows
from tests.emv.terminal import Terminal, configuration

VISA = Application(aid=bytes.fromhex("A0000000031010"), brand="visa")


def transaction(*applications: Application, additional: str = "F000F0A3FF") -> Transaction:
    config = replace(
        configuration(),
        applications=applications or (VISA,),
        additional_capabilities=bytes.fromhex(additional),
    )
    return Transaction(config, Terminal(config).request(Interface.CONTACT))


def listed(answers: list[bytes], paying: Transaction) -> list[Candidate]:
    """The candidate list of a card without a directory that gives `answers` to SELECT, then 6A82."""
    conversation: Conversation[list[Candidate]] = select.candidates(paying)
    assert next(conversation) == commands.select(apdu.PSE)
    left = [b"\x6a\x82", *answers]
    try:
        while True:
            conversation.send(ResponseApdu(left.pop(0) if left else b"\x6a\x82"))
    except StopIteration as end:
        assert not left
        found: list[Candidate] = end.value
        return found


def named(suffix: str, more: bytes = b"", sw: str = "9000") -> bytes:
    name = VISA.aid + bytes.fromhex(suffix)
    return tlv.encode(0x6F, tlv.encode(0x84, name) + tlv.encode(0xA5, more)) + bytes.fromhex(sw)


FOLLOWING = [
    ("a blocked one", [named("01", sw="6283"), named("02")], ["02"]),
    ("a warning 6200 with its data", [named("01"), named("02", sw="6200"), named("03")], ["01", "03"]),
    ("a warning 6310 with its data", [named("01"), named("02", sw="6310"), named("03")], ["01", "03"]),
    ("a warning without data", [named("01"), b"\x62\x83", named("03")], ["01", "03"]),
    ("an error", [named("01"), b"\x6a\x88"], ["01"]),
]


@pytest.mark.parametrize(("answers", "suffixes"), rows(FOLLOWING))
def test_the_next_occurrence_is_asked_for_after(answers: list[bytes], suffixes: list[str]) -> None:
    assert [one.name[7:].hex() for one in listed(answers, transaction())] == suffixes


def test_a_warning_to_the_first_select_ends_the_search_for_that_name() -> None:
    with pytest.raises(Ended) as end:
        listed([b"\x62\x00"], transaction())
    assert end.value.verdict is Verdict.USE_STRIPE


NAMES = [
    ("table 1", "01", "Cr\xe9dit".encode("latin-1"), "F000F0A001", "Crédit"),
    ("table 10, written numerically", "10", "\u0100land".encode("iso8859_10"), "F000F0A200", "Āland"),
    ("hexadecimal A, which is no number", "0A", b"Aland", "F000F0A3FF", "LABEL"),
    ("a table that the terminal does not have", "05", b"ABC", "F000F0A001", "LABEL"),
    ("no table", "", b"ABC", "F000F0A3FF", "LABEL"),
]


@pytest.mark.parametrize(("table", "name", "additional", "shown"), rows(NAMES))
def test_the_preferred_name_is_shown_in_its_code_table(
    table: str, name: bytes, additional: str, shown: str
) -> None:
    more = tlv.encode(0x50, b"LABEL") + tlv.encode(0x9F12, name)
    more += tlv.encode(0x9F11, bytes.fromhex(table)) if table else b""
    [found] = listed([named("", more)], transaction(additional=additional))
    assert found.label == shown


def directory(fci: bytes, *entries: bytes) -> list[bytes]:
    """The answers of a card with a directory of one record; `fci` stands beside the file's number."""
    proprietary = tlv.encode(0xA5, tlv.encode(0x88, b"\x01") + fci)
    record = tlv.encode(0x70, b"".join(tlv.encode(0x61, entry) for entry in entries))
    return [
        tlv.encode(0x6F, tlv.encode(0x84, apdu.PSE) + proprietary) + b"\x90\x00",
        record + b"\x90\x00",
        b"\x6a\x83",
    ]


def found_in(answers: list[bytes], paying: Transaction) -> list[Candidate]:
    conversation = select.candidates(paying)
    next(conversation)
    with pytest.raises(StopIteration) as end:
        for answer in answers:
            conversation.send(ResponseApdu(answer))
    found: list[Candidate] = end.value.value
    return found


def test_the_code_table_of_the_directory_holds_for_the_names_in_it() -> None:
    entry = tlv.encode(0x4F, VISA.aid) + tlv.encode(0x50, b"LABEL") + tlv.encode(0x9F12, b"\xe9t\xe9")
    own = entry + tlv.encode(0x9F11, b"\x05")
    paying = transaction(additional="F000F0A001")
    found = found_in(directory(tlv.encode(0x9F11, b"\x01"), entry, own), paying)
    assert [one.label for one in found] == ["été", "LABEL"]


def test_the_languages_of_the_directory_hold_for_an_application_that_names_none() -> None:
    entry = tlv.encode(0x4F, VISA.aid) + tlv.encode(0x50, b"VISA")
    paying = transaction()
    found = found_in(directory(tlv.encode(0x5F2D, b"fren"), entry), paying)
    assert paying.languages() == ("fr", "en")
    for fci, languages in ((b"", ("fr", "en")), (tlv.encode(0x5F2D, b"de"), ("de",))):
        conversation = select.choose(paying, list(found))
        next(conversation)
        with pytest.raises(StopIteration):
            conversation.send(ResponseApdu(named("", fci)))
        assert paying.languages() == languages


@pytest.mark.parametrize(
    ("loss", "verdict"),
    [
        (Loss.MUTE, Verdict.USE_STRIPE),
        (Loss.TRANSMISSION, Verdict.USE_STRIPE),
        (Loss.REMOVED, Verdict.CARD_GONE),
    ],
)
def test_a_chip_that_does_not_answer_the_selection_leaves_its_stripe(loss: Loss, verdict: Verdict) -> None:
    config = configuration()
    conversation = kernel(config, Terminal(config).request(Interface.CONTACT))
    assert next(conversation) == commands.select(apdu.PSE)
    with pytest.raises(StopIteration) as end:
        conversation.send(CardGone(loss))
    assert end.value.value.verdict is verdict
