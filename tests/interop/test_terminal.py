"""A terminal of ours sells through other people's daemon with cards in our own readers behind it."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Protocol

import pytest

from terminal_drivers.base import Card
from terminal_drivers.readers.ccid.serving import ServedReader, ServedUsbReader
from terminal_drivers.wiring.serving import serve
from terminal_sim.bench import Bench
from terminal_sim.cli.main import main
from tests.interop.daemon import Pcscd, Told, need, need_pyscard
from tests.interop.test_protocols import ATR_T1, Atred

ROOT = Path(__file__).resolve().parents[2]

SALE = """\
keys 1
terminal v400m
locale en-CA

scenario "A sale through PC/SC"
  tap "Start"
  press 1250 OK
  expect screen "Tap, swipe or insert card"
  insert visa-credit
  expect screen "Approved"
  expect receipt "$12.50" "APPROVED" copy=merchant
  expect host sale amount=1250 count=1
  remove card
  expect screen "Start"

scenario "A card that the issuer declines"
  press OK 750 OK
  insert visa-declined
  expect screen "Declined"
  remove card
"""


class Hands(Protocol):
    def insert(self, card: Card) -> None: ...
    def remove(self) -> None: ...


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "sale.keys"
    file.write_text(SALE, encoding="utf-8")
    return file


def running(script: Path, reader: str, daemon: Pcscd, *options: str) -> Told:
    """The script in a process of its own."""
    need_pyscard()
    paths = f"{ROOT}{os.pathsep}{ROOT / 'drivers'}"
    arguments = [sys.executable, "-m", "terminal_sim", "run", str(script), "--reader", f"pcsc:{reader}"]
    return Told([*arguments, *options], {**daemon.environment, "PYTHONPATH": paths})


def sell(script: Path, reader: str, daemon: Pcscd, hands: Hands, *options: str) -> None:
    """Run the script, and do at the reader what it asks for."""
    where = re.escape(f"pcsc:{reader}")
    with Bench() as bench, running(script, reader, daemon, *options) as run:
        for name in ("visa-credit", "visa-declined"):
            chip = bench.card(name).chip
            assert chip is not None
            run.until(f"terminal-sim: insert {name} into {where}\n", "err")
            hands.insert(chip)
            run.until(f"terminal-sim: take the card out of {where}\n", "err")
            hands.remove()
        assert run.ended() == 0, run.said
        assert "2 held" in run.said["out"]


def test_a_sale_on_a_serial_reader(
    served: Callable[[], ServedReader], start: Callable[..., Pcscd], script: Path
) -> None:
    reader = served()
    sell(script, "terminal-sim GemPCTwin", start(reader.pcscd_entry), reader)


def test_a_sale_is_recorded_as_of_a_ccid_reader_and_replayed_without_the_daemon(
    served: Callable[[], ServedReader],
    start: Callable[..., Pcscd],
    script: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reader, folder = served(), tmp_path / "recordings"
    daemon = start(reader.pcscd_entry)
    sell(script, "terminal-sim GemPCTwin", daemon, reader, "--record", str(folder))
    daemon.close()
    assert main(["run", str(script), "-q", "--reader", f"recording:{folder}"]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("2 held\n", ""), "nobody was asked"


def test_a_sale_on_a_usb_reader(
    plug: Callable[[], ServedUsbReader], attach: Callable[[ServedUsbReader], Pcscd], script: Path
) -> None:
    reader = plug()
    sell(script, "terminal-sim USB", attach(reader), reader)


INTERRUPTED = """\
keys 1
terminal v400m
locale en-CA

scenario "A sale after the reader was away"
  press OK 1250 OK
  insert visa-credit
  expect screen id:reader-lost
  remove card
  wait 1min
  press OK 1250 OK
  insert visa-credit
  expect screen "Approved"
  remove card
"""


def test_a_terminal_outlives_the_daemon_that_its_reader_is_behind(
    served: Callable[[], ServedReader], start: Callable[..., Pcscd], tmp_path: Path
) -> None:
    """And so it does in the recording of that."""
    script = tmp_path / "interrupted.keys"
    script.write_text(INTERRUPTED, encoding="utf-8")
    reader = served()
    daemon = start(reader.pcscd_entry)
    record = ("--record", str(tmp_path))
    with Bench() as bench, running(script, "terminal-sim GemPCTwin", daemon, *record) as run:
        chip = bench.card("visa-credit").chip
        assert chip is not None
        run.until("insert visa-credit into ", "err")
        daemon.close()
        start(reader.pcscd_entry)
        reader.insert(chip)
        run.until("take the card out of ", "err")
        reader.remove()
        run.until("insert visa-credit into ", "err")
        reader.insert(chip)
        run.until("take the card out of ", "err")
        reader.remove()
        assert run.ended() == 0, run.said
    assert main(["run", str(script), "-q", "--reader", f"recording:{tmp_path}"]) == 0


def free_pair() -> int:
    """A port of loopback with a free one behind it."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port: int = first.getsockname()[1]
            try:
                socket.create_server(("127.0.0.1", port + 1)).close()
            except OSError:
                continue
            return port


@pytest.mark.parametrize("protocol", ["T=0", "T=1"])
def test_a_sale_on_vpcd_with_a_card_that_is_in_already(
    start: Callable[..., Pcscd], tmp_path: Path, protocol: str
) -> None:
    """vpcd connects to us for each of its two slots; it aborts where a card leaves in this mode, so both stay."""
    need("pcscd", "vsmartcard-vpcd")
    script = tmp_path / "sale.keys"
    script.write_text(SALE[: SALE.index("  remove card")], encoding="utf-8")
    served = serve(f"vpcd:{free_pair()}")
    with Bench() as bench, closing(served):
        for slot, name in enumerate(("visa-credit", "amex-credit")):
            chip = bench.card(name).chip
            assert chip is not None
            served.insert(chip if protocol == "T=0" else Atred(chip, ATR_T1), slot)
        with running(script, "Virtual PCD 00 00", start(served.pcscd_entry)) as run:
            assert run.ended() == 0, run.said
            assert "1 held" in run.said["out"]
            assert "insert" not in run.said["err"], "nobody was asked"
