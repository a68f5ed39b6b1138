"""EMV readers by other people read and drive our cards: `emv` of PyPI through pcscd, `node-emv` of npm what the cards say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal_drivers.readers.ccid.serving import ServedReader
from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import VirtualCard
from tests.interop.daemon import Pcscd, need_pyscard
from tests.interop.independent.objects import CardFault
from tests.interop.independent.terminal import IndependentTerminal
from tests.patience import PATIENCE

HERE = Path(__file__).parent
OTHERS = HERE.parents[1] / ".venv" / "others"
HOW = "sh tools/others.sh .venv"


def test_emv_of_pypi_reads_a_card_tries_its_pin_and_makes_a_login_code(
    served: Callable[[], ServedReader], start: Callable[..., Pcscd], card: Callable[[str], VirtualCard]
) -> None:
    if not (OTHERS / "py" / "emv").is_dir():
        pytest.skip(f"emv of PyPI is missing: {HOW}")
    need_pyscard()
    made, reader = card("mastercard-pin"), served()
    assert made.chip is not None
    assert made.personality.pin is not None
    reader.insert(made.chip)
    daemon = start(reader.pcscd_entry)
    done = subprocess.run(
        [sys.executable, str(HERE / "emv_client.py"), made.personality.pin.reveal()],
        env={**daemon.environment, "PYTHONPATH": str(OTHERS / "py")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["names"] == ["A0000000041010"]
    assert said["number"] == made.personality.pan.reveal()
    assert said["refused"], "a wrong PIN"
    assert said["counters"] == {"pin_retries": 2, "atc": 1, "last_online_atc": 0}
    assert said["after"] == {"pin_retries": 3, "atc": 2, "last_online_atc": 0}
    assert said["cap"].isdigit()


def everything(chip: IndependentTerminal) -> list[bytes]:
    """All that the application says until its cryptogram."""
    said: list[bytes] = []
    transmit = chip.transmit

    def heard(command: bytes) -> bytes:
        answer = transmit(command)
        if answer[-2:] == b"\x90\x00":
            said.append(answer[:-2])
        return answer

    chip.transmit = heard
    chip.select(chip.directory()[0])
    chip.start()
    return said


def test_node_emv_takes_apart_what_every_card_says(card: Callable[[str], VirtualCard]) -> None:
    if shutil.which("node") is None or not (OTHERS / "node" / "node_modules" / "node-emv").is_dir():
        pytest.skip(f"node or node-emv of npm is missing: {HOW}")
    answers: list[bytes] = []
    numbers = set()
    for name in catalogue.names():
        made = card(name)
        if made.chip is None or not made.chip.atr:
            continue
        try:
            answers += everything(IndependentTerminal(made.chip.transmit))
        except CardFault:
            continue  # it has no directory, or is blocked
        numbers.add(made.personality.pan.reveal())
    done = subprocess.run(
        ["node", str(HERE / "node_emv.js")],
        input="\n".join(answer.hex().upper() for answer in answers),
        env={**os.environ, "NODE_PATH": str(OTHERS / "node" / "node_modules")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(answers) > 200
    found = [(tag, value) for line in lines for tag, value in line]
    assert {value.rstrip("F") for tag, value in found if tag == "5A"} >= numbers
    assert {"84", "50", "8C", "8D", "8E", "9F07", "90", "9F46", "93"} <= {tag for tag, _ in found}
