"""`terminal-sim cards read`: a card in a reader is examined to an AAC, with its numbers masked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, BenchMisuse
from terminal_sim.cards.profile import card_file
from terminal_sim.cli.main import main
from terminal_sim.emv.kernels.examination import ApplicationFinding, CardFinding, StatedElement, examine
from terminal_sim.emv.steps.state import OdaMethod
from terminal_sim.emv.talk.answers import ResponseApdu
from terminal_sim.emv.talk.asks import Command
from terminal_sim.emv.talk.config import Application
from terminal_sim.emv.talk.request import Interface, Request
from terminal_sim.profile.kernel import kernel_config
from terminal_sim.profile.load import load
from terminal_sim.readers.card_likeness import likeness
from terminal_sim.script.exit_code import ExitCode

LIVE = "it may be a live one"


def numbers_of(card: str) -> tuple[str, ...]:
    with Bench() as bench:
        one = bench.card(card).personality
    return one.pan.reveal(), one.name, one.expiry_mmyy[2:] + one.expiry_mmyy[:2]


@pytest.mark.parametrize(
    ("address", "card", "label"),
    [
        ("ccid+virtual:", "visa-credit", "VISA CREDIT (A0000000031010)"),
        ("ccid+virtual:", "interac-debit", "(A0000002771010)"),
        ("vivotech+virtual:", "mastercard-pin", "MASTERCARD (A0000000041010)"),
    ],
)
def test_a_card_is_shown_with_what_it_states_and_declines_in_the_end(
    address: str, card: str, label: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cards", "read", address, "--card", card]) == ExitCode.HELD
    out, _ = capsys.readouterr()
    assert label in out
    assert "Application Primary Account Number" in out
    assert "cryptogram      AAC, for an amount of zero that was declined" in out
    for secret in numbers_of(card):
        assert secret not in out


@pytest.mark.parametrize(
    ("card", "says", "live"),
    [
        ("visa-sda", "SDA: held, by a TEST key", False),
        ("visa-dda", "DDA: held, by a TEST key", False),
        ("visa-revoked", "CDA: failed", True),
        ("visa-wrong-signature", "DDA: failed", True),
        ("visa-credit", "none: card and terminal share no method", True),
    ],
)
def test_a_card_that_a_test_key_proves_is_no_live_one(
    card: str, says: str, live: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cards", "read", "ccid+virtual:", "--card", card]) == ExitCode.HELD
    out, err = capsys.readouterr()
    assert f"authentication  {says}" in out
    assert (LIVE in err) is live


def test_a_card_is_shown_as_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cards", "read", "ccid+virtual:", "--card", "visa-credit", "--format", "json"]) == 0
    [application] = json.loads(capsys.readouterr().out)["applications"]
    assert (application["aid"], application["cryptogram"]) == ("A0000000031010", "AAC")
    numbers = [one for one in application["elements"] if one["tag"] == "5A"]
    assert [one["value"] for one in numbers] == ["**"]


def test_a_card_that_no_test_key_proves_is_called_one_that_may_be_live(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none = tmp_path / "none.toml"
    none.write_text("keys = 1\nca = []\n", "utf-8")
    line = ["cards", "read", "ccid+virtual:", "--card", "visa-credit", "--ca-keys", str(none)]
    assert main(line) == ExitCode.HELD
    assert LIVE in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("cards read msr+virtual:", "takes no chip card"),
        ("cards read ccid+virtual: --card nobody", "nobody"),
        ("cards read ccid+virtual: --card visa-credit --ca-keys no.toml", "no.toml"),
        ("cards read ccid+serial:///dev/nowhere --card visa-credit", "nowhere"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(
    line: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line.split()) == ExitCode.WRONG
    out, err = capsys.readouterr()
    assert not out
    assert err.count("\n") == 1
    assert says in err


SALE = """keys 1
terminal v400m
cards    deck
scenario "A card in the likeness of another pays"
  press  OK 1250 OK
  {how} {name}
  {pin}expect screen "Approved"
"""


@pytest.mark.parametrize(
    ("card", "pin"),
    [
        ("visa-credit", ""),
        ("visa-dda", ""),
        ("mastercard-enciphered-pin", "press 1234 OK\n  "),
        ("interac-debit", "press 1234 OK\n  "),
    ],
)
def test_a_card_is_recorded_as_a_test_card_that_pays_the_same_way(
    card: str, pin: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "deck" / "mine.toml"
    file.parent.mkdir()
    line = ["cards", "record", "ccid+virtual:", "--card", card, "--to", str(file)]
    assert main(line) == ExitCode.HELD
    for secret in numbers_of(card)[:2]:
        assert secret not in file.read_text("utf-8")
    script = tmp_path / "sale.keys"
    script.write_text(SALE.format(how="insert", name="mine", pin=pin), "utf-8")
    assert main(["run", str(script), "-q"]) == ExitCode.HELD
    capsys.readouterr()
    assert main(line) == ExitCode.WRONG
    assert "mine.toml: File exists" in capsys.readouterr().err


@pytest.mark.parametrize("card", ["visa-credit", "mastercard-pin", "interac-debit"])
def test_a_tapped_card_is_examined_and_recorded_by_its_own_face(card: str, tmp_path: Path) -> None:
    config = kernel_config(load("v400m"), "READER01")
    with Bench() as bench:
        face = bench.card(card).contactless
    assert face is not None
    face.reset()
    request = Request(
        interface=Interface.CONTACTLESS, amount=0, date="260101", time="120000", unpredictable=bytes(4)
    )
    conversation = examine(config, request)
    ask = next(conversation)
    with pytest.raises(StopIteration) as end:
        while True:
            assert isinstance(ask, Command)
            ask = conversation.send(ResponseApdu(face.transmit(ask.apdu)))
    found: CardFinding = end.value.value
    assert [one.problem for one in found.applications] == [""]
    file = tmp_path / "tapped.toml"
    file.write_text(likeness(found, config.applications, "tapped"), "utf-8")
    assert card_file.load(file).contactless is not None


@pytest.mark.parametrize(
    ("method", "cvm"),
    [(OdaMethod.DDA, "enciphered-pin"), (OdaMethod.SDA, "offline-pin"), (None, "offline-pin")],
)
def test_a_card_without_a_key_of_its_own_deciphers_no_pin(method: OdaMethod | None, cvm: str) -> None:
    listed = StatedElement("record 1 of file 1", "8E", "CVM List", "00000000000000000403")
    finding = ApplicationFinding("A0000000031010", "VISA", (listed,), method, False, False, (), None, "")
    known = (Application(aid=bytes.fromhex("A0000000031010"), brand="visa"),)
    assert f'cvm = ["{cvm}"]' in likeness(CardFinding(Interface.CONTACT, (finding,)), known, "mine")


def test_a_card_of_no_known_brand_is_not_recorded() -> None:
    with pytest.raises(BenchMisuse, match="no application that this terminal knows"):
        likeness(CardFinding(Interface.CONTACT, ()), (), "nothing")
