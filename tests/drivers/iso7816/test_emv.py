"""The answers to reset that an EMV terminal takes and refuses, as public vectors have them."""

import json
from pathlib import Path

import pytest

from terminal_drivers.base import FrameError
from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.iso7816.emv import require_emv

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/emv/atr.json").read_text("utf-8"))["vectors"]


@pytest.mark.parametrize("atr", [one["atr"] for one in VECTORS if one["emv"]])
def test_an_answer_to_reset_that_emv_allows_is_taken(atr: str) -> None:
    require_emv(Atr.parse(bytes.fromhex(atr)))


@pytest.mark.parametrize(
    "atr", [*(one["atr"] for one in VECTORS if not one["emv"]), "3B804000", "3BE000004000", "3BE000002000"]
)
def test_an_answer_to_reset_that_emv_forbids_is_refused(atr: str) -> None:
    with pytest.raises(FrameError):
        require_emv(Atr.parse(bytes.fromhex(atr)))
