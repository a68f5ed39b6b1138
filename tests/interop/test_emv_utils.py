"""The kernel of emv-utils (openemv) selects, reads and authenticates our cards through pcscd, where its `emv-tool` is on the path.

It asks every card for an AAC, with a combined signature where the card has CDA.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal_drivers.readers.ccid.serving import ServedReader
from terminal_sim.cards.catalogue import VirtualCard
from tests.interop.daemon import Pcscd
from tests.interop.test_protocols import ATR_T1, Atred
from tests.patience import PATIENCE

KEYS = Path(__file__).parents[2] / "profiles" / "keys" / "test-ca.toml"
TERMINAL = {
    "9F01": "000123456789",
    "9F15": "5999",
    "9F16": "303938373635343332312020202020",
    "9F1A": "0124",
    "9F1B": "00002710",
    "9F1C": "5449443132333435",
    "9F1E": "3132333435363738",
    "9F4E": "5445535420534F4E",
    "9F33": "20F8C8",
    "9F35": "22",
    "9F40": "FA00F0A3FF",
    "9F49": "9F3704",
}
NAMES = ("A0000000031010", "A0000000041010")


def configuration() -> str:
    """The terminal's data, two applications and the test keys of the certification authority."""
    data = "".join(f"<tlv id='{tag}'>{value}</tlv>" for tag, value in TERMINAL.items())
    applications = "".join(
        f"<app aid='{name}' match='partial'><data><tlv id='9F09'>0001</tlv></data></app>" for name in NAMES
    )
    keys = "".join(
        f"<capk rid='{key['rid']}' index='{key['index']}' hash_id='01'><modulus>{key['modulus']}</modulus>"
        f"<exponent>{key['exponent']}</exponent><hash>{key['checksum']}</hash></capk>"
        for key in tomllib.loads(KEYS.read_text("utf-8"))["ca"]
    )
    return f"<?xml version='1.0' encoding='UTF-8'?><emv><data>{data}</data>{applications}{keys}</emv>"


CARDS = [
    ("visa-sda", False, "Static Data Authentication (SDA) succeeded", "02 00 00 00 00"),
    ("visa-dda", True, "Dynamic Data Authentication (DDA) succeeded", "00 00 00 00 00"),
    ("visa-offline", False, "Combined DDA/Application Cryptogram Generation (CDA) succeeded", "00 00 00 00 00"),
    ("mastercard-offline", True, "Combined DDA/Application Cryptogram Generation (CDA) succeeded", "00 00 00 00 00"),
    ("visa-wrong-certificate", False, "Failed to retrieve issuer public key", "04 00 00 00 00"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "over_t1", "said", "tvr"), CARDS, ids=[one[0] for one in CARDS])
def test_emv_utils_authenticates_a_card(
    served: Callable[[], ServedReader],
    start: Callable[..., Pcscd],
    card: Callable[[str], VirtualCard],
    tmp_path: Path,
    name: str,
    over_t1: bool,
    said: str,
    tvr: str,
) -> None:
    if shutil.which("emv-tool") is None:
        pytest.skip("emv-tool is missing: it is built from github.com/openemv/emv-utils")
    config = tmp_path / "emv.xml"
    config.write_text(configuration(), encoding="utf-8")
    chip, reader = card(name).chip, served()
    assert chip is not None
    reader.insert(Atred(chip, ATR_T1) if over_t1 else chip)
    daemon = start(reader.pcscd_entry)
    sale = ("--txn-type", "00", "--txn-amount", "1000", "--txn-date", "2026-11-29")
    done = subprocess.run(
        ["emv-tool", "--config-xml", str(config), *sale],
        env=daemon.environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert said in done.stdout
    assert "OUTCOME" not in done.stdout
    assert re.search(rf"95 \| .*: \[5\] {tvr}", done.stdout)
