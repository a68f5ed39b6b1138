"""`terminal-sim emv decode`: text and JSON, and one line for what is no such data."""

from __future__ import annotations

import json

import pytest

from terminal_sim.cli.main import main


def test_bytes_are_told_in_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emv", "decode", "95", "05", "0000008000"]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "BER-TLV",
        "  95 Terminal Verification Results: 0000008000",
        '    "floor limit exceeded"',
    ]


def test_json_has_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emv", "decode", "0000008000", "--as", "tvr", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "kind": "tvr",
        "or": [],
        "items": [
            {
                "tag": "95",
                "name": "Terminal Verification Results",
                "value": "0000008000",
                "words": ['"floor limit exceeded"'],
            }
        ],
    }


def test_bad_input_gets_one_line_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emv", "decode", "9F0"]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", "terminal-sim: 3 hex digits are no whole bytes: one is missing or too many\n")
