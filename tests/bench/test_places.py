"""A card may be presented at a reader that is named, and nowhere else."""

from __future__ import annotations

import re

import pytest

from terminal_drivers.base import ReaderPart
from terminal_sim.bench import Bench, BenchMisuse
from terminal_sim.bench.presentment import Presentment
from terminal_sim.readers.operator import HumanOperator
from terminal_sim.verbs import Tester

CHIP, HEAD = "ccid+serial:///dev/ttyUSB0", "msr+hid://0801:0002"


@pytest.mark.parametrize("reader", ["virtual", "pty"])
def test_a_card_is_presented_at_the_reader_that_is_named(reader: str) -> None:
    with Bench() as bench:
        tester = Tester(bench, bench.add_terminal("v400m", reader=reader))
        tester.press("OK", "1000", "OK")
        tester.insert("visa-credit", at=reader)
        tester.expect_screen("Approved")
        assert f'insert visa-credit at "{reader}"' in "\n".join(bench.trace.tail(2_000))


@pytest.mark.parametrize(
    ("part", "reader", "says"),
    [
        (ReaderPart.CONTACT, "ccid+serial:///dev/ttyUSB", f"did you mean '{CHIP}'"),
        (ReaderPart.CONTACT, "ccdi", "has no reader 'ccdi'; did you mean 'ccid'"),
        (ReaderPart.CONTACT, "zzzz", f"there are {CHIP} and {HEAD}"),
        (ReaderPart.CONTACT, "msr", f"the slot is not at {HEAD}: it is at {CHIP}"),
        (ReaderPart.CONTACTLESS, "ccid", "no reader of this terminal has one"),
    ],
)
def test_a_reader_that_is_not_there_or_has_no_such_part_is_refused(
    part: ReaderPart, reader: str, says: str
) -> None:
    with Bench() as bench:
        board = bench.add_terminal("v400m").board
        places = {ReaderPart.CONTACT: CHIP, ReaderPart.STRIPE: HEAD}
        hands = Presentment(bench.engine, board, HumanOperator({}, print), places)
        for right in (CHIP, "ccid"):
            hands.check_place(ReaderPart.CONTACT, right)
        hands.check_place(ReaderPart.STRIPE, "msr")
        with pytest.raises(BenchMisuse, match=re.escape(says)):
            hands.check_place(part, reader)


def test_a_protocol_that_two_readers_have_names_neither() -> None:
    with Bench() as bench:
        board = bench.add_terminal("v400m").board
        places = {ReaderPart.CONTACT: "ccid+pcsc:a", ReaderPart.CONTACTLESS: "ccid+pcsc:b"}
        with pytest.raises(BenchMisuse, match="'ccid' is several readers: name one by its address"):
            Presentment(bench.engine, board, HumanOperator({}, print), places).check_place(
                ReaderPart.CONTACT, "ccid"
            )
