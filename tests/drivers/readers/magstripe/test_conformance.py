"""The kit of stripe heads finds a head, and a host end, that breaks a clause; and a head through which nobody draws a card."""

from collections.abc import Callable

import pytest

from terminal_drivers.base import ReaderLost, TrackMark, Tracks
from terminal_drivers.readers.clauses import ClauseVerdict, Result, run
from terminal_drivers.readers.magstripe import line
from terminal_drivers.readers.magstripe.both_ends import virtual_stripe_head
from terminal_drivers.readers.magstripe.conformance.device import DEVICE, Head
from terminal_drivers.readers.magstripe.conformance.host import CARD, HOST, OTHER, WORN, StripeHostUnderTest
from terminal_drivers.readers.magstripe.hid import STANDARD, VENDOR, Layout
from terminal_drivers.readers.magstripe.hid_reader import HidStripeHead, virtual_hid_stripe_head
from terminal_drivers.readers.magstripe.reader import SerialStripeHead
from terminal_drivers.transports.loopback import pair
from terminal_drivers.wiring.conformance import conform

LINE, REPORT = line.build(CARD), VENDOR.build(CARD)


def head_that_says(said: bytes, layout: Layout | None, drawn: tuple[Tracks, ...] = ()) -> Head:
    near, far = pair()
    far.write(said)
    return Head(near, layout, drawn)


def broken(results: list[Result]) -> set[str]:
    return {result.clause.id for result in results if result.verdict is ClauseVerdict.BROKEN}


def changed(report: bytes, *places: tuple[int, int]) -> bytes:
    new = bytearray(report)
    for at, value in places:
        new[at] = value
    return bytes(new)


STATUS, LENGTH, ENCODING, TEXT = 0, 3, 6, 7

WRONG: list[tuple[str, bytes, Layout | None, tuple[Tracks, ...], set[str]]] = [
    ("sound line", LINE, None, (CARD,), set()),
    ("sound report", REPORT, VENDOR, (CARD,), set()),
    ("sound report of the standard page", STANDARD.build(CARD), STANDARD, (CARD,), set()),
    ("no end sentinel", b";47617390\r", None, (), {"sentinels"}),
    ("no start sentinel", b"47617390?\r", None, (), {"sentinels"}),
    ("LRC behind the end sentinel", b";4761?8\r", None, (), {"sentinels"}),
    ("letters on track 2", b";47A1?\r", None, (), {"alphabet"}),
    ("small letters on track 1", b"%Ba?\r", None, (), {"alphabet"}),
    ("longer than a card", b";" + b"1" * 60 + b"?\r", None, (), {"length"}),
    ("other text than the card's", LINE.replace(b"4761", b"4762"), None, (CARD,), {"text"}),
    ("one of two cards", LINE, None, (CARD, OTHER), {"text", "damaged"}),
    ("damaged track left out", line.build(Tracks(None, CARD.track2)), None, (WORN,), {"damaged"}),
    ("damaged track sent", LINE, None, (WORN,), {"damaged"}),
    ("LF for CR", LINE[:-1] + b"\n", None, (), {"line-end", "sentinels"}),
    ("CR and LF", LINE + b"\n", None, (), {"line-end", "sentinels"}),
    ("line without a track", LINE + b"\r", None, (), {"line-end"}),
    ("track 2 before track 1", b";4761?%B1?\r", None, (), {"line-order"}),
    ("a track twice", b";4761?;4761?\r", None, (), {"line-order"}),
    ("report cut short", REPORT[:-1] + b"", VENDOR, (), {"report-size"}),
    ("something behind a report", REPORT + b"\0", VENDOR, (), {"report-size"}),
    ("length beyond its field", changed(REPORT, (LENGTH, 111)), VENDOR, (), {"report-length", "sentinels", "alphabet", "length"}),
    ("length too small", changed(REPORT, (LENGTH, 9)), VENDOR, (), {"report-padding", "sentinels"}),
    ("something behind a text", changed(REPORT, (TEXT + 109, 1)), VENDOR, (), {"report-padding"}),
    ("text of a damaged track", changed(REPORT, (STATUS, 1)), VENDOR, (), {"report-status"}),
    ("encoding that is none", changed(REPORT, (ENCODING, 8)), VENDOR, (), {"report-encoding"}),
    ("no encoding, and a text", changed(REPORT, (ENCODING, 6)), VENDOR, (), {"report-encoding"}),
    ("damaged track not marked", changed(VENDOR.build(WORN), (STATUS, 0)), VENDOR, (WORN,), {"damaged"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("meaning", "said", "layout", "drawn", "clauses"), WRONG, ids=[row[0] for row in WRONG]
)
def test_a_head_that_breaks_a_clause_is_found(
    meaning: str, said: bytes, layout: Layout | None, drawn: tuple[Tracks, ...], clauses: set[str]
) -> None:
    results = run(DEVICE, head_that_says(said, layout, drawn))
    assert broken(results) == clauses, meaning
    assert all(result.frames for result in results if result.verdict is ClauseVerdict.BROKEN)


def test_every_clause_of_a_head_can_be_broken() -> None:
    assert set().union(*(row[-1] for row in WRONG)) == {check.clause.id for check in DEVICE}


def test_without_a_swipe_nothing_can_be_said() -> None:
    for layout in (None, VENDOR):
        results = run(DEVICE, head_that_says(b"", layout))
        assert {result.verdict for result in results} == {ClauseVerdict.SKIPPED}


def test_a_card_of_which_no_track_can_be_read_tells_nothing_of_texts() -> None:
    unread = Tracks(*[TrackMark.UNREADABLE] * 3)
    for said, layout in ((line.build(unread), None), (VENDOR.build(unread), VENDOR)):
        by_id = {each.clause.id: each for each in run(DEVICE, head_that_says(said, layout))}
        assert by_id["sentinels"].verdict is ClauseVerdict.SKIPPED
        assert not broken(list(by_id.values()))


def test_heads_of_either_kind_are_tested_by_this_kit() -> None:
    for both in (virtual_stripe_head(), virtual_hid_stripe_head()):
        results = conform(both)
        assert not broken(results)
        assert {each.clause.id: each.verdict for each in results}["damaged"] is ClauseVerdict.KEPT
    near, far = pair()
    far.write(b"nonsense\r")
    assert "sentinels" in broken(conform(SerialStripeHead(near)))
    near, far = pair()
    far.write(b"nonsense")
    assert "report-size" in broken(conform(HidStripeHead(near)))


class Changed(StripeHostUnderTest):
    """Host ends that hear something else than the head says."""

    def __init__(self, change: Callable[[list[bytes]], list[bytes]]) -> None:
        super().__init__()
        self._change = change

    def passed(self, said: list[bytes]) -> list[bytes]:
        return self._change(said)


class Talking(StripeHostUnderTest):
    """A host end that writes to the head."""

    def on_line(self, *said: bytes) -> SerialStripeHead:
        head = super().on_line(*said)
        head.transport.write(b"?")
        return head


def without_cr(said: list[bytes]) -> list[bytes]:
    return [piece.replace(b"\r", b"") for piece in said]


def doubled(said: list[bytes]) -> list[bytes]:
    return [piece + piece for piece in said]


def mended(said: list[bytes]) -> list[bytes]:
    return [piece if piece in (LINE, REPORT) else b"" for piece in said]


def silence(_: list[bytes]) -> list[bytes]:
    return [b""] * 99


def test_every_clause_of_a_host_end_can_be_broken() -> None:
    found: set[str] = set()
    for subject in (*map(Changed, (without_cr, doubled, mended, silence)), Talking()):
        now = broken(run(HOST, subject))
        assert now
        found |= now
    assert found == {check.clause.id for check in HOST}


def test_a_head_that_is_unplugged_is_told_as_such() -> None:
    near, far = pair()
    far.close()
    with pytest.raises(ReaderLost):
        Head(near).said()
