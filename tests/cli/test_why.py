"""`terminal-sim why`: the reasons of a kept payment in words, in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.cli.main import main

SCRIPT = """keys 1
terminal v400m

scenario "Two sales"
  press  OK 1250 OK
  insert visa-credit
  expect screen "Approved"
  expect why risk.floor-limit
  expect no why taa.denial
  remove card
  wait   30s
  press  OK 900 OK
  swipe  visa-stripe
  wait   30s
"""


@pytest.fixture
def state(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    script = tmp_path / "sales.keys"
    script.write_text(SCRIPT, encoding="utf-8")
    code = main(["run", "-q", "--state", str(tmp_path / "kept"), str(script)])
    assert code == 0, capsys.readouterr().out
    capsys.readouterr()
    return tmp_path / "kept"


def test_the_newest_payment_with_a_chip_says_why(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", str(state)]) == 0
    head, *reasons = capsys.readouterr().out.splitlines()
    assert head == "V40000010001: sale, chip, COMPLETED, because:"
    assert (
        '  1. offline data authentication was not performed (oda.not-performed, B3 10.3): Terminal Verification Results (95): '
        '"offline data authentication was not performed" (byte 1, bit 8)'
    ) in reasons  # fmt: skip
    assert any('"floor limit exceeded" (byte 4, bit 8)' in reason for reason in reasons)
    assert reasons[-1] == "  the acquirer answered 00"


def test_a_payment_by_its_reference_and_one_without_a_chip(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", str(state), "V40000010002"]) == 0
    assert "no chip took part in it" in capsys.readouterr().out


REFUSED = """keys 1
terminal v400m

scenario "A card that declines"
  press  OK 1250 OK
  insert visa-card-declines
  expect screen "Declined"
  expect no host
  expect journal card.refused verdict=declined transaction=sale count=1
  expect why card.declined
"""


def test_a_card_that_was_refused_before_the_host_was_asked_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "refused.keys").write_text(REFUSED, encoding="utf-8")
    kept = str(tmp_path / "kept")
    assert main(["run", "-q", "--state", kept, str(tmp_path / "refused.keys")]) == 0, capsys.readouterr().out
    capsys.readouterr()
    for asked in ((), ("V4000001-R1",)):
        assert main(["why", kept, *asked]) == 0
        head, *reasons = capsys.readouterr().out.splitlines()
        assert head == "V4000001-R1: sale, chip, refused (declined), because:"
        assert reasons[-1].endswith("declined by the card (card.declined, B3 9.2)")


def test_a_payment_that_is_not_there_is_refused_in_one_line(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", str(state), "V40000010009"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "the journal has no payment 'V40000010009'; report transactions lists them all" in line
