"""`terminal-sim cards read`: a card in a reader is examined to an AAC, with its numbers masked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from terminal_sim.bench import Bench
from terminal_sim.cli.main import main
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
