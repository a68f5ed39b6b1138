"""What an explorer has learned goes to another one as values."""

from __future__ import annotations

from random import Random

from msgspec import msgpack

from terminal_sim.explore.search.act import cost
from terminal_sim.explore.search.archive import Archive
from terminal_sim.explore.search.explorer import Explorer
from terminal_sim.explore.search.ground import Ground
from terminal_sim.explore.search.learned import Learned, LearnedCell, LearnedCount
from terminal_sim.explore.search.memory import ExplorerMemory

PLACE = ("home", "idle")
GROUND = Ground.of("v400m", {}, ())


def explored(learned: Learned, sessions: int, first: int = 1) -> Learned:
    """What an explorer knows that began with what was learned, after so many sessions more."""
    explorer = Explorer(GROUND, 1, learned=learned, first=first)
    running = explorer.run()
    for _ in range(sessions):
        next(running)
    running.close()
    return explorer.memory.learned()


def test_what_was_learned_is_the_same_on_the_other_side() -> None:
    learned = explored(Learned(), 4)
    there = ExplorerMemory()
    there.learn(msgpack.decode(msgpack.encode(learned), type=Learned))
    assert learned.cells
    assert learned.ways
    assert learned.errands
    assert there.learned() == learned


def test_news_and_what_was_known_are_all_that_was_learned() -> None:
    known = explored(Learned(), 3)
    later = explored(known, 3, first=4)
    together = ExplorerMemory()
    together.learn(known)
    together.learn(later.without(known))
    assert together.learned().without(later) == Learned()
    assert later.without(known).cells


def test_the_acts_of_a_cell_lead_to_its_place_and_signature() -> None:
    learned = explored(Learned(), 4)
    for cell in Random(1).sample(learned.cells, 5):
        here = Archive()
        with GROUND.session() as session:
            for act in cell.acts:
                assert session.do(act)
            assert session.terminal.running_flows[-1] == cell.place
            assert here.signature_of(session.terminal) == cell.signature


def test_the_cheaper_way_to_a_cell_is_kept_whichever_was_learned_first() -> None:
    long = LearnedCell((PLACE,), b"[]", (("press", "1"), ("wait", "1s")))
    short = LearnedCell((PLACE,), b"[]", (("wait", "1s"),))
    for order in ((long, short), (short, long)):
        archive = ExplorerMemory()
        for cell in order:
            archive.learn(Learned(cells=(cell,)))
        assert archive.learned().cells == (short,)
    assert cost(short.acts[0]) == 1


def test_counts_of_two_explorers_are_added() -> None:
    fault = ("network", "down")
    one = Learned(counts=(LearnedCount(PLACE, 2), LearnedCount(PLACE, 1, fault)))
    archive = ExplorerMemory()
    archive.learn(one)
    archive.learn(one)
    assert archive.learned().counts == (LearnedCount(PLACE, 4), LearnedCount(PLACE, 2, fault))


def test_explorers_that_share_the_errands_have_none_twice() -> None:
    shares = [Explorer(GROUND, 1, share=(which, 3)) for which in range(3)]
    gone = [number for one in shares for number in one.untried]
    assert sorted(gone) == sorted(Explorer(GROUND, 1).untried)
