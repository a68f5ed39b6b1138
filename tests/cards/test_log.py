"""The transaction log: where it is, what stands in it, and who sees it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.cli.main import main
from terminal_sim.emv.data import dol, tags, tlv
from terminal_sim.emv.talk.outcome import Verdict
from tests.emv.terminal import Terminal, approving_host

Cards = Callable[[str], VirtualCard]
SELECT = "00A4040007A000000004101000"


def log_of(card: VirtualCard) -> list[dict[int, bytes]]:
    """The records of the log by the format of the card, as a reader of logs goes through them after a reset."""
    face = card.chip
    assert face is not None
    face.reset()
    fci = face.transmit(bytes.fromhex(SELECT))[:-2]
    properties = dict(tlv.split(dict(tlv.split(tlv.only(fci, tags.FCI)))[tags.FCI_PROPRIETARY]))
    file, records = dict(tlv.split(properties[tags.FCI_DISCRETIONARY]))[tags.LOG_ENTRY]
    form = tlv.only(face.transmit(bytes.fromhex("80CA9F4F00"))[:-2], tags.LOG_FORMAT)
    found = []
    for number in range(1, records + 1):
        answer = face.transmit(bytes((0x00, 0xB2, number, file << 3 | 4, 0)))
        if answer == bytes.fromhex("6A83"):
            break
        found.append(dol.read(form, answer[:-2]))
    return found


def test_the_newest_transaction_is_the_first_record(card: Cards, terminal: Terminal) -> None:
    made = card("mastercard-offline")
    terminal.host = approving_host
    terminal.pins = ["1234"] * 4
    for amount in (1250, 2500):
        assert terminal.chip(made, amount).verdict is Verdict.APPROVED
    assert terminal.tap(made, 300).verdict is Verdict.APPROVED
    entries = log_of(made)
    assert [int(one[tags.AMOUNT].hex()) for one in entries] == [300, 2500, 1250]
    assert [one[tags.ATC] for one in entries] == [b"\0\x03", b"\0\x02", b"\0\x01"]
    assert [one[tags.CRYPTOGRAM_INFORMATION] for one in entries] == [b"\x80", b"\x40", b"\x40"]
    assert entries[0][tags.CURRENCY] == bytes.fromhex("0124")


def test_a_log_keeps_as_many_transactions_as_it_has_records(card: Cards) -> None:
    made = card("mastercard-offline")
    assert made.chip is not None
    decline = "80AE000020" + "00" * 32 + "00"
    for _ in range(12):
        made.chip.reset()
        for command in (SELECT, "80A8000002830000", decline):
            assert made.chip.transmit(bytes.fromhex(command))[-2:] == b"\x90\0"
    entries = log_of(made)
    assert [int.from_bytes(one[tags.ATC]) for one in entries] == list(range(12, 2, -1))


def test_a_log_outlives_the_power(card: Cards, terminal: Terminal) -> None:
    made = card("mastercard-offline")
    terminal.pins = ["1234"]
    terminal.chip(made)
    again = card("mastercard-offline")
    again.resume(made.snapshot())
    assert log_of(again) == log_of(made) != []


@pytest.mark.parametrize("face", ["chip", "contactless"])
def test_there_is_no_log_before_the_selection_or_on_a_card_without_one(card: Cards, face: str) -> None:
    logging, without = getattr(card("mastercard-offline"), face), getattr(card("visa-credit"), face)
    assert logging.transmit(bytes.fromhex("00B2015C00")) == bytes.fromhex("6985")
    without.transmit(bytes.fromhex("00A4040007A000000003101000"))
    assert without.transmit(bytes.fromhex("80CA9F4F00")) == bytes.fromhex("6A88")
    assert without.transmit(bytes.fromhex("00B2015C00")) == bytes.fromhex("6985")


def test_the_command_line_shows_the_log_of_a_card(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cards", "read", "ccid+virtual:", "--card", "mastercard-offline"]) == 0
    out = capsys.readouterr().out
    assert "Log Entry" in out
    assert "logged 1" not in out
