"""Every byte that a shop ever writes to its disk is searched for card numbers and track 2, also what is overwritten or removed later."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from terminal_sim.bench import Bench
from tests.crash.recorded_disk import Operation, What
from tests.crash.shop import TEXTS, Recording, Shop
from tests.crash.shops import SHOPS
from tests.proof import ProofCount
from tests.secrets.encodings import spellings, track2

CARDS = ("visa-credit", "visa-declined", "visa-stripe", "mastercard-pin", "visa-online-pin")
NAMES = [shop.name for shop in SHOPS]


def planted() -> dict[str, bytes]:
    """The numbers of the cards in every spelling, and their track 2, by what they are."""
    found: dict[str, bytes] = {}
    with Bench(trace=False, texts=TEXTS) as bench:
        for name in CARDS:
            who = bench.card(name).personality
            pan = who.pan.reveal()
            found |= {f"{name}: {way}": spelled for way, spelled in spellings(pan).items()}
            expiry = who.expiry_mmyy[2:] + who.expiry_mmyy[:2]
            found |= {f"{name}: track 2, {n}": track for n, track in enumerate(track2(pan, expiry, "201"))}
    # A spelling of zeros alone is in every page of a database.
    return {what: spelled for what, spelled in found.items() if len(set(spelled) - {0}) > 1}


def written(log: list[Operation]) -> dict[int, bytes]:
    """All that was ever written into each file, by its number."""
    content: defaultdict[int, bytearray] = defaultdict(bytearray)
    for operation in log:
        if operation.what is What.WRITE:
            content[operation.file] += operation.data
    return {file: bytes(data) for file, data in content.items()}


def hits(log: list[Operation], secrets: dict[str, bytes]) -> list[str]:
    return [
        what
        for data in written(log).values()
        for what, spelled in secrets.items()
        if spelled in data or spelled.lower() in data.lower()
    ]


@pytest.mark.parametrize("shop", SHOPS, ids=NAMES)
def test_no_byte_that_is_written_spells_a_card_number(shop: Shop, place: Path, proof: ProofCount) -> None:
    log = Recording.of(shop, place / "run").disk.log
    found = hits(log, planted())
    proof(searched=len(written(log)), violations=len(found))
    assert found == []


def test_a_card_number_that_is_written_and_overwritten_is_found() -> None:
    secrets = planted()
    log = [
        Operation(What.WRITE, 1, offset=0, data=secrets["visa-credit: BCD"]),
        Operation(What.WRITE, 1, offset=0, data=bytes(8)),
    ]
    assert "visa-credit: BCD" in hits(log, secrets)
