"""Public tables of the format and of single steps, in both directions where the code has both."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from terminal_sim.emv.data import dol, tags, tlv
from terminal_sim.emv.data.dol import DolError
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.kernels.kernel_3 import kind_of_cryptogram
from terminal_sim.emv.keys import issuer_data
from terminal_sim.emv.steps import cvm, restrictions, risk
from terminal_sim.emv.steps.card_objects import CardObjects
from terminal_sim.emv.steps.cvm import CvmRule
from terminal_sim.emv.steps.exchange import CardError
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.answers import Amounts, ListedCard, ResponseApdu
from terminal_sim.emv.talk.asks import Command, FindException, SumAmounts
from terminal_sim.emv.talk.config import Application
from terminal_sim.emv.talk.conversation import KernelAnswer, KernelAsk
from terminal_sim.emv.talk.request import Interface
from tests.emv.terminal import Terminal, configuration

FOLDER = Path(__file__).parents[1] / "vectors" / "emv"


def table(name: str, part: str = "vectors") -> list[Any]:
    rows: list[Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))[part]
    return rows


def elements(row: dict[str, str]) -> dict[int, bytes]:
    return {int(tag, 16): bytes.fromhex(value) for tag, value in row.items()}


def paying(amount: int = 1250, **application: Any) -> Transaction:
    config = configuration()
    made = Transaction(config, Terminal(config).request(Interface.CONTACT, amount))
    made.use(
        replace(Application(aid=bytes.fromhex("A0000000031010"), brand="visa"), **application),
        "",
        CardObjects(),
    )
    return made


@pytest.mark.parametrize("row", table("tlv"), ids=lambda row: row["bytes"] or "nothing")
def test_data_objects_are_read_and_written_as_published(row: dict[str, Any]) -> None:
    objects = [(int(tag, 16), bytes.fromhex(value)) for tag, value in row["objects"]]
    assert tlv.split(bytes.fromhex(row["bytes"])) == objects
    assert tlv.split(tlv.join(objects)) == objects


def opened(data: bytes) -> None:
    for tag, value in tlv.split(data):
        if tlv.is_constructed(tag):
            opened(value)


@pytest.mark.parametrize("hexes", [*table("tlv", "malformed"), "9C80", "9C8400000001FF"])
def test_malformed_data_objects_are_refused_at_the_level_where_they_are(hexes: str) -> None:
    with pytest.raises(TlvError):
        opened(bytes.fromhex(hexes))


@pytest.mark.parametrize("row", table("dol"), ids=lambda row: row["dol"][-12:])
def test_data_object_lists_are_read_as_published(row: dict[str, Any]) -> None:
    value = bytes.fromhex(row["dol"])
    if not row["valid"]:
        with pytest.raises(DolError):
            dol.parse(value)
        return
    assert [(f"{entry.tag:X}", entry.length) for entry in dol.parse(value)] == [
        tuple(e) for e in row["entries"]
    ]
    built = dol.build(value, lambda _: None)
    assert len(built) == row["data_length"]
    assert b"".join(dol.read(value, built).values()) == built


@pytest.mark.parametrize("row", table("dol", "build"), ids=lambda row: row["dol"][-12:])
def test_command_data_are_built_as_published(row: dict[str, Any]) -> None:
    known = elements(row["second_source"]) | elements(row["first_source"])
    assert dol.build(bytes.fromhex(row["dol"]), known.get) == bytes.fromhex(row["data"])


@pytest.mark.parametrize("row", table("cvm_lists"), ids=lambda row: row["list"])
def test_cvm_lists_are_read_as_published(row: dict[str, Any]) -> None:
    value = bytes.fromhex(row["list"])
    if not row["valid"] and len(value) > 8:
        with pytest.raises(CardError):
            cvm.parse(value)
    elif not row["valid"]:
        assert cvm.parse(value).rules == ()
    else:
        rules = tuple(CvmRule(int(rule["code"], 16), int(rule["condition"], 16)) for rule in row["rules"])
        assert cvm.parse(value) == cvm.CvmList(row["x"], row["y"], rules)
        assert [f"{rule.method:02X}" for rule in rules] == [rule["method"] for rule in row["rules"]]


@pytest.mark.parametrize("row", table("processing_restrictions"), ids=lambda row: row["name"])
def test_restrictions_set_the_published_bits(row: dict[str, Any]) -> None:
    made = paying()
    made.terminal |= elements(row["terminal"])
    made.card = CardObjects(elements(row["card"]).items())
    restrictions.check(made)
    assert made.tvr.to_bytes(5).hex().upper() == row["tvr"]


@pytest.mark.parametrize("row", table("terminal_risk"), ids=lambda row: row["name"])
def test_risk_management_sets_the_published_bits(row: dict[str, Any]) -> None:
    made = paying(row["amount"], floor_limit=row["floor_limit"])
    made.card.update(elements({"5A": "5413330089020011"} | row["card"]))
    left = [(bytes.fromhex(command), bytes.fromhex(answer)) for command, answer in row["get_data"]]
    conversation = risk.manage(made)
    with pytest.raises(StopIteration):
        ask = next(conversation)
        while True:
            ask = conversation.send(said(ask, row["log"], left))
    assert not left
    assert made.tvr.to_bytes(5).hex().upper() == row["tvr"]
    assert made.tsi.to_bytes(2).hex().upper() == row["tsi"]


def said(ask: KernelAsk, log: list[dict[str, Any]], left: list[tuple[bytes, bytes]]) -> KernelAnswer:
    """The answer of a terminal without an exception file that keeps this `log`, or of the card."""
    match ask:
        case FindException():
            return ListedCard(listed=False)
        case SumAmounts(pan=pan):
            amounts = [one["amount"] for one in log if one["pan"].rstrip("F") == pan.reveal()]
            return Amounts(amounts[-1] if amounts else 0)
        case Command():
            command, answer = left.pop(0)
            assert ask.apdu == command
            return ResponseApdu(answer)
    raise AssertionError(ask)


@pytest.mark.parametrize("row", table("random_selection"), ids=str)
def test_a_random_number_selects_up_to_the_published_percentage(row: dict[str, Any]) -> None:
    limits = ("floor_limit", "threshold", "target_percent", "max_target_percent")
    visa = Application(aid=b"", brand="visa", **{name: row[name] for name in limits})
    drawn = range(1, 100)
    up_to = row["selected_for_random_up_to"]
    assert [risk.selects(visa, row["amount"], one) for one in drawn] == [one <= up_to for one in drawn]


@pytest.mark.parametrize(
    "row", [row for row in table("iad") if row["format"].startswith("VSDC")], ids=lambda row: row["iad"]
)
def test_the_kind_of_a_visa_cryptogram_stands_in_the_issuer_application_data(row: dict[str, Any]) -> None:
    data = bytes.fromhex(row["iad"])
    assert (
        kind_of_cryptogram({tags.ISSUER_APPLICATION_DATA: data})
        == {"AAC": 0x00, "TC": 0x40, "ARQC": 0x80}[row["type_of_first_ac"]]
    )
    made = issuer_data.build(issuer_data.IssuerDataLayout.VISA, data[1], data[2], data[4:])
    assert made[3:] == bytes.fromhex(row["cvr"])
