"""Power cuts of a whole state folder: after each operation on the disk, with all that was not synced kept, lost or torn, nothing is lost."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.crash.cuts import Cuts, cut, cut_again
from tests.crash.shop import SETTLED, Recording, Shop
from tests.crash.shops import SHOPS
from tests.proof import ProofCount

NAMES = [shop.name for shop in SHOPS]
NESTED, SOAK_NESTED = (1, 1, 1), (2, 1, 1)
"""How many images of each depth have their recovery cut again, everywhere."""
SOAK_SEEDS = range(3, 23)


@pytest.mark.parametrize("shop", SHOPS, ids=NAMES)
def test_no_cut_loses_what_was_acknowledged(shop: Shop, place: Path, proof: ProofCount) -> None:
    cuts, lost = cut(Recording.of(shop, place / "run"), place, Random(1))
    proof(images=cuts.count, violations=len(lost))
    assert lost == []


@pytest.mark.parametrize("shop", SHOPS, ids=NAMES)
def test_no_cut_of_a_recovery_loses_anything_either(shop: Shop, place: Path, proof: ProofCount) -> None:
    count, lost = cut_again(Recording.of(shop, place / "run"), place, Random(2), NESTED)
    proof(images=count, violations=len(lost))
    assert lost == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", SOAK_SEEDS)
@pytest.mark.parametrize("shop", SHOPS, ids=NAMES)
def test_no_cut_of_many_loses_anything(shop: Shop, seed: int, place: Path, proof: ProofCount) -> None:
    random, recording = Random(seed), Recording.of(shop, place / "run")
    cuts, lost = cut(recording, place, random)
    count, lost_again = cut_again(recording, place, random, SOAK_NESTED)
    proof(images=cuts.count + count, violations=len(lost) + len(lost_again))
    assert lost + lost_again == []


@pytest.mark.parametrize("shop", SHOPS, ids=NAMES)
def test_a_second_recovery_changes_nothing(shop: Shop, place: Path) -> None:
    recording = Recording.of(shop, place / "run")
    found = list(Cuts(recording, place, Random(3)).images())
    for number, image in enumerate(Random(3).sample(found, 3)):
        state = place / str(number)
        assert recording.found(image, state).wrong == ()
        with shop.opened(state, recording.host) as bench:
            before = [row.hash for name in bench.journal.terminals() for row in bench.journal.rows(name)]
            shop.terminals(bench)
            bench.advance(SETTLED)
            after = [row for name in bench.journal.terminals() for row in bench.journal.rows(name)]
            assert {row.kind for row in after if row.hash not in before} <= {"boot", "offline.outage"}
            assert bench.violations(resolved=True) == []
